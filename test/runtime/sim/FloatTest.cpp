// Floating-point instructions and conversions, bit for bit against plain C++.
#include "Simulator.h"
#include "Values.h"

#include <cfenv>
#include <cmath>

namespace neap::test {
namespace {

template <class T> using BitsOf = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
template <class T> std::string typeName() { return sizeof(T) == 4 ? ".f32" : ".f64"; }

/// Equal bits. For an f32 NaN the one pattern that a device writes; payloads of f64 are not specified.
template <class T> void expectSame(T got, T want, const std::string &what) {
  if constexpr (sizeof(T) == 8)
    if (std::isnan(want)) {
      ASSERT_TRUE(std::isnan(got)) << what;
      return;
    }
  BitsOf<T> bits = std::isnan(want) ? BitsOf<T>(0x7fffffff) : std::bit_cast<BitsOf<T>>(want);
  ASSERT_EQ(std::bit_cast<BitsOf<T>>(got), bits) << what << ": got " << got << ", expected " << want;
}

template <class T, class Reference> void expectBinary(const std::string &opcode, Reference reference) {
  auto pairs = pairsOf(floatValues<T>(), floatValues<T>());
  auto got = evaluate<T>(opcode + typeName<T>() + " %x, %a, %b;", pairs.first, pairs.second);
  for (size_t i = 0; i < got.size(); ++i)
    expectSame<T>(got[i], reference(pairs.first[i], pairs.second[i]),
                  opcode + " of " + std::to_string(pairs.first[i]) + " and " + std::to_string(pairs.second[i]));
}

template <class T, class Reference> void expectUnary(const std::string &opcode, Reference reference) {
  std::vector<T> values = floatValues<T>();
  auto got = evaluate<T>(opcode + typeName<T>() + " %x, %a;", values);
  for (size_t i = 0; i < got.size(); ++i)
    expectSame<T>(got[i], reference(values[i]), opcode + " of " + std::to_string(values[i]));
}

template <class T> class FloatTest : public testing::Test {};
using Floats = testing::Types<float, double>;
TYPED_TEST_SUITE(FloatTest, Floats);

TYPED_TEST(FloatTest, Arithmetic) {
  using T = TypeParam;
  expectBinary<T>("add.rn", [](T a, T b) { return a + b; });
  expectBinary<T>("sub.rn", [](T a, T b) { return a - b; });
  expectBinary<T>("mul.rn", [](T a, T b) { return a * b; });
  expectBinary<T>("div.rn", [](T a, T b) { return a / b; });
  expectUnary<T>("sqrt.rn", [](T a) { return std::sqrt(a); });
  expectUnary<T>("rcp.rn", [](T a) { return 1 / a; });
}

TYPED_TEST(FloatTest, FmaRoundsOnce) {
  using T = TypeParam;
  auto pairs = pairsOf(floatValues<T>(), floatValues<T>());
  std::vector<T> third(pairs.second.begin(), pairs.second.end());
  // Sums that cancel the product show a second rounding.
  for (size_t i = 0; i < third.size(); i += 2)
    third[i] = -(pairs.first[i] * pairs.second[i]);
  auto got = evaluate<T>("fma.rn" + typeName<T>() + " %x, %a, %b, %c;", pairs.first, pairs.second, third);
  size_t different = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    expectSame<T>(got[i], std::fma(pairs.first[i], pairs.second[i], third[i]), "fma");
    volatile T product = pairs.first[i] * pairs.second[i];
    different += !std::isnan(got[i]) && product + third[i] != got[i];
  }
  EXPECT_GT(different, 100u);
}

TYPED_TEST(FloatTest, SignsAreBits) {
  using T = TypeParam;
  std::vector<T> values = floatValues<T>();
  auto flipped = evaluate<T>("neg" + typeName<T>() + " %x, %a;", values);
  auto cleared = evaluate<T>("abs" + typeName<T>() + " %x, %a;", values);
  auto copied = evaluate<T>("copysign" + typeName<T>() + " %x, %b, %a;", values, flipped);
  for (size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i]))
      continue;
    expectSame<T>(flipped[i], -values[i], "neg");
    expectSame<T>(cleared[i], std::fabs(values[i]), "abs");
    expectSame<T>(copied[i], -values[i], "copysign");
  }
}

/// min and max as IEEE 754-2019's minimumNumber, minimum and so on, written out.
template <class T> T extreme(T a, T b, bool isMax, bool nanWins) {
  if (std::isnan(a) || std::isnan(b))
    return nanWins || (std::isnan(a) && std::isnan(b)) ? std::numeric_limits<T>::quiet_NaN() : std::isnan(a) ? b : a;
  if (a == b)
    return std::signbit(a) == isMax ? b : a;
  return (a < b) == isMax ? b : a;
}

TYPED_TEST(FloatTest, MinAndMaxOrderZerosAndPreferNumbers) {
  using T = TypeParam;
  expectBinary<T>("min", [](T a, T b) { return extreme(a, b, false, false); });
  expectBinary<T>("max", [](T a, T b) { return extreme(a, b, true, false); });
}

TEST(FloatExtremeTest, NaNWinsWhereAsked) {
  expectBinary<float>("min.NaN", [](float a, float b) { return extreme(a, b, false, true); });
  expectBinary<float>("max.NaN", [](float a, float b) { return extreme(a, b, true, true); });
}

TYPED_TEST(FloatTest, Comparisons) {
  using T = TypeParam;
  auto pairs = pairsOf(floatValues<T>(), floatValues<T>());
  auto run = [&](const std::string &compare) {
    return evaluate<uint32_t>("setp." + compare + typeName<T>() + " %p, %a, %b; selp.b32 %x, 1, 0, %p;", pairs.first,
                              pairs.second);
  };
  struct Case {
    const char *name;
    bool (*holds)(T, T);
  };
  Case cases[] = {{"eq", [](T a, T b) { return a == b; }},
                  {"ne", [](T a, T b) { return a < b || a > b; }},
                  {"lt", [](T a, T b) { return a < b; }},
                  {"le", [](T a, T b) { return a <= b; }},
                  {"gt", [](T a, T b) { return a > b; }},
                  {"ge", [](T a, T b) { return a >= b; }},
                  {"equ", [](T a, T b) { return !(a < b || a > b); }},
                  {"neu", [](T a, T b) { return a != b; }},
                  {"ltu", [](T a, T b) { return !(a >= b); }},
                  {"leu", [](T a, T b) { return !(a > b); }},
                  {"gtu", [](T a, T b) { return !(a <= b); }},
                  {"geu", [](T a, T b) { return !(a < b); }},
                  {"num", [](T a, T b) { return !std::isnan(a) && !std::isnan(b); }},
                  {"nan", [](T a, T b) { return std::isnan(a) || std::isnan(b); }}};
  for (const Case &entry : cases) {
    auto got = run(entry.name);
    for (size_t i = 0; i < got.size(); ++i)
      ASSERT_EQ(got[i], entry.holds(pairs.first[i], pairs.second[i]))
          << entry.name << " " << pairs.first[i] << " " << pairs.second[i];
  }
}

TYPED_TEST(FloatTest, Testp) {
  using T = TypeParam;
  std::vector<T> values = floatValues<T>();
  auto run = [&](const std::string &property) {
    return evaluate<uint32_t>("testp." + property + typeName<T>() + " %p, %a; selp.b32 %x, 1, 0, %p;", values);
  };
  auto finite = run("finite"), infinite = run("infinite"), number = run("number"), normal = run("normal"),
       subnormal = run("subnormal");
  for (size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(finite[i], std::isfinite(values[i]));
    ASSERT_EQ(infinite[i], std::isinf(values[i]));
    ASSERT_EQ(number[i], !std::isnan(values[i]));
    ASSERT_EQ(normal[i], std::isnormal(values[i]));
    ASSERT_EQ(subnormal[i], std::fpclassify(values[i]) == FP_SUBNORMAL);
  }
}

TEST(FloatPairTest, PairsAreTwoNumbers) {
  auto pair = [](float low, float high) {
    return uint64_t(std::bit_cast<uint32_t>(high)) << 32 | std::bit_cast<uint32_t>(low);
  };
  std::vector<uint64_t> a = {pair(1.5f, -2)}, b = {pair(0.25f, 8)}, c = {pair(1, 1)};
  EXPECT_EQ(evaluate<uint64_t>("fma.rn.f32x2 %x, %a, %b, %c;", a, b, c)[0], pair(1.375f, -15));
  EXPECT_EQ(evaluate<uint64_t>("sub.rn.f32x2 %x, %a, %b;", a, b)[0], pair(1.25f, -10));
}

TEST(FloatEnvironmentTest, TheCallersRoundingIsOfNoMatter) {
  std::fesetround(FE_UPWARD);
  auto got = evaluate<float>("add.rn.f32 %x, %a, 0f33000000;", std::vector<float>{1});
  EXPECT_EQ(std::fegetround(), FE_UPWARD);
  std::fesetround(FE_TONEAREST);
  EXPECT_EQ(got[0], 1);
}

TEST(SlctTest, ANaNSelectsTheSecond) {
  std::vector<uint32_t> a(5, 1), b(5, 2);
  std::vector<float> c = {1, -1, -0.0f, std::nanf(""), std::numeric_limits<float>::infinity()};
  EXPECT_EQ(evaluate<uint32_t>("slct.u32.f32 %x, %a, %b, %c;", a, b, c), (std::vector<uint32_t>{1, 2, 1, 2, 1}));
}

// Conversions.

template <class To, class From> To saturated(From value, To ofNaN) {
  if (std::isnan(value))
    return ofNaN;
  long double wide = value;
  if (wide < (long double)std::numeric_limits<To>::min())
    return std::numeric_limits<To>::min();
  return wide > (long double)std::numeric_limits<To>::max() ? std::numeric_limits<To>::max() : To(wide);
}

template <class To, class From> void expectToInteger(const std::string &types, To ofNaN) {
  std::vector<From> values = floatValues<From>();
  for (double value : {2.5, -2.5, 3.5, -0.5, 0.7, -0.7, 1e5, -1e5})
    values.push_back(From(value));
  struct Case {
    const char *mode;
    From (*round)(From);
  };
  Case cases[] = {{"rni", [](From a) { return std::nearbyint(a); }},
                  {"rzi", [](From a) { return std::trunc(a); }},
                  {"rmi", [](From a) { return std::floor(a); }},
                  {"rpi", [](From a) { return std::ceil(a); }}};
  for (const Case &entry : cases) {
    auto got = evaluate<To>(std::string("cvt.") + entry.mode + types + " %x, %a;", values);
    for (size_t i = 0; i < got.size(); ++i)
      ASSERT_EQ(got[i], (saturated<To, From>(entry.round(values[i]), ofNaN)))
          << entry.mode << types << " of " << values[i];
  }
}

TEST(ConvertTest, FloatsToIntegersSaturate) {
  expectToInteger<int32_t, float>(".s32.f32", 0);
  expectToInteger<uint32_t, float>(".u32.f32", 0);
  expectToInteger<int16_t, float>(".s16.f32", 0);
  expectToInteger<uint16_t, float>(".u16.f32", 0);
  expectToInteger<int64_t, float>(".s64.f32", std::numeric_limits<int64_t>::min());
  expectToInteger<uint64_t, float>(".u64.f32", uint64_t(1) << 63);
  expectToInteger<int32_t, double>(".s32.f64", std::numeric_limits<int32_t>::min());
  expectToInteger<uint32_t, double>(".u32.f64", uint32_t(1) << 31);
  expectToInteger<int64_t, double>(".s64.f64", std::numeric_limits<int64_t>::min());
  expectToInteger<uint64_t, double>(".u64.f64", uint64_t(1) << 63);
}

template <class To, class From> void expectFromInteger(const std::string &types) {
  std::vector<From> values = integerValues<From>();
  values.push_back(From(16777217));
  values.push_back(From(0x7fffff4000000001));
  values.push_back(From(0x20000000000001));
  auto got = evaluate<To>("cvt.rn" + types + " %x, %a;", values);
  for (size_t i = 0; i < got.size(); ++i)
    expectSame<To>(got[i], To(values[i]), "cvt" + types + " of " + std::to_string(values[i]));
}

TEST(ConvertTest, IntegersToFloatsRoundToNearest) {
  expectFromInteger<float, int16_t>(".f32.s16");
  expectFromInteger<float, uint32_t>(".f32.u32");
  expectFromInteger<float, int32_t>(".f32.s32");
  expectFromInteger<float, uint64_t>(".f32.u64");
  expectFromInteger<float, int64_t>(".f32.s64");
  expectFromInteger<double, int32_t>(".f64.s32");
  expectFromInteger<double, uint64_t>(".f64.u64");
  expectFromInteger<double, int64_t>(".f64.s64");
}

TEST(ConvertTest, BetweenFloats) {
  std::vector<float> narrow = floatValues<float>();
  std::vector<double> wide = floatValues<double>();
  for (double value : {1.0 + 1e-9, -(1.0 + 1e-9), 3.4028235677973366e38, 1e-46, 0.1})
    wide.push_back(value);
  auto widened = evaluate<double>("cvt.f64.f32 %x, %a;", narrow);
  for (size_t i = 0; i < narrow.size(); ++i)
    expectSame<double>(widened[i], narrow[i], "cvt.f64.f32");
  auto nearest = evaluate<float>("cvt.rn.f32.f64 %x, %a;", wide),
       zero = evaluate<float>("cvt.rz.f32.f64 %x, %a;", wide);
  auto down = evaluate<float>("cvt.rm.f32.f64 %x, %a;", wide), up = evaluate<float>("cvt.rp.f32.f64 %x, %a;", wide);
  for (size_t i = 0; i < wide.size(); ++i) {
    expectSame<float>(nearest[i], float(wide[i]), "cvt.rn.f32.f64");
    if (std::isnan(wide[i]))
      continue;
    ASSERT_LE(double(down[i]), wide[i]);
    ASSERT_GE(double(up[i]), wide[i]);
    ASSERT_TRUE(down[i] == up[i] || std::nextafter(down[i], INFINITY) == up[i]) << wide[i];
    ASSERT_EQ(zero[i], wide[i] < 0 ? up[i] : down[i]);
  }
}

TEST(ConvertTest, FloatsToIntegralFloats) {
  std::vector<float> values = floatValues<float>();
  auto nearest = evaluate<float>("cvt.rni.f32.f32 %x, %a;", values),
       down = evaluate<float>("cvt.rmi.f32.f32 %x, %a;", values);
  for (size_t i = 0; i < values.size(); ++i) {
    expectSame<float>(nearest[i], std::nearbyint(values[i]), "cvt.rni.f32.f32");
    expectSame<float>(down[i], std::floor(values[i]), "cvt.rmi.f32.f32");
  }
}

TEST(ConvertTest, IntegersOfOtherWidths) {
  std::vector<uint32_t> values = {0x12345678, 0xffffffff, 0x80, 0x8000, 0x7f};
  EXPECT_EQ(evaluate<int64_t>("cvt.s64.s32 %x, %a;", values),
            (std::vector<int64_t>{0x12345678, -1, 0x80, 0x8000, 0x7f}));
  EXPECT_EQ(evaluate<uint64_t>("cvt.u64.u32 %x, %a;", values)[1], 0xffffffff);
  EXPECT_EQ(evaluate<uint16_t>("cvt.u16.u32 %x, %a;", values),
            (std::vector<uint16_t>{0x5678, 0xffff, 0x80, 0x8000, 0x7f}));
  EXPECT_EQ(evaluate<int32_t>("cvt.s32.s8 %x, %a;", values), (std::vector<int32_t>{0x78, -1, -128, 0, 0x7f}));
  EXPECT_EQ(evaluate<uint32_t>("cvt.u32.u8 %x, %a;", values), (std::vector<uint32_t>{0x78, 0xff, 0x80, 0, 0x7f}));
  EXPECT_EQ(evaluate<int32_t>("cvt.sat.s8.s32 %x, %a;", values), (std::vector<int32_t>{127, -1, 127, 127, 127}));
  EXPECT_EQ(evaluate<uint32_t>("cvt.sat.u8.s32 %x, %a;", values), (std::vector<uint32_t>{255, 0, 128, 255, 127}));
}

} // namespace
} // namespace neap::test
