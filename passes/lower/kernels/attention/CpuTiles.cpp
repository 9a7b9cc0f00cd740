// See CpuTiles.h.
#include "neap/passes/lower/kernels/attention/CpuTiles.h"

#include "neap/passes/lower/kernels/Elements.h"

using namespace mlir;

namespace neap::lower {

/// Packing stores whole vectors, so it may write this far behind the last panel.
static constexpr int64_t packingSlack = 16;

/// Register tiles that divide a block of 64 rows and leave registers for the loads.
CpuTiles::CpuTiles(ModuleOp module, Code &code, const CpuDescription &cpu) : module(module), code(code) {
  tiling.lanes = cpu.lanes;
  tiling.tileColumns = 2 * cpu.lanes;
  tiling.tileRows = cpu.registers >= 32 ? 8 : 4;
}

int64_t CpuTiles::lhsPanels(int64_t across, int64_t depth) const {
  return llvm::alignTo(across, rows()) * depth + packingSlack;
}

int64_t CpuTiles::rhsPanels(int64_t across, int64_t depth) const { return padded(across) * depth + packingSlack; }

void CpuTiles::call(func::FuncOp callee, ArrayRef<Value> arguments) {
  func::CallOp::create(code.builder, code.location, callee, ValueRange(arguments));
}

static void pack(ModuleOp module, Code &code, const CpuMatrix &matrix, int64_t width, int64_t lanes, Value across,
                 Value depth, Value panels) {
  auto function = getPacking(module, choosePacking(matrix.acrossStride, matrix.depthStride), width, lanes);
  func::CallOp::create(code.builder, code.location, function,
                       ValueRange{matrix.source, code.integer(matrix.acrossStride), code.integer(matrix.depthStride),
                                  across, depth, panels});
}

void CpuTiles::packLhs(const CpuMatrix &matrix, Value across, Value depth, Value panels) {
  pack(module, code, matrix, rows(), tiling.lanes, across, depth, panels);
}

void CpuTiles::packRhs(const CpuMatrix &matrix, Value across, Value depth, Value panels) {
  pack(module, code, matrix, columns(), tiling.lanes, across, depth, panels);
}

void CpuTiles::addProduct(LhsForm form, Value lhs, Value rhs, Value rowCount, int64_t columnCount, Value depth,
                          Value sums) {
  GemmTiling shape = tiling;
  shape.lhs = form;
  func::FuncOp tile = getRegisterTile(module, shape);
  Value lhsStride = code.integer(attentionBlock);
  code.loop(code.integer(0), rowCount, rows(), [&](Value row) {
    Value distance = form == LhsForm::packed ? depth : code.integer(form == LhsForm::rows ? attentionBlock : 1);
    Value tileLhs = code.address(lhs, code.mul(row, distance));
    Value tileSums = code.address(sums, code.mul(row, columnCount));
    code.loop(code.integer(0), code.integer(columnCount), columns(), [&](Value column) {
      Value panel = code.address(rhs, code.mul(column, depth));
      call(tile,
           {depth, tileLhs, lhsStride, panel, code.address(tileSums, code.mul(column, rows())), code.flag(false)});
    });
  });
}

void CpuTiles::clear(Value sums, Value elements) {
  Value zeros = code.zero(code.vectorType(vectorLanes));
  code.loop(code.integer(0), elements, vectorLanes, [&](Value i) { code.store(zeros, code.address(sums, i), 64); });
}

void CpuTiles::forEachRow(Value count, llvm::function_ref<void(const Row &)> visit) {
  code.loop(code.integer(0), count, rows(), [&](Value tile) {
    Value end = code.min(code.integer(rows()), code.sub(count, tile));
    code.loop(code.integer(0), end, 1, [&](Value inTile) { visit({code.add(tile, inTile), tile, inTile}); });
  });
}

Value CpuTiles::address(Value sums, const Row &row, int64_t columnCount, int64_t column) {
  Value offset = code.add(code.mul(row.tile, columnCount), code.mul(row.inTile, columns()));
  int64_t columnOffset = column / columns() * columns() * rows() + column % columns();
  return code.address(code.address(sums, offset), columnOffset);
}

void CpuTiles::storeRow(const TiledSums &sums, const Row &row, Value number, ArrayRef<OperandLayout> targets,
                        ValueRange buffers, ValueRange batch) {
  Elements elements(code, code.builder.getF32Type());
  for (const OperandLayout &target : targets) {
    Value base = operandAddress(code, target, buffers, batch);
    for (int64_t column = 0; column < sums.size; column += vectorLanes) {
      Value values = code.load(code.vectorType(vectorLanes), address(sums.address, row, sums.columns, column), 64);
      Value offset = code.add(code.mul(number, target.rowStride), code.integer(column * target.columnStride));
      int64_t left = sums.size - column;
      Value mask = left < vectorLanes ? code.mask(code.integer(left), vectorLanes) : Value();
      elements.storeVector(values, base, offset, target.columnStride, mask);
    }
  }
}

} // namespace neap::lower
