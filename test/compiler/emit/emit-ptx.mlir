// Kernels leave the module as PTX, which the declaration of neap_ptx then stands for.
// RUN: neap-opt -neap-emit-ptx=architecture=sm_90 %s | FileCheck %s
// RUN: neap-opt -neap-emit-ptx=architecture=sm_90 %s | FileCheck %s --check-prefix=PTX

// CHECK-NOT: llvm.func @scale
// CHECK-NOT: @tile
// CHECK-LABEL: llvm.func @host
// CHECK: llvm.mlir.addressof @neap_ptx
// CHECK: llvm.mlir.global internal constant @neap_ptx("{{.*}}\00")

// An entry with its block, its own shared memory, and rounding written out so that nobody contracts it.
// PTX: .target sm_90
// PTX-SAME: .visible .entry scale(
// PTX-SAME: .reqntid 128
// PTX-SAME: .shared .align 16 .b8 tile[64]
// PTX-SAME: mul.rn.f32
// PTX-SAME: add.rn.f32
llvm.mlir.global external constant @neap_ptx() : !llvm.array<0 x i8>
llvm.mlir.global internal @tile() {addr_space = 3 : i32, alignment = 16 : i64} : !llvm.array<16 x f32>
llvm.func @scale(%a: !llvm.ptr<1>, %b: !llvm.ptr<1>) attributes {neap.cuda_block = 128 : i64} {
  %t = nvvm.read.ptx.sreg.tid.x : i32
  %i = llvm.zext %t : i32 to i64
  %s = llvm.mlir.addressof @tile : !llvm.ptr<3>
  %p = llvm.getelementptr %a[%i] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, f32
  %x = llvm.load %p : !llvm.ptr<1> -> f32
  %y = llvm.fmul %x, %x : f32
  %z = llvm.fadd %y, %x : f32
  %q = llvm.getelementptr %s[%i] : (!llvm.ptr<3>, i64) -> !llvm.ptr<3>, f32
  llvm.store volatile %z, %q : f32, !llvm.ptr<3>
  %r = llvm.getelementptr %b[%i] : (!llvm.ptr<1>, i64) -> !llvm.ptr<1>, f32
  llvm.store %z, %r : f32, !llvm.ptr<1>
  llvm.return
}
llvm.func @host() -> !llvm.ptr {
  %0 = llvm.mlir.addressof @neap_ptx : !llvm.ptr
  llvm.return %0 : !llvm.ptr
}
