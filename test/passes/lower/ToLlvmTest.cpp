// The lowering to the LLVM dialect, executed: accuracy of the math functions, equal bits of scalars and vectors, no
// contraction, and a diagnostic for everything that would otherwise become a library call.
#include "neap/passes/lower/ToLlvm.h"

#include "neap/compiler/emit/Object.h"
#include "neap/test/support/CompiledModule.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

using namespace mlir;
using neap::testing::CompiledModule;

namespace {

using Elementwise = void (*)(const float *, float *, int64_t count);

/// `vector` and `scalar`: loops over `count` elements (a multiple of 16) that apply `op`.
std::string elementwiseModule(const std::string &op) {
  std::string text;
  for (bool isVector : {true, false}) {
    std::string type = isVector ? "vector<16xf32>" : "f32", step = isVector ? "16" : "1";
    text += "func.func @" + std::string(isVector ? "vector" : "scalar") +
            R"((%in: !llvm.ptr, %out: !llvm.ptr, %n: i64) {
      %zero = arith.constant 0 : i64
      %step = arith.constant )" +
            step + R"( : i64
      scf.for %i = %zero to %n step %step : i64 {
        %from = llvm.getelementptr %in[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
        %to = llvm.getelementptr %out[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32
        %x = llvm.load %from {alignment = 4 : i64} : !llvm.ptr -> )" +
            type + R"(
        %y = )" +
            op + " %x : " + type + R"(
        llvm.store %y, %to {alignment = 4 : i64} : )" +
            type + R"(, !llvm.ptr
      }
      return
    }
)";
  }
  return text;
}

class Lowering : public ::testing::Test {
protected:
  Lowering() { neap::testing::loadKernelDialects(context); }

  OwningOpRef<ModuleOp> parse(const std::string &text) { return parseSourceString<ModuleOp>(text, &context); }

  /// The first error that lowering `text` gives, or nothing.
  std::string errorOf(const std::string &text) {
    std::string message;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      if (message.empty())
        message = diagnostic.str();
      return success();
    });
    OwningOpRef<ModuleOp> module = parse(text);
    PassManager manager(&context);
    neap::lower::buildLowerToLlvm(manager);
    EXPECT_EQ(failed(manager.run(*module)), !message.empty());
    return message;
  }

  MLIRContext context;
};

/// Distance of `actual` from the true value in units of the last place of the correctly rounded result.
double ulps(float actual, double expected) {
  float rounded = static_cast<float>(expected);
  if (std::isnan(expected) || std::isinf(rounded) || rounded == 0.0f)
    return (std::isnan(expected) && std::isnan(actual)) || rounded == actual ? 0.0 : INFINITY;
  int exponent = std::max(std::ilogb(rounded), -126);
  return std::fabs(actual - expected) / std::ldexp(1.0, exponent - 23);
}

struct Function {
  const char *op;
  double (*truth)(double);
  float low, high;
  double allowedUlps;
};

class Math : public Lowering, public ::testing::WithParamInterface<Function> {};

TEST_P(Math, IsAccurateAndTheSameForScalarsAndVectors) {
  const Function &function = GetParam();
  constexpr int64_t count = 1 << 20;
  std::vector<float> inputs(count), vectors(count), scalars(count);
  for (int64_t i = 0; i < count; ++i)
    inputs[i] = function.low + (function.high - function.low) * (static_cast<float>(i) / count);
  OwningOpRef<ModuleOp> module = parse(elementwiseModule(function.op));
  CompiledModule code(*module, "native");
  reinterpret_cast<Elementwise>(code.symbol("vector"))(inputs.data(), vectors.data(), count);
  reinterpret_cast<Elementwise>(code.symbol("scalar"))(inputs.data(), scalars.data(), count);
  EXPECT_EQ(std::memcmp(vectors.data(), scalars.data(), count * sizeof(float)), 0);
  double worst = 0;
  float worstInput = 0;
  for (int64_t i = 0; i < count; ++i)
    if (double distance = ulps(vectors[i], function.truth(inputs[i])); distance > worst) {
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
                                           Function{"math.sqrt", std::sqrt, 0.0f, 1e6f, 0.5}));

TEST_F(Lowering, ComputesTheLimitsOfExp) {
  OwningOpRef<ModuleOp> module = parse(elementwiseModule("math.exp"));
  CompiledModule code(*module, "native");
  float inputs[] = {-INFINITY, INFINITY, NAN, 0.0f, -0.0f, -88.0f, 89.0f}, outputs[7];
  reinterpret_cast<Elementwise>(code.symbol("scalar"))(inputs, outputs, 7);
  EXPECT_EQ(outputs[0], 0.0f); // A masked score of minus infinity must vanish.
  EXPECT_EQ(outputs[1], INFINITY);
  EXPECT_TRUE(std::isnan(outputs[2]));
  EXPECT_EQ(outputs[3], 1.0f);
  EXPECT_EQ(outputs[4], 1.0f);
  EXPECT_EQ(outputs[5], 0.0f); // Results below the smallest normal number are flushed.
  EXPECT_EQ(outputs[6], INFINITY);
}

TEST_F(Lowering, ComputesTheLimitsOfLog) {
  OwningOpRef<ModuleOp> module = parse(elementwiseModule("math.log"));
  CompiledModule code(*module, "native");
  float inputs[] = {0.0f, INFINITY, NAN, 1.0f, -1.0f}, outputs[5];
  reinterpret_cast<Elementwise>(code.symbol("scalar"))(inputs, outputs, 5);
  EXPECT_EQ(outputs[0], -INFINITY);
  EXPECT_EQ(outputs[1], INFINITY);
  EXPECT_TRUE(std::isnan(outputs[2]));
  EXPECT_EQ(outputs[3], 0.0f);
  EXPECT_TRUE(std::isnan(outputs[4]));
}

TEST_F(Lowering, DoesNotContractMultiplyAndAdd) {
  OwningOpRef<ModuleOp> module = parse(R"(
    func.func @muladd(%a: f32, %b: f32, %c: f32) -> f32 {
      %product = arith.mulf %a, %b : f32
      %sum = arith.addf %product, %c : f32
      return %sum : f32
    })");
  CompiledModule code(*module, "native");
  auto mulAdd = reinterpret_cast<float (*)(float, float, float)>(code.symbol("muladd"));
  float a = 1.0f + 0x1p-23f;
  volatile float product = a * a; // Rounded: (1 + u)^2 loses u^2.
  EXPECT_EQ(mulAdd(a, a, -product), 0.0f);
  EXPECT_NE(std::fma(a, a, -product), 0.0f);
}

TEST_F(Lowering, RoundsToBf16LikeIeee) {
  OwningOpRef<ModuleOp> module = parse(R"(
    func.func @round(%a: f32) -> f32 {
      %small = arith.truncf %a : f32 to bf16
      %back = arith.extf %small : bf16 to f32
      return %back : f32
    })");
  CompiledModule code(*module, "x86-64-v3");
  auto round = reinterpret_cast<float (*)(float)>(code.symbol("round"));
  EXPECT_EQ(round(1.0f + 0x1p-8f), 1.0f); // Halfway: to even.
  EXPECT_EQ(round(1.0f + 0x1.8p-7f), 1.0f + 0x1p-6f);
  EXPECT_EQ(round(1.0f + 0x1.2p-8f), 1.0f + 0x1p-7f);
}

TEST_F(Lowering, RefusesWhatWouldBecomeALibraryCall) {
  for (const char *op : {"math.sin", "math.cos", "math.log1p", "math.atan"})
    EXPECT_NE(errorOf(elementwiseModule(op)).find("expected an operation with a native lowering"), std::string::npos)
        << op;
  EXPECT_NE(errorOf("func.func @f(%a: f32) -> f32 { %0 = math.powf %a, %a : f32 return %0 : f32 }")
                .find("'math.powf' op expected an operation with a native lowering on the CPU, got one on 'f32'"),
            std::string::npos);
  EXPECT_NE(errorOf("func.func @f(%a: f32) -> f32 { %0 = arith.remf %a, %a : f32 return %0 : f32 }"), "");
  EXPECT_NE(errorOf("func.func @f(%a: f64) -> f64 { %0 = math.exp %a : f64 return %0 : f64 }"), "");
}

TEST_F(Lowering, RefusesOperationsWithoutALowering) {
  context.allowUnregisteredDialects();
  EXPECT_NE(errorOf("func.func @f() { \"other.op\"() : () -> () return }")
                .find("'other.op' op expected an operation that lowers to the LLVM dialect"),
            std::string::npos);
}

TEST_F(Lowering, RefusesObjectsItCannotFinish) {
  auto errorOfObject = [&](const std::string &text, const std::string &path) {
    std::string message;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      message = diagnostic.str();
      return success();
    });
    OwningOpRef<ModuleOp> module = parse(text);
    EXPECT_TRUE(failed(neap::emit::emitObject(*module, {"x86-64-v3"}, path)));
    return message;
  };
  EXPECT_EQ(
      errorOfObject("llvm.func @f(%a: f32) -> f32 { %0 = llvm.frem %a, %a : f32 llvm.return %0 : f32 }", "/dev/null"),
      "expected code without library calls, got calls of fmodf");
  EXPECT_EQ(errorOfObject("llvm.func @f() { llvm.return }", "/no/such/folder/x.o"),
            "cannot write /no/such/folder/x.o: No such file or directory");
}

TEST(DescribeCpu, KnowsLanesAndRegisters) {
  auto avx2 = llvm::cantFail(neap::emit::describeCpu("x86-64-v3"));
  EXPECT_EQ(avx2.lanes, 8);
  EXPECT_EQ(avx2.registers, 16);
  auto avx512 = llvm::cantFail(neap::emit::describeCpu("znver4"));
  EXPECT_EQ(avx512.lanes, 16);
  EXPECT_EQ(avx512.registers, 32);
}

TEST(DescribeCpu, RefusesCpusItCannotServe) {
  EXPECT_EQ(llvm::toString(neap::emit::describeCpu("x86-64-v2").takeError()),
            "expected a CPU with AVX2 and FMA, got 'x86-64-v2', which lacks AVX2");
  EXPECT_EQ(llvm::toString(neap::emit::describeCpu("abacus").takeError()),
            "expected an x86-64 CPU or 'native', got 'abacus'");
}

} // namespace
