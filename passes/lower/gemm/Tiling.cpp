// Chooses tile sizes from the CPU and the problem. The reasons and the measurements are in docs/design/0002-generated-gemm.md.
#include "neap/passes/lower/gemm/Gemm.h"

#include <algorithm>

namespace neap::lower {
namespace {

int64_t divideUp(int64_t a, int64_t b) { return (a + b - 1) / b; }
int64_t roundUp(int64_t a, int64_t b) { return divideUp(a, b) * b; }

/// `size` cut into equal parts of at most `limit`, each a multiple of `multiple`.
int64_t balanced(int64_t size, int64_t limit, int64_t multiple) {
  int64_t parts = divideUp(size, std::max(limit, multiple));
  return roundUp(divideUp(size, parts), multiple);
}

} // namespace

GemmTiling chooseGemmTiling(const GemmProblem &problem, const CpuDescription &cpu) {
  GemmTiling tiling;
  tiling.lanes = cpu.lanes;
  tiling.tileRows = cpu.registers >= 32 ? 12 : 6;
  tiling.tileColumns = 2 * cpu.lanes;
  tiling.depth = balanced(std::max<int64_t>(problem.k, 1), 384, 1);
  tiling.blockColumns = balanced(problem.n, 384, tiling.tileColumns);
  tiling.itemRows = balanced(problem.m, 96, tiling.tileRows);
  tiling.blockRows = tiling.itemRows * std::max<int64_t>(1, 1056 / tiling.itemRows);
  return tiling;
}

} // namespace neap::lower
