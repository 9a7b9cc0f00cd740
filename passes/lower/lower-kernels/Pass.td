#ifndef NEAP_PASSES_LOWER_LOWER_KERNELS_PASS_TD
#define NEAP_PASSES_LOWER_LOWER_KERNELS_PASS_TD

include "neap/passes/lower/TargetOptions.td"

def LowerKernels : Pass<"neap-lower-kernels", "::mlir::ModuleOp"> {
  let summary = "Turn every kernel into a function of loops for the CPU, or an entry for CUDA";
  let description = [{
    A `sched.kernel` becomes a function of the same name with the C signature of a kernel (see passes/lower/kernels); what a
    launch needs to know of it (items, grain, scratch) and what people want to know (kind, ops) stays on it as
    `neap.kernel`. The options describe the CPU; they change speed, never bits. With `device=cuda` the function has a pointer to
    global memory for each buffer and `neap.cuda_block`, the size of its blocks, and gives the same bits again (docs/design/0005).
    A kernel marked `library` gets its loops like any other, and the product that it is as `product` (docs/design/0007).

    ```mlir
    sched.kernel @pointwise_0 pointwise (tensor<4xf32>) -> tensor<4xf32> { ... }
    // becomes
    func.func @pointwise_0(%buffers: !llvm.ptr, %begin: i64, %end: i64, %scratch: !llvm.ptr)
      attributes {neap.kernel = {grain = 4096 : i64, items = 1 : i64, kind = #neap<group_kind pointwise>, ops = ["add"], scratch = 0 : i64}}
    ```
  }];
  let dependentDialects = kernelDialects;
  let options = targetOptions;
}

#endif
