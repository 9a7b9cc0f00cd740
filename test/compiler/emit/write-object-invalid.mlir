// What cannot become an object is an error and not the end of the process, as LLVM would have it.
// RUN: split-file %s %t
// RUN: not neap-opt %t/library.mlir --neap-write-object=output=%t/x.o 2>&1 | FileCheck %s --check-prefix=LIBRARY
// RUN: not neap-opt %t/dialect.mlir --neap-write-object=output=%t/x.o 2>&1 | FileCheck %s --check-prefix=DIALECT
// RUN: not neap-opt %t/register.mlir --neap-write-object=output=%t/x.o 2>&1 | FileCheck %s --check-prefix=REGISTER
// RUN: not neap-opt %t/good.mlir --neap-write-object='cpu=abacus output=%t/x.o' 2>&1 | FileCheck %s --check-prefix=CPU
// RUN: not neap-opt %t/good.mlir --neap-write-object='cpu=x86-64-v2 output=%t/x.o' 2>&1 | FileCheck %s --check-prefix=OLD
// RUN: not neap-opt %t/good.mlir --neap-write-object=output=%t/none/x.o 2>&1 | FileCheck %s --check-prefix=FOLDER
// RUN: not ls %t/x.o

// LIBRARY: error: expected code without library calls, got calls of fmodf
// DIALECT: error: {{.*}}cannot be converted to LLVM IR
// DIALECT: error: expected a module that translates to LLVM IR
// REGISTER: error: LLVM: {{.*}}couldn't allocate output register for constraint '{nonsense}'
// CPU: error: expected an x86-64 CPU or 'native', got 'abacus'
// OLD: error: expected a CPU with AVX2 and FMA, got 'x86-64-v2', which lacks AVX2
// FOLDER: error: cannot write {{.*}}none/x.o: No such file or directory

//--- good.mlir
llvm.func @f() {
  llvm.return
}

// A remainder is a call of the C library.
//--- library.mlir
llvm.func @f(%x: f32, %y: f32) -> f32 {
  %0 = llvm.frem %x, %y : f32
  llvm.return %0 : f32
}

//--- dialect.mlir
func.func @f() {
  return
}

//--- register.mlir
llvm.func @f() -> i32 {
  %0 = llvm.inline_asm "", "={nonsense}" : () -> i32
  llvm.return %0 : i32
}
