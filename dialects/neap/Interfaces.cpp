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

int64_t countBytes(Type tensor, int64_t elements) {
  return storageBytes(cast<RankedTensorType>(tensor).getElementType(), {elements});
}

int64_t countElements(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? tensor.getNumElements() : 0;
}

static bool isFloatResult(OpResult result) { return isa<FloatType>(getElementTypeOrSelf(result.getType())); }

int64_t countLoopFlops(Operation *op) {
  if (llvm::none_of(op->getResults(), isFloatResult))
    return 0;
  auto fusible = dyn_cast<Fusible>(op);
  if (!fusible)
    return countElements(op->getResult(0).getType());
  bool movesElements = fusible.isView() || fusible.getIndirectIndex();
  return movesElements ? 0 : ShapedType::getNumElements(fusible.getIterationSpace().sizes);
}

} // namespace neap
