// program_mutants PROGRAM COUNT: changes a compiled program in COUNT ways, runs each change on the simulated device, and requires
// that what does harm is accused. Prints a table, and what was missed.
//
// Whether a change does harm is not the device's judgement: it does if the device, told nothing and stopped by nothing, leaves
// other bytes than the unchanged program in one of several orders. Changes that make another program which is as legal, such as
// swapped inputs, are not among the kinds: they are for a comparison with a reference to find.
#include "Mutations.h"

#include <cstdio>
#include <cstdlib>
#include <exception>

namespace neap::test {
namespace {

constexpr uint64_t orders = 6;
/// Seeds of runs that judge are others than those that look for harm.
constexpr uint64_t judgingSeeds = 3, firstJudgingSeed = 100;
constexpr double leastCaught = 0.99;

struct Count {
  size_t made = 0, refused = 0, harmful = 0, caught = 0, harmless = 0, accusedHarmless = 0;

  void add(const Count &other) {
    made += other.made;
    refused += other.refused;
    harmful += other.harmful;
    caught += other.caught;
    harmless += other.harmless;
    accusedHarmless += other.accusedHarmless;
  }
};

void print(const char *name, const Count &count) {
  std::printf("%-30s %6zu %8zu %8zu %8zu %7.2f%% %9zu %8zu\n", name, count.made, count.refused, count.harmful,
              count.caught, count.harmful ? 100.0 * double(count.caught) / double(count.harmful) : 100.0,
              count.harmless, count.accusedHarmless);
}

class MutationRun {
public:
  explicit MutationRun(const CompiledProgram &program)
      : program_(program), original_{program.manifest, program.ptx, {}},
        expected_(runProgram(program, original_, 0, false)) {}

  /// Whether the unchanged program runs, has one result in all orders, and is not accused.
  bool checkOriginal() const {
    for (uint64_t seed = 0; seed < 2 * orders; ++seed)
      for (bool judges : {false, true}) {
        Outcome outcome = runProgram(program_, original_, seed, judges);
        if (outcome.isRefused || !outcome.reports.empty() || outcome.steps != expected_.steps) {
          std::printf("the unchanged program, order %llu: %s\n", static_cast<unsigned long long>(seed),
                      outcome.reports.empty() ? "other bytes" : outcome.reports.front().c_str());
          return false;
        }
      }
    return true;
  }

  /// Of the unchanged program's graph, by node.
  const std::vector<size_t> &edges() const { return expected_.edges; }

  void judge(const Mutant &mutant, Count &count) const {
    ++count.made;
    bool isRefused = false, isAccused = this->isAccused(mutant, isRefused);
    if (isRefused) {
      ++count.refused;
      return;
    }
    bool isHarmful = doesHarm(mutant);
    ++(isHarmful ? count.harmful : count.harmless);
    if (isAccused)
      ++(isHarmful ? count.caught : count.accusedHarmless);
    else if (isHarmful)
      std::printf("missed: %s\n", mutant.description.c_str());
  }

private:
  bool isAccused(const Mutant &mutant, bool &isRefused) const {
    for (uint64_t seed = firstJudgingSeed; seed < firstJudgingSeed + judgingSeeds; ++seed) {
      Outcome outcome = runProgram(program_, mutant, seed, true);
      isRefused = outcome.isRefused;
      if (isRefused)
        return false;
      if (!outcome.reports.empty())
        return true;
    }
    return false;
  }

  /// Fewer steps than expected are compared as far as they go.
  bool doesHarm(const Mutant &mutant) const {
    for (uint64_t seed = 0; seed < orders; ++seed) {
      std::vector<std::string> steps = runProgram(program_, mutant, seed, false).steps;
      for (size_t step = 0; step < steps.size(); ++step)
        if (steps[step] != expected_.steps[step])
          return true;
    }
    return false;
  }

  const CompiledProgram &program_;
  Variant original_;
  Outcome expected_;
};

int run(const CompiledProgram &program, size_t count) {
  MutationRun judge(program);
  if (!judge.checkOriginal())
    return EXIT_FAILURE;
  Mutations mutations(program, judge.edges(), 1);
  std::printf("%-30s %6s %8s %8s %8s %8s %9s %8s\n", "change", "made", "refused", "harmful", "caught", "", "harmless",
              "accused");
  Count total;
  for (size_t kind = 0; kind < Mutations::kinds().size(); ++kind) {
    Count counts;
    while (counts.made < count / Mutations::kinds().size()) {
      std::optional<Mutant> mutant = mutations.next(kind);
      if (!mutant)
        break;
      judge.judge(*mutant, counts);
    }
    print(Mutations::kinds()[kind], counts);
    total.add(counts);
  }
  print("all", total);
  bool isCaught = double(total.caught) >= leastCaught * double(total.harmful);
  return isCaught && total.harmful > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

} // namespace
} // namespace neap::test

int main(int argc, char **argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: program_mutants PROGRAM COUNT\n");
    return EXIT_FAILURE;
  }
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ); // lines as they come, into a file too
  try {
    return neap::test::run(neap::test::CompiledProgram(argv[1]), std::strtoull(argv[2], nullptr, 10));
  } catch (const std::exception &error) {
    std::fprintf(stderr, "error: %s\n", error.what());
    return EXIT_FAILURE;
  }
}
