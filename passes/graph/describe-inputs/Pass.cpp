// Follows inputs forward to what they index.
#include "neap/dialects/neap/Neap.h"
#include "neap/passes/graph/Passes.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace neap {

#define GEN_PASS_DEF_DESCRIBEINPUTS
#include "neap/passes/graph/Graph.h.inc"

namespace {
struct IndexUse {
  std::optional<int64_t> limit, ignore;
};

bool carriesIndices(Operation *op) {
  auto fusible = dyn_cast<Fusible>(op);
  return op->hasTrait<OpTrait::Elementwise>() || (fusible && fusible.isView());
}

IndexUse findIndexUse(BlockArgument input) {
  IndexUse use;
  auto bound = [&](int64_t limit) { use.limit = std::min(use.limit.value_or(limit), limit); };
  llvm::SetVector<Value> reached;
  reached.insert(input);
  for (unsigned i = 0; i < reached.size(); ++i) // grows while it is walked
    for (OpOperand &operand : reached[i].getUses()) {
      Operation *user = operand.getOwner();
      if (auto gather = dyn_cast<GatherOp>(user); gather && operand.get() == gather.getIndices()) {
        bound(cast<RankedTensorType>(gather.getTable().getType()).getDimSize(0));
      } else if (auto loss = dyn_cast<CrossEntropyOp>(user); loss && operand.get() == loss.getLabels()) {
        bound(cast<RankedTensorType>(loss.getLogits().getType()).getShape().back());
        use.ignore = loss.getIgnoreIndex();
      } else if (carriesIndices(user)) {
        for (Value result : user->getResults())
          if (cast<RankedTensorType>(result.getType()).getElementType().isIntOrIndex() &&
              !cast<RankedTensorType>(result.getType()).getElementType().isInteger(1))
            reached.insert(result);
      }
    }
  return use;
}

StringRef findRole(StringRef name, const IndexUse &use) {
  if (use.ignore)
    return "labels";
  if (name == "input_ids")
    return "tokens";
  return name == "attention_mask" ? "mask" : "";
}

struct DescribeInputs : impl::DescribeInputsBase<DescribeInputs> {
  void runOnOperation() override {
    Builder builder(&getContext());
    for (auto step : getOperation().getOps<StepOp>())
      for (auto [index, input] : llvm::enumerate(step.getArguments())) {
        IndexUse use = findIndexUse(input);
        if (use.limit) {
          step.setArgAttr(index, "neap.minimum", builder.getI64IntegerAttr(0));
          step.setArgAttr(index, "neap.limit", builder.getI64IntegerAttr(*use.limit));
        }
        if (use.ignore)
          step.setArgAttr(index, "neap.ignore", builder.getI64IntegerAttr(*use.ignore));
        if (StringRef role = findRole(step.getInputName(index), use); !role.empty())
          step.setArgAttr(index, "neap.role", builder.getStringAttr(role));
      }
  }
};
} // namespace
} // namespace neap
