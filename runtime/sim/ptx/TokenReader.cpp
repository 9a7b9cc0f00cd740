// Numbers and operands.
#include "neap/runtime/sim/ptx/TokenReader.h"

#include "neap/runtime/sim/ptx/Error.h"

#include <algorithm>
#include <charconv>

namespace neap::sim::ptx {

namespace {

/// Parses all of `digits`; false if they are not a number of that base in 64 bits.
bool parseDigits(std::string_view digits, int base, uint64_t &value) {
  auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  return code == std::errc() && end == digits.data() + digits.size();
}

bool hasPrefix(std::string_view text, char letter) {
  return text.size() > 2 && text[0] == '0' && (text[1] == letter || text[1] == letter - 'a' + 'A');
}

/// 0f followed by 8 digits or 0d by 16; 0 otherwise.
size_t floatDigits(std::string_view text) {
  if (hasPrefix(text, 'f') && text.size() == 10)
    return 8;
  return hasPrefix(text, 'd') && text.size() == 18 ? 16 : 0;
}

bool parseInteger(std::string_view text, uint64_t &value) {
  if (!text.empty() && text.back() == 'U')
    text.remove_suffix(1);
  return hasPrefix(text, 'x') ? parseDigits(text.substr(2), 16, value) : parseDigits(text, 10, value);
}

} // namespace

const Token &TokenReader::peek(size_t ahead) const { return tokens_[std::min(position_ + ahead, tokens_.size() - 1)]; }

const Token &TokenReader::next() {
  const Token &token = peek();
  position_ = std::min(position_ + 1, tokens_.size() - 1);
  return token;
}

bool TokenReader::accept(std::string_view text) {
  bool found = at(text);
  if (found)
    next();
  return found;
}

void TokenReader::expect(std::string_view text) {
  if (!at(text))
    throw Error(peek().line, "expected '" + std::string(text) + "', got " +
                                 (atEnd() ? "the end of the text" : "'" + std::string(peek().text) + "'"));
  next();
}

std::string TokenReader::word() {
  if (peek().kind != Token::Kind::Word)
    throw Error(peek().line, "expected a name, got '" + std::string(peek().text) + "'");
  return std::string(next().text);
}

std::string_view TokenReader::number() {
  if (peek().kind != Token::Kind::Number)
    throw Error(peek().line, "expected a number, got '" + std::string(peek().text) + "'");
  return next().text;
}

uint64_t TokenReader::integer() {
  uint64_t value = 0;
  std::string_view text = number();
  if (!parseInteger(text, value))
    fail("expected an integer of at most 64 bits, got '" + std::string(text) + "'");
  return value;
}

uint64_t TokenReader::bits() {
  bool negative = accept("-");
  if (size_t digits = floatDigits(peek().text)) {
    uint64_t value = 0;
    if (negative || !parseDigits(next().text.substr(2), 16, value))
      fail("expected " + std::to_string(digits) + " hexadecimal digits without a sign");
    return value;
  }
  uint64_t value = integer();
  return negative ? 0 - value : value;
}

Type TokenReader::type() {
  std::string_view text = peek().text;
  std::optional<Type> type = text.empty() || text[0] != '.' ? std::nullopt : typeNamed(text.substr(1));
  if (!type)
    throw Error(peek().line, "expected a type, got '" + std::string(text) + "'");
  next();
  return *type;
}

void TokenReader::fail(const std::string &reason) const {
  throw Error(tokens_[position_ == 0 ? 0 : position_ - 1].line, reason);
}

void TokenReader::failAtNext(const std::string &reason) const { throw Error(peek().line, reason); }

namespace {

OperandSyntax parseNumber(TokenReader &tokens) {
  OperandSyntax operand;
  size_t digits = floatDigits(tokens.peek().text);
  operand.kind = digits == 0   ? OperandSyntax::Kind::Integer
                 : digits == 8 ? OperandSyntax::Kind::Float32
                               : OperandSyntax::Kind::Float64;
  operand.value = tokens.bits();
  return operand;
}

/// [base], [base+4], [base+-4], [base-4]
OperandSyntax parseAddress(TokenReader &tokens) {
  OperandSyntax operand;
  operand.kind = OperandSyntax::Kind::Address;
  operand.elements.push_back(parseOperand(tokens));
  if (tokens.accept("+") || tokens.at("-"))
    operand.value = tokens.bits();
  tokens.expect("]");
  return operand;
}

OperandSyntax parseSequence(TokenReader &tokens, OperandSyntax::Kind kind, std::string_view close) {
  OperandSyntax operand;
  operand.kind = kind;
  while (!tokens.accept(close)) {
    if (!operand.elements.empty())
      tokens.expect(",");
    operand.elements.push_back(parseOperand(tokens));
  }
  return operand;
}

OperandSyntax parseName(TokenReader &tokens) {
  OperandSyntax operand;
  operand.negated = tokens.accept("!");
  operand.name = tokens.word();
  if (operand.name == "_")
    operand.kind = OperandSyntax::Kind::Sink;
  if (!tokens.accept("|"))
    return operand;
  OperandSyntax pair;
  pair.kind = OperandSyntax::Kind::Pair;
  pair.elements = {operand, parseName(tokens)};
  return pair;
}

} // namespace

OperandSyntax parseOperand(TokenReader &tokens) {
  if (tokens.accept("["))
    return parseAddress(tokens);
  if (tokens.accept("{"))
    return parseSequence(tokens, OperandSyntax::Kind::Vector, "}");
  if (tokens.accept("("))
    return parseSequence(tokens, OperandSyntax::Kind::List, ")");
  if (tokens.at("-") || tokens.peek().kind == Token::Kind::Number)
    return parseNumber(tokens);
  return parseName(tokens);
}

} // namespace neap::sim::ptx
