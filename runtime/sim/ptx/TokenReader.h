// A position in a sequence of tokens, and the small grammar that statements share: numbers, types, operands.
#ifndef NEAP_RUNTIME_SIM_PTX_TOKENREADER_H
#define NEAP_RUNTIME_SIM_PTX_TOKENREADER_H

#include "neap/runtime/sim/ptx/Lexer.h"
#include "neap/runtime/sim/ptx/Syntax.h"

#include <string>
#include <string_view>
#include <vector>

namespace neap::sim::ptx {

class TokenReader {
public:
  /// Keeps pointing into `text`.
  explicit TokenReader(std::string_view text) : tokens_(tokenize(text)) {}

  /// The token `ahead` of the next one; End beyond the last.
  const Token &peek(size_t ahead = 0) const;
  const Token &next();
  bool atEnd() const { return peek().kind == Token::Kind::End; }
  bool at(std::string_view text) const { return peek().kind != Token::Kind::String && peek().text == text; }
  /// Takes the next token if it reads `text`.
  bool accept(std::string_view text);

  // What follows throws Error when the next token is something else.
  void expect(std::string_view text);
  std::string word();
  std::string_view number();
  /// An integer that is not negative.
  uint64_t integer();
  /// A number with an optional sign, as bits: an integer, 0fXXXXXXXX or 0dXXXXXXXXXXXXXXXX.
  uint64_t bits();
  /// A directive that names a type.
  Type type();

  /// Throws Error at the line of the token taken last.
  [[noreturn]] void fail(const std::string &reason) const;
  /// Throws Error at the line of the next token.
  [[noreturn]] void failAtNext(const std::string &reason) const;

private:
  std::vector<Token> tokens_;
  size_t position_ = 0;
};

/// One operand of an instruction.
OperandSyntax parseOperand(TokenReader &tokens);

} // namespace neap::sim::ptx

#endif
