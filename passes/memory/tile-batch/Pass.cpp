// neap-tile-batch: the region of passes/memory/tile that is the whole forward and backward pass.
#include "neap/passes/memory/Passes.h"
#include "neap/passes/memory/tile/TileRegion.h"
#include "neap/passes/support/ErrorKind.h"

#include "mlir/IR/Remarks.h"

using namespace mlir;

namespace neap {
#define GEN_PASS_DEF_TILEBATCHPASS
#include "neap/passes/memory/Memory.h.inc"

namespace {

struct TileBatchPass : impl::TileBatchPassBase<TileBatchPass> {
  using TileBatchPassBase::TileBatchPassBase;

  void runOnOperation() override {
    if (count == 1)
      return;
    FailureOr<TileRegion> region = findBatchRegion(getOperation(), count);
    if (failed(region))
      return signalPassFailure();
    remark::passed(getOperation().getLoc(), remark::RemarkOpts::name("BatchSplit").category("neap-tile-batch"))
        << remark::metric("Parts", region->count) << remark::metric("Ops", region->ops.size())
        << remark::metric("HiddenBytes", region->hiddenBytes);
    tileRegion(*region);
  }
};

} // namespace
} // namespace neap
