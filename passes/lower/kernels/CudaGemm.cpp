// Gemm groups on CUDA: a block computes a tile of 64 x 64 elements (CudaProduct.h) and runs the group's other ops on them. It is
// what stands in for a library, and what the simulated device runs.
#include "neap/passes/lower/kernels/CudaProduct.h"
#include "neap/passes/lower/kernels/GemmGroup.h"
#include "neap/passes/lower/kernels/Nest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace neap::lower {
namespace {

constexpr int64_t tile = CudaProduct::tile;

class CudaGemmWriter {
public:
  CudaGemmWriter(KernelFunction &kernel, const Nest &nest, Block &body, Operation *matmul, const GemmProblem &problem)
      : kernel(kernel), code(kernel.code), nest(nest), body(body), matmul(matmul), problem(problem), product(kernel) {}

  void write(Value item);

private:
  /// Four neighbouring elements of a row.
  struct Site {
    Value row, column;
    Value exists; ///< whether any of them is inside the result
  };
  Site getSite(Value row, Value firstColumn);
  /// For use where the site exists.
  Body at(const Site &site);
  Value startRow(const Site &site, Value initial);
  void storeRow(const Site &site, Value sums);

  KernelFunction &kernel;
  Code &code;
  const Nest &nest;
  Block &body;
  Operation *matmul;
  const GemmProblem &problem;
  CudaProduct product;
  SmallVector<Value> batch;
};

CudaGemmWriter::Site CudaGemmWriter::getSite(Value row, Value firstColumn) {
  Value column = code.add(firstColumn, code.mul(product.threadColumn, cudaLanes));
  Value exists = arith::AndIOp::create(code.builder, code.location, code.less(row, code.integer(problem.m)),
                                       code.less(column, code.integer(problem.n)));
  return {row, column, exists};
}

Body CudaGemmWriter::at(const Site &site) {
  Value mask;
  if (problem.n % cudaLanes != 0)
    mask = code.mask(code.sub(code.integer(problem.n), site.column), cudaLanes);
  SmallVector<Value> indices(batch);
  indices.append({site.row, site.column});
  return Body(code, nest, body, kernel.buffers).child({indices, mask});
}

/// What the sums of a site start from; +0 outside the result. The thread that reads an element here is the one that will
/// store it.
Value CudaGemmWriter::startRow(const Site &site, Value initial) {
  Value outside = code.zero(code.vectorType(cudaLanes));
  return code.choose(site.exists, [&] { return splat(code, at(site).compute(initial)); }, outside);
}

/// The group's other ops on four neighbouring elements of a row, and the stores.
void CudaGemmWriter::storeRow(const Site &site, Value sums) {
  code.when(site.exists, [&] {
    Body point = at(site);
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
  Value firstRow = code.mul(rowTile, tile), firstColumn = code.mul(columnTile, tile);
  CudaProduct::Matrix lhs{operandAddress(code, problem.lhs, kernel.buffers, batch), firstRow, problem.m,
                          problem.lhs.rowStride, problem.lhs.columnStride};
  CudaProduct::Matrix rhs{operandAddress(code, problem.rhs, kernel.buffers, batch), firstColumn, problem.n,
                          problem.rhs.columnStride, problem.rhs.rowStride};
  auto siteOf = [&](int64_t number) {
    Value row = code.add(firstRow, code.add(code.mul(product.threadRow, cudaLanes), code.integer(number)));
    return getSite(row, firstColumn);
  };
  SmallVector<Value> starts = product.zeros();
  if (Value initial = findInitial(matmul))
    for (auto [number, start] : llvm::enumerate(starts))
      start = startRow(siteOf(number), initial);
  SmallVector<Value> sums = product.add(lhs, rhs, problem.k, starts);
  for (auto [number, sum] : llvm::enumerate(sums))
    storeRow(siteOf(number), sum);
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
  KernelShape shape{KernelShape::countBuffers(body), tiles, {cudaLanes, true}, CudaProduct::blockThreads};
  KernelFunction kernel(module, body.getParentOp()->getLoc(), name, shape, target);
  CudaGemmWriter(kernel, *nest, body, matmul, *problem).write(kernel.block);
  return kernel.finish(shape, 1);
}

} // namespace neap::lower
