// neap-fuse-operators. The decisions are in Partition.cpp, the writing in FuseOperators.cpp.
#include "neap/passes/fuse/fuse-operators/FuseOperators.h"

#include "neap/passes/support/ErrorKind.h"

using namespace mlir;

namespace neap {
#define GEN_PASS_DEF_FUSEOPERATORSPASS
#include "neap/passes/fuse/Fuse.h.inc"

namespace {
struct FuseOperatorsPass : impl::FuseOperatorsPassBase<FuseOperatorsPass> {
  using FuseOperatorsPassBase::FuseOperatorsPassBase;

  void runOnOperation() override {
    llvm::Expected<LibraryRules> rules = readLibraryRules({matrixProducts, libraryDepth, allowTf32, profile});
    if (!rules) {
      marked(getOperation().emitError(llvm::toString(rules.takeError())), ErrorKind::Usage);
      return signalPassFailure();
    }
    if (rules->profile.getDevice() == "simulated")
      getOperation().emitWarning() << profile << " was measured on a simulated device, whose times mean nothing";
    if (failed(fuseOperators(getOperation(), *rules, /*reports=*/true)) || failed(verifyGroups(getOperation())))
      signalPassFailure();
  }
};
} // namespace
} // namespace neap
