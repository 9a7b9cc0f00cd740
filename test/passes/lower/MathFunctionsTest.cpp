// What the math functions compute once they are lowered: errors against the host's double library, limits and exceptions, and
// the same bits for scalars and vectors on every CPU.
#include "neap/test/support/CompiledModule.h"
#include "neap/test/support/ElementwiseModule.h"

#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <random>

using namespace mlir;
using neap::testing::CompiledModule;

namespace {

constexpr int64_t count = 1 << 20;

using Numbers = std::vector<float>;

/// The bits of all elements are equal, but for those of NaN.
bool sameNumbers(const Numbers &a, const Numbers &b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](float x, float y) {
    return std::bit_cast<uint32_t>(x) == std::bit_cast<uint32_t>(y) || (std::isnan(x) && std::isnan(y));
  });
}

/// An operation of one or two operands, compiled.
class Operation {
public:
  Operation(const std::string &op, unsigned operands, const std::string &cpu) {
    neap::testing::loadKernelDialects(context);
    auto module = parseSourceString<ModuleOp>(neap::testing::elementwiseModule(op, operands), &context);
    code.emplace(*module, cpu);
  }

  Numbers apply(const char *function, const Numbers &x) const {
    Numbers result(x.size());
    reinterpret_cast<void (*)(const float *, float *, int64_t)>(code->symbol(function))(x.data(), result.data(), x.size());
    return result;
  }
  Numbers apply(const char *function, const Numbers &x, const Numbers &y) const {
    Numbers result(x.size());
    reinterpret_cast<void (*)(const float *, const float *, float *, int64_t)>(code->symbol(function))(
        x.data(), y.data(), result.data(), x.size());
    return result;
  }

private:
  MLIRContext context;
  std::optional<CompiledModule> code;
};

/// Applies an operation as vectors and one by one, on this CPU and with AVX2 alone, and expects the same of all.
template <typename... Operands> Numbers applyEverywhere(const char *op, const Operands &...operands) {
  Operation native(op, sizeof...(operands), "native"), avx2(op, sizeof...(operands), "x86-64-v3");
  Numbers result = native.apply("vector", operands...);
  EXPECT_TRUE(sameNumbers(result, native.apply("scalar", operands...))) << op;
  EXPECT_TRUE(sameNumbers(result, avx2.apply("vector", operands...))) << op;
  EXPECT_TRUE(sameNumbers(result, avx2.apply("scalar", operands...))) << op;
  return result;
}

/// Distance of `actual` from the true value in units of the last place of the correctly rounded result.
double ulps(float actual, double expected) {
  float rounded = static_cast<float>(expected);
  if (std::isnan(expected) || std::isinf(rounded) || rounded == 0.0f)
    return (std::isnan(expected) && std::isnan(actual)) || rounded == actual ? 0.0 : INFINITY;
  int exponent = std::max(std::ilogb(rounded), -126);
  return std::fabs(actual - expected) / std::ldexp(1.0, exponent - 23);
}

Numbers evenly(float low, float high) {
  Numbers numbers(count);
  for (int64_t i = 0; i < count; ++i)
    numbers[i] = low + (high - low) * (static_cast<float>(i) / count);
  return numbers;
}

/// From the whole range of the type, every exponent as often: NaN, infinities and denormals are among them.
Numbers fromEverywhere(unsigned seed) {
  std::mt19937 generator(seed);
  Numbers numbers(count);
  for (float &number : numbers)
    number = std::bit_cast<float>(static_cast<uint32_t>(generator()));
  return numbers;
}

struct Function {
  const char *op;
  double (*truth)(double);
  float low, high; ///< empty: from everywhere
  double allowedUlps;
};

class Math : public ::testing::TestWithParam<Function> {};

TEST_P(Math, IsAccurate) {
  const Function &function = GetParam();
  Numbers inputs = function.low < function.high ? evenly(function.low, function.high) : fromEverywhere(1);
  Numbers results = applyEverywhere(function.op, inputs);
  double worst = 0;
  float worstInput = 0;
  for (int64_t i = 0; i < count; ++i)
    if (double distance = ulps(results[i], function.truth(inputs[i])); distance > worst) {
      worst = distance;
      worstInput = inputs[i];
    }
  EXPECT_LE(worst, function.allowedUlps) << function.op << "(" << worstInput << ")";
  RecordProperty("ulps", std::to_string(worst));
}

INSTANTIATE_TEST_SUITE_P(Functions, Math,
                         ::testing::Values(Function{"math.exp", std::exp, -1.0f, 1.0f, 1.5},
                                           Function{"math.exp", std::exp, -87.3f, 88.3f, 1.5},
                                           Function{"math.log", std::log, 1.2e-38f, 1e-30f, 1.5},
                                           Function{"math.log", std::log, 1e-6f, 4.0f, 1.5},
                                           Function{"math.log", std::log, 1.0f, 1e9f, 1.5},
                                           Function{"math.tanh", std::tanh, -12.0f, 12.0f, 5},
                                           Function{"math.tanh", std::tanh, -1e-3f, 1e-3f, 5},
                                           Function{"math.erf", std::erf, -6.0f, 6.0f, 5},
                                           Function{"math.erf", std::erf, -1e-3f, 1e-3f, 5},
                                           Function{"math.sqrt", std::sqrt, 0.0f, 1e6f, 0.5},
                                           Function{"math.sin", std::sin, -10.0f, 10.0f, 1.2},
                                           Function{"math.sin", std::sin, -1e5f, 1e5f, 1.2},
                                           Function{"math.sin", std::sin, 0, 0, 1.2},
                                           Function{"math.cos", std::cos, -10.0f, 10.0f, 1.2},
                                           Function{"math.cos", std::cos, -1e5f, 1e5f, 1.2},
                                           Function{"math.cos", std::cos, 0, 0, 1.2}));

/// Sixteen arguments or fewer, the rest filled up with ones.
Numbers padded(Numbers numbers) {
  numbers.resize((numbers.size() + 15) / 16 * 16, 1.0f);
  return numbers;
}

TEST(MathLimits, OfExp) {
  Numbers results = applyEverywhere("math.exp", padded({-INFINITY, INFINITY, NAN, 0.0f, -0.0f, -88.0f, 89.0f}));
  EXPECT_EQ(results[0], 0.0f); // A masked score of minus infinity must vanish.
  EXPECT_EQ(results[1], INFINITY);
  EXPECT_TRUE(std::isnan(results[2]));
  EXPECT_EQ(results[3], 1.0f);
  EXPECT_EQ(results[4], 1.0f);
  EXPECT_EQ(results[5], 0.0f); // Results below the smallest normal number are flushed.
  EXPECT_EQ(results[6], INFINITY);
}

TEST(MathLimits, OfLog) {
  Numbers results = applyEverywhere("math.log", padded({0.0f, INFINITY, NAN, 1.0f, -1.0f}));
  EXPECT_EQ(results[0], -INFINITY);
  EXPECT_EQ(results[1], INFINITY);
  EXPECT_TRUE(std::isnan(results[2]));
  EXPECT_EQ(results[3], 0.0f);
  EXPECT_TRUE(std::isnan(results[4]));
}

/// The fp32 numbers nearest to multiples of pi / 2, in every range that the reduction tells apart.
TEST(Trigonometry, IsAccurateNextToItsZeros) {
  Numbers inputs;
  for (double multiple = 1; multiple < 0x1p127; multiple = multiple * 1.37 + 1) {
    double angle = std::round(multiple) * (M_PI / 2);
    inputs.push_back(static_cast<float>(angle));
  }
  for (float hard : {16367173.0f * 0x1p72f, 0x1.921fb6p0f, 0x1.921fb6p1f, 0x1.47d0fep34f, 0x1.fffffep127f})
    inputs.push_back(hard);
  inputs = padded(inputs);
  Numbers sines = applyEverywhere("math.sin", inputs), cosines = applyEverywhere("math.cos", inputs);
  for (size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_LE(ulps(sines[i], std::sin(static_cast<double>(inputs[i]))), 1.2) << inputs[i];
    EXPECT_LE(ulps(cosines[i], std::cos(static_cast<double>(inputs[i]))), 1.2) << inputs[i];
  }
}

TEST(Trigonometry, KeepsTheSignOfZero) {
  Numbers results = applyEverywhere("math.sin", padded({-0.0f, 0.0f}));
  EXPECT_TRUE(std::signbit(results[0]));
  EXPECT_FALSE(std::signbit(results[1]));
}

double worstPower(const Numbers &x, const Numbers &y) {
  Numbers results = applyEverywhere("math.powf", x, y);
  double worst = 0;
  for (size_t i = 0; i < x.size(); ++i)
    worst = std::max(worst, ulps(results[i], std::pow(static_cast<double>(x[i]), static_cast<double>(y[i]))));
  return worst;
}

TEST(Power, IsRoundedCorrectlyButForOneInAThousandUlps) {
  Numbers exponents = evenly(-20.0f, 20.0f), bases = evenly(0.001f, 30.0f), nearOne = evenly(0.99f, 1.01f);
  std::mt19937 generator(5);
  std::shuffle(exponents.begin(), exponents.end(), generator);
  EXPECT_LE(worstPower(bases, exponents), 0.501);
  for (float &exponent : exponents)
    exponent *= 400;
  EXPECT_LE(worstPower(nearOne, exponents), 0.501);
  EXPECT_LE(worstPower(fromEverywhere(2), fromEverywhere(3)), 0.501);
}

TEST(Power, FollowsCInEveryExceptionalCase) {
  Numbers special{0.0f, -0.0f, 1.0f, -1.0f, INFINITY, -INFINITY, NAN,    0.5f,   -0.5f,   2.0f,   -2.0f,     3.0f,
                  -3.0f, 2.5f, -2.5f, 1e-40f, -1e-40f, 3e38f, -3e38f, 16777217.0f, 16777215.0f, -16777215.0f};
  Numbers x, y;
  for (float base : special)
    for (float exponent : special) {
      x.push_back(base);
      y.push_back(exponent);
    }
  x = padded(x);
  y = padded(y);
  Numbers results = applyEverywhere("math.powf", x, y);
  for (size_t i = 0; i < x.size(); ++i) {
    double expected = std::pow(static_cast<double>(x[i]), static_cast<double>(y[i]));
    EXPECT_LE(ulps(results[i], expected), 0.501) << x[i] << " ^ " << y[i] << " is " << results[i];
    EXPECT_TRUE(std::isnan(expected) || std::signbit(results[i]) == std::signbit(expected)) << x[i] << " ^ " << y[i];
  }
}

void expectExactRemainders(const Numbers &x, const Numbers &y) {
  Numbers results = applyEverywhere("arith.remf", x, y);
  for (size_t i = 0; i < x.size(); ++i)
    ASSERT_TRUE(sameNumbers({results[i]}, {std::fmod(x[i], y[i])})) << x[i] << " mod " << y[i] << " is " << results[i];
}

TEST(Remainder, IsExact) {
  expectExactRemainders(evenly(-100.0f, 100.0f), fromEverywhere(4));
  expectExactRemainders(fromEverywhere(5), fromEverywhere(6));
  Numbers multiples = evenly(-1e4f, 1e4f), divisors = evenly(0.1f, 3.0f);
  for (int64_t i = 0; i < count; ++i)
    multiples[i] = std::round(multiples[i]) * divisors[i];
  expectExactRemainders(multiples, divisors);
  expectExactRemainders(padded({-0.0f, 5.0f, -6.0f, INFINITY, 1.0f, -1.0f, NAN, 1.0f}),
                        padded({3.0f, INFINITY, 3.0f, 2.0f, 0.0f, -INFINITY, 2.0f, NAN}));
}

} // namespace
