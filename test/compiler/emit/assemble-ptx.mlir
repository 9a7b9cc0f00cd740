// A cubin joins the PTX, the program names it, and the manifest grows by what the assembler said. Here a script stands in for it.
// RUN: neap-opt "-neap-assemble-ptx=ptxas=%S/fake-ptxas.sh architecture=sm_90" %s | FileCheck %s
// Without an assembler everything stays.
// RUN: neap-opt -neap-assemble-ptx %s | FileCheck %s --check-prefix=NONE --implicit-check-not=neap_cubin

// CHECK: llvm.mlir.global internal constant @neap_ptx(".version 7.0\00")
// CHECK: llvm.mlir.global external constant @neap_program_instance
// CHECK: %[[BYTES:.*]] = llvm.mlir.constant(144 : i64)
// CHECK: llvm.insertvalue %[[BYTES]], %{{.*}}[6]
// CHECK: %[[CUBIN:.*]] = llvm.mlir.addressof @neap_cubin
// CHECK: llvm.insertvalue %[[CUBIN]], %{{.*}}[12]
// CHECK: llvm.mlir.global internal constant @neap_cubin("MACHINE CODE -arch=sm_90 -v") {{.*}}alignment = 64
// CHECK: llvm.mlir.global internal constant @neap_manifest("{\22cubin\22:{\22architecture\22:\22sm_90\22,\22bytes\22:27},
// CHECK-SAME: {\22name\22:\22gemm_0\22,\22registers\22:40,\22shared_bytes\22:8192,\22spill_bytes\22:32}
// A kernel that the assembler says nothing of keeps what it has.
// CHECK-SAME: {\22name\22:\22row_1\22}
// NONE: llvm.mlir.global internal constant @neap_manifest("{\22kernels\22
llvm.mlir.global internal constant @neap_manifest("{\22kernels\22:[{\22name\22:\22gemm_0\22},{\22name\22:\22row_1\22}]}")
llvm.mlir.global internal constant @neap_ptx(".version 7.0\00")
llvm.mlir.global external constant @neap_program_instance() : !llvm.struct<(i32, i32, i64, i64, i64, ptr, i64, ptr, i64, ptr, ptr, ptr, ptr)> {
  %none = llvm.mlir.zero : !llvm.ptr
  %bytes = llvm.mlir.constant(48 : i64) : i64
  %0 = llvm.mlir.undef : !llvm.struct<(i32, i32, i64, i64, i64, ptr, i64, ptr, i64, ptr, ptr, ptr, ptr)>
  %1 = llvm.insertvalue %bytes, %0[6] : !llvm.struct<(i32, i32, i64, i64, i64, ptr, i64, ptr, i64, ptr, ptr, ptr, ptr)>
  %2 = llvm.insertvalue %none, %1[12] : !llvm.struct<(i32, i32, i64, i64, i64, ptr, i64, ptr, i64, ptr, ptr, ptr, ptr)>
  llvm.return %2 : !llvm.struct<(i32, i32, i64, i64, i64, ptr, i64, ptr, i64, ptr, ptr, ptr, ptr)>
}
