// Chooses tile sizes from the CPU and the problem. The reasons and the measurements are in docs/design/0002-generated-gemm.md.
#include "neap/passes/lower/gemm/Gemm.h"

#include <algorithm>

namespace neap::lower {
namespace {

int64_t divideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }
int64_t roundUp(int64_t a, int64_t b) { return divideUp(a, b) * b; }

/// Columns of rhs packed at once: enough that packing lhs again for each block does not count.
constexpr int64_t mostBlockColumns = 768;
/// Up to so many columns, packing lhs costs more than reading it in place.
constexpr int64_t columnsInPlace = 256;
/// A worker with fewer rows than this would spend its time packing rhs.
constexpr int64_t rowsPerWorker = 256;

/// `size` cut into equal parts of at most `limit`, each a multiple of `multiple`.
int64_t balanced(int64_t size, int64_t limit, int64_t multiple) {
  int64_t parts = divideUp(size, std::max(limit, multiple));
  return roundUp(divideUp(size, parts), multiple);
}

/// Rows of the register tile: many rows use the loads of rhs best, but rows that overhang m are computed for nothing.
int64_t chooseTileRows(int64_t m, int64_t most) {
  auto cost = [&](int64_t rows) { return roundUp(m, rows) * (1.0 + 0.045 * (most - rows) / most); };
  int64_t best = most;
  for (int64_t rows = most - 1; rows >= std::max<int64_t>(most / 2, 1); --rows)
    if (cost(rows) < cost(best))
      best = rows;
  return m < best ? m : best;
}

/// The largest number of rows up to `most` that divides m and fills the multiply-add pipelines, or 0.
int64_t chooseDividingRows(int64_t m, int64_t most) {
  if (m <= most)
    return m;
  for (int64_t rows = most; rows >= most / 2 + 1; --rows)
    if (m % rows == 0)
      return rows;
  return 0;
}

/// How lhs can be read without packing; `packed` if it cannot.
LhsForm formInPlace(const OperandLayout &lhs) {
  if (lhs.columnStride == 1)
    return LhsForm::rows;
  return lhs.rowStride == 1 ? LhsForm::columns : LhsForm::packed;
}

} // namespace

GemmTiling chooseGemmTiling(const GemmProblem &problem, const CpuDescription &cpu, int64_t workers) {
  bool wide = cpu.registers >= 32;
  GemmTiling tiling;
  tiling.lanes = cpu.lanes;
  tiling.tileColumns = 2 * cpu.lanes;
  int64_t mostRows = wide ? 12 : 6;
  tiling.tileRows = chooseTileRows(problem.m, mostRows);
  if (int64_t rows = chooseDividingRows(problem.m, mostRows); rows && problem.n <= columnsInPlace) {
    tiling.lhs = formInPlace(problem.lhs);
    tiling.tileRows = rows;
  }

  int64_t elements = 1;
  for (int64_t size : problem.batch)
    elements *= size;
  // Columns are cut finer only where rows alone would not occupy the workers.
  int64_t rowGroups = elements * std::max<int64_t>(problem.m / rowsPerWorker, 1);
  int64_t columns = std::min(mostBlockColumns, divideUp(problem.n, divideUp(workers, rowGroups)));
  tiling.blockColumns = balanced(problem.n, roundUp(columns, tiling.tileColumns), tiling.tileColumns);
  tiling.depth = balanced(std::max<int64_t>(problem.k, 1), wide ? 384 : 256, 1);
  tiling.itemRows = balanced(problem.m, 48, tiling.tileRows);
  tiling.blockRows = tiling.itemRows * std::max<int64_t>(1, 528 / tiling.itemRows);
  tiling.grain = std::min(divideUp(96, tiling.itemRows), divideUp(problem.m, tiling.itemRows));
  return tiling;
}

} // namespace neap::lower
