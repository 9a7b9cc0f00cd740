// Attention on CUDA, backward. First D of every query, in a kernel of its own with blocks of threads as in the forward.
// Then some blocks of threads take 64 queries, the others 64 keys, so that nobody adds to what another adds
// to; both compute the scores they need again:
//
//   for each block of keys that a query may see           for each block of queries that may see a key
//     scores, products, score gradients                      scores, products, probabilities
//     query gradient += score gradients x keys               value gradient += probabilities^T x cotangents
//                                                            key gradient   += score gradients^T x queries
#include "neap/passes/lower/kernels/attention/CudaBlocks.h"

using namespace mlir;

namespace neap::lower {
namespace {

/// The thread's 4 x 4 elements of one block of queries and keys.
struct BlockElements {
  SmallVector<Value> weights, products;
};

/// `inside`: all 64 keys exist.
BlockElements computeElements(CudaAttentionBlocks &blocks, const AttentionGradient &problem, Value firstQuery,
                              Value firstKey, bool inside) {
  SmallVector<Value> scores =
      blocks.multiply(problem.query, firstQuery, problem.queries, problem.key, firstKey, problem.keys, problem.size);
  BlockElements elements;
  elements.products = blocks.multiply(problem.cotangent, firstQuery, problem.queries, problem.value, firstKey,
                                      problem.keys, problem.valueSize);
  for (auto [number, sums] : llvm::enumerate(scores)) {
    Value row = blocks.row(firstQuery, number);
    Value score = blocks.rows().finishScores(sums, row, blocks.column(firstKey), inside);
    elements.weights.push_back(blocks.rows().weigh(score, blocks.load(problem.lse, row, problem.queries)));
    elements.products[number] = blocks.rows().drop(elements.products[number], row, blocks.column(firstKey));
  }
  return elements;
}

class DeltaWriter {
public:
  DeltaWriter(KernelFunction &kernel, const AttentionDelta &problem)
      : code(kernel.code), problem(problem), blocks(kernel, problem) {}

  void write(Value item) {
    auto [element, block] = code.divide(item, problem.queryBlocks());
    blocks.enter(element);
    Value firstQuery = code.mul(block, attentionBlock);
    Value end = problem.causal ? code.add(block, code.integer(1)) : code.integer(problem.keyBlocks());
    SmallVector<Value> start;
    for (int64_t row = 0; row < cudaLanes; ++row)
      start.append({blocks.rows().startDelta().sum, blocks.rows().startDelta().weighted});
    SmallVector<Value> sums = blocks.forEachBlock(
        code.integer(0), end, problem.keys, start, [&](Value firstKey, int64_t count, ValueRange current) {
          return addBlock(computeElements(blocks, problem, firstQuery, firstKey, count == attentionBlock), current);
        });
    for (int64_t number = 0; number < cudaLanes; ++number) {
      RowGradient whole = blocks.rows().finishDelta({sums[2 * number], sums[2 * number + 1]});
      Value row = blocks.row(firstQuery, number);
      blocks.storeNumber(whole.delta, row, problem.queries, problem.delta);
      blocks.storeNumber(whole.reciprocal, row, problem.queries, problem.reciprocal);
    }
  }

private:
  SmallVector<Value> addBlock(const BlockElements &elements, ValueRange current) {
    SmallVector<Value> next;
    for (int64_t row = 0; row < cudaLanes; ++row) {
      DeltaState state = blocks.rows().updateDelta(elements.weights[row], elements.products[row],
                                                   {current[2 * row], current[2 * row + 1]});
      next.append({state.sum, state.weighted});
    }
    return next;
  }

  Code &code;
  const AttentionDelta &problem;
  CudaAttentionBlocks blocks;
};

class BackwardWriter {
public:
  BackwardWriter(KernelFunction &kernel, const AttentionBackward &problem)
      : code(kernel.code), problem(problem), blocks(kernel, problem) {}

  void write(Value item) {
    int64_t queryItems = problem.batchElements() * problem.queryBlocks();
    code.when(
        code.less(item, code.integer(queryItems)), [&] { writeQueries(item); },
        [&] { writeKeys(code.sub(item, code.integer(queryItems))); });
  }

private:
  /// Of a block: score gradients, and probabilities after dropout.
  struct Elements {
    SmallVector<Value> gradients, dropped;
  };

  Elements compute(Value firstQuery, Value firstKey, bool inside) {
    BlockElements block = computeElements(blocks, problem, firstQuery, firstKey, inside);
    Elements elements;
    for (int64_t number = 0; number < cudaLanes; ++number) {
      Value row = blocks.row(firstQuery, number);
      RowGradient whole{blocks.load(*problem.delta, row, problem.queries),
                        blocks.load(*problem.reciprocal, row, problem.queries)};
      Value probabilities = blocks.rows().normalize(block.weights[number], whole);
      elements.gradients.push_back(blocks.rows().scoreGradient(probabilities, block.products[number], whole));
      elements.dropped.push_back(blocks.rows().drop(probabilities, row, blocks.column(firstKey)));
    }
    return elements;
  }

  void writeQueries(Value item) {
    auto [element, block] = code.divide(item, problem.queryBlocks());
    blocks.enter(element);
    Value firstQuery = code.mul(block, attentionBlock);
    Value end = problem.causal ? code.add(block, code.integer(1)) : code.integer(problem.keyBlocks());
    SmallVector<Value> sums =
        blocks.forEachBlock(code.integer(0), end, problem.keys, blocks.startSums(problem.size),
                            [&](Value firstKey, int64_t count, ValueRange current) {
                              SmallVector<Value> next(current);
                              blocks.shareTransposed(compute(firstQuery, firstKey, count == attentionBlock).gradients);
                              blocks.addShared(problem.key, firstKey, count, problem.size, next);
                              return next;
                            });
    blocks.storeSums(sums, firstQuery, problem.queries, problem.size, problem.queryGradient);
  }

  /// The sums of values and of keys after one more block of `count` queries.
  SmallVector<Value> addQueries(Value firstQuery, Value firstKey, int64_t count, ValueRange valueSums,
                                ValueRange keySums) {
    SmallVector<Value> values(valueSums), keys(keySums);
    Elements elements = compute(firstQuery, firstKey, problem.keys % attentionBlock == 0);
    blocks.share(elements.dropped);
    blocks.addShared(problem.cotangent, firstQuery, count, problem.valueSize, values);
    blocks.share(elements.gradients);
    blocks.addShared(problem.query, firstQuery, count, problem.size, keys);
    llvm::append_range(values, keys);
    return values;
  }

  void writeKeys(Value item) {
    auto [element, block] = code.divide(item, problem.keyBlocks());
    blocks.enter(element);
    Value firstKey = code.mul(block, attentionBlock), begin = problem.causal ? block : code.integer(0);
    SmallVector<Value> start = blocks.startSums(problem.valueSize);
    size_t valueSums = start.size();
    llvm::append_range(start, blocks.startSums(problem.size));
    SmallVector<Value> sums = blocks.forEachBlock(
        begin, code.integer(problem.queryBlocks()), problem.queries, start,
        [&](Value firstQuery, int64_t count, ValueRange current) {
          return addQueries(firstQuery, firstKey, count, current.take_front(valueSums), current.drop_front(valueSums));
        });
    ArrayRef<Value> all(sums);
    blocks.storeSums(all.take_front(valueSums), firstKey, problem.keys, problem.valueSize, problem.valueGradient);
    blocks.storeSums(all.drop_front(valueSums), firstKey, problem.keys, problem.size, problem.keyGradient);
  }

  Code &code;
  const AttentionBackward &problem;
  CudaAttentionBlocks blocks;
};

} // namespace

Kernel buildCudaAttention(ModuleOp module, StringRef name, Location location, size_t buffers,
                          const AttentionDelta &problem, const KernelTarget &target) {
  int64_t items = problem.batchElements() * problem.queryBlocks();
  return buildOfBlocks<DeltaWriter>(module, name, location, {buffers, items}, problem, target);
}

Kernel buildCudaAttention(ModuleOp module, StringRef name, Location location, size_t buffers,
                          const AttentionBackward &problem, const KernelTarget &target) {
  int64_t items = problem.batchElements() * (problem.queryBlocks() + problem.keyBlocks());
  return buildOfBlocks<BackwardWriter>(module, name, location, {buffers, items}, problem, target);
}

} // namespace neap::lower
