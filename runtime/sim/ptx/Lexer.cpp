// One pass over the text.
#include "neap/runtime/sim/ptx/Lexer.h"

#include "neap/runtime/sim/ptx/Error.h"

#include <algorithm>
#include <string>

namespace neap::sim::ptx {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$'; }
bool startsWord(char c) { return isLetter(c) || c == '%' || c == '.'; }
bool continuesWord(char c) { return isLetter(c) || isDigit(c) || c == '.'; }

class Lexer {
public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<Token> run() {
    while (skipBlanks())
      tokens_.push_back(next());
    tokens_.push_back({Token::Kind::End, {}, line_});
    return std::move(tokens_);
  }

private:
  char at(size_t position) const { return position < text_.size() ? text_[position] : '\0'; }

  /// Moves to the next token; false at the end of the text.
  bool skipBlanks() {
    while (position_ < text_.size()) {
      if (text_.substr(position_, 2) == "//")
        position_ = std::min(text_.find('\n', position_), text_.size());
      else if (text_.substr(position_, 2) == "/*")
        skipComment();
      else if (!skipSpace())
        return true;
    }
    return false;
  }

  bool skipSpace() {
    char c = text_[position_];
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
      return false;
    line_ += c == '\n';
    ++position_;
    return true;
  }

  void skipComment() {
    size_t end = text_.find("*/", position_ + 2);
    if (end == text_.npos)
      throw Error(line_, "the comment that starts here has no end");
    line_ += uint32_t(std::count(text_.begin() + ptrdiff_t(position_), text_.begin() + ptrdiff_t(end), '\n'));
    position_ = end + 2;
  }

  Token next() {
    char c = text_[position_];
    if (isDigit(c))
      return take(Token::Kind::Number, continuesWord);
    if (startsWord(c))
      return take(Token::Kind::Word, continuesWord);
    if (c == '"')
      return takeString();
    if (std::string_view("[]{}(),;:+-|!@<>=").find(c) == std::string_view::npos)
      throw Error(line_, "unexpected character '" + std::string(1, c) + "'");
    return {Token::Kind::Symbol, text_.substr(position_++, 1), line_};
  }

  Token take(Token::Kind kind, bool (*continues)(char)) {
    size_t start = position_++;
    // Modifiers such as .shared::cta have colons inside.
    while (position_ < text_.size() && (continues(text_[position_]) || text_.substr(position_, 2) == "::"))
      position_ += text_[position_] == ':' ? 2 : 1;
    return {kind, text_.substr(start, position_ - start), line_};
  }

  Token takeString() {
    size_t end = text_.find('"', position_ + 1);
    if (end == text_.npos)
      throw Error(line_, "the string that starts here has no end");
    Token token{Token::Kind::String, text_.substr(position_ + 1, end - position_ - 1), line_};
    position_ = end + 1;
    return token;
  }

  std::string_view text_;
  size_t position_ = 0;
  uint32_t line_ = 1;
  std::vector<Token> tokens_;
};

} // namespace

std::vector<Token> tokenize(std::string_view text) { return Lexer(text).run(); }

} // namespace neap::sim::ptx
