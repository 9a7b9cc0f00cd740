// Splits PTX text into tokens. Words keep their dots, so that an opcode with its modifiers is one token.
#ifndef NEAP_RUNTIME_SIM_PTX_LEXER_H
#define NEAP_RUNTIME_SIM_PTX_LEXER_H

#include <cstdint>
#include <string_view>
#include <vector>

namespace neap::sim::ptx {

struct Token {
  /// Word: identifier, register, opcode or directive. Number: as written. Symbol: one character. End: after the last.
  enum class Kind : uint8_t { Word, Number, String, Symbol, End };
  Kind kind = Kind::End;
  /// Points into the text. A string's is without its quotes.
  std::string_view text;
  uint32_t line = 0;
};

/// The tokens of `text`, comments left out, End last. Throws Error at a character that PTX does not use and at a
/// comment or string without an end.
std::vector<Token> tokenize(std::string_view text);

} // namespace neap::sim::ptx

#endif
