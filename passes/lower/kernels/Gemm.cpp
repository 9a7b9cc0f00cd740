// Gemm groups: a matmul through the GEMM generator, and the ops after it as its epilogue.
#include "neap/passes/lower/kernels/GemmGroup.h"
#include "neap/passes/lower/kernels/Nest.h"

using namespace mlir;

namespace neap::lower {

FailureOr<Kernel> buildGemmKernel(ModuleOp module, StringRef name, Block &body, const KernelTarget &target) {
  Operation *matmul = findMatmul(body);
  auto problem = describeProduct(matmul, body);
  auto nest = Nest::create(body, GroupKind::Gemm);
  if (failed(problem) || failed(nest))
    return failure();
  auto at = [&](Code &code, const GemmSite &site) {
    SmallVector<Value> indices(site.batch);
    indices.append({site.row, site.column});
    return Body(code, *nest, body, site.buffers).child({indices, site.mask});
  };
  Value initial = findInitial(matmul);
  auto start = [&](OpBuilder &builder, Location location, const GemmSite &site) {
    Code code(builder, location);
    return splat(code, at(code, site).compute(initial));
  };
  auto epilogue = [&](OpBuilder &builder, Location location, const GemmSite &site) {
    Code code(builder, location);
    Body point = at(code, site);
    point.define(matmul->getResult(0), site.accumulator);
    point.storeResults(/*alongInnermost=*/true);
    point.storeResults(/*alongInnermost=*/false);
  };
  GemmTiling tiling = chooseGemmTiling(*problem, target.cpu, target.workers);
  GemmKernel gemm = buildGemm(module, body.getParentOp()->getLoc(), name, *problem, tiling, epilogue,
                              initial ? GemmStart(start) : GemmStart());
  return Kernel{gemm.function, gemm.items, gemm.grain, gemm.scratchBytes};
}

} // namespace neap::lower
