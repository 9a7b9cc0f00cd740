// See Layouts.h.
#include "neap/passes/lower/kernels/Layouts.h"

#include "neap/dialects/neap/TensorBuilder.h"
#include "neap/passes/fuse/Group.h"

using namespace mlir;

namespace neap::lower {

static OperandLayout layoutAt(int64_t buffer, const LinearForm &position, unsigned matrixRank) {
  OperandLayout layout;
  layout.buffer = buffer;
  layout.offset = position.constant;
  ArrayRef<int64_t> strides = position.coefficients;
  layout.batchStrides = llvm::to_vector(strides.drop_back(matrixRank));
  layout.rowStride = matrixRank > 0 ? strides[strides.size() - matrixRank] : 0;
  layout.columnStride = matrixRank == 2 ? strides.back() : 0;
  return layout;
}

FailureOr<OperandLayout> layoutOfOperand(Value operand, unsigned matrixRank) {
  FailureOr<MatrixPosition> matrix = findMatrixPosition(operand);
  if (failed(matrix))
    return failure();
  return layoutAt(matrix->argument.getArgNumber(), matrix->position, matrixRank);
}

FailureOr<SmallVector<OperandLayout>> layoutsOfResult(Value result, unsigned matrixRank) {
  ArrayRef<int64_t> shape = shapeOf(result);
  SmallVector<OperandLayout> layouts;
  SmallVector<std::pair<Value, Access>> stored{{result, identityAccess(shape)}};
  while (!stored.empty()) {
    auto [value, access] = stored.pop_back_val();
    for (OpOperand &use : value.getUses()) {
      Operation *user = use.getOwner();
      if (isa<YieldOp>(user)) {
        int64_t buffer = user->getBlock()->getNumArguments() + use.getOperandNumber();
        layouts.push_back(layoutAt(buffer, linearPosition(access, shapeOf(value), shape.size()), matrixRank));
        continue;
      }
      auto through = accessThroughView(user, access, shape);
      if (failed(through))
        return user->emitError("expected a view that is linear in the loops of the kernel");
      stored.push_back({user->getResult(0), *through});
    }
  }
  return layouts;
}

} // namespace neap::lower
