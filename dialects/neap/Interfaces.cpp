// Generated interface methods, and the defaults that the op classes share.
#include "neap/dialects/neap/Interfaces.h"

using namespace mlir;

#include "neap/dialects/neap/NeapInterfaces.cpp.inc"

namespace neap {

IterationSpace elementwiseSpace(Operation *op) {
  auto shape = cast<RankedTensorType>(op->getResult(0).getType()).getShape();
  return {llvm::to_vector(shape), SmallVector<LoopKind>(shape.size(), LoopKind::Parallel)};
}

AffineMap elementwiseMap(Operation *op) {
  auto rank = cast<RankedTensorType>(op->getResult(0).getType()).getRank();
  return AffineMap::getMultiDimIdentityMap(rank, op->getContext());
}

AffineMap projectParallelLoops(const IterationSpace &space, MLIRContext *context) {
  SmallVector<AffineExpr> parallel;
  for (auto [index, kind] : llvm::enumerate(space.kinds))
    if (kind == LoopKind::Parallel)
      parallel.push_back(getAffineDimExpr(index, context));
  return AffineMap::get(space.sizes.size(), 0, parallel, context);
}

int64_t storageBytes(Type elementType, ArrayRef<int64_t> shape) {
  int64_t elements = ShapedType::getNumElements(shape);
  unsigned bits = elementType.isIndex() ? 64 : elementType.getIntOrFloatBitWidth();
  if (bits == 1)
    return elements;
  return llvm::divideCeil(elements * bits, 8);
}

int64_t countBytes(TypeRange types) {
  int64_t bytes = 0;
  for (Type type : types)
    if (auto tensor = dyn_cast<RankedTensorType>(type))
      bytes += storageBytes(tensor.getElementType(), tensor.getShape());
  return bytes;
}

int64_t countResultElements(Operation *op) {
  int64_t elements = 0;
  for (Type type : op->getResultTypes())
    elements += cast<RankedTensorType>(type).getNumElements();
  return elements;
}

} // namespace neap
