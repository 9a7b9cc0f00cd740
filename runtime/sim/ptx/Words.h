// The words of an opcode, taken one by one in the order the grammar has them. What is left over is refused by name.
#ifndef NEAP_RUNTIME_SIM_PTX_WORDS_H
#define NEAP_RUNTIME_SIM_PTX_WORDS_H

#include "neap/runtime/sim/ptx/Type.h"

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace neap::sim::ptx {

class Words {
public:
  /// Splits an opcode such as "ld.global.v4.b32" at its dots.
  Words(std::string_view opcode, uint32_t line);

  std::string_view root() const { return words_.front(); }
  /// Takes the next word if it is `word`.
  bool take(std::string_view word);
  /// Takes the next word if the table has it.
  template <class Value> bool takeFrom(std::initializer_list<std::pair<std::string_view, Value>> table, Value &value) {
    for (auto &[word, meaning] : table)
      if (take(word))
        return value = meaning, true;
    return false;
  }

  // What follows throws Error when the next word is another one.
  void expect(std::string_view word);
  /// The next word as one of `allowed`.
  Type type(std::initializer_list<Type> allowed);
  /// Refuses words that nobody took.
  void finish() const;
  /// Refuses the next word, with the reason where there is a general one, or the end of the opcode.
  [[noreturn]] void refuse() const;
  [[noreturn]] void fail(const std::string &reason) const;

private:
  std::string_view opcode_;
  std::vector<std::string_view> words_;
  size_t position_ = 1;
  uint32_t line_;
};

/// Why the instruction with this root cannot be simulated, or nullptr when it is merely not known.
const char *reasonAgainst(std::string_view root);

} // namespace neap::sim::ptx

#endif
