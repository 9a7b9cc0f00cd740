// Conversions of the 16-bit formats, then their arithmetic: exact or rounded to odd in double, then rounded once.
#include "neap/runtime/sim/machine/lanes/Half.h"

#include "neap/runtime/sim/machine/lanes/Lanes.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace neap::sim {

namespace {

constexpr int doubleMantissa = 52, doubleBias = 1023;

bool roundsAway(ptx::Rounding rounding, bool negative, uint64_t kept, uint64_t rest, uint64_t half) {
  switch (rounding) {
  case ptx::Rounding::Rz: return false;
  case ptx::Rounding::Rm: return negative && rest != 0;
  case ptx::Rounding::Rp: return !negative && rest != 0;
  default: return rest > half || (rest == half && kept & 1);
  }
}

/// The neighbour with an odd mantissa when `rounded`, which is `error` less than the exact value, is even.
double towardsOdd(double rounded, double error) {
  if (error == 0 || std::bit_cast<uint64_t>(rounded) & 1)
    return rounded;
  return std::nextafter(rounded,
                        error > 0 ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity());
}

} // namespace

double widenHalf(uint16_t bits, HalfFormat format) {
  int bias = (1 << (format.exponentBits - 1)) - 1, largest = (1 << format.exponentBits) - 1;
  int exponent = bits >> format.mantissaBits & largest;
  uint32_t mantissa = bits & ((1u << format.mantissaBits) - 1);
  uint64_t sign = uint64_t(bits >> 15) << 63;
  if (exponent == 0) {
    double magnitude = std::ldexp(double(mantissa), 1 - bias - format.mantissaBits);
    return std::bit_cast<double>(std::bit_cast<uint64_t>(magnitude) | sign);
  }
  uint64_t wide = exponent == largest ? 2047 : uint64_t(exponent - bias + doubleBias);
  return std::bit_cast<double>(sign | wide << doubleMantissa |
                               uint64_t(mantissa) << (doubleMantissa - format.mantissaBits));
}

uint16_t roundToHalf(double value, HalfFormat format, ptx::Rounding rounding) {
  if (std::isnan(value))
    return halfNaN;
  uint64_t bits = std::bit_cast<uint64_t>(value);
  bool negative = bits >> 63;
  uint16_t sign = uint16_t(negative) << 15;
  int bias = (1 << (format.exponentBits - 1)) - 1;
  uint32_t infinity = uint32_t((1 << format.exponentBits) - 1) << format.mantissaBits;
  if (std::isinf(value))
    return uint16_t(sign | infinity);
  // Subnormal doubles are far below half of the smallest number of either format; as zeros with a rest they round
  // right.
  int exponent = int(bits >> doubleMantissa & 2047) - doubleBias;
  uint64_t mantissa = bits & ((uint64_t(1) << doubleMantissa) - 1);
  if (exponent > -doubleBias)
    mantissa |= uint64_t(1) << doubleMantissa;
  // The quantum of the result is 2^(scale - mantissaBits).
  int scale = std::max(exponent, 1 - bias),
      shift = std::min(scale - exponent + doubleMantissa - format.mantissaBits, 63);
  uint64_t kept = mantissa >> shift, rest = mantissa & ((uint64_t(1) << shift) - 1);
  kept += roundsAway(rounding, negative, kept, rest, uint64_t(1) << (shift - 1));
  // A carry out of the mantissa raises the exponent by itself. Subnormal results have the exponent field 0.
  uint64_t result = (uint64_t(scale + bias - 1) << format.mantissaBits) + kept;
  if (result >= infinity) {
    bool toInfinity = rounding == ptx::Rounding::Rn || rounding == (negative ? ptx::Rounding::Rm : ptx::Rounding::Rp);
    result = toInfinity ? infinity : infinity - 1;
  }
  return uint16_t(sign | result);
}

double addToOdd(double a, double b) {
  double sum = a + b;
  if (!std::isfinite(sum))
    return sum;
  double shareOfB = sum - a, error = (a - (sum - shareOfB)) + (b - shareOfB);
  return towardsOdd(sum, error);
}

double integerToOdd(int64_t value, bool isSigned) {
  __int128 exact = isSigned ? __int128(value) : __int128(uint64_t(value));
  double rounded = isSigned ? double(value) : double(uint64_t(value));
  __int128 error = exact - __int128(rounded);
  return towardsOdd(rounded, double(error));
}

namespace {

using ptx::Instruction;
using ptx::Opcode;
using ptx::Type;

struct Add {
  double operator()(double a, double b) const { return addToOdd(a, b); }
};
struct Sub {
  double operator()(double a, double b) const { return addToOdd(a, -b); }
};
/// Products of two such numbers are exact in double.
struct Mul {
  double operator()(double a, double b) const { return a * b; }
};
struct Fma {
  double operator()(double a, double b, double c) const { return addToOdd(a * b, c); }
};

/// The one of two numbers that min or max returns. -0 is less than 0; of a number and a NaN it is the number, or the
/// NaN.
template <bool isMax, bool nanWins> struct Extreme {
  double operator()(double a, double b) const {
    if (std::isnan(a) || std::isnan(b))
      return nanWins ? std::numeric_limits<double>::quiet_NaN() : std::isnan(a) ? b : a;
    bool aIsLess = a < b || (a == b && std::signbit(a));
    return aIsLess != isMax ? a : b;
  }
};

template <HalfFormat const &format, class Operation> struct Rounded {
  template <class... Values> uint16_t operator()(Values... values) const {
    return roundToHalf(Operation()(widenHalf(values, format)...), format);
  }
};

struct Abs {
  uint16_t operator()(uint16_t a) const { return a & 0x7fff; }
};
struct Neg {
  uint16_t operator()(uint16_t a) const { return a ^ 0x8000; }
};

bool isHalf(Type type) {
  return type == Type::F16 || type == Type::F16x2 || type == Type::BF16 || type == Type::BF16x2;
}

template <unsigned perLane, HalfFormat const &format> LaneFunction findExtreme(const Instruction &instruction) {
  if (instruction.opcode == Opcode::Max)
    return instruction.nan ? &binaryLanes<uint16_t, perLane, Rounded<format, Extreme<true, true>>>
                           : &binaryLanes<uint16_t, perLane, Rounded<format, Extreme<true, false>>>;
  return instruction.nan ? &binaryLanes<uint16_t, perLane, Rounded<format, Extreme<false, true>>>
                         : &binaryLanes<uint16_t, perLane, Rounded<format, Extreme<false, false>>>;
}

template <unsigned perLane, HalfFormat const &format> LaneFunction find(const Instruction &instruction) {
  switch (instruction.opcode) {
  case Opcode::Add: return &binaryLanes<uint16_t, perLane, Rounded<format, Add>>;
  case Opcode::Sub: return &binaryLanes<uint16_t, perLane, Rounded<format, Sub>>;
  case Opcode::Mul: return &binaryLanes<uint16_t, perLane, Rounded<format, Mul>>;
  case Opcode::Fma: return &ternaryLanes<uint16_t, perLane, Rounded<format, Fma>>;
  case Opcode::Min:
  case Opcode::Max: return findExtreme<perLane, format>(instruction);
  case Opcode::Abs: return &unaryLanes<uint16_t, perLane, Abs>;
  case Opcode::Neg: return &unaryLanes<uint16_t, perLane, Neg>;
  default: return nullptr;
  }
}

} // namespace

LaneFunction findHalf(const Instruction &instruction) {
  if (!isHalf(instruction.type))
    return nullptr;
  switch (instruction.type) {
  case Type::F16: return find<1, binary16>(instruction);
  case Type::F16x2: return find<2, binary16>(instruction);
  case Type::BF16: return find<1, bfloat16>(instruction);
  default: return find<2, bfloat16>(instruction);
  }
}

} // namespace neap::sim
