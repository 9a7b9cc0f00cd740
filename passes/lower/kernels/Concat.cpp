// Groups that only place elements: concat copies its parts one after the other, unslice a part into zeros.
#include "neap/passes/lower/kernels/Nest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

#include <numeric>

using namespace mlir;

namespace neap::lower {

FailureOr<ViewedArgument> findViewedArgument(Value value) {
  ArrayRef<int64_t> shape = shapeOf(value);
  Access access = identityAccess(shape);
  while (Operation *view = value.getDefiningOp()) {
    if (!isView(view))
      return view->emitError("expected a view or an argument of the kernel");
    auto through = composeAccess(cast<Fusible>(view).getOperandMap(0), access, shape);
    if (failed(through))
      return view->emitError("expected a view that is linear in the loops");
    access = *through;
    value = view->getOperand(0);
  }
  return ViewedArgument{cast<BlockArgument>(value), linearPosition(access, shapeOf(value), shape.size())};
}

namespace {

/// Elements of a row that an item covers on the CPU: all of them.
constexpr int64_t cpuPiece = std::numeric_limits<int64_t>::max();

/// The part [begin, end) of a row.
struct Piece {
  Value begin, end;
};

/// Piece number `piece` of the `pieces` of a row of `size` elements; empty behind its end, as rows of other parts may be longer.
Piece getPiece(Code &code, Value piece, int64_t pieces, int64_t pieceSize, int64_t size) {
  if (pieces == 1)
    return {code.integer(0), code.integer(size)};
  Value begin = code.mul(piece, pieceSize);
  return {begin, code.min(code.add(begin, code.integer(pieceSize)), code.integer(size))};
}

/// Copies a piece of a row of `size` elements: `indices` are those of the row, the innermost one 0.
void copyPiece(Code &code, Type elementType, int64_t size, Piece piece, Value from, const LinearForm &source, Value to,
               const LinearForm &target, ArrayRef<Value> indices) {
  Elements elements(code, elementType);
  Value sourceOffset = evaluate(code, source, indices), targetOffset = evaluate(code, target, indices);
  int64_t sourceStride = source.coefficients.back(), targetStride = target.coefficients.back();
  forEachBlock(code, piece.begin, piece.end, size, [&](Value index, Value mask) {
    Value value = elements.loadVector(from, code.add(sourceOffset, code.mul(index, sourceStride)), sourceStride, mask);
    elements.storeVector(value, to, code.add(targetOffset, code.mul(index, targetStride)), targetStride, mask);
  });
}

/// Row-major position of a sub-box of a tensor, in the loops of the box.
LinearForm boxPosition(ArrayRef<int64_t> shape, ArrayRef<int64_t> starts, ArrayRef<int64_t> steps,
                       ArrayRef<int64_t> loops) {
  Access access = identityAccess(loops);
  for (auto [form, start, step] : llvm::zip_equal(access, starts, steps)) {
    form = form * step;
    form.constant += start;
  }
  return linearPosition(access, shape, loops.size());
}

/// A copy that writes with a stride of 0 along a dimension of size 1 would be read as a broadcast; the stride is 1 there.
void makeInnermostDense(LinearForm &form, int64_t size) {
  if (size == 1)
    form.coefficients.back() = 1;
}

} // namespace

FailureOr<Kernel> buildConcatKernel(ModuleOp module, StringRef name, Block &body, const KernelTarget &target) {
  auto concat = cast<ConcatOp>(body.getTerminator()->getOperand(0).getDefiningOp());
  ArrayRef<int64_t> shape = concat.getType().getShape();
  SmallVector<FailureOr<ViewedArgument>> sources;
  int64_t rows = 0, longest = 1, divisor = 0;
  for (Value part : concat.getInputs()) {
    sources.push_back(findViewedArgument(part));
    if (failed(sources.back()))
      return failure();
    rows += ShapedType::getNumElements(shapeOf(part).drop_back());
    longest = std::max(longest, shapeOf(part).back());
    divisor = std::gcd(divisor, shapeOf(part).back());
  }
  int64_t pieceSize = target.itemElements(cpuPiece, divisor),
          pieces = pieceSize >= longest ? 1 : llvm::divideCeil(longest, pieceSize);
  KernelShape kernelShape{KernelShape::countBuffers(body), rows * pieces, target.vectorStyle(divisor)};
  KernelFunction kernel(module, body.getParentOp()->getLoc(), name, kernelShape, target);
  Code &code = kernel.code;
  // An item is a piece of a row of one part.
  code.loop(kernel.begin, kernel.end, 1, [&](Value item) {
    auto [itemRow, pieceNumber] = code.divide(item, pieces);
    int64_t firstRow = 0, start = 0;
    for (auto [part, source] : llvm::zip_equal(concat.getInputs(), sources)) {
      ArrayRef<int64_t> loops = shapeOf(part);
      int64_t count = ShapedType::getNumElements(loops.drop_back());
      SmallVector<int64_t> starts(shape.size(), 0), steps(shape.size(), 1);
      starts[concat.getAxis()] = start;
      LinearForm to = boxPosition(shape, starts, steps, loops), from = source->position;
      makeInnermostDense(to, loops.back());
      makeInnermostDense(from, loops.back());
      Value row = code.sub(itemRow, code.integer(firstRow));
      Value inside = arith::AndIOp::create(code.builder, code.location, code.less(code.integer(-1), row),
                                           code.less(row, code.integer(count)));
      code.when(inside, [&] {
        SmallVector<Value> indices = delinearize(code, row, loops.drop_back());
        indices.push_back(code.integer(0));
        copyPiece(code, concat.getType().getElementType(), loops.back(),
                  getPiece(code, pieceNumber, pieces, pieceSize, loops.back()),
                  kernel.buffers[source->argument.getArgNumber()], from, kernel.buffers.back(), to, indices);
      });
      firstRow += count;
      start += loops[concat.getAxis()];
    }
  });
  return kernel.finish(kernelShape, 16384 / shape.back());
}

/// Where a row of the result takes a row of the operand: its indices in the operand, and whether it is one of them.
static std::pair<SmallVector<Value>, Value> findOperandRow(Code &code, UnsliceOp unslice, Value row) {
  Value inside = code.flag(true);
  SmallVector<Value> indices = delinearize(code, row, unslice.getType().getShape().drop_back());
  for (auto [d, index] : llvm::enumerate(indices)) {
    int64_t stride = unslice.getStrides()[d];
    Value distance = code.mul(code.sub(index, code.integer(unslice.getStarts()[d])), stride < 0 ? -1 : 1);
    auto [quotient, remainder] = code.divide(distance, std::abs(stride));
    Value fits = arith::AndIOp::create(code.builder, code.location, code.less(code.integer(-1), distance),
                                       code.less(quotient, code.integer(shapeOf(unslice.getOperand())[d])));
    fits = arith::AndIOp::create(code.builder, code.location, fits, code.equal(remainder, code.integer(0)));
    inside = arith::AndIOp::create(code.builder, code.location, inside, fits);
    index = quotient;
  }
  indices.push_back(code.integer(0));
  return {indices, inside};
}

FailureOr<Kernel> buildUnsliceKernel(ModuleOp module, StringRef name, Block &body, const KernelTarget &target) {
  auto unslice = cast<UnsliceOp>(body.getTerminator()->getOperand(0).getDefiningOp());
  auto source = findViewedArgument(unslice.getOperand());
  if (failed(source))
    return failure();
  ArrayRef<int64_t> shape = unslice.getType().getShape(), loops = shapeOf(unslice.getOperand());
  Type elementType = unslice.getType().getElementType();
  int64_t rows = ShapedType::getNumElements(shape.drop_back());
  KernelShape kernelShape{KernelShape::countBuffers(body), rows,
                          target.vectorStyle(std::gcd(shape.back(), loops.back()))};
  KernelFunction kernel(module, body.getParentOp()->getLoc(), name, kernelShape, target);
  Code &code = kernel.code;
  LinearForm to = boxPosition(shape, unslice.getStarts(), unslice.getStrides(), loops), from = source->position;
  makeInnermostDense(to, loops.back());
  makeInnermostDense(from, loops.back());
  // An item is a row of the result: zeros, and the operand's row over them if one falls here.
  code.loop(kernel.begin, kernel.end, 1, [&](Value item) {
    Elements elements(code, elementType);
    Value zero = splat(code, code.zero(storageType(elementType)));
    Value base = code.mul(item, shape.back());
    forEachBlock(code, code.integer(0), code.integer(shape.back()), shape.back(), [&](Value index, Value mask) {
      elements.storeVector(zero, kernel.buffers.back(), code.add(base, index), 1, mask);
    });
    auto [indices, inside] = findOperandRow(code, unslice, item);
    code.when(inside, [&, indices = indices] {
      copyPiece(code, elementType, loops.back(), {code.integer(0), code.integer(loops.back())},
                kernel.buffers[source->argument.getArgNumber()], from, kernel.buffers.back(), to, indices);
    });
  });
  return kernel.finish(kernelShape, 16384 / shape.back());
}

} // namespace neap::lower
