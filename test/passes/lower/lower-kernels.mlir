// One kernel of each kind becomes a function of the runtime's signature; what a launch must know stays on it.
// RUN: neap-opt -split-input-file -neap-lower-kernels %s | FileCheck %s --implicit-check-not=sched.kernel
// RUN: neap-opt -split-input-file "-neap-lower-kernels=lanes=16 registers=32" %s | FileCheck %s --check-prefix=WIDE

// A chain of elementwise ops is one loop over vectors of 16 lanes, without scratch.
// CHECK-LABEL: func.func @pointwise(%{{.*}}: !llvm.ptr, %{{.*}}: i64, %{{.*}}: i64, %{{.*}}: !llvm.ptr)
// CHECK-SAME: bytes_read = 4096 : i64, bytes_written = 4096 : i64, class = "pointwise", flops = 2048 : i64
// CHECK-SAME: kind = #neap<group_kind pointwise>, ops = ["mul", "exp"], scratch = 0
// CHECK: math.exp %{{.*}} : vector<16xf32>
sched.kernel @pointwise pointwise (tensor<1024xf32>) -> tensor<1024xf32> {
^bb0(%a: tensor<1024xf32>):
  %s = neap.mul %a, %a : tensor<1024xf32>
  %e = neap.exp %s : tensor<1024xf32>
  neap.yield %e : tensor<1024xf32>
}

// -----

// A row kernel hands out rows: a row's sum is one worker's.
// CHECK-LABEL: func.func @row(
// CHECK-SAME: items = 6 : i64, kind = #neap<group_kind row>
sched.kernel @row row (tensor<6x40xf32>) -> tensor<6xf32> {
^bb0(%a: tensor<6x40xf32>):
  %s = neap.reduce sum %a axes [1] : tensor<6x40xf32>
  neap.yield %s : tensor<6xf32>
}

// -----

// A column kernel adds the rows in order, with sums in registers.
// CHECK-LABEL: func.func @column(
// CHECK-SAME: kind = #neap<group_kind column>
// CHECK: scf.for {{.*}} iter_args({{.*}}) -> (vector<16xf32>
sched.kernel @column column (tensor<6x40xf32>) -> tensor<40xf32> {
^bb0(%a: tensor<6x40xf32>):
  %s = neap.reduce sum %a axes [0] : tensor<6x40xf32>
  neap.yield %s : tensor<40xf32>
}

// -----

// A matrix product calls a register tile that fits the CPU, and has scratch for its panels.
// CHECK-LABEL: func.func @gemm(
// CHECK-SAME: kind = #neap<group_kind gemm>, ops = ["matmul"], scratch = {{[1-9]}}
// CHECK: call @neap_gemm_tile_6x16
// CHECK: func.func private @neap_gemm_tile_6x16
// WIDE-LABEL: func.func @gemm(
// WIDE: call @neap_gemm_tile_12x32
sched.kernel @gemm gemm (tensor<96x64xf32>, tensor<64x96xf32>) -> tensor<96x96xf32> {
^bb0(%a: tensor<96x64xf32>, %b: tensor<64x96xf32>):
  %c = neap.matmul %a, %b : tensor<96x64xf32>, tensor<64x96xf32>
  neap.yield %c : tensor<96x96xf32>
}

// -----

// Operands of a concat are copied to where they belong.
// CHECK-LABEL: func.func @concat(
// CHECK-SAME: kind = #neap<group_kind concat>, ops = ["concat"]
sched.kernel @concat concat (tensor<4x5x6xf32>, tensor<4x2x6xf32>) -> tensor<4x7x6xf32> {
^bb0(%a: tensor<4x5x6xf32>, %b: tensor<4x2x6xf32>):
  %c = neap.concat %a, %b axis 1 : tensor<4x5x6xf32>, tensor<4x2x6xf32>
  neap.yield %c : tensor<4x7x6xf32>
}

// -----

// Rows of a scatter are added in the order of the indices, whoever works on them: no atomic addition.
// CHECK-LABEL: func.func @scatter(
// CHECK-SAME: kind = #neap<group_kind scatter>, ops = ["scatter_add"]
// CHECK-NOT: atomic
sched.kernel @scatter scatter (tensor<9x70xf32>, tensor<5xi64>, tensor<5x70xf32>) -> tensor<9x70xf32> {
^bb0(%z: tensor<9x70xf32>, %i: tensor<5xi64>, %u: tensor<5x70xf32>):
  %s = neap.scatter_add %z, %i, %u : tensor<9x70xf32>, tensor<5xi64>, tensor<5x70xf32>
  neap.yield %s : tensor<9x70xf32>
}
