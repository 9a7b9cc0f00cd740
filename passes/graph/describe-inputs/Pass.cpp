// neap-describe-inputs. See Pass.td.
#include "neap/dialects/neap/Neap.h"
#include "neap/passes/graph/Passes.h"
#include "neap/passes/support/Indices.h"
#include "neap/passes/support/Step.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace neap {

#define GEN_PASS_DEF_DESCRIBEINPUTS
#include "neap/passes/graph/Graph.h.inc"

namespace {
struct Bounds {
  std::optional<int64_t> limit, ignored;
};

/// What all that read at an input's values allow: the smallest limit, an ignored value if none of them would take it for a place.
Bounds findBounds(StepOp step, BlockArgument input) {
  Bounds bounds;
  for (auto reader : step.getBody().front().getOps<IndexReader>()) {
    if (findIndexSource(reader.getIndexOperand().get(), reader.getIgnoredIndex()) != input)
      continue;
    if (!bounds.limit)
      bounds = {reader.getIndexLimit(), reader.getIgnoredIndex()};
    bounds.limit = std::min(*bounds.limit, reader.getIndexLimit());
    if (bounds.ignored != reader.getIgnoredIndex())
      bounds.ignored.reset();
  }
  return bounds;
}

bool isInteger(Value value) {
  Type element = cast<RankedTensorType>(value.getType()).getElementType();
  return element.isIntOrIndex() && !element.isInteger(1);
}

/// Whether numbers made from the input, element by element, are what a loss compares with.
bool becomesLabels(BlockArgument input) {
  llvm::SetVector<Value> reached;
  reached.insert(input);
  for (unsigned i = 0; i < reached.size(); ++i) // grows while it is walked
    for (OpOperand &use : reached[i].getUses()) {
      auto reader = dyn_cast<IndexReader>(use.getOwner());
      if (reader && &reader.getIndexOperand() == &use && reader.getIgnoredIndex())
        return true;
      auto fusible = dyn_cast<Fusible>(use.getOwner());
      if (use.getOwner()->hasTrait<OpTrait::Elementwise>() || (fusible && fusible.isView()) || isa<ConcatOp>(use.getOwner()))
        for (Value result : use.getOwner()->getResults())
          if (isInteger(result))
            reached.insert(result);
    }
  return false;
}

StringRef findRole(StringRef name, BlockArgument input) {
  if (becomesLabels(input))
    return "labels";
  if (name == "input_ids")
    return "tokens";
  return name == "attention_mask" ? "mask" : "";
}

struct DescribeInputs : impl::DescribeInputsBase<DescribeInputs> {
  void runOnOperation() override {
    Builder builder(&getContext());
    StepOp step = findStep(getOperation());
    if (!step)
      return;
    for (auto [index, input] : llvm::enumerate(step.getArguments())) {
      auto describe = [&, index = index](StringRef name, Attribute value) { step.setArgAttr(index, name, value); };
      Bounds bounds = findBounds(step, input);
      if (bounds.limit) {
        describe("neap.minimum", builder.getI64IntegerAttr(0));
        describe("neap.limit", builder.getI64IntegerAttr(*bounds.limit));
      }
      if (bounds.ignored)
        describe("neap.ignore", builder.getI64IntegerAttr(*bounds.ignored));
      if (StringRef role = findRole(step.getInputName(index), input); !role.empty())
        describe("neap.role", builder.getStringAttr(role));
    }
  }
};
} // namespace
} // namespace neap
