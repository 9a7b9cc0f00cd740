// Chooses tile sizes from the CPU and the problem. The reasons and the measurements are in
// docs/design/0002-generated-gemm.md.
#include "neap/passes/lower/gemm/Gemm.h"

#include <algorithm>

namespace neap::lower {
namespace {

int64_t divideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }
int64_t roundUp(int64_t a, int64_t b) { return divideUp(a, b) * b; }

/// Sizes that the width of the vectors decides.
struct Blocking {
  /// Most rows of a register tile: with two vectors of columns, what the registers hold.
  int64_t tileRows;
  /// k is cut into blocks of at most this depth.
  int64_t depth;
  /// A packed block of rhs: most columns (enough that packing lhs again for each block does not count), most elements.
  int64_t columns, panelElements;
};

constexpr Blocking avx512{12, 768, 768, 384 * 768};
constexpr Blocking avx2{6, 256, 768, 256 * 768};

/// Up to so many columns, packing lhs costs more than reading it in place.
constexpr int64_t columnsInPlace = 256;
/// Rows for which a block of rhs is packed once, and sums that may rest in scratch (1.5 MiB) between blocks of k.
constexpr int64_t mostBlockRows = 1056, restingSums = 1056 * 384;
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

/// Columns of a block of rhs: what the cache limits of `blocking` allow, cut finer only where rows alone would not
/// occupy the workers.
int64_t chooseBlockColumns(const GemmProblem &problem, const Blocking &blocking, int64_t depth, int64_t tileColumns,
                           int64_t workers) {
  int64_t rowGroups = std::max<int64_t>(problem.m / rowsPerWorker, 1);
  for (int64_t size : problem.batch)
    rowGroups *= size;
  int64_t fitting = std::min(blocking.columns, blocking.panelElements / depth);
  int64_t columns = std::min(fitting, divideUp(problem.n, divideUp(workers, rowGroups)));
  return balanced(problem.n, roundUp(columns, tileColumns), tileColumns);
}

} // namespace

GemmTiling chooseGemmTiling(const GemmProblem &problem, const CpuDescription &cpu, int64_t workers) {
  Blocking blocking = cpu.registers >= 32 ? avx512 : avx2;
  int64_t k = std::max<int64_t>(problem.k, 1);
  GemmTiling tiling;
  tiling.lanes = cpu.lanes;
  tiling.tileColumns = 2 * cpu.lanes;
  tiling.tileRows = chooseTileRows(problem.m, blocking.tileRows);
  if (int64_t rows = chooseDividingRows(problem.m, blocking.tileRows); rows && problem.n <= columnsInPlace) {
    tiling.lhs = formInPlace(problem.lhs);
    tiling.tileRows = rows;
  }
  tiling.depth = balanced(k, blocking.depth, 1);
  tiling.blockColumns = chooseBlockColumns(problem, blocking, tiling.depth, tiling.tileColumns, workers);
  tiling.itemRows = balanced(problem.m, 48, tiling.tileRows);
  int64_t blockRows = std::min(mostBlockRows, restingSums / tiling.blockColumns);
  tiling.blockRows = tiling.itemRows * std::max<int64_t>(1, blockRows / tiling.itemRows);
  tiling.grain = std::min(divideUp(96, tiling.itemRows), divideUp(problem.m, tiling.itemRows));
  return tiling;
}

} // namespace neap::lower
