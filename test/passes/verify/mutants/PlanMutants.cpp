// plan_mutants random|FILE COUNT [swaps]: changes correct programs in COUNT ways of each kind, and requires that the plan
// verifier accepts no change that does harm. Programs are drawn at random, or it is the one of a file, with swaps or
// without. Prints a table.
//
// A change is harmless if in each of a hundred random orders of execution every byte that is read was written last by what
// the value that is read stands for (Replay). The verifier may refuse what is harmless: bytes that race although nobody
// reads them, places outside of an arena that nobody touches, a race that no order of the hundred shows. The table counts
// these too.
#include "Mutations.h"
#include "RandomProgram.h"
#include "Replay.h"
#include "Swaps.h"

#include "neap/passes/verify/plan/PlanVerifier.h"

#include "mlir/Parser/Parser.h"

#include <cstdio>
#include <cstdlib>

using namespace mlir;

namespace neap::test {
namespace {

constexpr uint64_t orders = 100;
constexpr int64_t maxSteps = 1'000'000;
/// Of one random program, at most so many changes of a kind.
constexpr int changesOfOne = 2;

struct Count {
  size_t made = 0, harmful = 0, missed = 0, racing = 0, otherwise = 0, accepted = 0;

  void add(const Count &other) {
    made += other.made;
    harmful += other.harmful;
    missed += other.missed;
    racing += other.racing;
    otherwise += other.otherwise;
    accepted += other.accepted;
  }
};

void printHeader() {
  std::printf("%-24s %7s | %8s %8s | %8s %8s %10s %9s\n", "change", "made", "harmful", "accepted", "harmless",
              "accepted", "as a race", "otherwise");
}

/// Left: what does harm. Right: what does none, accepted, refused for a race, refused for another reason.
void print(const char *name, const Count &count) {
  std::printf("%-24s %7zu | %8zu %8zu | %8zu %8zu %10zu %9zu\n", name, count.made, count.harmful, count.missed,
              count.made - count.harmful, count.accepted, count.racing, count.otherwise);
}

sched::ProgramOp getProgram(ModuleOp module) { return *module.getOps<sched::ProgramOp>().begin(); }

/// The error with which the verifier refuses a program; empty if it accepts it.
std::string verify(sched::ProgramOp program) {
  std::string message;
  ScopedDiagnosticHandler handler(program.getContext(), [&](Diagnostic &diagnostic) {
    message = diagnostic.str();
    return success();
  });
  if (succeeded(plan::PlanVerifier(maxSteps).verify(program)))
    return "";
  return message.empty() ? "refused without a message" : message;
}

/// What goes wrong in one of the orders; empty if nothing does.
std::string findHarm(sched::ProgramOp program) {
  Replay replay(program);
  for (uint64_t seed = 0; seed < orders; ++seed)
    if (std::string wrong = replay.run(seed); !wrong.empty())
      return wrong;
  return "";
}

class MutationRun {
public:
  /// Programs to change; nothing when there are no more.
  using Source = llvm::function_ref<OwningOpRef<ModuleOp>(uint64_t)>;

  explicit MutationRun(size_t count, int perProgram) : count(count), perProgram(perProgram) {}

  bool run(Source source);

private:
  bool checkOriginal(ModuleOp module);
  Count runKind(size_t kind, Source source);
  void judge(sched::ProgramOp program, const char *kind, Count &counts);

  size_t count;
  int perProgram;
};

/// The unchanged program is accepted, and right in all orders.
bool MutationRun::checkOriginal(ModuleOp module) {
  std::string refusal = verify(getProgram(module)), harm = findHarm(getProgram(module));
  if (refusal.empty() && harm.empty())
    return true;
  std::printf("the unchanged program: %s %s\n", refusal.c_str(), harm.c_str());
  module.dump();
  return false;
}

void MutationRun::judge(sched::ProgramOp program, const char *kind, Count &counts) {
  ++counts.made;
  std::string refusal = verify(program), harm = findHarm(program);
  if (!harm.empty()) {
    ++counts.harmful;
    if (refusal.empty() && counts.missed++ == 0) {
      std::printf("missed, %s: %s\n", kind, harm.c_str());
      program->dump();
    }
  } else if (refusal.empty()) {
    ++counts.accepted;
  } else {
    bool isRace = refusal.find("expected an event") != refusal.npos;
    ++(isRace ? counts.racing : counts.otherwise);
  }
}

Count MutationRun::runKind(size_t kind, Source source) {
  Count counts;
  Mutations mutations(kind);
  for (uint64_t seed = 0; counts.made < count; ++seed) {
    OwningOpRef<ModuleOp> original = source(seed);
    if (!original)
      break;
    for (int change = 0; change < perProgram && counts.made < count; ++change) {
      OwningOpRef<ModuleOp> mutant = original->clone();
      if (mutations.apply(kind, getProgram(*mutant)))
        judge(getProgram(*mutant), Mutations::kinds()[kind], counts);
    }
  }
  return counts;
}

bool MutationRun::run(Source source) {
  size_t originals = 0;
  for (; originals < count; ++originals) {
    OwningOpRef<ModuleOp> original = source(originals);
    if (!original)
      break;
    if (!checkOriginal(*original))
      return false;
  }
  std::printf("%zu unchanged programs: accepted, and right in %llu orders\n", originals,
              static_cast<unsigned long long>(orders));
  printHeader();
  Count total;
  for (size_t kind = 0; kind < Mutations::kinds().size(); ++kind) {
    Count counts = runKind(kind, source);
    print(Mutations::kinds()[kind], counts);
    total.add(counts);
  }
  print("all", total);
  return total.missed == 0 && total.harmful > 0;
}

bool runRandom(MLIRContext &context, size_t count) {
  return MutationRun(count, changesOfOne).run([&](uint64_t seed) { return RandomProgram(&context, seed).take(); });
}

bool runFile(MLIRContext &context, const char *file, size_t count, bool swaps) {
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(file, &context);
  if (!module)
    return false;
  if (swaps)
    insertSwaps(getProgram(*module));
  // A kind that finds nothing to change in it has had as many tries as another that does.
  return MutationRun(count, static_cast<int>(4 * count)).run([&](uint64_t seed) -> OwningOpRef<ModuleOp> {
    return seed == 0 ? OwningOpRef<ModuleOp>(module->clone()) : OwningOpRef<ModuleOp>();
  });
}

} // namespace
} // namespace neap::test

int main(int argc, char **argv) {
  bool swaps = argc == 4 && argv[3] == std::string("swaps");
  if (argc != 3 && !swaps) {
    std::fprintf(stderr, "usage: plan_mutants random|FILE COUNT [swaps]\n");
    return EXIT_FAILURE;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ); // lines as they come, into a file too
  MLIRContext context;
  context.disableMultithreading();
  context.loadDialect<neap::NeapDialect, neap::sched::SchedDialect>();
  size_t count = std::strtoull(argv[2], nullptr, 10);
  bool isRight = argv[1] == std::string("random") ? neap::test::runRandom(context, count)
                                                  : neap::test::runFile(context, argv[1], count, swaps);
  return isRight ? EXIT_SUCCESS : EXIT_FAILURE;
}
