#ifndef NEAP_PASSES_LOWER_LOWER_KERNELS_PASS_TD
#define NEAP_PASSES_LOWER_LOWER_KERNELS_PASS_TD

include "mlir/Pass/PassBase.td"

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
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::func::FuncDialect", "::mlir::scf::SCFDialect",
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::vector::VectorDialect", "::mlir::NVVM::NVVMDialect"];
  let options = [
    Option<"lanes", "lanes", "int64_t", "8", "fp32 lanes of the widest vector register">,
    Option<"registers", "registers", "int64_t", "16", "Vector registers">,
    Option<"l1", "l1", "int64_t", "32768", "Bytes of the first data cache">,
    Option<"l2", "l2", "int64_t", "524288", "Bytes of the second cache">,
    Option<"workers", "workers", "int64_t", "2", "Threads that matrix products are cut for">,
    Option<"device", "device", "::neap::lower::Device", "::neap::lower::Device::Cpu", "What the program runs on",
      [{::llvm::cl::values(clEnumValN(::neap::lower::Device::Cpu, "cpu", "threads of the CPU"),
                           clEnumValN(::neap::lower::Device::Cuda, "cuda", "a CUDA device"))}]>
  ];
}

#endif
