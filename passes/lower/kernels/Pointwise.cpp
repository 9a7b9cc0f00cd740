// Pointwise groups: leading loops and pieces of the innermost loop are the items, a vector of elements at a time.
#include "neap/passes/lower/kernels/Nest.h"

using namespace mlir;

namespace neap::lower {

/// Elements of the innermost loop that one item covers: enough to hide the loop around it, few enough to share out.
static constexpr int64_t cpuPiece = 4096;
/// Elements worth waking a worker for.
static constexpr int64_t grainElements = 16384;

FailureOr<Kernel> buildPointwiseKernel(ModuleOp module, StringRef name, Block &body, const KernelTarget &target) {
  auto nest = Nest::create(body, GroupKind::Pointwise);
  if (failed(nest))
    return failure();
  if (nest->loops.empty())
    nest->addUnitLoop();
  nest->mergeAll(0, nest->loops.size());
  int64_t innermost = nest->loops.back(), pieceSize = target.itemElements(cpuPiece, innermost);
  int64_t pieces = llvm::divideCeil(innermost, pieceSize);
  ArrayRef<int64_t> leading = ArrayRef(nest->loops).drop_back();

  KernelShape shape{KernelShape::countBuffers(body), ShapedType::getNumElements(leading) * pieces, target.vectorStyle(innermost)};
  KernelFunction kernel(module, body.getParentOp()->getLoc(), name, shape, target);
  Code &code = kernel.code;
  Body outer(code, *nest, body, kernel.buffers);
  code.loop(kernel.begin, kernel.end, 1, [&](Value item) {
    auto [row, piece] = code.divide(item, pieces);
    SmallVector<Value> indices = delinearize(code, pieces == 1 ? item : row, leading);
    indices.push_back(code.integer(0));
    Body rowBody = outer.child({indices, {}});
    rowBody.computeInvariant();
    Value begin = pieces == 1 ? code.integer(0) : code.mul(piece, pieceSize);
    Value end = pieces == 1 ? code.integer(innermost) : code.min(code.add(begin, code.integer(pieceSize)), code.integer(innermost));
    forEachBlock(code, begin, end, innermost, [&](Value index, Value mask) {
      SmallVector<Value> at(indices);
      at.back() = index;
      rowBody.child({at, mask}).storeResults(/*alongInnermost=*/true);
    });
    if (pieces == 1)
      rowBody.storeResults(/*alongInnermost=*/false);
  });
  return kernel.finish(shape, grainElements / std::min(innermost, pieceSize));
}

} // namespace neap::lower
