// A profile decides for the shapes that it knows, against the least depth too.
// RUN: rm -rf %t && split-file %s %t
// RUN: neap-opt %t/step.mlir --pass-pipeline='builtin.module(neap.step(neap-fuse-operators{matrix-products=library profile=%t/profile.json}))' \
// RUN:   --remarks-filter=neap-fuse-operators 2>&1 | grep LibraryProduct | FileCheck %s
// RUN: not neap-opt %t/step.mlir --pass-pipeline='builtin.module(neap.step(neap-fuse-operators{profile=%t/none.json}))' 2>&1 \
// RUN:   | FileCheck %s --check-prefix=NONE
// RUN: not neap-opt %t/step.mlir --pass-pipeline='builtin.module(neap.step(neap-fuse-operators{profile=%t/step.mlir}))' 2>&1 \
// RUN:   | FileCheck %s --check-prefix=TEXT
// RUN: not neap-opt %t/step.mlir --pass-pipeline='builtin.module(neap.step(neap-fuse-operators{profile=%t/incomplete.json}))' 2>&1 \
// RUN:   | FileCheck %s --check-prefix=INCOMPLETE
// RUN: not neap-opt %t/step.mlir --pass-pipeline='builtin.module(neap.step(neap-fuse-operators{profile=%t/newer.json}))' 2>&1 \
// RUN:   | FileCheck %s --check-prefix=NEWER

// RUN: neap-opt %t/step.mlir --remarks-filter=neap-fuse-operators \
// RUN:   --pass-pipeline='builtin.module(neap.step(neap-fuse-operators{matrix-products=library allow-tf32 profile=%t/profile.json}))' 2>&1 \
// RUN:   | grep LibraryProduct | FileCheck %s --check-prefix=TF32
// RUN: neap-opt %t/step.mlir --pass-pipeline='builtin.module(neap.step(neap-fuse-operators{profile=%t/simulated.json}))' 2>&1 \
// RUN:   | FileCheck %s --check-prefix=SIMULATED

// TF32: [Passed] LibraryProduct{{.*}}8 x 64 x 128 is left to a library
// TF32: [Missed] LibraryProduct{{.*}}its depth of 32
// SIMULATED: warning: {{.*}}simulated.json was measured on a simulated device, whose times mean nothing
// CHECK: [Missed] LibraryProduct{{.*}}the profile prefers the generated kernel
// CHECK: [Passed] LibraryProduct{{.*}}8 x 64 x 32 is left to a library
// CHECK: [Missed] LibraryProduct{{.*}}the profile prefers the generated kernel
// CHECK: [Passed] LibraryProduct{{.*}}8 x 96 x 128 is left to a library
// NONE: error: cannot read {{.*}}none.json: No such file or directory
// TEXT: error: {{.*}}step.mlir: expected a profile: {{.*}}Invalid JSON
// INCOMPLETE: error: {{.*}}incomplete.json: expected a profile: missing value at profile.products[0].k
// NEWER: error: {{.*}}newer.json: expected a profile of format 1, got 2

//--- step.mlir
neap.step @train(%x: tensor<8x128xf32>, %w: tensor<128x64xf32>, %y: tensor<8x32xf32>, %v: tensor<32x64xf32>, %u: tensor<128x32xf32>,
                 %t: tensor<128x96xf32>) -> (tensor<8x64xf32>, tensor<8x64xf32>, tensor<8x32xf32>, tensor<8x96xf32>) {
  %0 = neap.matmul %x, %w : tensor<8x128xf32>, tensor<128x64xf32>
  %1 = neap.matmul %y, %v : tensor<8x32xf32>, tensor<32x64xf32>
  %2 = neap.matmul %x, %u : tensor<8x128xf32>, tensor<128x32xf32>
  %3 = neap.matmul %x, %t : tensor<8x128xf32>, tensor<128x96xf32>
  neap.return %0, %1, %2, %3 : tensor<8x64xf32>, tensor<8x64xf32>, tensor<8x32xf32>, tensor<8x96xf32>
}

//--- profile.json
{"format": 1, "device": "a card", "driver": 13000, "libraries": {"cublasLt": 130100}, "products": [
  {"m": 8, "n": 64, "k": 128, "batch": [], "lhs_transposed": false, "rhs_transposed": false, "compute": "float32",
   "generated_microseconds": 4.5, "library_microseconds": 5},
  {"m": 8, "n": 64, "k": 128, "batch": [], "lhs_transposed": false, "rhs_transposed": false, "compute": "tf32",
   "generated_microseconds": 4.5, "library_microseconds": 2},
  {"m": 8, "n": 64, "k": 32, "batch": [], "lhs_transposed": false, "rhs_transposed": false, "compute": "float32",
   "generated_microseconds": 6, "library_microseconds": 5, "algorithm": {"library": 130100, "workspace": 0, "config": "00"}},
  {"m": 8, "n": 32, "k": 128, "batch": [], "lhs_transposed": false, "rhs_transposed": false, "compute": "float32", "generated_microseconds": 4},
  {"m": 8, "n": 96, "k": 128, "batch": [], "lhs_transposed": true, "rhs_transposed": false, "compute": "float32",
   "generated_microseconds": 4, "library_microseconds": 5}]}
//--- simulated.json
{"format": 1, "device": "simulated", "products": []}
//--- incomplete.json
{"format": 1, "device": "a card", "products": [{"m": 8, "n": 64}]}
//--- newer.json
{"format": 2, "device": "a card", "products": []}
