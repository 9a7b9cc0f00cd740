// Attention on the CPU, backward. An item is a batch element; scores are computed again, once for all three gradients:
//
//   pack keys and values
//   for each block of queries
//     for each block of keys that one of the queries may see
//       scores = queries x keys, products = cotangents x values
//       for each row: weights; drop products; sums for D
//     D and the sum of each row
//     for each of these blocks of keys
//       for each row: weights become probabilities; score gradients; drop probabilities
//       value gradient += probabilities^T x cotangents
//       key gradient   += score gradients^T x queries
//       query gradient += score gradients x keys
//     store the gradient of the queries
//   store the gradients of keys and values
//
// Every sum takes its terms in the order of queries or of keys, whatever the blocks. What follows from whole rows alone, for who wants it,
// stops in the middle.
#include "neap/passes/lower/kernels/attention/Attention.h"
#include "neap/passes/lower/kernels/attention/CpuTiles.h"
#include "neap/passes/lower/kernels/attention/Rows.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace neap::lower {
namespace {

constexpr int64_t blockElements = attentionBlock * attentionBlock;

/// Where a worker's scratch holds what, in fp32 elements, up to the middle.
struct WeightScratch {
  WeightScratch(const AttentionGradient &problem, const CpuTiles &tiles) {
    int64_t keys = problem.keyBlocks() * attentionBlock;
    query = plan.take(tiles.lhsPanels(attentionBlock, problem.size));
    cotangent = plan.take(tiles.lhsPanels(attentionBlock, problem.valueSize));
    key = plan.take(tiles.rhsPanels(keys, problem.size));
    value = plan.take(tiles.rhsPanels(keys, problem.valueSize));
    tile = plan.take(2 * blockElements);
    weights = plan.take(keys * attentionBlock);
    products = plan.take(keys * attentionBlock);
    sum = plan.take(attentionBlock);
    weighted = plan.take(attentionBlock);
  }

  ScratchPlan plan;
  int64_t query, cotangent, key, value, tile, weights, products, sum, weighted;
};

/// What the rest needs beside.
struct BackwardScratch : WeightScratch {
  BackwardScratch(const AttentionBackward &problem, const CpuTiles &tiles) : WeightScratch(problem, tiles) {
    int64_t keys = problem.keyBlocks() * attentionBlock;
    int64_t size = tiles.padded(problem.size), valueSize = tiles.padded(problem.valueSize);
    keyRows = plan.take(keys * size);
    queryRows = plan.take(tiles.rhsPanels(problem.size, attentionBlock));
    cotangentRows = plan.take(tiles.rhsPanels(problem.valueSize, attentionBlock));
    scoreGradients = plan.take(blockElements);
    queryGradient = plan.take(attentionBlock * size);
    keyGradient = plan.take(keys * size);
    valueGradient = plan.take(keys * valueSize);
  }

  int64_t keyRows, queryRows, cotangentRows, scoreGradients, queryGradient, keyGradient, valueGradient;
};

/// Weights and products of a block of queries, as dense blocks one behind the other, and what follows from its whole rows.
class WeightWriter {
public:
  WeightWriter(KernelFunction &kernel, const AttentionGradient &problem, CpuTiles &tiles, const WeightScratch &layout)
      : code(kernel.code), kernel(kernel), problem(problem), tiles(tiles), layout(layout) {}

  void enter(Value item) {
    batch = delinearize(code, item, problem.batch);
    rows.emplace(Device::Cpu, code, problem, kernel.buffers, batch);
    Value zero = code.integer(0), keys = code.integer(problem.keys);
    tiles.packRhs(byRows(problem.key, zero), keys, code.integer(problem.size), at(layout.key));
    tiles.packRhs(byRows(problem.value, zero), keys, code.integer(problem.valueSize), at(layout.value));
  }

  /// Calls `visit(firstKey, keys)` for the blocks of keys that a block of queries may see.
  void forEachKeyBlock(Value firstQuery, llvm::function_ref<void(Value, Value)> visit) {
    Value end = code.integer(problem.keyBlocks());
    if (problem.causal)
      end = code.min(end, code.add(code.divide(firstQuery, attentionBlock).first, code.integer(1)));
    code.loop(code.integer(0), end, 1, [&](Value block) {
      Value first = code.mul(block, attentionBlock);
      visit(first, countOf(first, problem.keys));
    });
  }

  void compute(Value firstQuery) {
    Value queries = countOf(firstQuery, problem.queries);
    tiles.packLhs(byRows(problem.query, firstQuery), queries, code.integer(problem.size), at(layout.query));
    tiles.packLhs(byRows(problem.cotangent, firstQuery), queries, code.integer(problem.valueSize),
                  at(layout.cotangent));
    DeltaState start = rows->startDelta();
    code.loop(code.integer(0), queries, 1, [&](Value row) { storeState(row, start); });
    forEachKeyBlock(firstQuery, [&](Value firstKey, Value) { computeBlock(firstQuery, firstKey); });
  }

  RowGradient finishRow(Value row) { return rows->finishDelta(loadState(row)); }

  Value at(int64_t offset) { return code.address(kernel.function.getArgument(3), offset); }
  Value at(int64_t offset, Value more) { return code.address(at(offset), more); }
  Value addressOf(const OperandLayout &operand) { return operandAddress(code, operand, kernel.buffers, batch); }
  /// The element (row, 0) of a dense block of `firstKey`.
  Value denseRow(int64_t blocks, Value firstKey, Value row) {
    return at(blocks, code.add(code.mul(firstKey, attentionBlock), code.mul(row, attentionBlock)));
  }
  Value loadNumber(const OperandLayout &operand, Value query) {
    return code.load(code.builder.getF32Type(), code.address(addressOf(operand), code.mul(query, operand.rowStride)));
  }

  void storeNumber(Value number, Value query, ArrayRef<OperandLayout> targets) {
    for (const OperandLayout &target : targets)
      code.store(number, code.address(addressOf(target), code.mul(query, target.rowStride)));
  }

  /// Rows of the block that begins at `first`, of `size` there are.
  Value countOf(Value first, int64_t size) {
    return code.min(code.integer(attentionBlock), code.sub(code.integer(size), first));
  }
  /// An operand from row `first` on, whose rows or columns become rows or columns of a product.
  CpuMatrix byRows(const OperandLayout &operand, Value first) {
    return {code.address(addressOf(operand), code.mul(first, operand.rowStride)), operand.rowStride,
            operand.columnStride};
  }
  CpuMatrix byColumns(const OperandLayout &operand, Value first) {
    return {code.address(addressOf(operand), code.mul(first, operand.rowStride)), operand.columnStride,
            operand.rowStride};
  }

  Code &code;
  KernelFunction &kernel;
  SmallVector<Value> batch;
  std::optional<AttentionRows> rows;

private:
  void storeState(Value row, const DeltaState &state) {
    code.store(state.sum, at(layout.sum, row));
    code.store(state.weighted, at(layout.weighted, row));
  }

  DeltaState loadState(Value row) {
    Type number = code.builder.getF32Type();
    return {code.load(number, at(layout.sum, row)), code.load(number, at(layout.weighted, row))};
  }

  void computeBlock(Value firstQuery, Value firstKey) {
    Value queries = countOf(firstQuery, problem.queries), scores = at(layout.tile),
          products = at(layout.tile + blockElements);
    tiles.clear(scores, code.integer(2 * blockElements));
    tiles.addProduct(LhsForm::packed, at(layout.query), at(layout.key, code.mul(firstKey, problem.size)), queries,
                     attentionBlock, code.integer(problem.size), scores);
    tiles.addProduct(LhsForm::packed, at(layout.cotangent), at(layout.value, code.mul(firstKey, problem.valueSize)),
                     queries, attentionBlock, code.integer(problem.valueSize), products);
    tiles.forEachRow(queries,
                     [&](const CpuTiles::Row &row) { computeRow(row, firstQuery, firstKey, scores, products); });
  }

  void computeRow(const CpuTiles::Row &row, Value firstQuery, Value firstKey, Value scores, Value products) {
    Value query = code.add(firstQuery, row.number), lse = loadNumber(problem.lse, query);
    SmallVector<Value> weightParts, productParts;
    for (int64_t column = 0; column < attentionBlock; column += vectorLanes) {
      auto load = [&](Value sums) {
        return code.load(code.vectorType(vectorLanes), tiles.address(sums, row, attentionBlock, column), 64);
      };
      Value firstColumn = code.add(firstKey, code.integer(column));
      bool isWhole = problem.keys % attentionBlock == 0;
      Value score = rows->finishScores(load(scores), query, firstColumn, isWhole);
      weightParts.push_back(rows->weigh(score, lse));
      Value product = isWhole ? load(products) : withoutRest(load(products), firstColumn);
      productParts.push_back(rows->drop(product, query, firstColumn));
      code.store(weightParts.back(), code.address(denseRow(layout.weights, firstKey, row.number), column), 64);
      code.store(productParts.back(), code.address(denseRow(layout.products, firstKey, row.number), column), 64);
    }
    storeState(row.number, rows->updateDelta(weightParts, productParts, loadState(row.number)));
  }

  /// Zeros for keys that do not exist: what the tile holds there may be no number.
  Value withoutRest(Value products, Value firstColumn) {
    Value mask = code.mask(code.sub(code.integer(problem.keys), firstColumn), vectorLanes);
    return arith::SelectOp::create(code.builder, code.location, mask, products, code.zero(products.getType()));
  }

  const AttentionGradient &problem;
  CpuTiles &tiles;
  const WeightScratch &layout;
};

class BackwardWriter {
public:
  BackwardWriter(KernelFunction &kernel, const AttentionBackward &problem, CpuTiles &tiles,
                 const BackwardScratch &layout)
      : code(kernel.code), problem(problem), tiles(tiles), layout(layout), blocks(kernel, problem, tiles, layout),
        sizeColumns(tiles.padded(problem.size)), valueColumns(tiles.padded(problem.valueSize)) {}

  void writeItem(Value item) {
    blocks.enter(item);
    start();
    code.loop(code.integer(0), code.integer(problem.queryBlocks()), 1,
              [&](Value block) { writeQueryBlock(code.mul(block, attentionBlock)); });
    code.loop(code.integer(0), code.integer(problem.keyBlocks()), 1, [&](Value block) {
      Value first = code.mul(block, attentionBlock), count = blocks.countOf(first, problem.keys);
      store({keyGradient(first), sizeColumns, problem.size}, first, count, problem.keyGradient);
      store({valueGradient(first), valueColumns, problem.valueSize}, first, count, problem.valueGradient);
    });
  }

private:
  Value keyGradient(Value firstKey) { return blocks.at(layout.keyGradient, code.mul(firstKey, sizeColumns)); }
  Value valueGradient(Value firstKey) { return blocks.at(layout.valueGradient, code.mul(firstKey, valueColumns)); }
  Value keyRows(Value firstKey) { return blocks.at(layout.keyRows, code.mul(firstKey, sizeColumns)); }

  void start() {
    int64_t keys = problem.keyBlocks() * attentionBlock;
    tiles.clear(blocks.at(layout.keyGradient), code.integer(keys * sizeColumns));
    tiles.clear(blocks.at(layout.valueGradient), code.integer(keys * valueColumns));
    code.loop(code.integer(0), code.integer(problem.keyBlocks()), 1, [&](Value block) {
      Value first = code.mul(block, attentionBlock);
      tiles.packRhs(blocks.byColumns(problem.key, first), code.integer(problem.size),
                    blocks.countOf(first, problem.keys), keyRows(first));
    });
  }

  void writeQueryBlock(Value firstQuery) {
    Value queries = blocks.countOf(firstQuery, problem.queries);
    blocks.compute(firstQuery);
    tiles.packRhs(blocks.byColumns(problem.query, firstQuery), code.integer(problem.size), queries,
                  blocks.at(layout.queryRows));
    tiles.packRhs(blocks.byColumns(problem.cotangent, firstQuery), code.integer(problem.valueSize), queries,
                  blocks.at(layout.cotangentRows));
    tiles.clear(blocks.at(layout.queryGradient), code.integer(attentionBlock * sizeColumns));
    blocks.forEachKeyBlock(firstQuery,
                           [&](Value firstKey, Value keys) { writeBlock(firstQuery, queries, firstKey, keys); });
    store({blocks.at(layout.queryGradient), sizeColumns, problem.size}, firstQuery, queries, problem.queryGradient);
  }

  void writeBlock(Value firstQuery, Value queries, Value firstKey, Value keys) {
    Value whole = code.integer(attentionBlock), gradients = blocks.at(layout.scoreGradients);
    code.loop(code.integer(0), queries, 1, [&](Value row) { writeRow(row, firstQuery, firstKey); });
    tiles.addProduct(LhsForm::columns, blocks.denseRow(layout.weights, firstKey, code.integer(0)),
                     blocks.at(layout.cotangentRows), whole, valueColumns, queries, valueGradient(firstKey));
    tiles.addProduct(LhsForm::columns, gradients, blocks.at(layout.queryRows), whole, sizeColumns, queries,
                     keyGradient(firstKey));
    tiles.addProduct(LhsForm::rows, gradients, keyRows(firstKey), queries, sizeColumns, keys,
                     blocks.at(layout.queryGradient));
  }

  /// Score gradients of a row; what was weights becomes probabilities, with dropout.
  void writeRow(Value row, Value firstQuery, Value firstKey) {
    Value query = code.add(firstQuery, row);
    RowGradient whole = problem.delta ? RowGradient{blocks.loadNumber(*problem.delta, query),
                                                    blocks.loadNumber(*problem.reciprocal, query)}
                                      : blocks.finishRow(row);
    for (int64_t column = 0; column < attentionBlock; column += vectorLanes) {
      auto load = [&](int64_t dense) {
        return code.load(code.vectorType(vectorLanes), code.address(blocks.denseRow(dense, firstKey, row), column), 64);
      };
      Value probabilities = blocks.rows->normalize(load(layout.weights), whole);
      Value gradients = blocks.rows->scoreGradient(probabilities, load(layout.products), whole);
      code.store(gradients, code.address(blocks.at(layout.scoreGradients, code.mul(row, attentionBlock)), column), 64);
      Value dropped = blocks.rows->drop(probabilities, query, code.add(firstKey, code.integer(column)));
      code.store(dropped, code.address(blocks.denseRow(layout.weights, firstKey, row), column), 64);
    }
  }

  void store(const TiledSums &sums, Value first, Value count, ArrayRef<OperandLayout> targets) {
    tiles.forEachRow(count, [&](const CpuTiles::Row &row) {
      tiles.storeRow(sums, row, code.add(first, row.number), targets, blocks.kernel.buffers, blocks.batch);
    });
  }

  Code &code;
  const AttentionBackward &problem;
  CpuTiles &tiles;
  const BackwardScratch &layout;
  WeightWriter blocks;
  int64_t sizeColumns, valueColumns;
};

} // namespace

Kernel buildCpuAttention(ModuleOp module, StringRef name, Location location, size_t buffers,
                         const AttentionDelta &problem, const KernelTarget &target) {
  KernelShape shape{buffers, problem.batchElements(), {vectorLanes, false}};
  KernelFunction kernel(module, location, name, shape, target);
  Code &code = kernel.code;
  CpuTiles tiles(module, code, target.cpu);
  WeightScratch layout(problem, tiles);
  WeightWriter blocks(kernel, problem, tiles, layout);
  code.loop(kernel.begin, kernel.end, 1, [&](Value item) {
    blocks.enter(item);
    code.loop(code.integer(0), code.integer(problem.queries), attentionBlock, [&](Value firstQuery) {
      blocks.compute(firstQuery);
      code.loop(code.integer(0), blocks.countOf(firstQuery, problem.queries), 1, [&](Value row) {
        RowGradient whole = blocks.finishRow(row);
        Value query = code.add(firstQuery, row);
        blocks.storeNumber(whole.delta, query, problem.delta);
        blocks.storeNumber(whole.reciprocal, query, problem.reciprocal);
      });
    });
  });
  Kernel result = kernel.finish(shape, 1);
  result.scratchBytes = layout.plan.bytes();
  return result;
}

Kernel buildCpuAttention(ModuleOp module, StringRef name, Location location, size_t buffers,
                         const AttentionBackward &problem, const KernelTarget &target) {
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
