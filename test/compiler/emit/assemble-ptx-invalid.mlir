// What is no manifest cannot be completed.
// RUN: not neap-opt "-neap-assemble-ptx=ptxas=%S/fake-ptxas.sh" %s 2>&1 | FileCheck %s

// CHECK: error: expected a manifest with kernels
llvm.mlir.global internal constant @neap_manifest("[]")
llvm.mlir.global internal constant @neap_ptx(".version 7.0\00")
llvm.mlir.global external constant @neap_program_instance() : i32
