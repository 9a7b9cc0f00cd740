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

/// Copies one row: `indices` are those of the row, the innermost one 0.
void copyRow(Code &code, Type elementType, int64_t size, Value from, const LinearForm &source, Value to,
             const LinearForm &target, ArrayRef<Value> indices) {
  Elements elements(code, elementType);
  Value sourceOffset = evaluate(code, source, indices), targetOffset = evaluate(code, target, indices);
  int64_t sourceStride = source.coefficients.back(), targetStride = target.coefficients.back();
  forEachBlock(code, code.integer(0), code.integer(size), size, [&](Value index, Value mask) {
    Value value = elements.loadVector(from, code.add(sourceOffset, code.mul(index, sourceStride)), sourceStride, mask);
    elements.storeVector(value, to, code.add(targetOffset, code.mul(index, targetStride)), targetStride, mask);
  });
}

/// Row-major position of a sub-box of a tensor, in the loops of the box.
LinearForm boxPosition(ArrayRef<int64_t> shape, ArrayRef<int64_t> starts, ArrayRef<int64_t> steps, ArrayRef<int64_t> loops) {
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

FailureOr<Kernel> buildConcatKernel(ModuleOp module, StringRef name, Block &body) {
  auto concat = cast<ConcatOp>(body.getTerminator()->getOperand(0).getDefiningOp());
  ArrayRef<int64_t> shape = concat.getType().getShape();
  SmallVector<FailureOr<ViewedArgument>> sources;
  for (Value part : concat.getInputs()) {
    sources.push_back(findViewedArgument(part));
    if (failed(sources.back()))
      return failure();
  }
  KernelFunction kernel(module, body.getParentOp()->getLoc(), name, body.getNumArguments() + 1);
  Code &code = kernel.code;
  SmallVector<int64_t> rows;
  for (Value part : concat.getInputs())
    rows.push_back(ShapedType::getNumElements(shapeOf(part).drop_back()));
  code.loop(kernel.begin, kernel.end, 1, [&](Value item) {
    int64_t firstRow = 0, start = 0;
    for (auto [part, source, count] : llvm::zip_equal(concat.getInputs(), sources, rows)) {
      ArrayRef<int64_t> loops = shapeOf(part);
      SmallVector<int64_t> starts(shape.size(), 0), steps(shape.size(), 1);
      starts[concat.getAxis()] = start;
      LinearForm target = boxPosition(shape, starts, steps, loops);
      LinearForm from = source->position;
      makeInnermostDense(target, loops.back());
      makeInnermostDense(from, loops.back());
      Value row = code.sub(item, code.integer(firstRow));
      Value inside = arith::AndIOp::create(code.builder, code.location, code.less(code.integer(-1), row),
                                           code.less(row, code.integer(count)));
      code.when(inside, [&] {
        SmallVector<Value> indices = delinearize(code, row, loops.drop_back());
        indices.push_back(code.integer(0));
        copyRow(code, concat.getType().getElementType(), loops.back(), kernel.buffers[source->argument.getArgNumber()],
                from, kernel.buffers.back(), target, indices);
      });
      firstRow += count;
      start += loops[concat.getAxis()];
    }
  });
  return Kernel{kernel.function, std::accumulate(rows.begin(), rows.end(), int64_t(0)),
                std::max<int64_t>(1, 16384 / shape.back()), 0};
}

FailureOr<Kernel> buildUnsliceKernel(ModuleOp module, StringRef name, Block &body) {
  auto unslice = cast<UnsliceOp>(body.getTerminator()->getOperand(0).getDefiningOp());
  auto source = findViewedArgument(unslice.getOperand());
  if (failed(source))
    return failure();
  ArrayRef<int64_t> shape = unslice.getType().getShape(), loops = shapeOf(unslice.getOperand());
  Type elementType = unslice.getType().getElementType();
  KernelFunction kernel(module, body.getParentOp()->getLoc(), name, body.getNumArguments() + 1);
  Code &code = kernel.code;
  LinearForm target = boxPosition(shape, unslice.getStarts(), unslice.getStrides(), loops), from = source->position;
  makeInnermostDense(target, loops.back());
  makeInnermostDense(from, loops.back());
  // An item is a row of the result: zeros, and the operand's row over them if one falls here.
  code.loop(kernel.begin, kernel.end, 1, [&](Value item) {
    Elements elements(code, elementType);
    Value zero = splat(code, code.zero(storageType(elementType)));
    Value base = code.mul(item, shape.back());
    forEachBlock(code, code.integer(0), code.integer(shape.back()), shape.back(), [&](Value index, Value mask) {
      elements.storeVector(zero, kernel.buffers.back(), code.add(base, index), 1, mask);
    });
    Value inside = code.flag(true);
    SmallVector<Value> indices = delinearize(code, item, shape.drop_back());
    for (auto [d, index] : llvm::enumerate(indices)) {
      int64_t stride = unslice.getStrides()[d];
      Value distance = code.mul(code.sub(index, code.integer(unslice.getStarts()[d])), stride < 0 ? -1 : 1);
      auto [quotient, remainder] = code.divide(distance, std::abs(stride));
      Value fits = arith::AndIOp::create(code.builder, code.location, code.less(code.integer(-1), distance),
                                         code.less(quotient, code.integer(loops[d])));
      fits = arith::AndIOp::create(code.builder, code.location, fits, code.equal(remainder, code.integer(0)));
      inside = arith::AndIOp::create(code.builder, code.location, inside, fits);
      index = quotient;
    }
    indices.push_back(code.integer(0));
    code.when(inside, [&] {
      copyRow(code, elementType, loops.back(), kernel.buffers[source->argument.getArgNumber()], from,
              kernel.buffers.back(), target, indices);
    });
  });
  return Kernel{kernel.function, ShapedType::getNumElements(shape.drop_back()),
                std::max<int64_t>(1, 16384 / shape.back()), 0};
}

} // namespace neap::lower
