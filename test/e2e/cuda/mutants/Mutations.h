// Changes to a compiled program, of the kinds that a wrong plan, a wrong graph or a wrong kernel would have.
#ifndef NEAP_TEST_E2E_CUDA_MUTANTS_MUTATIONS_H
#define NEAP_TEST_E2E_CUDA_MUTANTS_MUTATIONS_H

#include "ProgramRun.h"

#include <random>
#include <set>

namespace neap::test {

struct Mutant : Variant {
  /// "node 12 does not wait for its dependency 0"
  std::string description;
};

class Mutations {
public:
  /// `edges` are those of the unchanged program's graph, by node.
  Mutations(const CompiledProgram &program, std::vector<size_t> edges, uint32_t seed);

  /// The kinds of changes: "remove an edge", ...
  static const std::vector<const char *> &kinds();
  /// A change of this kind that was not made before; nothing if none was found in many tries.
  std::optional<Mutant> next(size_t kind);

private:
  struct Kind {
    const char *name;
    bool (Mutations::*apply)(Mutant &);
  };
  static const std::vector<Kind> table;

  // Each makes one random change and describes it; false where the place that was drawn has nothing to change.
  bool removeEdge(Mutant &mutant);
  bool dropLaunch(Mutant &mutant);
  bool moveArgument(Mutant &mutant);
  bool changeBlocks(Mutant &mutant);
  bool moveSlot(Mutant &mutant);
  bool shortenSlot(Mutant &mutant);
  bool dropBarrier(Mutant &mutant);
  bool misalignAccess(Mutant &mutant);
  bool parkLanes(Mutant &mutant);

  uint64_t below(uint64_t limit) { return random_() % limit; }
  const runtime::ProgramEntry &entryOf(uint32_t node) const { return program_.manifest.program[nodes_[node]]; }
  bool isLaunch(uint32_t node) const { return entryOf(node).kind == runtime::ProgramEntry::Kind::Launch; }
  bool isOfLibrary(uint32_t node) const { return program_.manifest.kernels[entryOf(node).kernel].product.has_value(); }
  bool isBiasOfLibrary(uint32_t node, uint32_t operand) const;
  std::optional<size_t> drawLine(const char *pattern);
  void replaceLine(Mutant &mutant, size_t line, const std::string &by);

  const CompiledProgram &program_;
  std::mt19937 random_;
  /// By node of the graph, its entry, and how many nodes it waits for.
  std::vector<size_t> nodes_, edges_;
  /// Of the kernels' text.
  std::vector<std::string> lines_;
  std::set<std::string> made_;
};

} // namespace neap::test

#endif
