// A pass outside of Neap's tree: reports how many operations of each kind a step has.
//
//   neap compile model.onnx ... --load-pass-plugin build/CountOps.so --at after-grad:count-ops --verbose
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Tools/Plugins/PassPlugin.h"

#include <map>
#include <string>

using namespace mlir;

namespace {
struct CountOps : PassWrapper<CountOps, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(CountOps)

  StringRef getArgument() const override { return "count-ops"; }
  StringRef getDescription() const override { return "Report how often each operation occurs"; }

  void runOnOperation() override {
    std::map<std::string, int> counts;
    getOperation().walk([&](Operation *op) { ++counts[op->getName().getStringRef().str()]; });
    for (auto &[name, count] : counts)
      getOperation().emitRemark() << count << " x " << name;
    markAllAnalysesPreserved();
  }
};
} // namespace

extern "C" LLVM_ATTRIBUTE_WEAK PassPluginLibraryInfo mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "CountOps", "0.1", [] { PassRegistration<CountOps>(); }};
}
