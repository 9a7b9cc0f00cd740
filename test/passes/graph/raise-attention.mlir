// RUN: neap-opt %s --neap-raise-attention --canonicalize --split-input-file | FileCheck %s

// The eager form: scaled scores, and a causal mask as a constant bias that is the same for every batch element.
// CHECK-LABEL: @eager
// CHECK: %[[K:.*]] = neap.transpose %arg1 [0, 2, 1, 3]
// CHECK: %[[Y:.*]], %{{.*}} = neap.attention %arg0, %[[K]], %arg2 {causal, scale = 5.000000e-01 : f32}
// CHECK-NEXT: neap.return %[[Y]]
neap.step @eager(%q: tensor<2x4x3x4xf32>, %k: tensor<2x3x4x4xf32>, %v: tensor<2x4x3x5xf32>) -> (tensor<2x4x3x5xf32>) {
  %half = neap.constant dense<5.0e-01> : tensor<2x4x3x3xf32>
  %mask = neap.constant dense<[[[[0.0, -3.40282347E+38, -3.40282347E+38], [0.0, 0.0, -3.40282347E+38], [0.0, 0.0, 0.0]]],
                               [[[0.0, -3.40282347E+38, -3.40282347E+38], [0.0, 0.0, -3.40282347E+38], [0.0, 0.0, 0.0]]]]>
      : tensor<2x1x3x3xf32>
  %bias = neap.broadcast %mask : tensor<2x1x3x3xf32> -> tensor<2x4x3x3xf32>
  %kt = neap.transpose %k [0, 2, 3, 1] : tensor<2x3x4x4xf32>
  %product = neap.matmul %q, %kt : tensor<2x4x3x4xf32>, tensor<2x4x4x3xf32>
  %scaled = neap.mul %product, %half : tensor<2x4x3x3xf32>
  %scores = neap.add %scaled, %bias : tensor<2x4x3x3xf32>
  %p = neap.softmax %scores : tensor<2x4x3x3xf32>
  %y = neap.matmul %p, %v : tensor<2x4x3x3xf32>, tensor<2x4x3x5xf32>
  neap.return %y : tensor<2x4x3x5xf32>
}

// -----

// The SDPA form: a root of the scale on either side, a bias that was stretched over heads, and no NaN where no key is visible.
// CHECK-LABEL: @sdpa
// CHECK: %[[Y:.*]], %{{.*}} = neap.attention %arg0, %{{.*}}, %arg2 bias %arg3 {empty_rows_zero, scale = 2.500000e-01 : f32}
// CHECK-SAME: bias tensor<2x1x3x3xf32>
// CHECK-NEXT: neap.return %[[Y]]
neap.step @sdpa(%q: tensor<2x4x3x4xf32>, %k: tensor<2x4x3x4xf32>, %v: tensor<2x4x3x4xf32>, %b: tensor<2x1x3x3xf32>)
    -> (tensor<2x4x3x4xf32>) {
  %root = neap.constant dense<5.0e-01> : tensor<2x4x3x4xf32>
  %rootT = neap.constant dense<5.0e-01> : tensor<2x4x4x3xf32>
  %zero = neap.constant dense<0.0> : tensor<2x4x3x3xf32>
  %kt = neap.transpose %k [0, 1, 3, 2] : tensor<2x4x3x4xf32>
  %qs = neap.mul %q, %root : tensor<2x4x3x4xf32>
  %ks = neap.mul %kt, %rootT : tensor<2x4x4x3xf32>
  %product = neap.matmul %qs, %ks : tensor<2x4x3x4xf32>, tensor<2x4x4x3xf32>
  %bias = neap.broadcast %b : tensor<2x1x3x3xf32> -> tensor<2x4x3x3xf32>
  %scores = neap.add %product, %bias : tensor<2x4x3x3xf32>
  %p = neap.softmax %scores : tensor<2x4x3x3xf32>
  %nan = neap.is_nan %p : tensor<2x4x3x3xf32>
  %clean = neap.select %nan, %zero, %p : tensor<2x4x3x3xi1>, tensor<2x4x3x3xf32>
  %y = neap.matmul %clean, %v : tensor<2x4x3x3xf32>, tensor<2x4x3x4xf32>
  neap.return %y : tensor<2x4x3x4xf32>
}

// -----

// A mask that selects, of few rows, and a learned bias: they become one bias of the size that the two need.
// CHECK-LABEL: @masked
// CHECK-DAG: %[[MASK:.*]] = neap.select %arg4, %{{.*}}, %{{.*}} : tensor<2x1x1x3xi1>, tensor<2x1x1x3xf32>
// CHECK-DAG: %[[STRETCHED:.*]] = neap.broadcast %[[MASK]] : tensor<2x1x1x3xf32> -> tensor<2x4x3x3xf32>
// CHECK-DAG: %[[BIAS:.*]] = neap.broadcast %arg3 : tensor<4x3x3xf32> -> tensor<2x4x3x3xf32>
// CHECK: %[[BOTH:.*]] = neap.add %[[BIAS]], %[[STRETCHED]]
// CHECK: neap.attention %arg0, %{{.*}}, %arg2 bias %[[BOTH]] : {{.*}} bias tensor<2x4x3x3xf32>
neap.step @masked(%q: tensor<2x4x3x4xf32>, %k: tensor<2x4x3x4xf32>, %v: tensor<2x4x3x4xf32>, %b: tensor<4x3x3xf32>,
                  %m: tensor<2x1x1x3xi1>) -> (tensor<2x4x3x4xf32>) {
  %hidden = neap.constant dense<0xFF800000> : tensor<2x4x3x3xf32>
  %kt = neap.transpose %k [0, 1, 3, 2] : tensor<2x4x3x4xf32>
  %product = neap.matmul %q, %kt : tensor<2x4x3x4xf32>, tensor<2x4x4x3xf32>
  %bias = neap.broadcast %b : tensor<4x3x3xf32> -> tensor<2x4x3x3xf32>
  %biased = neap.add %bias, %product : tensor<2x4x3x3xf32>
  %mask = neap.broadcast %m : tensor<2x1x1x3xi1> -> tensor<2x4x3x3xi1>
  %scores = neap.select %mask, %biased, %hidden : tensor<2x4x3x3xi1>, tensor<2x4x3x3xf32>
  %p = neap.softmax %scores : tensor<2x4x3x3xf32>
  %y = neap.matmul %p, %v : tensor<2x4x3x3xf32>, tensor<2x4x3x4xf32>
  neap.return %y : tensor<2x4x3x4xf32>
}

// -----

// A number that may hide all keys of a query is no bias: the written form has no gradient for scores behind it.
// CHECK-LABEL: @hidden_by_a_number
// CHECK-NOT: neap.attention
neap.step @hidden_by_a_number(%q: tensor<2x4xf32>, %k: tensor<2x4xf32>, %v: tensor<2x4xf32>, %m: tensor<2x2xi1>) -> (tensor<2x4xf32>) {
  %hidden = neap.constant dense<-3.40282347E+38> : tensor<2x2xf32>
  %kt = neap.transpose %k [1, 0] : tensor<2x4xf32>
  %product = neap.matmul %q, %kt : tensor<2x4xf32>, tensor<4x2xf32>
  %scores = neap.select %m, %product, %hidden : tensor<2x2xi1>, tensor<2x2xf32>
  %p = neap.softmax %scores : tensor<2x2xf32>
  %y = neap.matmul %p, %v : tensor<2x2xf32>, tensor<2x4xf32>
  neap.return %y : tensor<2x4xf32>
}

// -----

// A constant mask that shows every query a key is one, here a causal one.
// CHECK-LABEL: @shown_by_a_constant
// CHECK: neap.attention %arg0, %arg1, %arg2 {causal}
neap.step @shown_by_a_constant(%q: tensor<2x4xf32>, %k: tensor<2x4xf32>, %v: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
  %m = neap.constant dense<[[true, false], [true, true]]> : tensor<2x2xi1>
  %hidden = neap.constant dense<-3.40282347E+38> : tensor<2x2xf32>
  %kt = neap.transpose %k [1, 0] : tensor<2x4xf32>
  %product = neap.matmul %q, %kt : tensor<2x4xf32>, tensor<4x2xf32>
  %scores = neap.select %m, %product, %hidden : tensor<2x2xi1>, tensor<2x2xf32>
  %p = neap.softmax %scores : tensor<2x2xf32>
  %y = neap.matmul %p, %v : tensor<2x2xf32>, tensor<2x4xf32>
  neap.return %y : tensor<2x4xf32>
}

// -----

// A constant bias that hides a key below the diagonal is none that is causal.
// CHECK-LABEL: @almost_causal
// CHECK: neap.attention %arg0, %{{.*}}, %arg2 bias
// CHECK-NOT: causal
neap.step @almost_causal(%q: tensor<2x4xf32>, %k: tensor<2x4xf32>, %v: tensor<2x4xf32>) -> (tensor<2x4xf32>) {
  %mask = neap.constant dense<[[0.0, 0xFF800000], [0xFF800000, 0.0]]> : tensor<2x2xf32>
  %kt = neap.transpose %k [1, 0] : tensor<2x4xf32>
  %product = neap.matmul %q, %kt : tensor<2x4xf32>, tensor<4x2xf32>
  %scores = neap.add %product, %mask : tensor<2x2xf32>
  %p = neap.softmax %scores : tensor<2x2xf32>
  %y = neap.matmul %p, %v : tensor<2x2xf32>, tensor<2x4xf32>
  neap.return %y : tensor<2x4xf32>
}

// -----

// Probabilities that are a result themselves are computed as a matrix anyway.
// CHECK-LABEL: @shown
// CHECK-NOT: neap.attention
neap.step @shown(%q: tensor<2x4xf32>, %k: tensor<2x4xf32>, %v: tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<2x2xf32>) {
  %kt = neap.transpose %k [1, 0] : tensor<2x4xf32>
  %product = neap.matmul %q, %kt : tensor<2x4xf32>, tensor<4x2xf32>
  %p = neap.softmax %product : tensor<2x2xf32>
  %y = neap.matmul %p, %v : tensor<2x2xf32>, tensor<2x4xf32>
  neap.return %y, %p : tensor<2x4xf32>, tensor<2x2xf32>
}

// -----

// Dropout of the probabilities goes along, with its key.
// CHECK-LABEL: @dropout
// CHECK: %[[ID:.*]] = neap.random_id 3
// CHECK: neap.attention %arg0, %{{.*}}, %arg2 dropout %arg3, %arg4, %arg5, %[[ID]] {dropout_ratio = 1.000000e-01 : f64}
neap.step @dropout(%q: tensor<2x4xf32>, %k: tensor<2x4xf32>, %v: tensor<2x4xf32>, %l: tensor<ui32>, %h: tensor<ui32>,
                   %s: tensor<ui32>) -> (tensor<2x4xf32>) {
  %id = neap.random_id 3 : tensor<ui32>
  %kt = neap.transpose %k [1, 0] : tensor<2x4xf32>
  %product = neap.matmul %q, %kt : tensor<2x4xf32>, tensor<4x2xf32>
  %p = neap.softmax %product : tensor<2x2xf32>
  %d = neap.dropout %p ratio 1.000000e-01 key %l, %h, %s, %id : tensor<2x2xf32>
  %y = neap.matmul %d, %v : tensor<2x2xf32>, tensor<2x4xf32>
  neap.return %y : tensor<2x4xf32>
}

// -----

// A constant row that hides all keys but the first from every query is none that is causal.
// CHECK-LABEL: @first_key_alone
// CHECK: neap.attention %arg0, %arg1, %arg2 bias %{{.*}} : {{.*}} bias tensor<1x3xf32>
neap.step @first_key_alone(%q: tensor<3x4xf32>, %k: tensor<3x4xf32>, %v: tensor<3x4xf32>) -> (tensor<3x4xf32>) {
  %row = neap.constant dense<[[0.0, -3.40282347E+38, -3.40282347E+38]]> : tensor<1x3xf32>
  %mask = neap.broadcast %row : tensor<1x3xf32> -> tensor<3x3xf32>
  %kt = neap.transpose %k [1, 0] : tensor<3x4xf32>
  %product = neap.matmul %q, %kt : tensor<3x4xf32>, tensor<4x3xf32>
  %scores = neap.add %product, %mask : tensor<3x3xf32>
  %p = neap.softmax %scores : tensor<3x3xf32>
  %y = neap.matmul %p, %v : tensor<3x3xf32>, tensor<3x4xf32>
  neap.return %y : tensor<3x4xf32>
}

// -----

// Two heads share each key and value: nothing is repeated, query and bias get a dimension for the members of a group.
// CHECK-LABEL: @grouped
// CHECK-DAG: %[[Q:.*]] = neap.reshape %arg0 : tensor<2x4x3x8xf32> -> tensor<2x2x2x3x8xf32>
// CHECK-DAG: %[[K:.*]] = neap.broadcast %{{.*}} : tensor<2x2x1x3x8xf32> -> tensor<2x2x2x3x8xf32>
// CHECK-DAG: %[[V:.*]] = neap.broadcast %{{.*}} : tensor<2x2x1x3x8xf32> -> tensor<2x2x2x3x8xf32>
// CHECK-DAG: %[[B:.*]] = neap.reshape %arg3 : tensor<2x1x3x3xf32> -> tensor<2x1x1x3x3xf32>
// CHECK: %[[Y:.*]], %{{.*}} = neap.attention %[[Q]], %[[K]], %[[V]] bias %[[B]]
// CHECK: %[[R:.*]] = neap.reshape %[[Y]] : tensor<2x2x2x3x8xf32> -> tensor<2x4x3x8xf32>
// CHECK: neap.return %[[R]]
neap.step @grouped(%q: tensor<2x4x3x8xf32>, %k: tensor<2x2x3x8xf32>, %v: tensor<2x2x3x8xf32>, %b: tensor<2x1x3x3xf32>)
    -> (tensor<2x4x3x8xf32>) {
  %k1 = neap.reshape %k : tensor<2x2x3x8xf32> -> tensor<2x2x1x3x8xf32>
  %k2 = neap.broadcast %k1 : tensor<2x2x1x3x8xf32> -> tensor<2x2x2x3x8xf32>
  %k3 = neap.reshape %k2 : tensor<2x2x2x3x8xf32> -> tensor<2x4x3x8xf32>
  %v1 = neap.reshape %v : tensor<2x2x3x8xf32> -> tensor<2x2x1x3x8xf32>
  %v2 = neap.broadcast %v1 : tensor<2x2x1x3x8xf32> -> tensor<2x2x2x3x8xf32>
  %v3 = neap.reshape %v2 : tensor<2x2x2x3x8xf32> -> tensor<2x4x3x8xf32>
  %kt = neap.transpose %k3 [0, 1, 3, 2] : tensor<2x4x3x8xf32>
  %product = neap.matmul %q, %kt : tensor<2x4x3x8xf32>, tensor<2x4x8x3xf32>
  %bias = neap.broadcast %b : tensor<2x1x3x3xf32> -> tensor<2x4x3x3xf32>
  %scores = neap.add %product, %bias : tensor<2x4x3x3xf32>
  %p = neap.softmax %scores : tensor<2x4x3x3xf32>
  %y = neap.matmul %p, %v3 : tensor<2x4x3x3xf32>, tensor<2x4x3x8xf32>
  neap.return %y : tensor<2x4x3x8xf32>
}

// -----

// A number hides later keys no better than padding hides those before: a query of padding alone sees them, so they stay.
// CHECK-LABEL: @causal_and_padding
// CHECK: %[[BOTH:.*]] = neap.add
// CHECK: neap.attention %arg0, %arg1, %arg2 bias %[[BOTH]] : {{.*}} bias tensor<2x2xf32>
neap.step @causal_and_padding(%q: tensor<2x4xf32>, %k: tensor<2x4xf32>, %v: tensor<2x4xf32>, %padding: tensor<1x2xf32>)
    -> (tensor<2x4xf32>) {
  %causal = neap.constant dense<[[0.0, -3.40282347E+38], [0.0, 0.0]]> : tensor<2x2xf32>
  %stretched = neap.broadcast %padding : tensor<1x2xf32> -> tensor<2x2xf32>
  %kt = neap.transpose %k [1, 0] : tensor<2x4xf32>
  %product = neap.matmul %q, %kt : tensor<2x4xf32>, tensor<4x2xf32>
  %seen = neap.add %product, %causal : tensor<2x2xf32>
  %scores = neap.add %seen, %stretched : tensor<2x2xf32>
  %p = neap.softmax %scores : tensor<2x2xf32>
  %y = neap.matmul %p, %v : tensor<2x2xf32>, tensor<2x4xf32>
  neap.return %y : tensor<2x4xf32>
}

// -----

// What is hidden by -inf stays hidden.
// CHECK-LABEL: @infinite_and_padding
// CHECK: neap.attention %arg0, %arg1, %arg2 bias %arg3 {causal} : {{.*}} bias tensor<1x2xf32>
neap.step @infinite_and_padding(%q: tensor<2x4xf32>, %k: tensor<2x4xf32>, %v: tensor<2x4xf32>, %padding: tensor<1x2xf32>)
    -> (tensor<2x4xf32>) {
  %causal = neap.constant dense<[[0.0, 0xFF800000], [0.0, 0.0]]> : tensor<2x2xf32>
  %stretched = neap.broadcast %padding : tensor<1x2xf32> -> tensor<2x2xf32>
  %kt = neap.transpose %k [1, 0] : tensor<2x4xf32>
  %product = neap.matmul %q, %kt : tensor<2x4xf32>, tensor<4x2xf32>
  %seen = neap.add %product, %causal : tensor<2x2xf32>
  %scores = neap.add %seen, %stretched : tensor<2x2xf32>
  %p = neap.softmax %scores : tensor<2x2xf32>
  %y = neap.matmul %p, %v : tensor<2x2xf32>, tensor<2x4xf32>
  neap.return %y : tensor<2x4xf32>
}
