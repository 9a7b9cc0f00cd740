// See CudaProduct.h.
#include "neap/passes/lower/kernels/CudaProduct.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace neap::lower {

static constexpr int64_t stripDepth = 16;
static constexpr unsigned vectorBytes = 16;

CudaProduct::CudaProduct(KernelFunction &kernel) : code(kernel.code), cuda(code), thread(cuda.threadNumber()) {
  constexpr int64_t stripBytes = stripDepth * tile * sizeof(float);
  std::tie(threadRow, threadColumn) = code.divide(thread, side);
  lhsStrip = createSharedMemory(kernel, "lhs", stripBytes);
  rhsStrip = createSharedMemory(kernel, "rhs", stripBytes);
}

SmallVector<Value> CudaProduct::zeros() { return SmallVector<Value>(cudaLanes, code.zero(code.vectorType(cudaLanes))); }

/// Copies `count` of k from `firstDepth` on. Neighbouring threads read neighbouring elements, whichever way the operand lies.
/// Rows and columns that do not exist become zeros, which reach only sums that nobody stores.
void CudaProduct::fill(const Matrix &matrix, Value strip, Value firstDepth, int64_t count) {
  bool isDeep = matrix.depthStride == 1;
  for (int64_t round = 0; round < stripDepth * tile / blockThreads; ++round) {
    auto [outer, inner] = code.divide(thread, isDeep ? stripDepth : tile);
    Value number = isDeep ? code.add(outer, code.integer(round * (blockThreads / stripDepth))) : inner;
    Value k = isDeep ? inner : code.add(outer, code.integer(round * (blockThreads / tile)));
    Value position = code.add(matrix.first, number);
    Value target = code.address(strip, code.add(code.mul(k, tile), number));
    auto copy = [&] {
      Value exists = code.less(position, code.integer(matrix.limit));
      auto load = [&] {
        Value offset =
            code.add(code.mul(position, matrix.stride), code.mul(code.add(firstDepth, k), matrix.depthStride));
        code.store(code.load(code.builder.getF32Type(), code.address(matrix.source, offset)), target);
      };
      code.when(exists, load, [&] { code.store(code.zero(code.builder.getF32Type()), target); });
    };
    count == stripDepth ? copy() : code.when(code.less(k, code.integer(count)), copy);
  }
}

SmallVector<Value> CudaProduct::multiply(Value lhs, Value rhs, int64_t count, SmallVector<Value> sums) {
  Type vector = code.vectorType(cudaLanes);
  Value rowOffset = code.mul(threadRow, cudaLanes), columnOffset = code.mul(threadColumn, cudaLanes);
  for (int64_t k = 0; k < count; ++k) {
    Value depthOffset = code.integer(k * tile);
    Value rows = code.load(vector, code.address(lhs, code.add(rowOffset, depthOffset)), vectorBytes);
    Value columns = code.load(vector, code.address(rhs, code.add(columnOffset, depthOffset)), vectorBytes);
    for (auto [row, sum] : llvm::enumerate(sums)) {
      Value element = vector::ExtractOp::create(code.builder, code.location, rows, ArrayRef<int64_t>(row));
      sum = code.fma(code.broadcast(element, cudaLanes), columns, sum);
    }
  }
  return sums;
}

SmallVector<Value> CudaProduct::forEachStrip(int64_t depth, SmallVector<Value> sums, AddStrip addStrip) {
  int64_t whole = depth / stripDepth * stripDepth;
  if (whole > 0)
    sums = code.loop(code.integer(0), code.integer(whole), stripDepth, sums, [&](Value first, ValueRange current) {
      return addStrip(first, stripDepth, SmallVector<Value>(current));
    });
  if (whole < depth)
    sums = addStrip(code.integer(whole), depth - whole, sums);
  return sums;
}

SmallVector<Value> CudaProduct::add(const Matrix &lhs, const Matrix &rhs, int64_t depth, SmallVector<Value> sums) {
  return forEachStrip(depth, sums, [&](Value firstDepth, int64_t count, SmallVector<Value> current) {
    cuda.synchronizeBlock(); // nobody reads the strips any more
    fill(lhs, lhsStrip, firstDepth, count);
    fill(rhs, rhsStrip, firstDepth, count);
    cuda.synchronizeBlock(); // they are complete
    return multiply(lhsStrip, rhsStrip, count, current);
  });
}

SmallVector<Value> CudaProduct::add(Value sharedLhs, const Matrix &rhs, int64_t depth, SmallVector<Value> sums) {
  return forEachStrip(depth, sums, [&](Value firstDepth, int64_t count, SmallVector<Value> current) {
    cuda.synchronizeBlock(); // nobody reads the strip any more
    fill(rhs, rhsStrip, firstDepth, count);
    cuda.synchronizeBlock(); // it is complete, and so is lhs
    return multiply(code.address(sharedLhs, code.mul(firstDepth, tile)), rhsStrip, count, current);
  });
}

} // namespace neap::lower
