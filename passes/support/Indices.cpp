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

Value neap::findIndexSource(Value indices) {
  Operation *op = indices.getDefiningOp();
  while (op && keepsIndices(op)) {
    indices = op->getOperand(0);
    op = indices.getDefiningOp();
  }
  return indices;
}
