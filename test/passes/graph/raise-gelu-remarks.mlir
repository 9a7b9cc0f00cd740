// Every GELU that is recognised is remarked.
// RUN: neap-opt %s --neap-raise-gelu --remarks-filter=raise-gelu 2>&1 | FileCheck %s

// CHECK: remark: [Passed] RaiseGelu | Category:raise-gelu | {{.*}}"written-out GELU of the erf form becomes neap.gelu"
neap.step @erf(%x: tensor<4xf32>) -> tensor<4xf32> {
  %half = neap.constant dense<5.0e-01> : tensor<4xf32>
  %one = neap.constant dense<1.0> : tensor<4xf32>
  %scale = neap.constant dense<0.707106769> : tensor<4xf32>
  %0 = neap.mul %x, %scale : tensor<4xf32>
  %1 = neap.erf %0 : tensor<4xf32>
  %2 = neap.add %1, %one : tensor<4xf32>
  %3 = neap.mul %x, %2 : tensor<4xf32>
  %y = neap.mul %3, %half : tensor<4xf32>
  neap.return %y : tensor<4xf32>
}
