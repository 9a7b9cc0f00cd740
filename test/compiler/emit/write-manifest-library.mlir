// Products that are left to a library: each kernel says what it is, each launch where the workspace lies and whose it is. The
// workspace is a slot in which nothing outlives a launch.
// RUN: rm -rf %t && split-file %s %t
// RUN: neap-opt %t/program.mlir -neap-lower-kernels=device=cuda "-neap-write-manifest=name=m device=cuda" \
// RUN:   | grep neap_manifest | sed -e 's/\\22/"/g' | FileCheck %s
// RUN: neap-opt %t/program.mlir -neap-lower-kernels=device=cuda "-neap-write-manifest=name=m device=cuda allow-tf32 profile=%t/profile.json" \
// RUN:   | grep neap_manifest | sed -e 's/\\22/"/g' | FileCheck %s --check-prefix=PROFILE
// RUN: not neap-opt %t/program.mlir -neap-write-manifest=profile=%t/none.json 2>&1 | FileCheck %s --check-prefix=NONE

// CHECK: "kernels":[{
// CHECK-SAME: "product":{"addend":{"argument":2,"batch_strides":[],"leading":4,"offset":0,"transposed":false},"batch":[],"compute":"float32","k":8,
// CHECK-SAME: "lhs":{"argument":0,"batch_strides":[],"leading":8,"offset":0,"transposed":false},"m":4,"n":4,
// CHECK-SAME: "result":{"argument":3,"batch_strides":[],"leading":4,"offset":0,"transposed":false},
// CHECK-SAME: "rhs":{"argument":1,"batch_strides":[],"leading":8,"offset":0,"transposed":true},"type":"float32"
// CHECK-SAME: "product":{"batch":[],"bias":{"argument":2,"offset":0},
// CHECK-SAME: "libraries":[{"name":"cublasLt","required":false}]
// CHECK-SAME: "library_workspace":256
// CHECK-SAME: "planned_bytes":1024
// CHECK-SAME: "program":[{"arguments":[{{[^}]*}}"launch":"sum","nodes":["h.0"],"workspace":[0,256,0]},
// CHECK-SAME: {"arguments":[{{[^}]*}}"launch":"bias","nodes":["h.1"],"workspace":[0,256,0]}]
// CHECK-SAME: "slots":[{"alive_after":false,"alive_before":false,"bytes":256,"offset":0},

// PROFILE: "product":{"addend":
// PROFILE-SAME: "algorithm":{"config":"00ff","library":130100,"workspace":64},"batch":[],"compute":"tf32"
// PROFILE-NOT: "algorithm"
// PROFILE: "bias":{
// PROFILE-NOT: "algorithm"
// NONE: error: cannot read {{.*}}none.json: No such file or directory

//--- profile.json
{"format": 1, "device": "a card", "products": [{"m": 4, "n": 4, "k": 8, "batch": [], "lhs_transposed": false, "rhs_transposed": true, "compute": "tf32",
  "generated_microseconds": 2, "library_microseconds": 1, "algorithm": {"library": 130100, "workspace": 64, "config": "00ff"}}]}
//--- program.mlir
sched.kernel @sum gemm library (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x4xf32>) -> tensor<4x4xf32> in_place [#sched.in_place<0 over 2>] {
^bb0(%a: tensor<4x8xf32>, %b: tensor<4x8xf32>, %c: tensor<4x4xf32>):
  %0 = neap.transpose %b [1, 0] : tensor<4x8xf32>
  %1 = neap.matmul %a, %0 : tensor<4x8xf32>, tensor<8x4xf32>
  %2 = neap.add %1, %c : tensor<4x4xf32>
  neap.yield %2 : tensor<4x4xf32>
}
sched.kernel @bias gemm library (tensor<4x8xf32>, tensor<8x4xf32>, tensor<4xf32>) -> tensor<4x4xf32> {
^bb0(%a: tensor<4x8xf32>, %b: tensor<8x4xf32>, %c: tensor<4xf32>):
  %0 = neap.matmul %a, %b : tensor<4x8xf32>, tensor<8x4xf32>
  %1 = neap.broadcast %c : tensor<4xf32> -> tensor<4x4xf32>
  %2 = neap.add %0, %1 : tensor<4x4xf32>
  neap.yield %2 : tensor<4x4xf32>
}
sched.program @train arenas [#sched.arena<device, 1024>] {
  %w = sched.slot workspace at 0 : !sched.slot<tensor<256xi8>>
  %x = sched.slot input "x" at 256 : !sched.slot<tensor<4x8xf32>>
  %y = sched.slot input "y" at 384 : !sched.slot<tensor<8x4xf32>>
  %b = sched.slot input "b" at 512 : !sched.slot<tensor<4xf32>>
  %s = sched.slot step_block at 576 : !sched.slot<tensor<17xi32>>
  %l = sched.slot output "loss" at 704 : !sched.slot<tensor<f32>>
  %n = sched.slot output "gradient_norm" at 768 : !sched.slot<tensor<f32>>
  %o = sched.slot output "o" at 832 : !sched.slot<tensor<4x4xf32>>
  %1 = sched.launch @sum stream(compute) in(%x, %x, %o : !sched.slot<tensor<4x8xf32>>, !sched.slot<tensor<4x8xf32>>, !sched.slot<tensor<4x4xf32>>)
    out(%o : !sched.slot<tensor<4x4xf32>>) workspace(%w : !sched.slot<tensor<256xi8>>) loc("h.0")
  %2 = sched.launch @bias stream(compute) in(%x, %y, %b : !sched.slot<tensor<4x8xf32>>, !sched.slot<tensor<8x4xf32>>, !sched.slot<tensor<4xf32>>)
    out(%o : !sched.slot<tensor<4x4xf32>>) workspace(%w : !sched.slot<tensor<256xi8>>) loc("h.1")
  sched.return
}
