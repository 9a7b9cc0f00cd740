// neap-tile. TileAxis says how one op is tiled, TileRegion what belongs together, TileRegionLoop writes the loop.
#include "neap/passes/memory/Passes.h"
#include "neap/passes/memory/tile/TileRegion.h"
#include "neap/passes/support/Locations.h"

#include "mlir/IR/Remarks.h"

using namespace mlir;

namespace neap {
#define GEN_PASS_DEF_TILEPASS
#include "neap/passes/memory/Memory.h.inc"

namespace {

struct TilePass : impl::TilePassBase<TilePass> {
  using TilePassBase::TilePassBase;

  void runOnOperation() override {
    SmallVector<Operation *> marked;
    for (Operation &op : getOperation().getBody().front())
      if (op.hasAttr(tilesAttribute))
        marked.push_back(&op);
    for (Operation *op : marked)
      tile(op);
  }

  static void tile(Operation *op) {
    auto count = dyn_cast<IntegerAttr>(op->removeAttr(tilesAttribute));
    std::optional<TileRegion> region;
    if (count && count.getInt() > 1 && op->getNumResults() > 0)
      region = findTileRegion(op->getResult(0), count.getInt());
    auto name = remark::RemarkOpts::name("Tiled").category("neap-tile");
    if (!region) {
      remark::missed(op->getLoc(), name) << remark::add("{0} stays whole", findNodeName(op).str())
                                         << remark::reason("no region around it can be computed in so many rounds");
      return;
    }
    remark::passed(op->getLoc(), name) << remark::add("{0} is made in tiles", findNodeName(op).str())
                                       << remark::metric("Rounds", region->count)
                                       << remark::metric("Ops", region->ops.size())
                                       << remark::metric("HiddenBytes", region->hiddenBytes);
    tileRegion(*region);
  }
};

} // namespace
} // namespace neap
