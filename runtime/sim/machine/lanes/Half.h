// The 16-bit floating-point formats: exact widening to double, and rounding from double in one step.
#ifndef NEAP_RUNTIME_SIM_MACHINE_LANES_HALF_H
#define NEAP_RUNTIME_SIM_MACHINE_LANES_HALF_H

#include "neap/runtime/sim/ptx/Type.h"

#include <cstdint>

namespace neap::sim {

/// A binary format of 16 bits.
struct HalfFormat {
  int exponentBits, mantissaBits;
};
constexpr HalfFormat binary16{5, 10}, bfloat16{8, 7};

/// What PTX writes for a NaN in both formats.
constexpr uint16_t halfNaN = 0x7fff;

double widenHalf(uint16_t bits, HalfFormat format);
/// Rounds once, to nearest even (Rn), towards zero (Rz), down (Rm) or up (Rp). A NaN becomes halfNaN.
uint16_t roundToHalf(double value, HalfFormat format, ptx::Rounding rounding = ptx::Rounding::Rn);
/// a + b, rounded to odd: rounding the result again to a format with at most 51 bits of mantissa is as good as rounding
/// the exact sum.
double addToOdd(double a, double b);
/// The same for an integer.
double integerToOdd(int64_t value, bool isSigned);

} // namespace neap::sim

#endif
