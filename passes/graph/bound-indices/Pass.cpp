// neap-bound-indices. See Pass.td.
//   1. find whose indices are computed; check those that are constant
//   2. return the extremes of the computed ones
//   3. read through clamped ones
#include "neap/passes/graph/Passes.h"
#include "neap/passes/support/ErrorKind.h"
#include "neap/passes/support/GraphBuilder.h"
#include "neap/passes/support/Indices.h"
#include "neap/passes/support/Locations.h"
#include "neap/passes/support/Step.h"

#include "mlir/IR/Remarks.h"

namespace neap {
#define GEN_PASS_DEF_BOUNDINDICES
#include "neap/passes/graph/Graph.h.inc"
} // namespace neap

using namespace mlir;
using namespace neap;

namespace {

/// What decides how indices are bounded; equal for readers that can share the clamped ones.
struct Bounds {
  Value indices;
  int64_t limit;
  std::optional<int64_t> ignored;

  explicit Bounds(IndexReader reader)
      : indices(reader.getIndexOperand().get()), limit(reader.getIndexLimit()), ignored(reader.getIgnoredIndex()) {}
  bool operator==(const Bounds &other) const = default;
  bool contains(int64_t index) const { return (index >= 0 && index < limit) || index == ignored; }
};

LogicalResult checkConstant(IndexReader reader, const HostTensor &indices) {
  Bounds bounds(reader);
  for (int64_t index : indices.integers)
    if (!bounds.contains(index))
      return marked(reader->emitError(), ErrorKind::InvalidModel)
             << "node '" << findNodeName(reader) << "': expected indices in [0, " << bounds.limit - 1 << "], got " << index;
  return success();
}

class IndexBounder {
public:
  explicit IndexBounder(StepOp step) : step(step) {}

  void bound(IndexReader reader);

private:
  void returnExtremes(GraphBuilder &b, IndexReader reader, Value counted);
  Value clamp(GraphBuilder &b, const Bounds &bounds);

  StepOp step;
  SmallVector<std::pair<Bounds, Value>> clamped;
};

/// `counted` are the indices with ignored ones replaced by one that is inside.
void IndexBounder::returnExtremes(GraphBuilder &b, IndexReader reader, Value counted) {
  Builder &builder = b.getBuilder();
  std::string node = (" index of node '" + findNodeName(reader) + "'").str();
  auto bounds = {builder.getNamedAttr("neap.minimum", builder.getI64IntegerAttr(0)),
                 builder.getNamedAttr("neap.limit", builder.getI64IntegerAttr(reader.getIndexLimit()))};
  addResult(step, {"lowest" + node, b.reduceAll(Reduction::Minimum, counted)}, bounds);
  addResult(step, {"highest" + node, b.reduceAll(Reduction::Maximum, counted)}, bounds);
}

Value IndexBounder::clamp(GraphBuilder &b, const Bounds &bounds) {
  Value fromBelow = b.make<MaximumOp>(bounds.indices, b.splatLike(bounds.indices, 0));
  return b.make<MinimumOp>(fromBelow, b.splatLike(bounds.indices, static_cast<double>(bounds.limit - 1)));
}

void IndexBounder::bound(IndexReader reader) {
  Bounds bounds(reader);
  auto known = llvm::find_if(clamped, [&](const auto &entry) { return entry.first == bounds; });
  if (known != clamped.end())
    return reader.getIndexOperand().set(known->second);
  OpBuilder builder(reader);
  GraphBuilder b(builder, reader->getLoc());
  Value inside = clamp(b, bounds), counted = bounds.indices;
  if (bounds.ignored) {
    Value isIgnored =
        b.compare(Predicate::Equal, counted, b.splatLike(counted, static_cast<double>(*bounds.ignored)));
    counted = b.select(isIgnored, b.splatLike(counted, 0), counted);
    inside = b.select(isIgnored, bounds.indices, inside);
  }
  returnExtremes(b, reader, counted);
  reader.getIndexOperand().set(inside);
  clamped.push_back({bounds, inside});
  remark::passed(reader->getLoc(), remark::RemarkOpts::name("IndicesBounded").category("neap-bound-indices"))
      << remark::add("computed indices of node '{0}' are clamped and checked after the step", findNodeName(reader));
}

struct BoundIndices : ::neap::impl::BoundIndicesBase<BoundIndices> {
  void runOnOperation() override {
    StepOp step = findStep(getOperation());
    if (!step)
      return;
    IndexBounder bounder(step);
    for (auto reader : llvm::make_early_inc_range(step.getBody().front().getOps<IndexReader>())) {
      Value indices = reader.getIndexOperand().get();
      if (std::optional<HostTensor> constant = getConstant(indices)) {
        if (failed(checkConstant(reader, *constant)))
          return signalPassFailure();
      } else if (!isa<BlockArgument>(findIndexSource(indices, reader.getIgnoredIndex()))) {
        bounder.bound(reader);
      }
    }
  }
};

} // namespace
