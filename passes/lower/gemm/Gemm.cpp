// The loop nest around the register tile. An item is a strip of rows of one block of columns; neighbouring items of a
// call that share their columns form a run, for which a block of rhs is packed once:
//
//   for each run of items                        rows of one block of columns, of one batch element
//     for each block of k                        sums rest in scratch between blocks
//       pack the block of rhs
//       for each strip of rows
//         pack the strip of lhs
//         for each register tile of the strip
//           add the block's products; after the last block of k, hand the sums to the epilogue
#include "neap/passes/lower/gemm/Gemm.h"

#include "neap/passes/lower/Code.h"
#include "neap/passes/lower/gemm/Parts.h"

using namespace mlir;

namespace neap::lower {
namespace {

int64_t divideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }
int64_t roundUp(int64_t a, int64_t b) { return divideUp(a, b) * b; }

/// Packing stores whole vectors, so it may write this far behind the last panel.
constexpr int64_t packingSlack = 16;

/// Bytes that 16 sums in scratch are aligned to.
constexpr unsigned sumsAlignment = 64;

/// Scratch of one worker, in fp32 elements: where the panels and the sums lie.
struct ScratchLayout {
  int64_t rhs = 0, lhs = 0, sums = 0, end = 0;

  ScratchLayout(const GemmProblem &problem, const GemmTiling &tiling) {
    int64_t depth = std::min(tiling.depth, problem.k);
    // Sums that survive a block of k need room for the whole run, others for one register tile.
    int64_t rows =
        problem.k > tiling.depth ? std::min(tiling.blockRows, roundUp(problem.m, tiling.tileRows)) : tiling.tileRows;
    int64_t columns = problem.k > tiling.depth ? tiling.blockColumns : tiling.tileColumns;
    lhs = rhs + roundUp(depth * tiling.blockColumns + packingSlack, 16);
    sums = lhs;
    if (tiling.lhs == LhsForm::packed)
      sums += roundUp(depth * tiling.itemRows + packingSlack, 16);
    end = sums + rows * columns;
  }
};

/// Writes the body of one kernel.
class GemmWriter {
public:
  GemmWriter(ModuleOp module, Code &code, const GemmProblem &problem, const GemmTiling &tiling, GemmEpilogue epilogue,
             GemmStart start)
      : code(code), problem(problem), tiling(tiling), epilogue(epilogue), start(start), layout(problem, tiling),
        strips(divideUp(problem.m, tiling.itemRows)), columnBlocks(divideUp(problem.n, tiling.blockColumns)),
        blocked(problem.k > tiling.depth), tile(getRegisterTile(module, tiling)),
        packRhs(getPacking(module, choosePacking(problem.rhs.columnStride, problem.rhs.rowStride), tiling.tileColumns,
                           tiling.lanes)) {
    if (tiling.lhs == LhsForm::packed)
      packLhs = getPacking(module, choosePacking(problem.lhs.rowStride, problem.lhs.columnStride), tiling.tileRows,
                           tiling.lanes);
  }

  int64_t items() const {
    int64_t result = strips * columnBlocks;
    for (int64_t size : problem.batch)
      result *= size;
    return result;
  }

  void writeBody(func::FuncOp function) {
    Value table = function.getArgument(0), scratch = function.getArgument(3);
    Type pointer = table.getType();
    for (int64_t i = 0; i < problem.buffers; ++i) {
      Value slot = LLVM::GEPOp::create(code.builder, code.location, pointer, pointer, table,
                                       ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
      buffers.push_back(code.load(pointer, slot, 8));
    }
    rhsPanels = code.address(scratch, layout.rhs);
    lhsPanels = code.address(scratch, layout.lhs);
    sums = code.address(scratch, layout.sums);
    writeRuns(function.getArgument(1), function.getArgument(2));
  }

private:
  /// Walks over the items in runs. A run ends with its column block, with blockRows, or with the call's items.
  void writeRuns(Value begin, Value end) {
    OpBuilder &builder = code.builder;
    auto loop = scf::WhileOp::create(
        builder, code.location, TypeRange{begin.getType()}, ValueRange{begin},
        [&](OpBuilder &, Location, ValueRange item) {
          scf::ConditionOp::create(builder, code.location, code.less(item[0], end), item);
        },
        [&](OpBuilder &, Location, ValueRange item) {
          auto [block, strip] = code.divide(item[0], strips);
          Value left = code.min(code.sub(end, item[0]), code.sub(code.integer(strips), strip));
          Value run = code.min(left, code.integer(tiling.blockRows / tiling.itemRows));
          writeRun(block, strip, run);
          scf::YieldOp::create(builder, code.location, ValueRange{code.add(item[0], run)});
        });
    (void)loop;
  }

  void writeRun(Value block, Value strip, Value run) {
    auto [element, columnBlock] = code.divide(block, columnBlocks);
    splitBatch(element);
    lhs = operandAddress(code, problem.lhs, buffers, batch);
    rhs = operandAddress(code, problem.rhs, buffers, batch);
    firstRow = code.mul(strip, tiling.itemRows);
    firstColumn = code.mul(columnBlock, tiling.blockColumns);
    rows = code.min(code.mul(run, tiling.itemRows), code.sub(code.integer(problem.m), firstRow));
    columns = code.min(code.integer(tiling.blockColumns), code.sub(code.integer(problem.n), firstColumn));
    if (!blocked) {
      writeDepthBlock(code.integer(0), code.integer(problem.k), code.flag(true), code.flag(true));
      return;
    }
    code.loop(code.integer(0), code.integer(problem.k), tiling.depth, [&](Value k) {
      Value depth = code.min(code.integer(tiling.depth), code.sub(code.integer(problem.k), k));
      Value first = code.equal(k, code.integer(0));
      Value last = code.equal(code.add(k, depth), code.integer(problem.k));
      writeDepthBlock(k, depth, first, last);
    });
  }

  /// The indices of the batch element number `element`, last dimension fastest.
  void splitBatch(Value element) {
    batch.assign(problem.batch.size(), Value());
    for (size_t i = batch.size(); i-- > 0;)
      std::tie(element, batch[i]) = code.divide(element, problem.batch[i]);
  }

  /// Some rows of a run: the first one's number in the run, how many, and where their lhs is at the current block of k.
  struct Strip {
    Value first, rows, lhs;
  };

  /// Adds the products of [k, k + depth) to the run's sums.
  void writeDepthBlock(Value k, Value depth, Value first, Value last) {
    Value corner = code.add(code.mul(k, problem.rhs.rowStride), code.mul(firstColumn, problem.rhs.columnStride));
    call(packRhs, {code.address(rhs, corner), code.integer(problem.rhs.columnStride),
                   code.integer(problem.rhs.rowStride), columns, depth, rhsPanels});
    code.loop(code.integer(0), rows, tiling.itemRows, [&](Value firstOfStrip) {
      Value row = code.add(firstRow, firstOfStrip);
      Value corner = code.add(code.mul(row, problem.lhs.rowStride), code.mul(k, problem.lhs.columnStride));
      Strip strip{firstOfStrip, code.min(code.integer(tiling.itemRows), code.sub(rows, firstOfStrip)),
                  code.address(lhs, corner)};
      if (packLhs) {
        call(packLhs, {strip.lhs, code.integer(problem.lhs.rowStride), code.integer(problem.lhs.columnStride),
                       strip.rows, depth, lhsPanels});
        strip.lhs = lhsPanels;
      }
      writeStrip(strip, depth, first, last);
    });
  }

  /// The register tiles of one strip. The rows of lhs stay in the first-level cache while the panels of rhs stream by,
  /// and C is written row by row; the other way round was slower everywhere.
  void writeStrip(const Strip &strip, Value depth, Value first, Value last) {
    code.loop(code.integer(0), strip.rows, tiling.tileRows, [&](Value i) {
      code.loop(code.integer(0), columns, tiling.tileColumns,
                [&](Value j) { writeTile(strip, i, j, depth, first, last); });
    });
  }

  /// The register tile whose corner is row `i` of the strip and column `j` of the block.
  void writeTile(const Strip &strip, Value i, Value j, Value depth, Value first, Value last) {
    Value lhsRowStride = packLhs ? depth : code.integer(problem.lhs.rowStride);
    // In place, the way that is not contiguous; its stride may be 0 or negative.
    Value lhsStride = code.integer(tiling.lhs == LhsForm::columns ? problem.lhs.columnStride : problem.lhs.rowStride);
    Value tileLhs = code.address(strip.lhs, code.mul(i, lhsRowStride));
    Value panel = code.address(rhsPanels, code.mul(j, depth));
    Value target = sums;
    if (blocked) // Tiles rest one behind the other, row by row of tiles.
      target = code.address(
          sums, code.add(code.mul(code.add(strip.first, i), tiling.blockColumns), code.mul(j, tiling.tileRows)));
    auto forEachSite = [&](VisitSite visit) {
      Value row = code.add(code.add(firstRow, strip.first), i);
      Value count = code.min(code.integer(tiling.tileRows), code.sub(strip.rows, i));
      visitTile(target, row, count, code.add(firstColumn, j), visit);
    };
    if (start)
      code.when(first, [&] { forEachSite([&](Value rest, const GemmSite &site) { writeStart(rest, site); }); });
    call(tile, {depth, tileLhs, lhsStride, panel, target, start ? code.flag(false) : first});
    code.when(last, [&] { forEachSite([&](Value rest, const GemmSite &site) { writeEpilogue(rest, site); }); });
  }

  /// What is done at a site whose sums are at `rest` in scratch.
  using VisitSite = llvm::function_ref<void(Value rest, const GemmSite &site)>;

  /// Visits `count` rows of a tile, 16 columns at a time.
  void visitTile(Value tileSums, Value firstTileRow, Value count, Value firstTileColumn, VisitSite visit) {
    code.loop(code.integer(0), count, 1, [&](Value i) {
      Value row = code.add(firstTileRow, i);
      Value rowSums = code.address(tileSums, code.mul(i, tiling.tileColumns));
      code.loop(code.integer(0), code.integer(tiling.tileColumns), epilogueLanes,
                [&](Value j) { visitSite(code.address(rowSums, j), row, code.add(firstTileColumn, j), visit); });
    });
  }

  void writeStart(Value rest, const GemmSite &site) {
    code.store(start(code.builder, code.location, site), rest, sumsAlignment);
  }

  void writeEpilogue(Value rest, GemmSite site) {
    site.accumulator = code.load(code.vectorType(epilogueLanes), rest, sumsAlignment);
    epilogue(code.builder, code.location, site);
  }

  void visitSite(Value rest, Value row, Value column, VisitSite visit) {
    auto site = [&](Value mask) { visit(rest, GemmSite{Value(), batch, row, column, mask, buffers}); };
    if (problem.n % tiling.tileColumns == 0)
      return site(nullptr);
    Value left = code.sub(code.integer(problem.n), column);
    code.when(
        code.less(code.integer(epilogueLanes - 1), left), [&] { site(nullptr); },
        [&] {
          if (problem.n % epilogueLanes == 0)
            return;
          code.when(code.less(code.integer(0), left), [&] { site(code.mask(left, epilogueLanes)); });
        });
  }

  void call(func::FuncOp callee, ArrayRef<Value> arguments) {
    func::CallOp::create(code.builder, code.location, callee, ValueRange(arguments));
  }

  Code &code;
  const GemmProblem &problem;
  const GemmTiling &tiling;
  GemmEpilogue epilogue;
  GemmStart start;
  ScratchLayout layout;
  int64_t strips, columnBlocks;
  /// Whether k has several blocks, so that sums rest in scratch.
  bool blocked;
  func::FuncOp tile, packRhs;
  /// Null where lhs is read in place.
  func::FuncOp packLhs;

  SmallVector<Value> buffers, batch;
  Value rhsPanels, lhsPanels, sums;
  Value lhs, rhs, firstRow, firstColumn, rows, columns;
};

/// A broken tiling is a bug of who made it, not of the user's model.
void checkTiling([[maybe_unused]] const GemmProblem &problem, [[maybe_unused]] const GemmTiling &tiling) {
  assert(tiling.tileColumns % tiling.lanes == 0 && tiling.tileColumns % epilogueLanes == 0);
  assert(tiling.blockColumns % tiling.tileColumns == 0 && tiling.itemRows % tiling.tileRows == 0);
  assert(tiling.blockRows % tiling.itemRows == 0 && tiling.depth > 0 && tiling.grain > 0);
  assert(tiling.lhs == LhsForm::packed || problem.m % tiling.tileRows == 0);
  assert(tiling.lhs != LhsForm::rows || problem.lhs.columnStride == 1);
  assert(tiling.lhs != LhsForm::columns || problem.lhs.rowStride == 1);
}

} // namespace

std::pair<func::FuncOp, bool> getSharedFunction(ModuleOp module, StringRef name, TypeRange arguments) {
  if (auto function = module.lookupSymbol<func::FuncOp>(name))
    return {function, false};
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  auto function = func::FuncOp::create(builder, module.getLoc(), name, builder.getFunctionType(arguments, {}));
  function.setPrivate();
  // As a pass-through attribute: the conversion of func drops its own `no_inline`.
  function->setAttr("passthrough", builder.getStrArrayAttr({"noinline"}));
  function->setAttr("llvm.linkage", LLVM::LinkageAttr::get(module.getContext(), LLVM::Linkage::Internal));
  function.addEntryBlock();
  return {function, true};
}

Value operandAddress(Code &code, const OperandLayout &layout, ValueRange buffers, ValueRange batch) {
  Value offset = code.integer(layout.offset);
  for (auto [index, stride] : llvm::zip_equal(batch, layout.batchStrides))
    offset = code.add(offset, code.mul(index, stride));
  return code.address(buffers[layout.buffer], offset);
}

int64_t gemmScratchBytes(const GemmProblem &problem, const GemmTiling &tiling) {
  return ScratchLayout(problem, tiling).end * static_cast<int64_t>(sizeof(float));
}

void emitStoreEpilogue(OpBuilder &builder, Location location, const GemmSite &site, const OperandLayout &layout) {
  assert(layout.columnStride == 1 && "the default epilogue stores vectors");
  Code code(builder, location);
  Value offset = code.add(code.add(code.integer(layout.offset), code.mul(site.row, layout.rowStride)), site.column);
  for (auto [index, stride] : llvm::zip_equal(site.batch, layout.batchStrides))
    offset = code.add(offset, code.mul(index, stride));
  Value target = code.address(site.buffers[layout.buffer], offset);
  if (site.mask)
    LLVM::MaskedStoreOp::create(builder, location, site.accumulator, target, site.mask, /*alignment=*/4);
  else
    code.store(site.accumulator, target);
}

GemmKernel buildGemm(ModuleOp module, Location location, StringRef name, const GemmProblem &problem,
                     const GemmTiling &tiling, GemmEpilogue epilogue, GemmStart start) {
  checkTiling(problem, tiling);
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  Type pointer = LLVM::LLVMPointerType::get(module.getContext()), integer = builder.getI64Type();
  auto function =
      func::FuncOp::create(builder, location, name, builder.getFunctionType({pointer, integer, integer, pointer}, {}));
  builder.setInsertionPointToStart(function.addEntryBlock());
  Code code(builder, location);
  GemmWriter writer(module, code, problem, tiling, epilogue, start);
  writer.writeBody(function);
  func::ReturnOp::create(builder, location);
  return {function, writer.items(), tiling.grain, gemmScratchBytes(problem, tiling)};
}

} // namespace neap::lower
