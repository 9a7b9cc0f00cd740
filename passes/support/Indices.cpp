// See Indices.h.
#include "neap/passes/support/Indices.h"

#include "neap/dialects/neap/TensorBuilder.h"

using namespace mlir;
using namespace neap;

static bool isInteger(Value value) { return elementOf(value).isIntOrIndex() && !elementOf(value).isInteger(1); }

static bool keepsIndices(Operation *op) {
  if (isa<CastOp>(op))
    return isInteger(op->getOperand(0)) && isInteger(op->getResult(0));
  auto fusible = dyn_cast<Fusible>(op);
  return fusible && fusible.isView();
}

static bool isEverywhere(Value value, int64_t number) {
  DenseElementsAttr elements;
  return matchPattern(value, m_Constant(&elements)) && elements.isSplat() && elements.getElementType().isInteger() &&
         elements.getSplatValue<APInt>().getSExtValue() == number;
}

/// The one part of a concat that is not `ignored` everywhere; null if there are more.
static Value findCountedPart(ConcatOp op, int64_t ignored) {
  Value counted;
  for (Value part : op.getInputs()) {
    if (isEverywhere(part, ignored))
      continue;
    if (counted)
      return {};
    counted = part;
  }
  return counted;
}

Value neap::findIndexSource(Value indices, std::optional<int64_t> ignored) {
  while (Operation *op = indices.getDefiningOp()) {
    Value source;
    if (keepsIndices(op))
      source = op->getOperand(0);
    else if (auto concat = dyn_cast<ConcatOp>(op); concat && ignored)
      source = findCountedPart(concat, *ignored);
    if (!source)
      break;
    indices = source;
  }
  return indices;
}
