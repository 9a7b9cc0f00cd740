// f16 and bf16 against exact arithmetic: every number of the formats, and roundings found by search among them.
#include "Simulator.h"
#include "Values.h"

#include <algorithm>
#include <cmath>

namespace neap::test {
namespace {

/// A format by its definition.
struct Format {
  const char *name;
  int exponentBits, mantissaBits;
};
constexpr Format f16{"f16", 5, 10}, bf16{"bf16", 8, 7};

long double valueOf(uint16_t bits, const Format &format) {
  int bias = (1 << (format.exponentBits - 1)) - 1;
  int exponent = bits >> format.mantissaBits & ((1 << format.exponentBits) - 1),
      mantissa = bits & ((1 << format.mantissaBits) - 1);
  long double magnitude = exponent == 0 ? std::ldexp((long double)mantissa, 1 - bias - format.mantissaBits)
                                        : std::ldexp((long double)(mantissa + (1 << format.mantissaBits)),
                                                     exponent - bias - format.mantissaBits);
  if (exponent == (1 << format.exponentBits) - 1)
    magnitude = mantissa ? NAN : INFINITY;
  return bits >> 15 ? -magnitude : magnitude;
}

/// The nearest number of the format, found among all of them; ties go to the even one. Infinity starts where the next power
/// of two would be nearer.
uint16_t nearest(long double value, const Format &format) {
  if (std::isnan(value))
    return 0x7fff;
  uint16_t sign = std::signbit(value) ? 0x8000 : 0,
           infinity = uint16_t(((1 << format.exponentBits) - 1) << format.mantissaBits);
  long double magnitude = std::fabs(value);
  uint32_t low = 0, high = infinity;
  while (high - low > 1)
    (valueOf(uint16_t((low + high) / 2), format) <= magnitude ? low : high) = (low + high) / 2;
  if (magnitude == INFINITY)
    return sign | infinity;
  long double below = valueOf(uint16_t(low), format);
  long double above =
      high == infinity ? 2 * below - valueOf(uint16_t(low - 1), format) : valueOf(uint16_t(high), format);
  long double toBelow = magnitude - below, toAbove = above - magnitude;
  bool up = toAbove < toBelow || (toAbove == toBelow && low % 2 == 1);
  return uint16_t(sign | (up ? high : low));
}

class HalfTest : public testing::TestWithParam<Format> {};

TEST_P(HalfTest, WideningIsExactForEveryNumber) {
  std::vector<uint16_t> all(65536);
  for (size_t i = 0; i < all.size(); ++i)
    all[i] = uint16_t(i);
  auto got = evaluate<float>(std::string("cvt.f32.") + GetParam().name + " %x, %a;", all);
  for (size_t i = 0; i < all.size(); ++i) {
    float want = float(valueOf(all[i], GetParam()));
    if (std::isnan(want))
      ASSERT_EQ(std::bit_cast<uint32_t>(got[i]), 0x7fffffffu);
    else
      ASSERT_EQ(std::bit_cast<uint32_t>(got[i]), std::bit_cast<uint32_t>(want)) << i;
  }
}

/// Values at, next to and halfway between numbers of the format.
std::vector<float> roundingValues(const Format &format) {
  std::vector<float> values = floatValues<float>();
  for (uint32_t bits = 0; bits < 0x7c00; bits += 61) {
    float value = float(valueOf(uint16_t(bits), format)), next = float(valueOf(uint16_t(bits + 1), format)),
          half = value + (next - value) / 2;
    for (float candidate : {value, half, std::nextafter(half, INFINITY), std::nextafter(half, -INFINITY)}) {
      values.push_back(candidate);
      values.push_back(-candidate);
    }
  }
  return values;
}

TEST_P(HalfTest, NarrowingRoundsToNearestEven) {
  std::vector<float> values = roundingValues(GetParam());
  auto got = evaluate<uint16_t>(std::string("cvt.rn.") + GetParam().name + ".f32 %x, %a;", values);
  auto pairs = evaluate<uint32_t>(std::string("cvt.rn.") + GetParam().name + "x2.f32 %x, %a, %b;", values,
                                  std::vector<float>(values.rbegin(), values.rend()));
  for (size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(got[i], nearest(values[i], GetParam())) << values[i];
    ASSERT_EQ(pairs[i], uint32_t(got[i]) << 16 | got[values.size() - 1 - i]);
  }
}

TEST_P(HalfTest, NarrowingTowardsZeroNeverGrows) {
  std::vector<float> values = roundingValues(GetParam());
  auto got = evaluate<uint16_t>(std::string("cvt.rz.") + GetParam().name + ".f32 %x, %a;", values);
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i]) || std::isinf(values[i]))
      continue;
    long double value = std::fabs((long double)values[i]), below = std::fabs(valueOf(got[i], GetParam()));
    ASSERT_LE(below, value);
    long double above = std::fabs(valueOf(uint16_t(got[i] + 1), GetParam()));
    ASSERT_GT(above, value);
  }
}

TEST_P(HalfTest, NarrowingFromDoubleRoundsOnce) {
  // A double just above a tie, which f32 would round to the tie.
  double one = double(valueOf(nearest(1, GetParam()), GetParam())), ulp = std::ldexp(1.0, -GetParam().mantissaBits);
  std::vector<double> values = {
      one + ulp / 2 + 1e-14, one + ulp / 2 - 1e-14, one + ulp / 2, one + 3 * ulp / 2, 1e300, -1e-300};
  auto got = evaluate<uint16_t>(std::string("cvt.rn.") + GetParam().name + ".f64 %x, %a;", values);
  for (size_t i = 0; i < values.size(); ++i)
    ASSERT_EQ(got[i], nearest(values[i], GetParam())) << values[i];
}

TEST_P(HalfTest, IntegersRoundOnce) {
  std::vector<int64_t> values = integerValues<int64_t>();
  // Above a tie of bf16 by less than a double keeps.
  values.push_back((int64_t(0x101) << 54) + 1);
  values.push_back(-((int64_t(0x101) << 54) + 1));
  values.push_back(int64_t(0x101) << 54);
  auto got = evaluate<uint16_t>(std::string("cvt.rn.") + GetParam().name + ".s64 %x, %a;", values);
  for (size_t i = 0; i < values.size(); ++i)
    ASSERT_EQ(got[i], nearest((long double)values[i], GetParam())) << values[i];
}

std::vector<uint16_t> halfValues(size_t randomCount) {
  std::vector<uint16_t> values = {0,      0x8000, 1,      0x8001, 0x3c00, 0xbc00, 0x3f80, 0x7bff,
                                  0x7c00, 0xfc00, 0x7f80, 0xff80, 0x7fff, 0x0400, 0x03ff, 0x7f7f};
  for (uint16_t bits : randomBits<uint16_t>(randomCount))
    values.push_back(bits);
  return values;
}

TEST_P(HalfTest, ArithmeticRoundsOnce) {
  auto pairs = pairsOf(halfValues(60), halfValues(60));
  std::vector<uint16_t> third(pairs.first.size());
  for (size_t i = 0; i < third.size(); ++i)
    third[i] = pairs.first[(i * 7919) % third.size()];
  std::string name = GetParam().name;
  auto sum = evaluate<uint16_t>("add.rn." + name + " %x, %a, %b;", pairs.first, pairs.second);
  auto difference = evaluate<uint16_t>("sub.rn." + name + " %x, %a, %b;", pairs.first, pairs.second);
  auto product = evaluate<uint16_t>("mul.rn." + name + " %x, %a, %b;", pairs.first, pairs.second);
  for (size_t i = 0; i < sum.size(); ++i) {
    long double a = valueOf(pairs.first[i], GetParam()), b = valueOf(pairs.second[i], GetParam());
    // Exact unless the exponents are far apart, and then the smaller one only breaks ties that are none.
    ASSERT_EQ(sum[i], nearest(a + b, GetParam())) << double(a) << " + " << double(b);
    ASSERT_EQ(difference[i], nearest(a - b, GetParam())) << double(a) << " - " << double(b);
    ASSERT_EQ(product[i], nearest(a * b, GetParam())) << double(a) << " * " << double(b);
  }
}

TEST_P(HalfTest, FmaRoundsOnce) {
  // Products and addends of one binade and its neighbours, where long double is exact.
  std::vector<uint16_t> a, b, c;
  uint16_t one = nearest(1, GetParam());
  for (uint16_t i : randomBits<uint16_t>(4000)) {
    a.push_back(uint16_t(one + i % 128));
    b.push_back(uint16_t(one + (i >> 4) % 128));
    c.push_back(uint16_t((i % 2 ? 0x8000 : 0) | (one + (i >> 3) % 200)));
  }
  auto got = evaluate<uint16_t>(std::string("fma.rn.") + GetParam().name + " %x, %a, %b, %c;", a, b, c);
  for (size_t i = 0; i < got.size(); ++i) {
    long double exact = valueOf(a[i], GetParam()) * valueOf(b[i], GetParam()) + valueOf(c[i], GetParam());
    ASSERT_EQ(got[i], nearest(exact, GetParam()));
  }
}

TEST_P(HalfTest, PairsAreTwoNumbers) {
  auto pairs = pairsOf(halfValues(20), halfValues(20));
  std::vector<uint32_t> a, b;
  for (size_t i = 0; i + 1 < pairs.first.size(); i += 2) {
    a.push_back(uint32_t(pairs.first[i + 1]) << 16 | pairs.first[i]);
    b.push_back(uint32_t(pairs.second[i + 1]) << 16 | pairs.second[i]);
  }
  std::string name = GetParam().name;
  for (std::string opcode : {"add.rn.", "mul.rn.", "min.", "max.NaN."}) {
    auto single = evaluate<uint16_t>(opcode + name + " %x, %a, %b;", pairs.first, pairs.second);
    auto both = evaluate<uint32_t>(opcode + name + "x2 %x, %a, %b;", a, b);
    for (size_t i = 0; i < both.size(); ++i)
      ASSERT_EQ(both[i], uint32_t(single[2 * i + 1]) << 16 | single[2 * i]) << opcode;
  }
}

TEST_P(HalfTest, ComparesAndOrders) {
  auto pairs = pairsOf(halfValues(20), halfValues(20));
  std::string name = GetParam().name;
  auto less = evaluate<uint32_t>("setp.lt." + name + " %p, %a, %b; selp.b32 %x, 1, 0, %p;", pairs.first, pairs.second);
  auto smaller = evaluate<uint16_t>("min." + name + " %x, %a, %b;", pairs.first, pairs.second);
  auto negated = evaluate<uint16_t>("neg." + name + " %x, %a;", pairs.first);
  for (size_t i = 0; i < less.size(); ++i) {
    long double a = valueOf(pairs.first[i], GetParam()), b = valueOf(pairs.second[i], GetParam());
    ASSERT_EQ(less[i], a < b);
    ASSERT_EQ(negated[i], pairs.first[i] ^ 0x8000);
    if (!std::isnan(a) && !std::isnan(b) && a != b)
      ASSERT_EQ(smaller[i], a < b ? pairs.first[i] : pairs.second[i]);
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, HalfTest, testing::Values(f16, bf16),
                         [](const auto &info) { return std::string(info.param.name); });

} // namespace
} // namespace neap::test
