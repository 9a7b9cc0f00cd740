// Attention on CUDA, forward. A block of threads takes 64 queries of one batch element; a half-warp has four of their rows,
// four columns each a thread (CudaProduct.h):
//
//   for each block of keys that one of the queries may see
//     scores = queries x keys
//     for each row: new maximum and sum, by shuffles; weights, to shared memory; rescale the row's results
//     results += weights x values
//   divide the results by the sums and store them
#include "neap/passes/lower/kernels/attention/CudaBlocks.h"

using namespace mlir;

namespace neap::lower {
namespace {

class ForwardWriter {
public:
  ForwardWriter(KernelFunction &kernel, const AttentionForward &problem)
      : code(kernel.code), problem(problem), blocks(kernel, problem) {}

  void write(Value item) {
    auto [element, block] = code.divide(item, problem.queryBlocks());
    blocks.enter(element);
    firstQuery = code.mul(block, attentionBlock);
    Value end = problem.causal ? code.add(block, code.integer(1)) : code.integer(problem.keyBlocks());
    SmallVector<Value> carried = blocks.forEachBlock(
        code.integer(0), end, problem.keys, start(),
        [&](Value firstKey, int64_t count, ValueRange current) { return step(firstKey, count, current); });
    store(carried);
  }

private:
  /// Carried along: maximum and sum of each of the thread's rows, then the results.
  SmallVector<Value> start() {
    SmallVector<Value> carried;
    SoftmaxState state = blocks.rows().start();
    for (int64_t row = 0; row < cudaLanes; ++row)
      carried.append({state.maximum, state.sum});
    llvm::append_range(carried, blocks.startSums(problem.valueSize));
    return carried;
  }

  SmallVector<Value> step(Value firstKey, int64_t count, ValueRange current) {
    SmallVector<Value> scores =
        blocks.multiply(problem.query, firstQuery, problem.queries, problem.key, firstKey, problem.keys, problem.size);
    SmallVector<Value> states, weights, rescales, results(current.drop_front(2 * cudaLanes));
    for (auto [row, sums] : llvm::enumerate(scores)) {
      Value score = blocks.rows().finishScores(sums, blocks.row(firstQuery, row), blocks.column(firstKey),
                                               count == attentionBlock);
      SoftmaxUpdate update = blocks.rows().update(score, {current[2 * row], current[2 * row + 1]});
      states.append({update.state.maximum, update.state.sum});
      weights.push_back(
          blocks.rows().drop(update.weights.front(), blocks.row(firstQuery, row), blocks.column(firstKey)));
      rescales.push_back(update.rescale);
    }
    blocks.shareTransposed(weights);
    blocks.scale(results, rescales);
    blocks.addShared(problem.value, firstKey, count, problem.valueSize, results);
    llvm::append_range(states, results);
    return states;
  }

  void store(ArrayRef<Value> carried) {
    SmallVector<Value> results(carried.drop_front(2 * cudaLanes)), factors;
    for (int64_t row = 0; row < cudaLanes; ++row) {
      SoftmaxEnd end = blocks.rows().finish({carried[2 * row], carried[2 * row + 1]}, problem.emptyRowsZero);
      factors.push_back(end.factor);
      blocks.storeNumber(end.lse, blocks.row(firstQuery, row), problem.queries, problem.lse);
    }
    blocks.scale(results, factors);
    blocks.storeSums(results, firstQuery, problem.queries, problem.valueSize, problem.result);
  }

  Code &code;
  const AttentionForward &problem;
  CudaAttentionBlocks blocks;
  Value firstQuery;
};

} // namespace

Kernel buildCudaAttention(ModuleOp module, StringRef name, Location location, size_t buffers,
                          const AttentionForward &problem, const KernelTarget &target) {
  int64_t items = problem.batchElements() * problem.queryBlocks();
  return buildOfBlocks<ForwardWriter>(module, name, location, {buffers, items}, problem, target);
}

} // namespace neap::lower
