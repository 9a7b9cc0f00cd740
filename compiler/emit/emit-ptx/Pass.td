#ifndef NEAP_COMPILER_EMIT_EMIT_PTX_PASS_TD
#define NEAP_COMPILER_EMIT_EMIT_PTX_PASS_TD

include "mlir/Pass/PassBase.td"

def EmitPtx : Pass<"neap-emit-ptx", "::mlir::ModuleOp"> {
  let summary = "Translate the CUDA kernels of a module to PTX, as the constant `neap_ptx`";
  let description = [{
    Functions marked `neap.cuda_block`, what they call, and their shared memory leave the module; their PTX, ended by a zero,
    becomes the constant that the declaration of `neap_ptx` stands for. A module without such kernels is left alone.

    Requires the LLVM dialect.

    ```mlir
    llvm.mlir.global external constant @neap_ptx() : !llvm.array<0 x i8>
    llvm.func @pointwise_0(%a: !llvm.ptr<1>, %b: !llvm.ptr<1>) attributes {neap.cuda_block = 128 : i64} { ... }
    // becomes
    llvm.mlir.global internal constant @neap_ptx(".version 7.0\\0A.target sm_80...\\00")
    ```
  }];
  let options = [
    Option<"architecture", "architecture", "std::string", "\"sm_80\"", "The least device that the kernels run on">
  ];
}

#endif
