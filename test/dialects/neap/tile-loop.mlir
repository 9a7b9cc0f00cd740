// neap.tile_loop: what it prints, and what it refuses.
// RUN: neap-opt %s --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: neap.step @example
neap.step @example(%x: tensor<8x16xf32>, %w: tensor<16x3xf32>, %zero: tensor<16x3xf32>) -> (tensor<16x3xf32>, tensor<8x3xf32>) {
  // CHECK: %{{.*}}:2 = neap.tile_loop 4 slices(%arg0) wholes(%arg1) carried(%arg2) {
  %sum, %y = neap.tile_loop 4 slices(%x) wholes(%w) carried(%zero) {
  ^bb0(%x_i: tensor<2x16xf32>, %all: tensor<16x3xf32>, %s: tensor<16x3xf32>):
    %y_i = neap.matmul %x_i, %all : tensor<2x16xf32>, tensor<16x3xf32>
    %xt = neap.transpose %x_i [1, 0] : tensor<2x16xf32>
    %t = neap.matmul %xt, %y_i from %s : tensor<16x2xf32>, tensor<2x3xf32> from tensor<16x3xf32>
    neap.yield %t, %y_i : tensor<16x3xf32>, tensor<2x3xf32>
  } : (tensor<8x16xf32>, tensor<16x3xf32>, tensor<16x3xf32>) -> (tensor<16x3xf32>, tensor<8x3xf32>)
  neap.return %sum, %y : tensor<16x3xf32>, tensor<8x3xf32>
}

// -----

// tile_loop_c1: a positive count.
neap.step @tile_loop_c1(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @below {{expected a positive count, got 0}}
  %y = neap.tile_loop 0 slices(%x) wholes() carried() {
  ^bb0(%t: tensor<8xf32>):
    neap.yield %t : tensor<8xf32>
  } : (tensor<8xf32>) -> tensor<8xf32>
  neap.return %y : tensor<8xf32>
}

// -----

// tile_loop_c1: which divides what is sliced.
neap.step @tile_loop_c1(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @below {{expected slices of 3 tiles of 'tensor<3xf32>', got 'tensor<8xf32>'}}
  %y = neap.tile_loop 3 slices(%x) wholes() carried() {
  ^bb0(%t: tensor<3xf32>):
    neap.yield %t : tensor<3xf32>
  } : (tensor<8xf32>) -> tensor<8xf32>
  neap.return %y : tensor<8xf32>
}

// -----

// tile_loop_c1: and every result that is not carried.
neap.step @tile_loop_c1(%x: tensor<8xf32>) -> tensor<4xf32> {
  // expected-error @below {{expected results of 4 tiles of 'tensor<2xf32>', got 'tensor<4xf32>'}}
  %y = neap.tile_loop 4 slices(%x) wholes() carried() {
  ^bb0(%t: tensor<2xf32>):
    neap.yield %t : tensor<2xf32>
  } : (tensor<8xf32>) -> tensor<4xf32>
  neap.return %y : tensor<4xf32>
}

// -----

// tile_loop_c2
neap.step @tile_loop_c2(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @below {{expected 1 block arguments, got 2}}
  %y = neap.tile_loop 4 slices(%x) wholes() carried() {
  ^bb0(%t: tensor<2xf32>, %u: tensor<2xf32>):
    neap.yield %t : tensor<2xf32>
  } : (tensor<8xf32>) -> tensor<8xf32>
  neap.return %y : tensor<8xf32>
}

// -----

// tile_loop_c3: a value for each result.
neap.step @tile_loop_c3(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @below {{expected to yield 1 values, 0 of them carried, got 2}}
  %y = neap.tile_loop 4 slices(%x) wholes() carried() {
  ^bb0(%t: tensor<2xf32>):
    neap.yield %t, %t : tensor<2xf32>, tensor<2xf32>
  } : (tensor<8xf32>) -> tensor<8xf32>
  neap.return %y : tensor<8xf32>
}

// -----

// tile_loop_c3: carried values keep their types.
neap.step @tile_loop_c3(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error @below {{expected carried arguments, yielded values and results of the types 'tensor<8xf32>'}}
  %y = neap.tile_loop 4 slices() wholes() carried(%x) {
  ^bb0(%t: tensor<2xf32>):
    neap.yield %t : tensor<2xf32>
  } : (tensor<8xf32>) -> tensor<8xf32>
  neap.return %y : tensor<8xf32>
}

// -----

// tile_loop_c4
neap.parameter @w : tensor<2xf32> trained {value = dense<0.0> : tensor<2xf32>}
neap.step @tile_loop_c4(%x: tensor<8xf32>) -> tensor<8xf32> {
  %y = neap.tile_loop 4 slices(%x) wholes() carried() {
  ^bb0(%t: tensor<2xf32>):
    // expected-error @below {{expected no effect on memory in a tile loop}}
    neap.observe @w, %t : tensor<2xf32>
    neap.yield %t : tensor<2xf32>
  } : (tensor<8xf32>) -> tensor<8xf32>
  neap.return %y : tensor<8xf32>
}
