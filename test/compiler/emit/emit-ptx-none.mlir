// A module for the CPU has no kernels to translate and is left alone.
// RUN: neap-opt -neap-emit-ptx %s | FileCheck %s --implicit-check-not=neap_ptx

// CHECK: llvm.func @step
llvm.func @step() {
  llvm.return
}
