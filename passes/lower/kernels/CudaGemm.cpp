// Gemm groups on CUDA: a block of 16 x 16 threads computes a tile of 64 x 64 elements, 4 x 4 each. Strips of both operands go
// through shared memory, 16 deep. Every element has one accumulator that takes its products in order of k by fused
// multiply-add, as on the CPU: the same bits. It is what stands in for a library, and what the simulated device runs.
//
//     for each strip of k:      lhs strip     rhs strip
//       barrier                  [k][row]     [k][column]      in shared memory
//       fill both                     \          /
//       barrier                  sums[4] += lhs[k][4 rows] x rhs[k][4 columns]
#include "neap/passes/lower/kernels/Cuda.h"
#include "neap/passes/lower/kernels/GemmGroup.h"
#include "neap/passes/lower/kernels/Nest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace neap::lower {
namespace {

constexpr int64_t tile = 64, depth = 16, side = 16, blockThreads = side * side;
constexpr unsigned sharedMemory = 3;

/// A strip of one operand: `depth` x `tile` elements, from rows (lhs) or columns (rhs) of the product.
struct Strip {
  const OperandLayout &layout;
  Value source;         ///< the operand's address at this batch index
  Value shared;         ///< where the strip lies in shared memory
  Value first;          ///< first row or column
  int64_t limit;        ///< rows or columns there are
  int64_t stride;       ///< elements between rows or columns
  int64_t depthStride;  ///< elements between neighbours in k
};

class CudaGemmWriter {
public:
  CudaGemmWriter(KernelFunction &kernel, const Nest &nest, Block &body, Operation *matmul, const GemmProblem &problem)
      : kernel(kernel), code(kernel.code), cuda(code), nest(nest), body(body), matmul(matmul), problem(problem) {}

  void write(Value item);

private:
  Value createShared(StringRef name);
  Value addressAt(const OperandLayout &layout, ArrayRef<Value> batch);
  SmallVector<Value> sumStrips(SmallVector<Value> sums);
  SmallVector<Value> sumStrip(Value firstDepth, int64_t count, SmallVector<Value> sums);
  void fill(const Strip &strip, Value firstDepth, int64_t count);
  void storeRow(Value row, Value sums);

  KernelFunction &kernel;
  Code &code;
  CudaCode cuda;
  const Nest &nest;
  Block &body;
  Operation *matmul;
  const GemmProblem &problem;
  Value thread, threadRow, threadColumn; // of 16 x 16
  Value firstRow, firstColumn;           // of the tile
  SmallVector<Value> batch;
  std::optional<Strip> lhs, rhs;
};

/// Room for a strip, of this kernel alone.
Value CudaGemmWriter::createShared(StringRef name) {
  OpBuilder builder(kernel.function);
  auto type = LLVM::LLVMArrayType::get(builder.getF32Type(), depth * tile);
  std::string symbol = (kernel.function.getSymName() + "_" + name).str();
  LLVM::GlobalOp::create(builder, code.location, type, /*isConstant=*/false, LLVM::Linkage::Internal, symbol, Attribute(),
                         /*alignment=*/16, sharedMemory);
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext(), sharedMemory);
  return LLVM::AddressOfOp::create(code.builder, code.location, pointer, symbol);
}

Value CudaGemmWriter::addressAt(const OperandLayout &layout, ArrayRef<Value> indices) {
  Value offset = code.integer(layout.offset);
  for (auto [index, stride] : llvm::zip_equal(indices, layout.batchStrides))
    offset = code.add(offset, code.mul(index, stride));
  return code.address(kernel.buffers[layout.buffer], offset);
}

/// Copies `count` of k from `firstDepth` on. Neighbouring threads read neighbouring elements, whichever way the operand lies.
/// Rows and columns that do not exist become zeros, which reach only sums that nobody stores.
void CudaGemmWriter::fill(const Strip &strip, Value firstDepth, int64_t count) {
  bool isDeep = strip.depthStride == 1;
  for (int64_t round = 0; round < depth * tile / blockThreads; ++round) {
    auto [outer, inner] = code.divide(thread, isDeep ? depth : tile);
    Value number = isDeep ? code.add(outer, code.integer(round * (blockThreads / depth))) : inner;
    Value k = isDeep ? inner : code.add(outer, code.integer(round * (blockThreads / tile)));
    Value position = code.add(strip.first, number);
    Value target = code.address(strip.shared, code.add(code.mul(k, tile), number));
    auto copy = [&] {
      Value exists = code.less(position, code.integer(strip.limit));
      auto load = [&] {
        Value offset = code.add(code.mul(position, strip.stride), code.mul(code.add(firstDepth, k), strip.depthStride));
        code.store(code.load(code.builder.getF32Type(), code.address(strip.source, offset)), target);
      };
      code.when(exists, load, [&] { code.store(code.zero(code.builder.getF32Type()), target); });
    };
    count == depth ? copy() : code.when(code.less(k, code.integer(count)), copy);
  }
}

/// The products of `count` of k from `firstDepth` on. `sums` are the thread's rows.
SmallVector<Value> CudaGemmWriter::sumStrip(Value firstDepth, int64_t count, SmallVector<Value> sums) {
  cuda.synchronizeBlock(); // nobody reads the strips any more
  fill(*lhs, firstDepth, count);
  fill(*rhs, firstDepth, count);
  cuda.synchronizeBlock(); // they are complete
  constexpr unsigned vectorBytes = 16;
  Type vector = code.vectorType(cudaLanes);
  Value rowOffset = code.mul(threadRow, cudaLanes), columnOffset = code.mul(threadColumn, cudaLanes);
  for (int64_t k = 0; k < count; ++k) {
    Value depthOffset = code.integer(k * tile);
    Value rows = code.load(vector, code.address(lhs->shared, code.add(rowOffset, depthOffset)), vectorBytes);
    Value columns = code.load(vector, code.address(rhs->shared, code.add(columnOffset, depthOffset)), vectorBytes);
    for (auto [row, sum] : llvm::enumerate(sums)) {
      Value element = vector::ExtractOp::create(code.builder, code.location, rows, ArrayRef<int64_t>(row));
      sum = code.fma(code.broadcast(element, cudaLanes), columns, sum);
    }
  }
  return sums;
}

SmallVector<Value> CudaGemmWriter::sumStrips(SmallVector<Value> sums) {
  int64_t whole = problem.k / depth * depth;
  if (whole > 0)
    sums = code.loop(code.integer(0), code.integer(whole), depth, sums, [&](Value first, ValueRange current) {
      return sumStrip(first, depth, SmallVector<Value>(current));
    });
  if (whole < problem.k)
    sums = sumStrip(code.integer(whole), problem.k - whole, sums);
  return sums;
}

/// The group's other ops on four neighbouring elements of a row, and the stores.
void CudaGemmWriter::storeRow(Value row, Value sums) {
  Value column = code.add(firstColumn, code.mul(threadColumn, cudaLanes));
  Value exists = arith::AndIOp::create(code.builder, code.location, code.less(row, code.integer(problem.m)),
                                       code.less(column, code.integer(problem.n)));
  code.when(exists, [&] {
    Value mask;
    if (problem.n % cudaLanes != 0)
      mask = code.mask(code.sub(code.integer(problem.n), column), cudaLanes);
    SmallVector<Value> indices(batch);
    indices.append({row, column});
    Body point = Body(code, nest, body, kernel.buffers).child({indices, mask});
    point.define(matmul->getResult(0), sums);
    point.storeResults(/*alongInnermost=*/true);
    point.storeResults(/*alongInnermost=*/false);
  });
}

void CudaGemmWriter::write(Value item) {
  int64_t rowTiles = llvm::divideCeil(problem.m, tile), columnTiles = llvm::divideCeil(problem.n, tile);
  auto [rest, columnTile] = code.divide(item, columnTiles);
  auto [batchNumber, rowTile] = code.divide(rest, rowTiles);
  batch = delinearize(code, batchNumber, problem.batch);
  thread = cuda.threadNumber();
  std::tie(threadRow, threadColumn) = code.divide(thread, side);
  firstRow = code.mul(rowTile, tile);
  firstColumn = code.mul(columnTile, tile);
  lhs.emplace(Strip{problem.lhs, addressAt(problem.lhs, batch), createShared("lhs"), firstRow, problem.m,
                    problem.lhs.rowStride, problem.lhs.columnStride});
  rhs.emplace(Strip{problem.rhs, addressAt(problem.rhs, batch), createShared("rhs"), firstColumn, problem.n,
                    problem.rhs.columnStride, problem.rhs.rowStride});
  SmallVector<Value> sums = sumStrips(SmallVector<Value>(cudaLanes, code.zero(code.vectorType(cudaLanes))));
  for (auto [number, sum] : llvm::enumerate(sums))
    storeRow(code.add(firstRow, code.add(code.mul(threadRow, cudaLanes), code.integer(number))), sum);
}

} // namespace

FailureOr<Kernel> buildCudaGemmKernel(ModuleOp module, StringRef name, Block &body, const KernelTarget &target) {
  Operation *matmul = findMatmul(body);
  auto problem = describeProduct(matmul, body);
  auto nest = Nest::create(body, GroupKind::Gemm);
  if (failed(problem) || failed(nest))
    return failure();
  int64_t tiles = ShapedType::getNumElements(problem->batch) * llvm::divideCeil(problem->m, tile) *
                  llvm::divideCeil(problem->n, tile);
  // A block is an item: there are no threads to spare, and all of them meet at the barriers.
  KernelShape shape{KernelShape::countBuffers(body), tiles, {cudaLanes, true}, blockThreads};
  KernelFunction kernel(module, body.getParentOp()->getLoc(), name, shape, target);
  CudaGemmWriter(kernel, *nest, body, matmul, *problem).write(kernel.block);
  return kernel.finish(shape, 1);
}

} // namespace neap::lower
