// An instruction whose bits depend on the device is refused by name, and so is an architecture that is none.
// RUN: not neap-opt -neap-emit-ptx %s 2>&1 | FileCheck %s
// RUN: not neap-opt -neap-emit-ptx=architecture=sm_12 %s 2>&1 | FileCheck %s --check-prefix=ARCH

// CHECK: error: expected instructions with the CPU's results, got 'sin.approx.f32'
// ARCH: error: expected an architecture from sm_80 on, got 'sm_12'
llvm.func @approximate(%a: !llvm.ptr<1>) attributes {neap.cuda_block = 128 : i64} {
  %x = llvm.load %a : !llvm.ptr<1> -> f32
  %y = llvm.call_intrinsic "llvm.nvvm.sin.approx.f"(%x) : (f32) -> f32
  llvm.store %y, %a : f32, !llvm.ptr<1>
  llvm.return
}
