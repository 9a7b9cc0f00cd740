// A recursive-descent parser that evaluates as it reads. Without values it only notes the names, and every value is 1.
#include "neap/passes/onnx/freeze-dims/DimExpression.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

#include <optional>
#include <utility>

using namespace llvm;
using namespace neap;

namespace {

struct Fraction {
  int64_t numerator = 0, denominator = 1;
};

class Parser {
public:
  /// With null `values` nothing is computed.
  Parser(StringRef text, const DimValues *values) : rest(text), values(values) {}

  std::optional<Fraction> parse() {
    std::optional<Fraction> result = parseSum();
    skipSpace();
    if (result && !rest.empty())
      return fail("expected an operator, got '" + rest.str() + "'");
    return result;
  }

  std::string message;
  SmallVector<StringRef> names;

private:
  static constexpr int maxDepth = 64;

  std::optional<Fraction> fail(std::string why) {
    if (message.empty())
      message = std::move(why);
    return std::nullopt;
  }

  void skipSpace() { rest = rest.ltrim(); }

  bool consume(StringRef token) {
    skipSpace();
    return rest.consume_front(token);
  }

  std::optional<Fraction> reduce(__int128 numerator, __int128 denominator) {
    if (!values)
      return Fraction{1, 1};
    if (denominator == 0)
      return fail("division by zero");
    if (denominator < 0) {
      numerator = -numerator;
      denominator = -denominator;
    }
    __int128 a = numerator < 0 ? -numerator : numerator, b = denominator;
    while (b != 0)
      a = std::exchange(b, a % b);
    if (a > 1) {
      numerator /= a;
      denominator /= a;
    }
    if (numerator > INT64_MAX || numerator < -INT64_MAX || denominator > INT64_MAX)
      return fail("a value beyond 64 bits");
    return Fraction{static_cast<int64_t>(numerator), static_cast<int64_t>(denominator)};
  }

  std::optional<Fraction> add(Fraction a, Fraction b) {
    return reduce(__int128(a.numerator) * b.denominator + __int128(b.numerator) * a.denominator,
                  __int128(a.denominator) * b.denominator);
  }
  std::optional<Fraction> multiply(Fraction a, Fraction b) {
    return reduce(__int128(a.numerator) * b.numerator, __int128(a.denominator) * b.denominator);
  }
  std::optional<Fraction> divide(Fraction a, Fraction b) {
    return reduce(__int128(a.numerator) * b.denominator, __int128(a.denominator) * b.numerator);
  }
  static Fraction floorOf(Fraction a) { return {divideFloorSigned(a.numerator, a.denominator), 1}; }

  std::optional<Fraction> modulo(Fraction a, Fraction b) {
    std::optional<Fraction> quotient = divide(a, b);
    std::optional<Fraction> whole = quotient ? multiply(floorOf(*quotient), b) : std::nullopt;
    return whole ? add(a, {-whole->numerator, whole->denominator}) : std::nullopt;
  }

  std::optional<Fraction> power(Fraction base, Fraction exponent) {
    if (!values)
      return Fraction{1, 1};
    if (exponent.denominator != 1 || exponent.numerator < 0 || exponent.numerator > 64)
      return fail("an exponent that is no integer from 0 to 64");
    std::optional<Fraction> result = Fraction{1, 1};
    for (int64_t i = 0; result && i < exponent.numerator; ++i)
      result = multiply(*result, base);
    return result;
  }

  std::optional<Fraction> parseSum() {
    std::optional<Fraction> left = parseProduct();
    while (left) {
      bool minus = consume("-");
      if (!minus && !consume("+"))
        break;
      std::optional<Fraction> right = parseProduct();
      if (!right)
        return right;
      left = add(*left, minus ? Fraction{-right->numerator, right->denominator} : *right);
    }
    return left;
  }

  std::optional<Fraction> parseProduct() {
    std::optional<Fraction> left = parseUnary();
    while (left) {
      StringRef op;
      for (StringRef candidate : {"//", "/", "%", "*"})
        if (op.empty() && consume(candidate))
          op = candidate;
      if (op.empty())
        break;
      std::optional<Fraction> right = parseUnary();
      if (!right)
        return right;
      left = op == "*" ? multiply(*left, *right) : op == "%" ? modulo(*left, *right) : divide(*left, *right);
      if (left && op == "//")
        left = floorOf(*left);
    }
    return left;
  }

  std::optional<Fraction> parseUnary() {
    if (++depth > maxDepth)
      return fail("an expression nested too deeply");
    llvm::scope_exit leave([&] { --depth; });
    if (consume("-")) {
      std::optional<Fraction> value = parseUnary();
      return value ? std::optional(Fraction{-value->numerator, value->denominator}) : value;
    }
    std::optional<Fraction> base = parseAtom();
    if (!base || !consume("**"))
      return base;
    std::optional<Fraction> exponent = parseUnary();
    return exponent ? power(*base, *exponent) : exponent;
  }

  std::optional<Fraction> parseAtom() {
    if (consume("(")) {
      std::optional<Fraction> value = parseSum();
      return value && !consume(")") ? fail("expected ')'") : value;
    }
    skipSpace();
    if (!rest.empty() && isDigit(rest.front())) {
      int64_t value;
      if (rest.consumeInteger(10, value))
        return fail("a value beyond 64 bits");
      return Fraction{value, 1};
    }
    StringRef name = rest.take_while([](char c) { return isAlnum(c) || c == '_' || c == '.' || c == ':'; });
    rest = rest.drop_front(name.size());
    if (name.empty())
      return fail("expected a name or a number, got '" + rest.str() + "'");
    return consume("(") ? parseCall(name) : valueOf(name);
  }

  std::optional<Fraction> valueOf(StringRef name) {
    if (!is_contained(names, name))
      names.push_back(name);
    if (!values)
      return Fraction{1, 1};
    auto found = values->find(name);
    if (found == values->end())
      return fail("no value for '" + name.str() + "'");
    return Fraction{found->second, 1};
  }

  std::optional<Fraction> parseCall(StringRef function) {
    SmallVector<Fraction> arguments;
    do {
      std::optional<Fraction> argument = parseSum();
      if (!argument)
        return argument;
      arguments.push_back(*argument);
    } while (consume(","));
    if (!consume(")"))
      return fail("expected ')'");
    return call(function.lower(), arguments);
  }

  std::optional<Fraction> call(StringRef function, ArrayRef<Fraction> arguments) {
    auto less = [](Fraction a, Fraction b) {
      return __int128(a.numerator) * b.denominator < __int128(b.numerator) * a.denominator;
    };
    if (function == "min")
      return *llvm::min_element(arguments, less);
    if (function == "max")
      return *llvm::max_element(arguments, less);
    if (function == "mod" && arguments.size() == 2)
      return modulo(arguments[0], arguments[1]);
    if (function == "floor" && arguments.size() == 1)
      return floorOf(arguments[0]);
    if (function == "ceiling" && arguments.size() == 1)
      return Fraction{divideCeilSigned(arguments[0].numerator, arguments[0].denominator), 1};
    return fail("expected Min, Max, Mod, floor or ceiling, got '" + function.str() + "'");
  }

  StringRef rest;
  const DimValues *values;
  int depth = 0;
};

} // namespace

SmallVector<StringRef> neap::namesInDim(StringRef expression) {
  Parser parser(expression, nullptr);
  if (!parser.parse())
    return {expression};
  return parser.names;
}

Expected<int64_t> neap::evaluateDim(StringRef expression, const DimValues &values) {
  if (auto found = values.find(expression); found != values.end())
    return found->second;
  Parser parser(expression, &values);
  std::optional<Fraction> value = parser.parse();
  if (!value)
    return createStringError(inconvertibleErrorCode(), parser.message);
  if (value->denominator != 1)
    return createStringError(inconvertibleErrorCode(),
                             "the fraction " + Twine(value->numerator) + "/" + Twine(value->denominator));
  return value->numerator;
}
