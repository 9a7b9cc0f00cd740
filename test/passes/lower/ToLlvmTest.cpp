// The lowering to the LLVM dialect, executed: no contraction, IEEE rounding, and a diagnostic for everything that would
// otherwise become a library call.
#include "neap/passes/lower/ToLlvm.h"

#include "neap/compiler/emit/Object.h"
#include "neap/test/support/CompiledModule.h"
#include "neap/test/support/ElementwiseModule.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

using namespace mlir;
using neap::testing::CompiledModule;
using neap::testing::elementwiseModule;

namespace {

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
  for (const char *op : {"math.tan", "math.sinh", "math.log1p", "math.atan"})
    EXPECT_NE(errorOf(elementwiseModule(op)).find("expected an operation with a native lowering"), std::string::npos)
        << op;
  for (const char *op : {"math.powf", "arith.remf", "math.atan2"}) {
    std::string text = op;
    EXPECT_NE(errorOf("func.func @f(%a: f64) -> f64 { %0 = " + text + " %a, %a : f64 return %0 : f64 }")
                  .find("'" + text + "' op expected an operation with a native lowering on the CPU, got one on 'f64'"),
              std::string::npos);
  }
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
