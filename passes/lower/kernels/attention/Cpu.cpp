// Attention on the CPU, forward. An item is up to four blocks of queries of one batch element; keys go by in blocks:
//
//   pack the item's queries
//   for each block of keys                              that one of the queries may see
//     pack keys and values
//     for each block of queries
//       scores = queries x keys                         64 x 64, in scratch
//       for each row: new maximum and sum; weights; rescale the row's results
//       results += weights x values
//   divide the results by the sums and store them
#include "neap/passes/lower/kernels/attention/Attention.h"
#include "neap/passes/lower/kernels/attention/CpuTiles.h"
#include "neap/passes/lower/kernels/attention/Rows.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace neap::lower {
namespace {

/// Blocks of queries that share the packing of keys and values.
constexpr int64_t blocksPerItem = 4;

/// Where a worker's scratch holds what, in fp32 elements.
struct ForwardScratch {
  ForwardScratch(const AttentionForward &problem, const CpuTiles &tiles) {
    int64_t queries = std::min(blocksPerItem, problem.queryBlocks()) * attentionBlock;
    query = plan.take(tiles.lhsPanels(queries, problem.size));
    key = plan.take(tiles.rhsPanels(attentionBlock, problem.size));
    value = plan.take(tiles.rhsPanels(problem.valueSize, attentionBlock));
    scores = plan.take(attentionBlock * attentionBlock);
    weights = plan.take(attentionBlock * attentionBlock);
    results = plan.take(queries * tiles.padded(problem.valueSize));
    maximum = plan.take(queries);
    sum = plan.take(queries);
  }

  ScratchPlan plan;
  int64_t query, key, value, scores, weights, results, maximum, sum;
};

class ForwardWriter {
public:
  ForwardWriter(KernelFunction &kernel, const AttentionForward &problem, CpuTiles &tiles, const ForwardScratch &layout)
      : kernel(kernel), code(kernel.code), problem(problem), tiles(tiles), layout(layout),
        groups(llvm::divideCeil(problem.queryBlocks(), blocksPerItem)), columns(tiles.padded(problem.valueSize)),
        number(code.builder.getF32Type()) {}

  void writeItem(Value item) {
    auto [element, group] = code.divide(item, groups);
    batch = delinearize(code, element, problem.batch);
    firstBlock = code.mul(group, blocksPerItem);
    blocks = code.min(code.integer(blocksPerItem), code.sub(code.integer(problem.queryBlocks()), firstBlock));
    firstRow = code.mul(firstBlock, attentionBlock);
    rows.emplace(Device::Cpu, code, problem, kernel.buffers, batch);
    start();
    Value end = code.integer(problem.keyBlocks());
    if (problem.causal)
      end = code.min(end, code.add(firstBlock, blocks));
    code.loop(code.integer(0), end, 1, [&](Value keyBlock) { writeKeyBlock(keyBlock); });
    code.loop(code.integer(0), blocks, 1, [&](Value block) { storeBlock(block); });
  }

private:
  Value at(int64_t offset) { return code.address(kernel.function.getArgument(3), offset); }
  Value at(int64_t offset, Value more) { return code.address(at(offset), more); }
  Value resultsOf(Value block) { return at(layout.results, code.mul(block, attentionBlock * columns)); }
  /// How many rows a block of queries has.
  Value rowsOf(Value block) {
    Value first = code.add(firstRow, code.mul(block, attentionBlock));
    return code.min(code.integer(attentionBlock), code.sub(code.integer(problem.queries), first));
  }

  void start() {
    CpuMatrix query{code.address(operandAddress(code, problem.query, kernel.buffers, batch),
                                 code.mul(firstRow, problem.query.rowStride)),
                    problem.query.rowStride, problem.query.columnStride};
    Value count = code.min(code.mul(blocks, attentionBlock), code.sub(code.integer(problem.queries), firstRow));
    tiles.packLhs(query, count, code.integer(problem.size), at(layout.query));
    tiles.clear(at(layout.results), code.mul(blocks, attentionBlock * columns));
    SoftmaxState state = rows->start();
    code.loop(code.integer(0), count, 1, [&](Value row) { storeState(row, state); });
  }

  void storeState(Value row, const SoftmaxState &state) {
    code.store(state.maximum, at(layout.maximum, row));
    code.store(state.sum, at(layout.sum, row));
  }

  SoftmaxState loadState(Value row) {
    return {code.load(number, at(layout.maximum, row)), code.load(number, at(layout.sum, row))};
  }

  void writeKeyBlock(Value keyBlock) {
    Value firstKey = code.mul(keyBlock, attentionBlock);
    Value count = code.min(code.integer(attentionBlock), code.sub(code.integer(problem.keys), firstKey));
    Value key = operandAddress(code, problem.key, kernel.buffers, batch);
    Value value = operandAddress(code, problem.value, kernel.buffers, batch);
    tiles.packRhs(
        {code.address(key, code.mul(firstKey, problem.key.rowStride)), problem.key.rowStride, problem.key.columnStride},
        count, code.integer(problem.size), at(layout.key));
    tiles.packRhs({code.address(value, code.mul(firstKey, problem.value.rowStride)), problem.value.columnStride,
                   problem.value.rowStride},
                  code.integer(problem.valueSize), count, at(layout.value));
    code.loop(code.integer(0), blocks, 1, [&](Value block) {
      auto compute = [&] { writeBlock(block, firstKey, count); };
      if (!problem.causal)
        return compute();
      code.when(code.less(keyBlock, code.add(code.add(firstBlock, block), code.integer(1))), compute);
    });
  }

  void writeBlock(Value block, Value firstKey, Value count) {
    Value size = code.integer(problem.size);
    Value query = at(layout.query, code.mul(block, attentionBlock * problem.size));
    tiles.clear(at(layout.scores), code.integer(attentionBlock * attentionBlock));
    tiles.addProduct(LhsForm::packed, query, at(layout.key), rowsOf(block), attentionBlock, size, at(layout.scores));
    tiles.forEachRow(rowsOf(block), [&](const CpuTiles::Row &row) { weigh(block, row, firstKey); });
    tiles.addProduct(LhsForm::rows, at(layout.weights), at(layout.value), rowsOf(block), columns, count,
                     resultsOf(block));
  }

  /// A row of scores becomes weights, and its results so far are brought to the same maximum.
  void weigh(Value block, const CpuTiles::Row &row, Value firstKey) {
    Value rowInItem = code.add(code.mul(block, attentionBlock), row.number);
    Value query = code.add(firstRow, rowInItem);
    SmallVector<Value> scores;
    for (int64_t column = 0; column < attentionBlock; column += vectorLanes) {
      Value sums =
          code.load(code.vectorType(vectorLanes), tiles.address(at(layout.scores), row, attentionBlock, column), 64);
      scores.push_back(rows->finishScores(sums, query, code.add(firstKey, code.integer(column)), isWhole()));
    }
    SoftmaxUpdate update = rows->update(scores, loadState(rowInItem));
    storeState(rowInItem, update.state);
    for (auto [part, weights] : llvm::enumerate(update.weights))
      code.store(rows->drop(weights, query, code.add(firstKey, code.integer(part * vectorLanes))),
                 code.address(at(layout.weights, code.mul(row.number, attentionBlock)), part * vectorLanes), 64);
    Value one = arith::ConstantOp::create(code.builder, code.location, code.builder.getF32FloatAttr(1.0));
    Value changes = arith::CmpFOp::create(code.builder, code.location, arith::CmpFPredicate::UNE, update.rescale, one);
    code.when(changes, [&] { rescale(resultsOf(block), row, update.rescale); });
  }

  /// Whether every block of keys has 64 of them.
  bool isWhole() const { return problem.keys % attentionBlock == 0; }

  void rescale(Value results, const CpuTiles::Row &row, Value factor) {
    for (int64_t column = 0; column < columns; column += vectorLanes) {
      Value address = tiles.address(results, row, columns, column);
      Value scaled =
          arith::MulFOp::create(code.builder, code.location, code.load(code.vectorType(vectorLanes), address, 64),
                                code.broadcast(factor, vectorLanes));
      code.store(scaled, address, 64);
    }
  }

  void storeBlock(Value block) {
    tiles.forEachRow(rowsOf(block), [&](const CpuTiles::Row &row) {
      Value rowInItem = code.add(code.mul(block, attentionBlock), row.number);
      Value query = code.add(firstRow, rowInItem);
      SoftmaxEnd end = rows->finish(loadState(rowInItem), problem.emptyRowsZero);
      rescale(resultsOf(block), row, end.factor);
      tiles.storeRow({resultsOf(block), columns, problem.valueSize}, row, query, problem.result, kernel.buffers, batch);
      for (const OperandLayout &lse : problem.lse)
        code.store(end.lse,
                   code.address(operandAddress(code, lse, kernel.buffers, batch), code.mul(query, lse.rowStride)));
    });
  }

  KernelFunction &kernel;
  Code &code;
  const AttentionForward &problem;
  CpuTiles &tiles;
  const ForwardScratch &layout;
  int64_t groups, columns;
  Type number;
  SmallVector<Value> batch;
  Value firstBlock, blocks, firstRow;
  std::optional<AttentionRows> rows;
};

} // namespace

Kernel buildCpuAttention(ModuleOp module, StringRef name, Location location, size_t buffers,
                         const AttentionForward &problem, const KernelTarget &target) {
  int64_t items = problem.batchElements() * llvm::divideCeil(problem.queryBlocks(), blocksPerItem);
  KernelShape shape{buffers, items, {vectorLanes, false}};
  KernelFunction kernel(module, location, name, shape, target);
  CpuTiles tiles(module, kernel.code, target.cpu);
  ForwardScratch layout(problem, tiles);
  ForwardWriter writer(kernel, problem, tiles, layout);
  kernel.code.loop(kernel.begin, kernel.end, 1, [&](Value item) { writer.writeItem(item); });
  Kernel result = kernel.finish(shape, 1);
  result.scratchBytes = layout.plan.bytes();
  return result;
}

} // namespace neap::lower
