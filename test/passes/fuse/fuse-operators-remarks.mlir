// Every group is remarked with its kind and size.
// RUN: neap-opt %s --pass-pipeline='builtin.module(neap.step(neap-fuse-operators))' --remarks-filter=neap-fuse-operators 2>&1 | FileCheck %s

// CHECK: remark: [Passed] Fused | Category:neap-fuse-operators | {{.*}}"pointwise group of 2 ops"
neap.step @chain(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = neap.tanh %x : tensor<8xf32>
  %1 = neap.exp %0 : tensor<8xf32>
  neap.return %1 : tensor<8xf32>
}
