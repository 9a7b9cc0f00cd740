// Small changes to the text of a kernel, of the kinds that a wrong code generator makes.
#ifndef NEAP_TEST_RUNTIME_SIM_MUTATOR_H
#define NEAP_TEST_RUNTIME_SIM_MUTATOR_H

#include <optional>
#include <random>
#include <string>
#include <vector>

namespace neap::test {

struct Mutant {
  /// The whole module.
  std::string text;
  /// "line 12: OLD -> NEW"
  std::string description;
};

/// Mutates the lines of one kernel of a module.
class Mutator {
public:
  Mutator(const std::string &text, const std::string &kernel, uint32_t seed);

  /// A random change at a random line. No two calls give the same one.
  Mutant next();

private:
  enum class Kind { DropBarrier, ShiftAddress, ChangeShuffle, DropPredicate, SwapRegister, ChangeBound };
  std::optional<std::string> mutate(Kind kind, const std::string &line);
  std::optional<std::string> shiftAddress(const std::string &line);
  std::optional<std::string> changeShuffle(const std::string &line);
  std::optional<std::string> dropPredicate(const std::string &line);
  std::optional<std::string> swapRegister(const std::string &line);
  std::optional<std::string> changeBound(const std::string &line);
  template <class Value> const Value &pick(const std::vector<Value> &values) {
    return values[generator_() % values.size()];
  }

  std::mt19937 generator_;
  std::vector<std::string> lines_;
  /// Of the kernel.
  size_t first_ = 0, last_ = 0;
  std::vector<std::string> registers_;
  std::vector<std::string> made_;
};

} // namespace neap::test

#endif
