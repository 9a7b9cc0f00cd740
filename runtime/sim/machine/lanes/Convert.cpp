// cvt. Integers go through 64 bits and floating-point numbers through double, both exactly, so that a conversion rounds
// once, at its end.
#include "neap/runtime/sim/machine/lanes/Half.h"
#include "neap/runtime/sim/machine/lanes/Lanes.h"

#include <cmath>
#include <limits>

namespace neap::sim {

namespace {

using ptx::Instruction;
using ptx::Opcode;
using ptx::Rounding;
using ptx::Type;

/// Keeps the low bits of `value` that a type has and extends them by its sign.
uint64_t extend(uint64_t value, uint32_t bits, bool isSigned) {
  unsigned unused = 64 - bits;
  return isSigned ? uint64_t(int64_t(value << unused) >> unused) : value << unused >> unused;
}

void readIntegers(const LaneFile &file, const Instruction &instruction, uint64_t (&values)[32]) {
  file.readBits(instruction.sources[0], values);
  uint32_t bits = 8 * bytesOf(instruction.from);
  bool sign = isSigned(instruction.from);
  for (uint64_t &value : values)
    value = extend(value, bits, sign);
}

/// A result narrower than its register is extended to it.
void storeIntegers(LaneFile &file, const Instruction &instruction, uint64_t (&values)[32], uint32_t mask) {
  uint32_t bits = 8 * bytesOf(instruction.type);
  bool sign = isSigned(instruction.type);
  for (uint64_t &value : values)
    value = extend(value, bits, sign);
  file.storeBits(instruction.results[0], values, mask);
}

double decode(uint64_t bits, Type type) {
  switch (type) {
  case Type::F16: return widenHalf(uint16_t(bits), binary16);
  case Type::BF16: return widenHalf(uint16_t(bits), bfloat16);
  case Type::F32: return std::bit_cast<float>(uint32_t(bits));
  default: return std::bit_cast<double>(bits);
  }
}

/// Rounds to f32 in a direction: the nearest number, or its neighbour when that lies on the wrong side.
float roundToFloat(double value, Rounding rounding) {
  float nearest = float(value);
  bool isDown = rounding == Rounding::Rm || (rounding == Rounding::Rz && value > 0);
  bool isUp = rounding == Rounding::Rp || (rounding == Rounding::Rz && value < 0);
  if (isDown && double(nearest) > value)
    return std::nextafter(nearest, -std::numeric_limits<float>::infinity());
  if (isUp && double(nearest) < value)
    return std::nextafter(nearest, std::numeric_limits<float>::infinity());
  return nearest;
}

uint64_t encode(double value, Type type, Rounding rounding) {
  switch (type) {
  case Type::F16: return roundToHalf(value, binary16, rounding);
  case Type::BF16: return roundToHalf(value, bfloat16, rounding);
  case Type::F32: return std::isnan(value) ? 0x7fffffff : std::bit_cast<uint32_t>(roundToFloat(value, rounding));
  default: return std::bit_cast<uint64_t>(value);
  }
}

double roundToInteger(double value, Rounding rounding) {
  switch (rounding) {
  case Rounding::Rni: return std::nearbyint(value);
  case Rounding::Rzi: return std::trunc(value);
  case Rounding::Rmi: return std::floor(value);
  case Rounding::Rpi: return std::ceil(value);
  default: return value;
  }
}

/// The range of an integer type; `high` is one beyond it, as that is exact in double.
struct Range {
  double low, high;
  uint64_t lowest, highest;
};

Range rangeOf(Type type) {
  uint32_t bits = 8 * bytesOf(type);
  if (isSigned(type))
    return {-std::ldexp(1.0, int(bits) - 1), std::ldexp(1.0, int(bits) - 1), ~uint64_t(0) << (bits - 1),
            ~(~uint64_t(0) << (bits - 1))};
  return {0, std::ldexp(1.0, int(bits)), 0, bits == 64 ? ~uint64_t(0) : (uint64_t(1) << bits) - 1};
}

/// A NaN becomes 0; but from f64, or to 64 bits, only the highest bit is set.
uint64_t integerOfNaN(const Instruction &instruction) {
  bool isWide = instruction.from == Type::F64 || bytesOf(instruction.type) == 8;
  return isWide ? uint64_t(1) << (8 * bytesOf(instruction.type) - 1) : 0;
}

uint64_t saturate(double value, const Instruction &instruction, const Range &range) {
  if (std::isnan(value))
    return integerOfNaN(instruction);
  if (value < range.low)
    return range.lowest;
  if (value >= range.high)
    return range.highest;
  return value < 0 ? uint64_t(int64_t(value)) : uint64_t(value);
}

void floatToInteger(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  uint64_t values[32];
  file.readBits(instruction.sources[0], values);
  Range range = rangeOf(instruction.type);
  for (uint64_t &value : values)
    value = saturate(roundToInteger(decode(value, instruction.from), instruction.rounding), instruction, range);
  storeIntegers(file, instruction, values, mask);
}

void floatToFloat(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  uint64_t values[32];
  file.readBits(instruction.sources[0], values);
  for (uint64_t &value : values)
    value = encode(roundToInteger(decode(value, instruction.from), instruction.rounding), instruction.type,
                   instruction.rounding);
  file.storeBits(instruction.results[0], values, mask);
}

uint64_t integerToFloatBits(uint64_t value, const Instruction &instruction) {
  bool sign = isSigned(instruction.from);
  if (instruction.type == Type::F64)
    return std::bit_cast<uint64_t>(sign ? double(int64_t(value)) : double(value));
  if (instruction.type == Type::F32)
    return std::bit_cast<uint32_t>(sign ? float(int64_t(value)) : float(value));
  return encode(integerToOdd(int64_t(value), sign), instruction.type, Rounding::Rn);
}

void integerToFloat(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  uint64_t values[32];
  readIntegers(file, instruction, values);
  for (uint64_t &value : values)
    value = integerToFloatBits(value, instruction);
  file.storeBits(instruction.results[0], values, mask);
}

/// Clamps to the range of the result; both are in 64 bits, of the source's signedness.
uint64_t clamp(uint64_t value, bool fromSigned, const Range &range, bool toSigned) {
  bool negative = fromSigned && int64_t(value) < 0;
  if (negative)
    return !toSigned ? 0 : int64_t(value) < int64_t(range.lowest) ? range.lowest : value;
  return value > range.highest ? range.highest : value;
}

void integerToInteger(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  uint64_t values[32];
  readIntegers(file, instruction, values);
  Range range = rangeOf(instruction.type);
  if (instruction.saturate)
    for (uint64_t &value : values)
      value = clamp(value, isSigned(instruction.from), range, isSigned(instruction.type));
  storeIntegers(file, instruction, values, mask);
}

/// The second source goes to the lower half.
void convertPair(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  HalfFormat format = instruction.type == Type::BF16x2 ? bfloat16 : binary16;
  const auto *high = file.lanes<float>(instruction.sources[0]), *low = file.lanes<float>(instruction.sources[1]);
  uint32_t values[32];
  for (unsigned lane = 0; lane < 32; ++lane)
    values[lane] = uint32_t(roundToHalf(high[lane], format)) << 16 | roundToHalf(low[lane], format);
  file.store<uint32_t>(instruction.results[0], values, mask);
}

} // namespace

LaneFunction findConvert(const Instruction &instruction) {
  if (instruction.opcode == Opcode::CvtPack)
    return &convertPair;
  if (instruction.opcode != Opcode::Cvt)
    return nullptr;
  if (isFloat(instruction.type))
    return isFloat(instruction.from) ? &floatToFloat : &integerToFloat;
  return isFloat(instruction.from) ? &floatToInteger : &integerToInteger;
}

} // namespace neap::sim
