#ifndef NEAP_COMPILER_EMIT_WRITE_OBJECT_PASS_TD
#define NEAP_COMPILER_EMIT_WRITE_OBJECT_PASS_TD

include "mlir/Pass/PassBase.td"

def WriteObject : Pass<"neap-write-object", "::mlir::ModuleOp"> {
  let summary = "Compile the module to an object file";
  let description = [{
    Translates to LLVM IR, optimises, and writes a position-independent ELF object (compiler/emit/Object.h). The module stays as it
    is. What links the object is not a pass: it needs no IR.

    ```mlir
    llvm.func @kernel(%x: f32) -> f32 { ... }
    // is in the object that output=kernel.o names:  T kernel
    ```

    It is a pass so that what goes wrong in LLVM is reproduced like everything else: the options of a crash reproducer say
    which processor the code was made for, also where that was the compiler's own.

    Requires: the llvm dialect and nothing else. Guarantees: no symbol is undefined but those that the module declares.
  }];
  let options = [
    Option<"cpu", "cpu", "std::string", "\"native\"", "An x86-64 processor, by LLVM's name">,
    Option<"features", "features", "std::string", "\"\"", "LLVM's target-features; none: those of the processor">,
    Option<"output", "output", "std::string", "\"\"", "The file; none: the object is made, and thrown away">
  ];
}

#endif
