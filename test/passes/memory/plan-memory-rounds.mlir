// neap-plan-memory where the batch is in two parts: what is computed again is so in every round. 256 x 64 floats are 64 KiB.
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap.step(neap-tile-batch{count=2}),neap-plan-memory{minimum report=%t.json lanes=8 workers=1})' | FileCheck %s --check-prefixes=CHECK,MINIMUM
// RUN: FileCheck %s --check-prefix=FILE --input-file=%t.json
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap.step(neap-tile-batch{count=2}),neap-plan-memory{budget=10000000 lanes=8 workers=1})' | FileCheck %s --check-prefixes=CHECK,LARGE

// A plan file says it too.
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap.step(neap-tile-batch{count=2}),neap-plan-memory{minimum lanes=8 workers=1})' -o %t.made.mlir
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap.step(neap-tile-batch{count=2}),neap-plan-memory{plan=%t.json lanes=8 workers=1})' -o %t.taken.mlir
// RUN: diff %t.made.mlir %t.taken.mlir

// The tasks of a round are alive, and run, one by one.
// FILE: "after"
// FILE: "tasks": [
// FILE: "phase": "forward"
// FILE: "phase": "backward"
// FILE: "phase": "update"
// FILE: "values": [
// FILE: "action": "recompute"

neap.parameter @w1 : tensor<64x64xf32> trained {value = dense<0.1> : tensor<64x64xf32>}
neap.parameter @w2 : tensor<64x64xf32> trained {value = dense<0.1> : tensor<64x64xf32>}
neap.parameter @w3 : tensor<64x64xf32> trained {value = dense<0.1> : tensor<64x64xf32>}
neap.parameter @w4 : tensor<64x64xf32> trained {value = dense<0.1> : tensor<64x64xf32>}
neap.parameter @w5 : tensor<64x64xf32> trained {value = dense<0.1> : tensor<64x64xf32>}

// CHECK-LABEL: neap.step @train
neap.step @train(%x: tensor<512x64xf32> {neap.name = "x"}) -> (tensor<f32> {neap.name = "loss"}) {
  // CHECK: neap.tile_loop 2
  %w1 = neap.read @w1 : tensor<64x64xf32>
  %h1 = neap.matmul %x, %w1 : tensor<512x64xf32>, tensor<64x64xf32>
  %e1 = neap.exp %h1 : tensor<512x64xf32>
  %w2 = neap.read @w2 : tensor<64x64xf32>
  %h2 = neap.matmul %e1, %w2 : tensor<512x64xf32>, tensor<64x64xf32>
  %e2 = neap.exp %h2 : tensor<512x64xf32>
  %w3 = neap.read @w3 : tensor<64x64xf32>
  %h3 = neap.matmul %e2, %w3 : tensor<512x64xf32>, tensor<64x64xf32>
  %e3 = neap.exp %h3 : tensor<512x64xf32>
  %w4 = neap.read @w4 : tensor<64x64xf32>
  %h4 = neap.matmul %e3, %w4 : tensor<512x64xf32>, tensor<64x64xf32>
  %e4 = neap.exp %h4 : tensor<512x64xf32>
  %w5 = neap.read @w5 : tensor<64x64xf32>
  %h5 = neap.matmul %e4, %w5 : tensor<512x64xf32>, tensor<64x64xf32>
  %e5 = neap.exp %h5 : tensor<512x64xf32>
  %rows = neap.reduce sum %e5 axes [1] : tensor<512x64xf32>
  %loss = neap.reduce sum %rows axes [0] : tensor<512xf32>
  // MINIMUM: neap.recompute %{{.*}} from(%{{.*}}) after %{{.*}} : tensor<256x64xf32>
  // LARGE-NOT: neap.recompute
  // CHECK: neap.yield
  %t5 = neap.transpose %e4 [1, 0] : tensor<512x64xf32>
  %dw5 = neap.matmul %t5, %e5 : tensor<64x512xf32>, tensor<512x64xf32>
  %nw5 = neap.sub %w5, %dw5 : tensor<64x64xf32>
  neap.write @w5, %nw5 : tensor<64x64xf32>
  %v5 = neap.transpose %w5 [1, 0] : tensor<64x64xf32>
  %d5 = neap.matmul %e5, %v5 : tensor<512x64xf32>, tensor<64x64xf32>
  %g5 = neap.mul %d5, %e4 : tensor<512x64xf32>
  %t4 = neap.transpose %e3 [1, 0] : tensor<512x64xf32>
  %dw4 = neap.matmul %t4, %g5 : tensor<64x512xf32>, tensor<512x64xf32>
  %nw4 = neap.sub %w4, %dw4 : tensor<64x64xf32>
  neap.write @w4, %nw4 : tensor<64x64xf32>
  %v4 = neap.transpose %w4 [1, 0] : tensor<64x64xf32>
  %d4 = neap.matmul %g5, %v4 : tensor<512x64xf32>, tensor<64x64xf32>
  %g4 = neap.mul %d4, %e3 : tensor<512x64xf32>
  %t3 = neap.transpose %e2 [1, 0] : tensor<512x64xf32>
  %dw3 = neap.matmul %t3, %g4 : tensor<64x512xf32>, tensor<512x64xf32>
  %nw3 = neap.sub %w3, %dw3 : tensor<64x64xf32>
  neap.write @w3, %nw3 : tensor<64x64xf32>
  %v3 = neap.transpose %w3 [1, 0] : tensor<64x64xf32>
  %d3 = neap.matmul %g4, %v3 : tensor<512x64xf32>, tensor<64x64xf32>
  %g3 = neap.mul %d3, %e2 : tensor<512x64xf32>
  %t2 = neap.transpose %e1 [1, 0] : tensor<512x64xf32>
  %dw2 = neap.matmul %t2, %g3 : tensor<64x512xf32>, tensor<512x64xf32>
  %nw2 = neap.sub %w2, %dw2 : tensor<64x64xf32>
  neap.write @w2, %nw2 : tensor<64x64xf32>
  %v2 = neap.transpose %w2 [1, 0] : tensor<64x64xf32>
  %d2 = neap.matmul %g3, %v2 : tensor<512x64xf32>, tensor<64x64xf32>
  %g2 = neap.mul %d2, %e1 : tensor<512x64xf32>
  %t1 = neap.transpose %x [1, 0] : tensor<512x64xf32>
  %dw1 = neap.matmul %t1, %g2 : tensor<64x512xf32>, tensor<512x64xf32>
  %nw1 = neap.sub %w1, %dw1 : tensor<64x64xf32>
  neap.write @w1, %nw1 : tensor<64x64xf32>
  // CHECK: neap.return
  neap.return %loss : tensor<f32>
}
