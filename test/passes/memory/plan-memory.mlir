// neap-plan-memory: what is computed again under which budget. 64 x 64 floats are 16 KiB.
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap-plan-memory{minimum lanes=8 workers=1})' | FileCheck %s --check-prefixes=CHECK,MINIMUM
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap-plan-memory{budget=10000000 lanes=8 workers=1})' | FileCheck %s --check-prefixes=CHECK,LARGE
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap-plan-memory)' | FileCheck %s --check-prefixes=CHECK,LARGE
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap-plan-memory{minimum lanes=8 workers=1})' --remarks-filter=neap-plan-memory 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK
// RUN: not neap-opt %s --pass-pipeline='builtin.module(neap-plan-memory{budget=1000 lanes=8 workers=1})' 2>&1 >/dev/null | FileCheck %s --check-prefix=ERROR

// REMARK-DAG: [Passed] Recompute | Category:neap-plan-memory | Bytes=16384
// REMARK-DAG: [Missed] Keep | Category:neap-plan-memory
// REMARK-DAG: [Analysis] Plan | Category:neap-plan-memory | {{.*}}PlannedBytes=

// ERROR: error: the budget is 0.0 MiB (1000 bytes), but the smallest that has a plan is
// ERROR: note: alive at its peak:
// ERROR: MiB  all of parameters

neap.parameter @w1 : tensor<64x64xf32> trained {value = dense<0.1> : tensor<64x64xf32>}
neap.parameter @w2 : tensor<64x64xf32> trained {value = dense<0.1> : tensor<64x64xf32>}
neap.parameter @w3 : tensor<64x64xf32> trained {value = dense<0.1> : tensor<64x64xf32>}
neap.parameter @w4 : tensor<64x64xf32> trained {value = dense<0.1> : tensor<64x64xf32>}
neap.parameter @w5 : tensor<64x64xf32> trained {value = dense<0.1> : tensor<64x64xf32>}

// Products with an exponential behind each, which the backward pass reads in reverse order.
// CHECK-LABEL: neap.step @train
neap.step @train(%x: tensor<64x64xf32> {neap.name = "x"}) -> (tensor<f32> {neap.name = "loss"}) {
  %w1 = neap.read @w1 : tensor<64x64xf32>
  %h1 = neap.matmul %x, %w1 : tensor<64x64xf32>, tensor<64x64xf32>
  %e1 = neap.exp %h1 : tensor<64x64xf32>
  %w2 = neap.read @w2 : tensor<64x64xf32>
  %h2 = neap.matmul %e1, %w2 : tensor<64x64xf32>, tensor<64x64xf32>
  %e2 = neap.exp %h2 : tensor<64x64xf32>
  %w3 = neap.read @w3 : tensor<64x64xf32>
  %h3 = neap.matmul %e2, %w3 : tensor<64x64xf32>, tensor<64x64xf32>
  %e3 = neap.exp %h3 : tensor<64x64xf32>
  %w4 = neap.read @w4 : tensor<64x64xf32>
  %h4 = neap.matmul %e3, %w4 : tensor<64x64xf32>, tensor<64x64xf32>
  %e4 = neap.exp %h4 : tensor<64x64xf32>
  %w5 = neap.read @w5 : tensor<64x64xf32>
  %h5 = neap.matmul %e4, %w5 : tensor<64x64xf32>, tensor<64x64xf32>
  %e5 = neap.exp %h5 : tensor<64x64xf32>
  %rows = neap.reduce sum %e5 axes [1] : tensor<64x64xf32>
  // CHECK: %[[LOSS:.*]] = neap.reduce sum %{{.*}} axes [0] : tensor<64xf32>
  %loss = neap.reduce sum %rows axes [0] : tensor<64xf32>
  // MINIMUM: neap.recompute
  // LARGE-NOT: neap.recompute
  %t5 = neap.transpose %e4 [1, 0] : tensor<64x64xf32>
  %dw5 = neap.matmul %t5, %e5 : tensor<64x64xf32>, tensor<64x64xf32>
  %nw5 = neap.sub %w5, %dw5 : tensor<64x64xf32>
  neap.write @w5, %nw5 : tensor<64x64xf32>
  %v5 = neap.transpose %w5 [1, 0] : tensor<64x64xf32>
  %d5 = neap.matmul %e5, %v5 : tensor<64x64xf32>, tensor<64x64xf32>
  %g5 = neap.mul %d5, %e4 : tensor<64x64xf32>
  %t4 = neap.transpose %e3 [1, 0] : tensor<64x64xf32>
  %dw4 = neap.matmul %t4, %g5 : tensor<64x64xf32>, tensor<64x64xf32>
  %nw4 = neap.sub %w4, %dw4 : tensor<64x64xf32>
  neap.write @w4, %nw4 : tensor<64x64xf32>
  %v4 = neap.transpose %w4 [1, 0] : tensor<64x64xf32>
  %d4 = neap.matmul %g5, %v4 : tensor<64x64xf32>, tensor<64x64xf32>
  %g4 = neap.mul %d4, %e3 : tensor<64x64xf32>
  %t3 = neap.transpose %e2 [1, 0] : tensor<64x64xf32>
  %dw3 = neap.matmul %t3, %g4 : tensor<64x64xf32>, tensor<64x64xf32>
  %nw3 = neap.sub %w3, %dw3 : tensor<64x64xf32>
  neap.write @w3, %nw3 : tensor<64x64xf32>
  %v3 = neap.transpose %w3 [1, 0] : tensor<64x64xf32>
  %d3 = neap.matmul %g4, %v3 : tensor<64x64xf32>, tensor<64x64xf32>
  %g3 = neap.mul %d3, %e2 : tensor<64x64xf32>
  %t2 = neap.transpose %e1 [1, 0] : tensor<64x64xf32>
  %dw2 = neap.matmul %t2, %g3 : tensor<64x64xf32>, tensor<64x64xf32>
  %nw2 = neap.sub %w2, %dw2 : tensor<64x64xf32>
  neap.write @w2, %nw2 : tensor<64x64xf32>
  %v2 = neap.transpose %w2 [1, 0] : tensor<64x64xf32>
  %d2 = neap.matmul %g3, %v2 : tensor<64x64xf32>, tensor<64x64xf32>
  %g2 = neap.mul %d2, %e1 : tensor<64x64xf32>
  %t1 = neap.transpose %x [1, 0] : tensor<64x64xf32>
  %dw1 = neap.matmul %t1, %g2 : tensor<64x64xf32>, tensor<64x64xf32>
  %nw1 = neap.sub %w1, %dw1 : tensor<64x64xf32>
  neap.write @w1, %nw1 : tensor<64x64xf32>
  // CHECK: neap.return %[[LOSS]]
  neap.return %loss : tensor<f32>
}
