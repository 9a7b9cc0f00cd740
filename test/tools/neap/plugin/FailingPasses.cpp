// A plugin whose passes end badly: what the driver makes of a crash, and of a failure that nobody explains.
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Tools/Plugins/PassPlugin.h"

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
} // namespace

extern "C" LLVM_ATTRIBUTE_WEAK PassPluginLibraryInfo mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "FailingPasses", "0.1", [] {
            PassRegistration<Crash>();
            PassRegistration<FailSilently>();
          }};
}
