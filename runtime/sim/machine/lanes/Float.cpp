// f32 and f64 arithmetic by IEEE 754, rounded to nearest even. Results of f32 that are not numbers have the one bit
// pattern that a device writes; payloads of f64 NaNs are the host's.
#include "neap/runtime/sim/machine/lanes/Lanes.h"

#include <cmath>
#include <limits>
#include <type_traits>

namespace neap::sim {

namespace {

using ptx::Instruction;
using ptx::Opcode;
using ptx::Property;
using ptx::Type;

float canonical(float value) { return value != value ? std::bit_cast<float>(0x7fffffffu) : value; }
double canonical(double value) { return value; }

struct Add {
  template <class T> T operator()(T a, T b) const { return canonical(a + b); }
};
struct Sub {
  template <class T> T operator()(T a, T b) const { return canonical(a - b); }
};
struct Mul {
  template <class T> T operator()(T a, T b) const { return canonical(a * b); }
};
struct Div {
  template <class T> T operator()(T a, T b) const { return canonical(a / b); }
};
struct Fma {
  template <class T> T operator()(T a, T b, T c) const { return canonical(std::fma(a, b, c)); }
};
struct Sqrt {
  template <class T> T operator()(T a) const { return canonical(std::sqrt(a)); }
};
struct Reciprocal {
  template <class T> T operator()(T a) const { return canonical(T(1) / a); }
};
struct Abs {
  template <class T> T operator()(T a) const { return std::fabs(a); }
};
struct Neg {
  template <class T> T operator()(T a) const { return -a; }
};
/// The sign of a with the magnitude of b.
struct Copysign {
  template <class T> T operator()(T a, T b) const { return std::copysign(b, a); }
};

/// -0 is less than 0. Of a number and a NaN it is the number, or the NaN where that wins.
template <bool isMax, bool nanWins> struct Extreme {
  template <class T> T operator()(T a, T b) const {
    bool aIsLess = a < b || (a == b && std::signbit(a));
    T result = aIsLess != isMax ? a : b;
    if (nanWins)
      result = a != a || b != b ? std::numeric_limits<T>::quiet_NaN() : result;
    else
      result = a != a ? b : b != b ? a : result;
    return canonical(result);
  }
};

// The loops of fma once more for processors that have the instruction; elsewhere every lane is a call into libm.
template <class T>
__attribute__((target("avx2,fma"))) void fusedLanes(T *values, const T *a, const T *b, const T *c, unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    if constexpr (sizeof(T) == 4)
      values[i] = __builtin_fmaf(a[i], b[i], c[i]);
    else
      values[i] = __builtin_fma(a[i], b[i], c[i]);
  }
}

template <class T, unsigned perLane>
void fusedMultiplyAdd(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  T a[32 * perLane], b[32 * perLane], c[32 * perLane], values[32 * perLane];
  std::memcpy(a, file.lanes<T>(instruction.sources[0]), sizeof a);
  std::memcpy(b, file.lanes<T>(instruction.sources[1]), sizeof b);
  std::memcpy(c, file.lanes<T>(instruction.sources[2]), sizeof c);
  fusedLanes(values, a, b, c, 32 * perLane);
  for (T &value : values)
    value = canonical(value);
  file.store<T, perLane>(instruction.results[0], values, mask);
}

bool hasFma() {
  static const bool has = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return has;
}

template <class T> bool has(Property property, T value) {
  switch (property) {
  case Property::Finite: return std::isfinite(value);
  case Property::Infinite: return std::isinf(value);
  case Property::Number: return !std::isnan(value);
  case Property::NotANumber: return std::isnan(value);
  case Property::Normal: return std::isnormal(value);
  default: return std::fpclassify(value) == FP_SUBNORMAL;
  }
}

template <class T> void testProperty(LaneFile &file, const Instruction &instruction, uint32_t mask) {
  const auto *a = file.lanes<T>(instruction.sources[0]);
  uint8_t flags[32];
  for (unsigned lane = 0; lane < 32; ++lane)
    flags[lane] = has<T>(instruction.property, a[lane]);
  file.setPredicate(instruction.results[0], packBits(flags), mask);
}

template <class T, unsigned perLane> LaneFunction findArithmetic(Opcode opcode) {
  switch (opcode) {
  case Opcode::Add: return &binaryLanes<T, perLane, Add>;
  case Opcode::Sub: return &binaryLanes<T, perLane, Sub>;
  case Opcode::Mul: return &binaryLanes<T, perLane, Mul>;
  case Opcode::Fma: return hasFma() ? &fusedMultiplyAdd<T, perLane> : &ternaryLanes<T, perLane, Fma>;
  default: return nullptr;
  }
}

template <class T> LaneFunction findExtreme(const Instruction &instruction) {
  if (instruction.opcode == Opcode::Max)
    return instruction.nan ? &binaryLanes<T, 1, Extreme<true, true>> : &binaryLanes<T, 1, Extreme<true, false>>;
  return instruction.nan ? &binaryLanes<T, 1, Extreme<false, true>> : &binaryLanes<T, 1, Extreme<false, false>>;
}

template <class T> LaneFunction findScalar(const Instruction &instruction) {
  switch (instruction.opcode) {
  case Opcode::Div: return &binaryLanes<T, 1, Div>;
  case Opcode::Sqrt: return &unaryLanes<T, 1, Sqrt>;
  case Opcode::Rcp: return &unaryLanes<T, 1, Reciprocal>;
  case Opcode::Abs: return &unaryLanes<T, 1, Abs>;
  case Opcode::Neg: return &unaryLanes<T, 1, Neg>;
  case Opcode::Min:
  case Opcode::Max: return findExtreme<T>(instruction);
  case Opcode::Copysign: return &binaryLanes<T, 1, Copysign>;
  default: return findArithmetic<T, 1>(instruction.opcode);
  }
}

} // namespace

LaneFunction findFloat(const Instruction &instruction) {
  if (instruction.opcode == Opcode::Testp)
    return instruction.from == Type::F32 ? &testProperty<float> : &testProperty<double>;
  switch (instruction.type) {
  case Type::F32: return findScalar<float>(instruction);
  case Type::F64: return findScalar<double>(instruction);
  case Type::F32x2: return findArithmetic<float, 2>(instruction.opcode);
  default: return nullptr;
  }
}

} // namespace neap::sim
