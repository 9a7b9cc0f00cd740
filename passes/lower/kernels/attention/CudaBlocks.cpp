// See CudaBlocks.h.
#include "neap/passes/lower/kernels/attention/CudaBlocks.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace neap::lower {

static constexpr unsigned vectorBytes = 16;
static_assert(CudaProduct::tile == attentionBlock);

CudaAttentionBlocks::CudaAttentionBlocks(KernelFunction &kernel, const AttentionProblem &problem)
    : kernel(kernel), code(kernel.code), cuda(code), problem(problem), product(kernel),
      shared(createSharedMemory(kernel, "block", attentionBlock * attentionBlock * sizeof(float))) {}

void CudaAttentionBlocks::enter(Value element) {
  batch = delinearize(code, element, problem.batch);
  attentionRows.emplace(Device::Cuda, code, problem, kernel.buffers, batch);
}

Value CudaAttentionBlocks::row(Value first, int64_t row) {
  return code.add(first, code.add(code.mul(product.threadRow, cudaLanes), code.integer(row)));
}

Value CudaAttentionBlocks::column(Value first) { return code.add(first, code.mul(product.threadColumn, cudaLanes)); }

/// A number for each row; that of the last where the row does not exist.
Value CudaAttentionBlocks::load(const OperandLayout &operand, Value row, int64_t rows) {
  Value offset = code.mul(code.min(row, code.integer(rows - 1)), operand.rowStride);
  return code.load(code.builder.getF32Type(), code.address(addressOf(operand), offset));
}

SmallVector<Value>
CudaAttentionBlocks::forEachBlock(Value begin, Value end, int64_t size, SmallVector<Value> carried,
                                  llvm::function_ref<SmallVector<Value>(Value, int64_t, ValueRange)> step) {
  int64_t whole = size / attentionBlock, rest = size % attentionBlock;
  auto run = [&](Value from, Value to, int64_t count) {
    carried = code.loop(from, to, 1, carried, [&](Value block, ValueRange current) {
      return step(code.mul(block, attentionBlock), count, current);
    });
  };
  auto larger = [&](Value a, Value b) { return code.builder.createOrFold<arith::MaxSIOp>(code.location, a, b); };
  if (whole > 0)
    run(begin, code.min(end, code.integer(whole)), attentionBlock);
  if (rest > 0)
    run(larger(begin, code.integer(whole)), code.min(end, code.integer(whole + 1)), rest);
  return carried;
}

SmallVector<Value> CudaAttentionBlocks::multiply(const OperandLayout &lhs, Value firstRow, int64_t rows,
                                                 const OperandLayout &rhs, Value firstColumn, int64_t columns,
                                                 int64_t size) {
  return product.add({addressOf(lhs), firstRow, rows, lhs.rowStride, lhs.columnStride},
                     {addressOf(rhs), firstColumn, columns, rhs.rowStride, rhs.columnStride}, size, product.zeros());
}

void CudaAttentionBlocks::share(ArrayRef<Value> elements) {
  cuda.synchronizeBlock(); // nobody reads what was shared before
  for (auto [number, row] : llvm::enumerate(elements)) {
    Value position = code.add(code.mul(this->row(code.integer(0), number), attentionBlock), column(code.integer(0)));
    code.store(row, code.address(shared, position), vectorBytes);
  }
}

void CudaAttentionBlocks::shareTransposed(ArrayRef<Value> elements) {
  SmallVector<Value> columns;
  for (int64_t column = 0; column < cudaLanes; ++column) {
    SmallVector<Value> numbers;
    for (Value row : elements)
      numbers.push_back(vector::ExtractOp::create(code.builder, code.location, row, ArrayRef<int64_t>{column}));
    columns.push_back(vector::FromElementsOp::create(code.builder, code.location, code.vectorType(cudaLanes), numbers));
  }
  cuda.synchronizeBlock();
  for (auto [number, values] : llvm::enumerate(columns)) {
    Value column = code.add(this->column(code.integer(0)), code.integer(number));
    Value position = code.add(code.mul(column, attentionBlock), row(code.integer(0), 0));
    code.store(values, code.address(shared, position), vectorBytes);
  }
}

void CudaAttentionBlocks::addShared(const OperandLayout &rhs, Value firstRow, int64_t count, int64_t size,
                                    SmallVectorImpl<Value> &sums) {
  Value source = code.address(addressOf(rhs), code.mul(firstRow, rhs.rowStride));
  for (int64_t first = 0; first < size; first += attentionBlock) {
    auto tile = MutableArrayRef(sums).slice(first / attentionBlock * cudaLanes, cudaLanes);
    CudaProduct::Matrix matrix{source, code.integer(first), size, rhs.columnStride, rhs.rowStride};
    llvm::copy(product.add(shared, matrix, count, llvm::to_vector(tile)), tile.begin());
  }
}

SmallVector<Value> CudaAttentionBlocks::startSums(int64_t size) {
  return SmallVector<Value>(llvm::divideCeil(size, attentionBlock) * cudaLanes, code.zero(code.vectorType(cudaLanes)));
}

void CudaAttentionBlocks::scale(SmallVectorImpl<Value> &sums, ArrayRef<Value> factors) {
  for (auto [index, sum] : llvm::enumerate(sums))
    sum =
        arith::MulFOp::create(code.builder, code.location, sum, code.broadcast(factors[index % cudaLanes], cudaLanes));
}

void CudaAttentionBlocks::storeSums(ArrayRef<Value> sums, Value firstRow, int64_t rows, int64_t size,
                                    ArrayRef<OperandLayout> targets) {
  Elements elements(code, code.builder.getF32Type());
  for (auto [index, sum] : llvm::enumerate(sums)) {
    Value number = row(firstRow, index % cudaLanes);
    Value column = this->column(code.integer(index / cudaLanes * attentionBlock));
    Value exists = arith::AndIOp::create(code.builder, code.location, code.less(number, code.integer(rows)),
                                         code.less(column, code.integer(size)));
    code.when(exists, [&, sum = sum] {
      Value mask = size % cudaLanes == 0 ? Value() : code.mask(code.sub(code.integer(size), column), cudaLanes);
      for (const OperandLayout &target : targets) {
        Value offset = code.add(code.mul(number, target.rowStride), code.mul(column, target.columnStride));
        elements.storeVector(sum, addressOf(target), offset, target.columnStride, mask);
      }
    });
  }
}

void CudaAttentionBlocks::storeNumber(Value number, Value row, int64_t rows, ArrayRef<OperandLayout> targets) {
  Value isFirst = code.equal(product.threadColumn, code.integer(0));
  Value exists = arith::AndIOp::create(code.builder, code.location, isFirst, code.less(row, code.integer(rows)));
  code.when(exists, [&] {
    for (const OperandLayout &target : targets)
      code.store(number, code.address(addressOf(target), code.mul(row, target.rowStride)));
  });
}

} // namespace neap::lower
