#ifndef NEAP_COMPILER_EMIT_ASSEMBLE_PTX_PASS_TD
#define NEAP_COMPILER_EMIT_ASSEMBLE_PTX_PASS_TD

include "mlir/Pass/PassBase.td"

def AssemblePtx : Pass<"neap-assemble-ptx", "::mlir::ModuleOp"> {
  let summary = "Assemble the PTX of a program into a cubin beside it, as the constant `neap_cubin`";
  let description = [{
    Runs ptxas on `neap_ptx`. The cubin is for one architecture and spares a device of that very kind the compilation when
    the program starts; every other one takes the PTX, which stays. The manifest learns `cubin`, its architecture and size,
    and of each kernel `registers` (of a thread), `shared_bytes` (of a block) and `spill_bytes` (of a thread).

    Where ptxas fails, a warning has its message, and the program goes without. Nothing happens without a program to run or
    without PTX.

    ```mlir
    llvm.mlir.global internal constant @neap_ptx(".version 7.0\\0A.target sm_90...\\00")
    // is joined by
    llvm.mlir.global internal constant @neap_cubin("\\7FELF...")
    ```

    Requires: neap-lower-step has written the program's description.
  }];
  let options = [
    Option<"architecture", "architecture", "std::string", "\"sm_80\"", "The device that the cubin is for">,
    Option<"ptxas", "ptxas", "std::string", "\"\"", "The program; none: no cubin">
  ];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif
