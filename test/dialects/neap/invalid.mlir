// Every constraint has its error.
// RUN: neap-opt %s --split-input-file --verify-diagnostics

neap.step @reshape_c1(%x: tensor<4xf32>) {
  // expected-error@+1 {{'neap.reshape' op expected element type 'f32', got 'i32'}}
  %0 = neap.reshape %x : tensor<4xf32> -> tensor<4xi32>
  neap.return
}

// -----

neap.step @reshape_c2(%x: tensor<4xf32>) {
  // expected-error@+1 {{'neap.reshape' op expected 4 elements, got 6}}
  %0 = neap.reshape %x : tensor<4xf32> -> tensor<2x3xf32>
  neap.return
}

// -----

neap.step @transpose_c1(%x: tensor<4x2xf32>) {
  // expected-error@+1 {{'neap.transpose' op expected a permutation of 2 dimensions, got [0, 0]}}
  %0 = neap.transpose %x [0, 0] : tensor<4x2xf32>
  neap.return
}

// -----

neap.step @broadcast_c1(%x: tensor<4xf32>) {
  // expected-error@+1 {{'neap.broadcast' op expected element type 'f32', got 'f64'}}
  %0 = neap.broadcast %x : tensor<4xf32> -> tensor<2x4xf64>
  neap.return
}

// -----

neap.step @broadcast_c2(%x: tensor<1x4xf32>) {
  // expected-error@+1 {{'neap.broadcast' op expected a result of rank 2 or more, got 1}}
  %0 = neap.broadcast %x : tensor<1x4xf32> -> tensor<4xf32>
  neap.return
}

// -----

neap.step @broadcast_c3(%x: tensor<2xf32>) {
  // expected-error@+1 {{'neap.broadcast' op expected dimensions equal or 1, got 'tensor<2xf32>' to 'tensor<4xf32>'}}
  %0 = neap.broadcast %x : tensor<2xf32> -> tensor<4xf32>
  neap.return
}

// -----

neap.step @slice_c1(%x: tensor<4xf32>) {
  // expected-error@+1 {{'neap.slice' op expected indices below 4 in dimension 0, got 2 to 4}}
  %0 = neap.slice %x starts [2] sizes [3] strides [1] : tensor<4xf32>
  neap.return
}

// -----

neap.step @slice_c1_sizes(%x: tensor<4xf32>) {
  // expected-error@+1 {{'neap.slice' op expected sizes of 0 or more, got -1}}
  %0 = neap.slice %x starts [2] sizes [-1] strides [1] : tensor<4xf32>
  neap.return
}

// -----

neap.step @slice_c1_rank(%x: tensor<4xf32>) {
  // expected-error@+1 {{'neap.slice' op expected one start, size and stride for each of 1 dimensions}}
  %0 = neap.slice %x starts [2, 1] sizes [1] strides [1] : tensor<4xf32>
  neap.return
}

// -----

neap.step @unslice_c1(%x: tensor<2xf32>) {
  // expected-error@+1 {{'neap.unslice' op expected element type 'f32', got 'f16'}}
  %0 = neap.unslice %x starts [0] strides [1] : tensor<2xf32> -> tensor<4xf16>
  neap.return
}

// -----

neap.step @unslice_c2(%x: tensor<2xf32>) {
  // expected-error@+1 {{'neap.unslice' op expected a result of rank 1, got 2}}
  %0 = neap.unslice %x starts [0] strides [1] : tensor<2xf32> -> tensor<4x1xf32>
  neap.return
}

// -----

neap.step @unslice_c3(%x: tensor<2xf32>) {
  // expected-error@+1 {{'neap.unslice' op expected indices below 4 in dimension 0, got 3 to 4}}
  %0 = neap.unslice %x starts [3] strides [1] : tensor<2xf32> -> tensor<4xf32>
  neap.return
}

// -----

neap.step @concat_c1() {
  // expected-error@+2 {{'neap.concat' op expected at least one operand, got none}}
  // expected-error@+1 {{'neap.concat' op failed to infer returned types}}
  %0 = "neap.concat"() {axis = 0 : i64} : () -> tensor<4xf32>
  neap.return
}

// -----

neap.step @concat_c2(%x: tensor<2xf32>) {
  // expected-error@+1 {{'neap.concat' op expected an axis below 1, got 1}}
  %0 = neap.concat %x, %x axis 1 : tensor<2xf32>, tensor<2xf32>
  neap.return
}

// -----

neap.step @concat_c3(%x: tensor<2x3xf32>, %y: tensor<2x4xf32>) {
  // expected-error@+1 {{'neap.concat' op expected 'tensor<2x3xf32>' but for dimension 0, got 'tensor<2x4xf32>'}}
  %0 = neap.concat %x, %y axis 0 : tensor<2x3xf32>, tensor<2x4xf32>
  neap.return
}

// -----

neap.step @gather_c1(%x: tensor<f32>, %i: tensor<2xi64>) {
  // expected-error@+1 {{'neap.gather' op expected a table of rank 1 or more, got 'tensor<f32>'}}
  %0 = neap.gather %x, %i : tensor<f32>, tensor<2xi64>
  neap.return
}

// -----

neap.step @scatter_add_c1(%x: tensor<f32>, %i: tensor<2xi64>, %u: tensor<2xf32>) {
  // expected-error@+1 {{'neap.scatter_add' op expected a base of rank 1 or more, got 'tensor<f32>'}}
  %0 = neap.scatter_add %x, %i, %u : tensor<f32>, tensor<2xi64>, tensor<2xf32>
  neap.return
}

// -----

neap.step @scatter_add_c2(%x: tensor<4x3xf32>, %i: tensor<2xi64>, %u: tensor<3x3xf32>) {
  // expected-error@+1 {{'neap.scatter_add' op expected updates of type 'tensor<2x3xf32>', got 'tensor<3x3xf32>'}}
  %0 = neap.scatter_add %x, %i, %u : tensor<4x3xf32>, tensor<2xi64>, tensor<3x3xf32>
  neap.return
}

// -----

neap.step @gather_nd_c1(%x: tensor<4x3xf32>, %i: tensor<2xi64>) {
  // expected-error@+1 {{'neap.gather_nd' op expected indices of rank above the batch dimensions, got 'tensor<2xi64>'}}
  %0 = neap.gather_nd %x, %i {batch_dims = 1 : i64} : tensor<4x3xf32>, tensor<2xi64> -> tensor<f32>
  neap.return
}

// -----

neap.step @gather_nd_c2(%x: tensor<4x3xf32>, %i: tensor<3xi64>) {
  // expected-error@+1 {{'neap.gather_nd' op expected index tuples of at most 2 elements, got 3}}
  %0 = neap.gather_nd %x, %i : tensor<4x3xf32>, tensor<3xi64> -> tensor<f32>
  neap.return
}

// -----

neap.step @gather_nd_c3(%x: tensor<4x3xf32>, %i: tensor<2x1xi64>) {
  // expected-error@+1 {{'neap.gather_nd' op expected equal batch dimensions, got 'tensor<4x3xf32>' and 'tensor<2x1xi64>'}}
  %0 = neap.gather_nd %x, %i {batch_dims = 1 : i64} : tensor<4x3xf32>, tensor<2x1xi64> -> tensor<2xf32>
  neap.return
}

// -----

neap.step @gather_nd_c4(%x: tensor<4x3xf32>, %i: tensor<2x1xi64>) {
  // expected-error@+1 {{'neap.gather_nd' op expected result 'tensor<2x3xf32>', got 'tensor<2xf32>'}}
  %0 = neap.gather_nd %x, %i : tensor<4x3xf32>, tensor<2x1xi64> -> tensor<2xf32>
  neap.return
}

// -----

neap.step @cumsum_c1(%x: tensor<4xf32>) {
  // expected-error@+1 {{'neap.cumsum' op expected an axis below 1, got 1}}
  %0 = neap.cumsum %x axis 1 : tensor<4xf32>
  neap.return
}

// -----

neap.step @iota_c1() {
  // expected-error@+1 {{'neap.iota' op expected an axis below 1, got 2}}
  %0 = neap.iota 2 : tensor<4xi64>
  neap.return
}

// -----

neap.step @reduce_c1(%x: tensor<4xf32>) {
  // expected-error@+1 {{'neap.reduce' op expected axes below 1, got [1]}}
  %0 = neap.reduce sum %x axes [1] : tensor<4xf32>
  neap.return
}

// -----

neap.step @reduce_c2(%x: tensor<4x2xf32>) {
  // expected-error@+1 {{'neap.reduce' op expected increasing axes, got [1, 0]}}
  %0 = neap.reduce sum %x axes [1, 0] : tensor<4x2xf32>
  neap.return
}

// -----

neap.step @reduce_c3(%x: tensor<4x2xf32>, %y: tensor<4xf32>) {
  // expected-error@+1 {{'neap.reduce' op expected to start from 'tensor<2xf32>', got 'tensor<4xf32>'}}
  %0 = neap.reduce sum %x axes [0] from %y : tensor<4x2xf32> from tensor<4xf32>
  neap.return
}

// -----

neap.step @reduce_c4_last_axis(%x: tensor<4x2xf32>, %y: tensor<4xf32>) {
  // expected-error@+1 {{'neap.reduce' op expected a sum that spares the last axis to have a start or chunks}}
  %0 = neap.reduce sum %x axes [1] from %y : tensor<4x2xf32> from tensor<4xf32>
  neap.return
}

// -----

neap.step @reduce_c4_no_axis(%x: tensor<4xf32>) {
  // expected-error@+1 {{'neap.reduce' op expected a sum that spares the last axis to have a start or chunks}}
  %0 = neap.reduce sum %x axes [] from %x : tensor<4xf32> from tensor<4xf32>
  neap.return
}

// -----

neap.step @reduce_c4_maximum(%x: tensor<4x2xf32>) {
  // expected-error@+1 {{'neap.reduce' op expected a sum that spares the last axis to have a start or chunks}}
  %0 = neap.reduce max %x axes [0] chunk 32 : tensor<4x2xf32>
  neap.return
}

// -----

neap.step @reduce_c5(%x: tensor<129x2xf32>) {
  // expected-error@+1 {{'neap.reduce' op expected chunks of 3 rows or more, got 2}}
  %0 = neap.reduce sum %x axes [0] chunk 2 : tensor<129x2xf32>
  neap.return
}

// -----

neap.step @reduce_c5_positive(%x: tensor<0x2xf32>) {
  // expected-error@+1 {{'neap.reduce' op expected chunks of 1 rows or more, got 0}}
  %0 = neap.reduce sum %x axes [0] chunk 0 : tensor<0x2xf32>
  neap.return
}

// -----

neap.step @matmul_c1(%x: tensor<4x2xf32>, %y: tensor<2x3xf64>) {
  // expected-error@+1 {{'neap.matmul' op expected equal element types, got 'tensor<4x2xf32>' and 'tensor<2x3xf64>'}}
  %0 = neap.matmul %x, %y : tensor<4x2xf32>, tensor<2x3xf64>
  neap.return
}

// -----

neap.step @matmul_c2(%x: tensor<4x2xf32>, %y: tensor<2xf32>) {
  // expected-error@+1 {{'neap.matmul' op expected equal ranks of 2 or more, got 'tensor<4x2xf32>' and 'tensor<2xf32>'}}
  %0 = neap.matmul %x, %y : tensor<4x2xf32>, tensor<2xf32>
  neap.return
}

// -----

neap.step @matmul_c3(%x: tensor<2x4x2xf32>, %y: tensor<1x2x3xf32>) {
  // expected-error@+1 {{'neap.matmul' op expected equal batch dimensions, got 'tensor<2x4x2xf32>' and 'tensor<1x2x3xf32>'}}
  %0 = neap.matmul %x, %y : tensor<2x4x2xf32>, tensor<1x2x3xf32>
  neap.return
}

// -----

neap.step @matmul_c4(%x: tensor<4x2xf32>, %y: tensor<3x5xf32>) {
  // expected-error@+1 {{'neap.matmul' op expected 2 rows on the right, got 'tensor<3x5xf32>'}}
  %0 = neap.matmul %x, %y : tensor<4x2xf32>, tensor<3x5xf32>
  neap.return
}

// -----

neap.step @matmul_c5(%x: tensor<4x2xf32>, %y: tensor<2x5xf32>) {
  // expected-error@+1 {{'neap.matmul' op expected to start from 'tensor<4x5xf32>', got 'tensor<4x2xf32>'}}
  %0 = neap.matmul %x, %y from %x : tensor<4x2xf32>, tensor<2x5xf32> from tensor<4x2xf32>
  neap.return
}

// -----

neap.step @softmax_c1(%x: tensor<f32>) {
  // expected-error@+1 {{'neap.softmax' op expected an operand of rank 1 or more, got 'tensor<f32>'}}
  %0 = neap.softmax %x : tensor<f32>
  neap.return
}

// -----

neap.step @softmax_backward_c1(%x: tensor<f32>) {
  // expected-error@+1 {{'neap.softmax_backward' op expected operands of rank 1 or more, got 'tensor<f32>'}}
  %0 = neap.softmax_backward %x, %x : tensor<f32>
  neap.return
}

// -----

neap.step @layer_norm_c1(%x: tensor<f32>) {
  // expected-error@+1 {{'neap.layer_norm' op expected an operand of rank 1 or more, got 'tensor<f32>'}}
  %0:3 = neap.layer_norm %x, %x, %x {epsilon = 1.0e-05 : f32} : tensor<f32>, tensor<f32>, tensor<f32>
  neap.return
}

// -----

neap.step @layer_norm_c2(%x: tensor<2x3xf32>, %g: tensor<2xf32>) {
  // expected-error@+1 {{'neap.layer_norm' op expected scale and bias of type 'tensor<3xf32>', got 'tensor<2xf32>' and 'tensor<2xf32>'}}
  %0:3 = neap.layer_norm %x, %g, %g {epsilon = 1.0e-05 : f32} : tensor<2x3xf32>, tensor<2xf32>, tensor<2xf32>
  neap.return
}

// -----

neap.step @layer_norm_backward_c1(%x: tensor<2x3xf32>, %g: tensor<2xf32>, %m: tensor<2xf32>) {
  // expected-error@+1 {{'neap.layer_norm_backward' op expected a scale for each column of 'tensor<2x3xf32>', got 'tensor<2xf32>'}}
  %0:3 = neap.layer_norm_backward %x, %g, %m, %m, %x : tensor<2x3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2x3xf32>
  neap.return
}

// -----

neap.step @layer_norm_backward_c2(%x: tensor<2x3xf32>, %g: tensor<3xf32>) {
  // expected-error@+1 {{'neap.layer_norm_backward' op expected statistics of type 'tensor<2xf32>', got 'tensor<3xf32>'}}
  %0:3 = neap.layer_norm_backward %x, %g, %g, %g, %x : tensor<2x3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<2x3xf32>
  neap.return
}

// -----

neap.step @layer_norm_backward_c3(%x: tensor<2x3xf32>, %g: tensor<3xf32>, %m: tensor<2xf32>) {
  // expected-error@+1 {{'neap.layer_norm_backward' op expected a cotangent of type 'tensor<2x3xf32>', got 'tensor<3xf32>'}}
  %0:3 = neap.layer_norm_backward %x, %g, %m, %m, %g : tensor<2x3xf32>, tensor<3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<3xf32>
  neap.return
}

// -----

neap.step @cross_entropy_c1(%x: tensor<3xf32>, %l: tensor<i64>) {
  // expected-error@+1 {{'neap.cross_entropy' op expected logits of rank 2, got 'tensor<3xf32>'}}
  %0:3 = neap.cross_entropy %x, %l {ignore_index = -100 : i64} : tensor<3xf32>, tensor<i64>
  neap.return
}

// -----

neap.step @cross_entropy_c2(%x: tensor<2x3xf32>, %l: tensor<3xi64>) {
  // expected-error@+1 {{'neap.cross_entropy' op expected a label for each row of 'tensor<2x3xf32>', got 'tensor<3xi64>'}}
  %0:3 = neap.cross_entropy %x, %l {ignore_index = -100 : i64} : tensor<2x3xf32>, tensor<3xi64>
  neap.return
}

// -----

neap.step @cross_entropy_backward_c1(%x: tensor<3xf32>, %l: tensor<3xi64>, %s: tensor<f32>) {
  // expected-error@+1 {{'neap.cross_entropy_backward' op expected logits of rank 2, got 'tensor<3xf32>'}}
  %0 = neap.cross_entropy_backward %x, %l, %x, %s, %s {ignore_index = -100 : i64} : tensor<3xf32>, tensor<3xi64>, tensor<3xf32>, tensor<f32>, tensor<f32>
  neap.return
}

// -----

neap.step @cross_entropy_backward_c2(%x: tensor<2x3xf32>, %l: tensor<3xi64>, %r: tensor<2xf32>, %s: tensor<f32>) {
  // expected-error@+1 {{'neap.cross_entropy_backward' op expected a label for each row of 'tensor<2x3xf32>', got 'tensor<3xi64>'}}
  %0 = neap.cross_entropy_backward %x, %l, %r, %s, %s {ignore_index = -100 : i64} : tensor<2x3xf32>, tensor<3xi64>, tensor<2xf32>, tensor<f32>, tensor<f32>
  neap.return
}

// -----

neap.step @cross_entropy_backward_c3(%x: tensor<2x3xf32>, %l: tensor<2xi64>, %r: tensor<3xf32>, %s: tensor<f32>) {
  // expected-error@+1 {{'neap.cross_entropy_backward' op expected lse of type 'tensor<2xf32>', got 'tensor<3xf32>'}}
  %0 = neap.cross_entropy_backward %x, %l, %r, %s, %s {ignore_index = -100 : i64} : tensor<2x3xf32>, tensor<2xi64>, tensor<3xf32>, tensor<f32>, tensor<f32>
  neap.return
}

// -----

neap.step @cross_entropy_backward_c4(%x: tensor<2x3xf32>, %l: tensor<2xi64>, %r: tensor<2xf32>, %s: tensor<f64>) {
  // expected-error@+1 {{'neap.cross_entropy_backward' op expected count and cotangent of 'f32', got 'tensor<f64>'}}
  %0 = neap.cross_entropy_backward %x, %l, %r, %s, %s {ignore_index = -100 : i64} : tensor<2x3xf32>, tensor<2xi64>, tensor<2xf32>, tensor<f64>, tensor<f64>
  neap.return
}

// -----

neap.step @elementwise_shapes(%x: tensor<2xf32>, %y: tensor<3xf32>) {
  // expected-error@+1 {{'neap.add' op all non-scalar operands/results must have the same shape and base type}}
  %0 = "neap.add"(%x, %y) : (tensor<2xf32>, tensor<3xf32>) -> tensor<2xf32>
  neap.return
}

// -----

neap.step @cast_shapes(%x: tensor<2xf32>) {
  // expected-error@+1 {{'neap.cast' op all non-scalar operands/results must have the same shape and base type}}
  %0 = neap.cast %x : tensor<2xf32> -> tensor<3xf64>
  neap.return
}

// -----

// A tensor must not be so large that sizes overflow.
neap.step @s() {
  // expected-error@+1 {{result #0 must be static tensor of any type with at most 2^45 elements and 64 dimensions}}
  %0 = neap.constant dense<0.0> : tensor<4611686018427387905x4xf32>
  neap.return
}

// -----

// step_c1
// expected-error@+1 {{expected a tensor of at most 2^45 elements and 64 dimensions and static shape, got 'tensor<4294967296x4294967296xf32>'}}
neap.step @s(%x: tensor<4294967296x4294967296xf32>) {
  neap.return
}

// -----

// concat_c4
neap.step @s(%x: tensor<9223372036854775807xf32>) {
  // expected-error@+1 {{expected sizes that can be added up}}
  %0 = neap.concat %x, %x axis 0 : tensor<9223372036854775807xf32>, tensor<9223372036854775807xf32>
  neap.return
}

// -----

// slice_c1: a stride that leaves the dimension and comes back.
neap.step @s(%x: tensor<4xf32>) {
  // expected-error@+1 {{expected indices below 4 in dimension 0, got a stride of 4611686018427387904}}
  %0 = neap.slice %x starts [0] sizes [5] strides [4611686018427387904] : tensor<4xf32>
  neap.return
}

// -----

neap.step @dropout_c1(%x: tensor<4xf32>, %w: tensor<ui32>) {
  // expected-error@+1 {{'neap.dropout' op expected a ratio in [0, 1), got 1.000000e+00}}
  %0 = neap.dropout %x ratio 1.0 key %w, %w, %w, %w : tensor<4xf32>
  neap.return
}

// -----

neap.step @dropout_c1(%x: tensor<4xf32>, %w: tensor<ui32>) {
  // expected-error@+1 {{'neap.dropout' op expected a ratio in [0, 1), got -1.000000e-01}}
  %0 = neap.dropout %x ratio -0.1 key %w, %w, %w, %w : tensor<4xf32>
  neap.return
}

// -----

neap.step @random_id() {
  // expected-error@+1 {{'number' failed to satisfy constraint: 64-bit signless integer attribute whose minimum value is 0 whose maximum value is 4294967295}}
  %0 = neap.random_id 4294967296 : tensor<ui32>
  neap.return
}

// -----

neap.step @step_value_c1() {
  // expected-error@+1 {{'neap.step_value' op expected seed_low as 'ui32', got 'tensor<f32>'}}
  %0 = neap.step_value seed_low : tensor<f32>
  neap.return
}

// -----

neap.step @step_value_c1() {
  // expected-error@+1 {{'neap.step_value' op expected learning_rate as 'f32', got 'tensor<ui32>'}}
  %0 = neap.step_value learning_rate : tensor<ui32>
  neap.return
}

// -----

func.func @attention_c1(%q: tensor<2x3x4xf32>, %k: tensor<3x5x4xf32>) {
  // expected-error@+1 {{'neap.attention' op expected query, key and value of equal element type and batch dimensions, got 'tensor<2x3x4xf32>', 'tensor<3x5x4xf32>' and 'tensor<3x5x4xf32>'}}
  %y, %lse = neap.attention %q, %k, %k : tensor<2x3x4xf32>, tensor<3x5x4xf32>, tensor<3x5x4xf32>
  return
}

// -----

func.func @attention_c2(%q: tensor<3x4xf32>, %k: tensor<5x6xf32>) {
  // expected-error@+1 {{'neap.attention' op expected keys of 4 elements, got 'tensor<5x6xf32>'}}
  %y, %lse = neap.attention %q, %k, %k : tensor<3x4xf32>, tensor<5x6xf32>, tensor<5x6xf32>
  return
}

// -----

func.func @attention_c3(%q: tensor<3x4xf32>, %k: tensor<5x4xf32>) {
  // expected-error@+1 {{'neap.attention' op expected 5 values, got 'tensor<3x4xf32>'}}
  %y, %lse = neap.attention %q, %k, %q : tensor<3x4xf32>, tensor<5x4xf32>, tensor<3x4xf32>
  return
}

// -----

func.func @attention_c4(%q: tensor<3x4xf32>, %k: tensor<5x4xf32>, %b: tensor<2x5xf32>) {
  // expected-error@+1 {{'neap.attention' op expected a bias that stretches to 'tensor<3x5xf32>', got 'tensor<2x5xf32>'}}
  %y, %lse = neap.attention %q, %k, %k bias %b : tensor<3x4xf32>, tensor<5x4xf32>, tensor<5x4xf32> bias tensor<2x5xf32>
  return
}

// -----

func.func @attention_c5(%q: tensor<3x4xf32>, %w: tensor<ui32>) {
  // expected-error@+1 {{'neap.attention' op expected a dropout key of 4 or 5 words and a ratio in [0, 1), got 1 words and}}
  %y, %lse = neap.attention %q, %q, %q dropout %w : tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>
  return
}

// -----

func.func @attention_backward_c1(%q: tensor<3x4xf32>, %l: tensor<4xf32>) {
  // expected-error@+1 {{'neap.attention_backward' op expected one number for each query, 'tensor<3xf32>', got 'tensor<4xf32>'}}
  %dq, %dk, %dv = neap.attention_backward %q, %q, %q, %l, %q : tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<4xf32>, tensor<3x4xf32>
  return
}

// -----

func.func @attention_backward_c2(%q: tensor<3x4xf32>, %l: tensor<3xf32>, %g: tensor<3x5xf32>) {
  // expected-error@+1 {{'neap.attention_backward' op expected a cotangent of type 'tensor<3x4xf32>', got 'tensor<3x5xf32>'}}
  %dq, %dk, %dv = neap.attention_backward %q, %q, %q, %l, %g : tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3xf32>, tensor<3x5xf32>
  return
}

// -----

func.func @attention_delta_c1(%q: tensor<3x4xf32>, %l: tensor<3xf32>) {
  // expected-error@+1 {{'neap.attention_delta' op expected no delta}}
  %d, %r = neap.attention_delta %q, %q, %q, %l, %q delta %l, %l : tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3xf32>, tensor<3x4xf32> delta tensor<3xf32>, tensor<3xf32>
  return
}

// -----

func.func @attention_bias_gradient_c1(%q: tensor<3x4xf32>, %l: tensor<3xf32>) {
  // expected-error@+1 {{'neap.attention_bias_gradient' op expected a delta and a bias}}
  %d = neap.attention_bias_gradient %q, %q, %q, %l, %q : tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3xf32>, tensor<3x4xf32>
  return
}

// -----

func.func @library_of_no_product(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error@+1 {{expected a gemm for a library, got pointwise}}
  %0 = neap.fused pointwise library(%x) {
  ^bb0(%a: tensor<8xf32>):
    %1 = neap.exp %a : tensor<8xf32>
    neap.yield %1 : tensor<8xf32>
  } : (tensor<8xf32>) -> tensor<8xf32>
  return %0 : tensor<8xf32>
}

// -----

func.func @attention_backward_c3(%q: tensor<3x4xf32>, %l: tensor<3xf32>) {
  // expected-error@+2 {{'neap.attention_backward' op expected both of delta and reciprocal, or none}}
  // expected-error@+1 {{failed to infer returned types}}
  %dq, %dk, %dv = "neap.attention_backward"(%q, %q, %q, %l, %q, %l) {operandSegmentSizes = array<i32: 1, 1, 1, 1, 1, 1, 0, 0, 0>} : (tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>, tensor<3xf32>, tensor<3x4xf32>, tensor<3xf32>) -> (tensor<3x4xf32>, tensor<3x4xf32>, tensor<3x4xf32>)
  return
}
