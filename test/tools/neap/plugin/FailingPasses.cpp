// A plugin whose passes end badly: what the driver makes of a crash, of a failure that nobody explains, and of code that
// LLVM cannot compile.
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Tools/Plugins/PassPlugin.h"
#include "llvm/Support/ErrorHandling.h"

#include <cstdlib>

using namespace mlir;

namespace {
struct Crash : PassWrapper<Crash, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(Crash)
  StringRef getArgument() const override { return "test-crash"; }
  StringRef getDescription() const override { return "Abort, as a failed assertion does"; }
  void runOnOperation() override { std::abort(); }
};

struct FailSilently : PassWrapper<FailSilently, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(FailSilently)
  StringRef getArgument() const override { return "test-fail-silently"; }
  StringRef getDescription() const override { return "Fail without an error"; }
  void runOnOperation() override { signalPassFailure(); }
};

struct GiveUp : PassWrapper<GiveUp, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(GiveUp)
  StringRef getArgument() const override { return "test-give-up"; }
  StringRef getDescription() const override { return "End the process as LLVM does where it blames its input"; }
  void runOnOperation() override { llvm::reportFatalUsageError("nobody can do this"); }
};

/// An instruction that no processor without AVX-512 has, and that LLVM cannot replace: its code generator aborts.
constexpr StringLiteral unsupportedCode = R"mlir(
  llvm.func @unsupported(%x: vector<16xf32>) -> vector<16xf32> {
    %mode = llvm.mlir.constant(4 : i32) : i32
    %y = llvm.call_intrinsic "llvm.x86.avx512.sqrt.ps.512"(%x, %mode) : (vector<16xf32>, i32) -> vector<16xf32>
    llvm.return %y : vector<16xf32>
  })mlir";

struct InsertUnsupported : PassWrapper<InsertUnsupported, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(InsertUnsupported)
  StringRef getArgument() const override { return "test-insert-unsupported"; }
  StringRef getDescription() const override { return "Add code that LLVM can compile for AVX-512 only"; }
  void runOnOperation() override {
    if (failed(parseSourceString(unsupportedCode, getOperation().getBody(), &getContext())))
      signalPassFailure();
  }
};
} // namespace

extern "C" LLVM_ATTRIBUTE_WEAK PassPluginLibraryInfo mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "FailingPasses", "0.1", [] {
            PassRegistration<Crash>();
            PassRegistration<FailSilently>();
            PassRegistration<GiveUp>();
            PassRegistration<InsertUnsupported>();
          }};
}
