// Attention on the CPU, backward. An item is a batch element; scores are computed again, once for all three gradients:
//
//   pack the queries and their cotangents, for both sides of a product
//   for each block of keys
//     pack keys and values
//     for each block of queries                         that may see one of the keys
//       scores = queries x keys, products = cotangents x values
//       for each row: probabilities and score gradients
//       value gradient += probabilities^T x cotangents
//       key gradient   += score gradients^T x queries
//       query gradient += score gradients x keys
//     store the gradients of keys and values
//   store the gradient of queries
//
// Every sum takes its terms in the order of queries or of keys, whatever the blocks.
#include "neap/passes/lower/kernels/attention/Attention.h"
#include "neap/passes/lower/kernels/attention/CpuTiles.h"
#include "neap/passes/lower/kernels/attention/Rows.h"

using namespace mlir;

namespace neap::lower {
namespace {

constexpr int64_t blockElements = attentionBlock * attentionBlock;

/// Where a worker's scratch holds what, in fp32 elements. Names as in the file's head; lhs and rhs are the side of a product that
/// a matrix is packed for.
struct BackwardScratch {
  BackwardScratch(const AttentionBackward &problem, const CpuTiles &tiles) {
    int64_t queries = problem.queryBlocks() * attentionBlock;
    queryLhs = plan.take(tiles.lhsPanels(queries, problem.size));
    queryRhs = plan.take(tiles.rhsPanels(problem.size, queries));
    cotangentLhs = plan.take(tiles.lhsPanels(queries, problem.valueSize));
    cotangentRhs = plan.take(tiles.rhsPanels(problem.valueSize, queries));
    keyColumns = plan.take(tiles.rhsPanels(attentionBlock, problem.size));
    keyRows = plan.take(tiles.rhsPanels(problem.size, attentionBlock));
    valueColumns = plan.take(tiles.rhsPanels(attentionBlock, problem.valueSize));
    scores = plan.take(blockElements);
    products = plan.take(blockElements);
    probabilities = plan.take(blockElements);
    scoreGradients = plan.take(blockElements);
    queryGradient = plan.take(queries * tiles.padded(problem.size));
    keyGradient = plan.take(attentionBlock * tiles.padded(problem.size));
    valueGradient = plan.take(attentionBlock * tiles.padded(problem.valueSize));
  }

  ScratchPlan plan;
  int64_t queryLhs, queryRhs, cotangentLhs, cotangentRhs, keyColumns, keyRows, valueColumns;
  int64_t scores, products, probabilities, scoreGradients, queryGradient, keyGradient, valueGradient;
};

class BackwardWriter {
public:
  BackwardWriter(KernelFunction &kernel, const AttentionBackward &problem, CpuTiles &tiles, const BackwardScratch &layout)
      : kernel(kernel), code(kernel.code), problem(problem), tiles(tiles), layout(layout),
        sizeColumns(tiles.padded(problem.size)), valueColumns(tiles.padded(problem.valueSize)) {}

  void writeItem(Value item) {
    batch = delinearize(code, item, problem.batch);
    rows.emplace(Device::Cpu, code, problem, kernel.buffers, batch);
    packQueries();
    tiles.clear(at(layout.queryGradient), code.integer(problem.queryBlocks() * attentionBlock * sizeColumns));
    code.loop(code.integer(0), code.integer(problem.keyBlocks()), 1, [&](Value block) { writeKeyBlock(block); });
    code.loop(code.integer(0), code.integer(problem.queryBlocks()), 1, [&](Value block) {
      Value first = code.mul(block, attentionBlock);
      Value sums = at(layout.queryGradient, code.mul(first, sizeColumns));
      store({sums, sizeColumns, problem.size}, first, countOf(first, problem.queries), problem.queryGradient);
    });
  }

private:
  Value at(int64_t offset) { return code.address(kernel.function.getArgument(3), offset); }
  Value at(int64_t offset, Value more) { return code.address(at(offset), more); }
  Value addressOf(const OperandLayout &operand) { return operandAddress(code, operand, kernel.buffers, batch); }

  /// Rows of the block that begins at `first`, of `size` there are.
  Value countOf(Value first, int64_t size) {
    return code.min(code.integer(attentionBlock), code.sub(code.integer(size), first));
  }

  /// An operand from row `first` on as rows or as columns of a product.
  CpuMatrix byRows(const OperandLayout &operand, Value first) {
    return {code.address(addressOf(operand), code.mul(first, operand.rowStride)), operand.rowStride, operand.columnStride};
  }
  CpuMatrix byColumns(const OperandLayout &operand, Value first) {
    return {code.address(addressOf(operand), code.mul(first, operand.rowStride)), operand.columnStride, operand.rowStride};
  }

  void packQueries() {
    Value zero = code.integer(0), queries = code.integer(problem.queries);
    tiles.packLhs(byRows(problem.query, zero), queries, code.integer(problem.size), at(layout.queryLhs));
    tiles.packLhs(byRows(problem.cotangent, zero), queries, code.integer(problem.valueSize), at(layout.cotangentLhs));
    code.loop(zero, code.integer(problem.queryBlocks()), 1, [&](Value block) {
      Value first = code.mul(block, attentionBlock), count = countOf(first, problem.queries);
      tiles.packRhs(byColumns(problem.query, first), code.integer(problem.size), count,
                    at(layout.queryRhs, code.mul(first, sizeColumns)));
      tiles.packRhs(byColumns(problem.cotangent, first), code.integer(problem.valueSize), count,
                    at(layout.cotangentRhs, code.mul(first, valueColumns)));
    });
  }

  void writeKeyBlock(Value keyBlock) {
    Value firstKey = code.mul(keyBlock, attentionBlock), keys = countOf(firstKey, problem.keys);
    tiles.packRhs(byRows(problem.key, firstKey), keys, code.integer(problem.size), at(layout.keyColumns));
    tiles.packRhs(byColumns(problem.key, firstKey), code.integer(problem.size), keys, at(layout.keyRows));
    tiles.packRhs(byRows(problem.value, firstKey), keys, code.integer(problem.valueSize), at(layout.valueColumns));
    tiles.clear(at(layout.keyGradient), code.integer(attentionBlock * sizeColumns));
    tiles.clear(at(layout.valueGradient), code.integer(attentionBlock * valueColumns));
    code.loop(problem.causal ? keyBlock : code.integer(0), code.integer(problem.queryBlocks()), 1,
              [&](Value queryBlock) { writeBlock(code.mul(queryBlock, attentionBlock), firstKey, keys); });
    store({at(layout.keyGradient), sizeColumns, problem.size}, firstKey, keys, problem.keyGradient);
    store({at(layout.valueGradient), valueColumns, problem.valueSize}, firstKey, keys, problem.valueGradient);
  }

  void writeBlock(Value firstQuery, Value firstKey, Value keys) {
    Value queries = countOf(firstQuery, problem.queries), whole = code.integer(attentionBlock);
    computeScores(firstQuery, queries);
    tiles.forEachRow(queries, [&](const CpuTiles::Row &row) { writeRow(row, firstQuery, firstKey); });
    tiles.addProduct(LhsForm::columns, at(layout.probabilities), at(layout.cotangentRhs, code.mul(firstQuery, valueColumns)),
                     whole, valueColumns, queries, at(layout.valueGradient));
    tiles.addProduct(LhsForm::columns, at(layout.scoreGradients), at(layout.queryRhs, code.mul(firstQuery, sizeColumns)),
                     whole, sizeColumns, queries, at(layout.keyGradient));
    tiles.addProduct(LhsForm::rows, at(layout.scoreGradients), at(layout.keyRows), queries, sizeColumns, keys,
                     at(layout.queryGradient, code.mul(firstQuery, sizeColumns)));
  }

  void computeScores(Value firstQuery, Value queries) {
    for (int64_t block : {layout.scores, layout.products})
      tiles.clear(at(block), code.integer(blockElements));
    tiles.addProduct(LhsForm::packed, at(layout.queryLhs, code.mul(firstQuery, problem.size)), at(layout.keyColumns),
                     queries, attentionBlock, code.integer(problem.size), at(layout.scores));
    tiles.addProduct(LhsForm::packed, at(layout.cotangentLhs, code.mul(firstQuery, problem.valueSize)),
                     at(layout.valueColumns), queries, attentionBlock, code.integer(problem.valueSize), at(layout.products));
  }

  Value loadRowNumber(const OperandLayout &operand, Value query) {
    return code.load(code.builder.getF32Type(), code.address(addressOf(operand), code.mul(query, operand.rowStride)));
  }

  /// Probabilities and score gradients of a row.
  void writeRow(const CpuTiles::Row &row, Value firstQuery, Value firstKey) {
    Value query = code.add(firstQuery, row.number), denseRow = code.mul(row.number, attentionBlock);
    Value lse = loadRowNumber(problem.lse, query), delta = loadRowNumber(problem.delta, query);
    for (int64_t column = 0; column < attentionBlock; column += vectorLanes) {
      auto load = [&](int64_t block) {
        return code.load(code.vectorType(vectorLanes), tiles.address(at(block), row, attentionBlock, column), 64);
      };
      Value scores = rows->finishScores(load(layout.scores), query, code.add(firstKey, code.integer(column)),
                                        problem.keys % attentionBlock == 0);
      Value probabilities = rows->probability(scores, lse);
      Value gradients = rows->scoreGradient(probabilities, load(layout.products), delta);
      code.store(probabilities, code.address(at(layout.probabilities, denseRow), column), 64);
      code.store(gradients, code.address(at(layout.scoreGradients, denseRow), column), 64);
    }
  }

  void store(const TiledSums &sums, Value first, Value count, ArrayRef<OperandLayout> targets) {
    tiles.forEachRow(count, [&](const CpuTiles::Row &row) {
      tiles.storeRow(sums, row, code.add(first, row.number), targets, kernel.buffers, batch);
    });
  }

  KernelFunction &kernel;
  Code &code;
  const AttentionBackward &problem;
  CpuTiles &tiles;
  const BackwardScratch &layout;
  int64_t sizeColumns, valueColumns;
  SmallVector<Value> batch;
  std::optional<AttentionRows> rows;
};

} // namespace

Kernel buildCpuAttention(ModuleOp module, StringRef name, Location location, size_t buffers, const AttentionBackward &problem,
                         const KernelTarget &target) {
  KernelShape shape{buffers, problem.batchElements(), {vectorLanes, false}};
  KernelFunction kernel(module, location, name, shape, target);
  CpuTiles tiles(module, kernel.code, target.cpu);
  BackwardScratch layout(problem, tiles);
  BackwardWriter writer(kernel, problem, tiles, layout);
  kernel.code.loop(kernel.begin, kernel.end, 1, [&](Value item) { writer.writeItem(item); });
  Kernel result = kernel.finish(shape, 1);
  result.scratchBytes = layout.plan.bytes();
  return result;
}

} // namespace neap::lower
