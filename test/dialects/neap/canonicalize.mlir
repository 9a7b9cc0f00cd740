// Ops that do nothing disappear; others take simpler forms.
// RUN: neap-opt %s --canonicalize | FileCheck %s

// Bit for bit: x + -0, x - 0, x * 1, x / 1.
// CHECK-LABEL: neap.step @identities(
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>
neap.step @identities(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-NEXT: neap.return %[[X]]
  %zero = neap.constant dense<0.0> : tensor<4xf32>
  %minus_zero = neap.constant dense<-0.0> : tensor<4xf32>
  %one = neap.constant dense<1.0> : tensor<4xf32>
  %0 = neap.add %x, %minus_zero : tensor<4xf32>
  %1 = neap.sub %0, %zero : tensor<4xf32>
  %2 = neap.mul %one, %1 : tensor<4xf32>
  %3 = neap.div %2, %one : tensor<4xf32>
  %4 = neap.negate %3 : tensor<4xf32>
  %5 = neap.negate %4 : tensor<4xf32>
  %6 = neap.cast %5 : tensor<4xf32> -> tensor<4xf32>
  %7 = neap.reduce max %6 axes [] : tensor<4xf32>
  %8 = neap.concat %7 axis 0 : tensor<4xf32>
  neap.return %8 : tensor<4xf32>
}

// x + 0 is not x where x is -0, and x * 0 is not 0 where x is NaN.
// CHECK-LABEL: neap.step @not_identities
neap.step @not_identities(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: neap.add
  // CHECK: neap.mul
  %zero = neap.constant dense<0.0> : tensor<4xf32>
  %0 = neap.add %x, %zero : tensor<4xf32>
  %1 = neap.mul %x, %zero : tensor<4xf32>
  neap.return %0, %1 : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: neap.step @bools(
// CHECK-SAME: %[[B:[a-z0-9]+]]: tensor<4xi1>, %[[X:[a-z0-9]+]]: tensor<4xf32>, %[[Y:[a-z0-9]+]]: tensor<4xf32>
neap.step @bools(%b: tensor<4xi1>, %x: tensor<4xf32>, %y: tensor<4xf32>)
    -> (tensor<4xi1>, tensor<4xi1>, tensor<4xf32>, tensor<4xf32>) {
  // CHECK: %[[FALSE:.*]] = neap.constant dense<false> : tensor<4xi1>
  // CHECK-NEXT: neap.return %[[B]], %[[FALSE]], %[[X]], %[[Y]]
  %true = neap.constant dense<true> : tensor<4xi1>
  %false = neap.constant dense<false> : tensor<4xi1>
  %0 = neap.and %b, %true : tensor<4xi1>
  %1 = neap.or %0, %false : tensor<4xi1>
  %2 = neap.not %1 : tensor<4xi1>
  %3 = neap.not %2 : tensor<4xi1>
  %4 = neap.and %b, %false : tensor<4xi1>
  %5 = neap.select %true, %x, %y : tensor<4xi1>, tensor<4xf32>
  %6 = neap.select %b, %y, %y : tensor<4xi1>, tensor<4xf32>
  neap.return %3, %4, %5, %6 : tensor<4xi1>, tensor<4xi1>, tensor<4xf32>, tensor<4xf32>
}

// Widening is undone by its opposite; narrowing is a rounding point and stays.
// CHECK-LABEL: neap.step @casts(
// CHECK-SAME: %[[H:[a-z0-9]+]]: tensor<4xf16>, %[[F:[a-z0-9]+]]: tensor<4xf32>, %[[B:[a-z0-9]+]]: tensor<4xi1>
neap.step @casts(%h: tensor<4xf16>, %f: tensor<4xf32>, %b: tensor<4xi1>) -> (tensor<4xf16>, tensor<4xf32>, tensor<4xf32>) {
  // CHECK: %[[NARROW:.*]] = neap.cast %[[F]] : tensor<4xf32> -> tensor<4xf16>
  // CHECK: %[[WIDE:.*]] = neap.cast %[[NARROW]] : tensor<4xf16> -> tensor<4xf32>
  // CHECK: %[[NUMBERS:.*]] = neap.cast %[[B]] : tensor<4xi1> -> tensor<4xf32>
  // CHECK: neap.return %[[H]], %[[WIDE]], %[[NUMBERS]]
  %0 = neap.cast %h : tensor<4xf16> -> tensor<4xf32>
  %1 = neap.cast %0 : tensor<4xf32> -> tensor<4xf16>
  %2 = neap.cast %f : tensor<4xf32> -> tensor<4xf16>
  %3 = neap.cast %2 : tensor<4xf16> -> tensor<4xf32>
  %4 = neap.cast %b : tensor<4xi1> -> tensor<4xi64>
  %5 = neap.cast %4 : tensor<4xi64> -> tensor<4xf32>
  neap.return %1, %3, %5 : tensor<4xf16>, tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: neap.step @powers(
// CHECK-SAME: %[[X:.*]]: tensor<4xf32>
neap.step @powers(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  // CHECK-DAG: %[[SQUARE:.*]] = neap.mul %[[X]], %[[X]]
  // CHECK-DAG: neap.mul %{{.*}}, %[[X]]
  // CHECK-DAG: %[[ROOT:.*]] = neap.sqrt %[[X]]
  // CHECK-DAG: neap.reciprocal %{{.*}}
  // CHECK-NOT: neap.pow
  %two = neap.constant dense<2.0> : tensor<4xf32>
  %three = neap.constant dense<3.0> : tensor<4xf32>
  %half = neap.constant dense<0.5> : tensor<4xf32>
  %minus_half = neap.constant dense<-0.5> : tensor<4xf32>
  %one = neap.constant dense<1.0> : tensor<4xf32>
  %0 = neap.pow %x, %two : tensor<4xf32>
  %1 = neap.pow %x, %three : tensor<4xf32>
  %2 = neap.pow %x, %half : tensor<4xf32>
  %3 = neap.pow %x, %minus_half : tensor<4xf32>
  %4 = neap.pow %x, %one : tensor<4xf32>
  neap.return %0, %1, %2, %3, %4 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// Chains of one view are one view.
// CHECK-LABEL: neap.step @chains(
// CHECK-SAME: %[[X:.*]]: tensor<2x3x4xf32>
neap.step @chains(%x: tensor<2x3x4xf32>, %v: tensor<4xf32>)
    -> (tensor<24xf32>, tensor<4x2x3xf32>, tensor<2x3x4xf32>, tensor<5x3x4xf32>, tensor<1x2x4xf32>) {
  // CHECK-DAG: %[[FLAT:.*]] = neap.reshape %[[X]] : tensor<2x3x4xf32> -> tensor<24xf32>
  // CHECK-DAG: %[[MOVED:.*]] = neap.transpose %[[X]] [2, 0, 1]
  // CHECK-DAG: %[[STRETCHED:.*]] = neap.broadcast %{{.*}} : tensor<4xf32> -> tensor<5x3x4xf32>
  // CHECK-DAG: %[[PART:.*]] = neap.slice %[[X]] starts [1, 0, 0] sizes [1, 2, 4] strides [1, 2, 1]
  // CHECK: neap.return %[[FLAT]], %[[MOVED]], %[[X]], %[[STRETCHED]], %[[PART]]
  %0 = neap.reshape %x : tensor<2x3x4xf32> -> tensor<6x4xf32>
  %1 = neap.reshape %0 : tensor<6x4xf32> -> tensor<24xf32>
  %2 = neap.transpose %x [0, 2, 1] : tensor<2x3x4xf32>
  %3 = neap.transpose %2 [1, 0, 2] : tensor<2x4x3xf32>
  %4 = neap.transpose %3 [1, 2, 0] : tensor<4x2x3xf32>
  %5 = neap.reshape %v : tensor<4xf32> -> tensor<1x4xf32>
  %6 = neap.broadcast %5 : tensor<1x4xf32> -> tensor<3x4xf32>
  %7 = neap.broadcast %6 : tensor<3x4xf32> -> tensor<5x3x4xf32>
  %8 = neap.slice %x starts [1, 0, 0] sizes [1, 3, 4] strides [1, 1, 1] : tensor<2x3x4xf32>
  %9 = neap.slice %8 starts [0, 0, 0] sizes [1, 2, 4] strides [1, 2, 1] : tensor<1x3x4xf32>
  neap.return %1, %3, %4, %7, %9 : tensor<24xf32>, tensor<4x2x3xf32>, tensor<2x3x4xf32>, tensor<5x3x4xf32>, tensor<1x2x4xf32>
}

// What only adds or moves dimensions of size 1 is a reshape.
// CHECK-LABEL: neap.step @unit_dimensions
neap.step @unit_dimensions(%x: tensor<2x1x4xf32>) -> (tensor<1x2x4xf32>, tensor<1x2x1x4xf32>) {
  // CHECK-DAG: neap.reshape %{{.*}} : tensor<2x1x4xf32> -> tensor<1x2x4xf32>
  // CHECK-DAG: neap.reshape %{{.*}} : tensor<2x1x4xf32> -> tensor<1x2x1x4xf32>
  %0 = neap.transpose %x [1, 0, 2] : tensor<2x1x4xf32>
  %1 = neap.broadcast %x : tensor<2x1x4xf32> -> tensor<1x2x1x4xf32>
  neap.return %0, %1 : tensor<1x2x4xf32>, tensor<1x2x1x4xf32>
}

// A slice that stays within one part of a concat reads that part.
// CHECK-LABEL: neap.step @slice_of_concat(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<2x3xf32>, %[[Y:[a-z0-9]+]]: tensor<2x2xf32>
neap.step @slice_of_concat(%x: tensor<2x3xf32>, %y: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>) {
  // CHECK: %[[CROSSING:.*]] = neap.slice %{{.*}} starts [0, 2]
  // CHECK: neap.return %[[Y]], %[[CROSSING]]
  %0 = neap.concat %x, %y axis 1 : tensor<2x3xf32>, tensor<2x2xf32>
  %1 = neap.slice %0 starts [0, 3] sizes [2, 2] strides [1, 1] : tensor<2x5xf32>
  %2 = neap.slice %0 starts [0, 2] sizes [2, 2] strides [1, 1] : tensor<2x5xf32>
  neap.return %1, %2 : tensor<2x2xf32>, tensor<2x2xf32>
}

// The gradient of a three-way split: parts that tile an axis, added in any order, are a concat.
// CHECK-LABEL: neap.step @join_parts(
// CHECK-SAME: %[[Q:[a-z0-9]+]]: tensor<4x2xf32>, %[[K:[a-z0-9]+]]: tensor<4x3xf32>, %[[V:[a-z0-9]+]]: tensor<4x1xf32>
neap.step @join_parts(%q: tensor<4x2xf32>, %k: tensor<4x3xf32>, %v: tensor<4x1xf32>) -> tensor<4x6xf32> {
  // CHECK-NEXT: %[[JOINED:.*]] = neap.concat %[[Q]], %[[K]], %[[V]] axis 1
  // CHECK-NEXT: neap.return %[[JOINED]]
  %0 = neap.unslice %v starts [0, 5] strides [1, 1] : tensor<4x1xf32> -> tensor<4x6xf32>
  %1 = neap.unslice %q starts [0, 0] strides [1, 1] : tensor<4x2xf32> -> tensor<4x6xf32>
  %2 = neap.unslice %k starts [0, 2] strides [1, 1] : tensor<4x3xf32> -> tensor<4x6xf32>
  %3 = neap.add %0, %1 : tensor<4x6xf32>
  %4 = neap.add %3, %2 : tensor<4x6xf32>
  neap.return %4 : tensor<4x6xf32>
}

// Parts that leave a gap, overlap, or are read elsewhere stay a sum.
// CHECK-LABEL: neap.step @keep_parts
neap.step @keep_parts(%x: tensor<4x2xf32>, %y: tensor<4x3xf32>) -> (tensor<4x6xf32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>) {
  // CHECK-COUNT-3: neap.add
  // CHECK-NOT: neap.concat
  %0 = neap.unslice %x starts [0, 0] strides [1, 1] : tensor<4x2xf32> -> tensor<4x6xf32>
  %1 = neap.unslice %y starts [0, 3] strides [1, 1] : tensor<4x3xf32> -> tensor<4x6xf32>
  %2 = neap.add %0, %1 : tensor<4x6xf32>
  %3 = neap.unslice %x starts [0, 0] strides [1, 1] : tensor<4x2xf32> -> tensor<4x5xf32>
  %4 = neap.unslice %y starts [0, 1] strides [1, 1] : tensor<4x3xf32> -> tensor<4x5xf32>
  %5 = neap.add %3, %4 : tensor<4x5xf32>
  %6 = neap.unslice %x starts [0, 0] strides [1, 1] : tensor<4x2xf32> -> tensor<4x5xf32>
  %7 = neap.unslice %y starts [0, 2] strides [1, 1] : tensor<4x3xf32> -> tensor<4x5xf32>
  %8 = neap.add %6, %7 : tensor<4x5xf32>
  neap.return %2, %5, %8, %7 : tensor<4x6xf32>, tensor<4x5xf32>, tensor<4x5xf32>, tensor<4x5xf32>
}

// The gradient of a table that is also read otherwise: rows are added to the other gradient.
// CHECK-LABEL: neap.step @scatter_into(
// CHECK-SAME: %[[I:[a-z0-9]+]]: tensor<2xi64>, %[[U:[a-z0-9]+]]: tensor<2x3xf32>, %[[Y:[a-z0-9]+]]: tensor<5x3xf32>
neap.step @scatter_into(%i: tensor<2xi64>, %u: tensor<2x3xf32>, %y: tensor<5x3xf32>) -> tensor<5x3xf32> {
  // CHECK-NEXT: %[[SUM:.*]] = neap.scatter_add %[[Y]], %[[I]], %[[U]]
  // CHECK-NEXT: neap.return %[[SUM]]
  %zeros = neap.constant dense<0.0> : tensor<5x3xf32>
  %0 = neap.scatter_add %zeros, %i, %u : tensor<5x3xf32>, tensor<2xi64>, tensor<2x3xf32>
  %1 = neap.add %0, %y : tensor<5x3xf32>
  neap.return %1 : tensor<5x3xf32>
}

// Rows that follow one another are a slice; all of them are the table.
// CHECK-LABEL: neap.step @gather_of_range(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<4x3xf32>
neap.step @gather_of_range(%x: tensor<4x3xf32>) -> (tensor<2x2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  // CHECK-DAG: %[[ALL:.*]] = neap.reshape %[[X]] : tensor<4x3xf32> -> tensor<2x2x3xf32>
  // CHECK-DAG: %[[SOME:.*]] = neap.slice %[[X]] starts [1, 0] sizes [2, 3] strides [1, 1]
  // CHECK-DAG: %[[OTHERS:.*]] = neap.gather %[[X]]
  // CHECK: neap.return %[[ALL]], %[[SOME]], %[[OTHERS]]
  %all = neap.constant dense<[[0, 1], [2, 3]]> : tensor<2x2xi64>
  %some = neap.constant dense<[1, 2]> : tensor<2xi64>
  %others = neap.constant dense<[1, 3]> : tensor<2xi64>
  %0 = neap.gather %x, %all : tensor<4x3xf32>, tensor<2x2xi64>
  %1 = neap.gather %x, %some : tensor<4x3xf32>, tensor<2xi64>
  %2 = neap.gather %x, %others : tensor<4x3xf32>, tensor<2xi64>
  neap.return %0, %1, %2 : tensor<2x2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

// A sum that goes on from +0 starts there. From -0 it does not: -0 and nothing more is -0.
// CHECK-LABEL: neap.step @goes_on_from_zero(
// CHECK-SAME: %[[X:[a-z0-9]+]]: tensor<64x4xf32>, %[[T:[a-z0-9]+]]: tensor<4x64xf32>
neap.step @goes_on_from_zero(%x: tensor<64x4xf32>, %t: tensor<4x64xf32>)
    -> (tensor<4x4xf32>, tensor<4xf32>, tensor<4x4xf32>, tensor<4xf32>) {
  // CHECK-DAG: %[[C:.*]] = neap.constant dense<-0.000000e+00> : tensor<4x4xf32>
  // CHECK-DAG: %[[R:.*]] = neap.constant dense<-0.000000e+00> : tensor<4xf32>
  // CHECK: neap.matmul %[[T]], %[[X]] : tensor<4x64xf32>, tensor<64x4xf32>
  // CHECK-NEXT: neap.reduce sum %[[X]] axes [0] chunk 16 : tensor<64x4xf32>
  // CHECK-NEXT: neap.matmul %[[T]], %[[X]] from %[[C]]
  // CHECK-NEXT: neap.reduce sum %[[X]] axes [0] from %[[R]]
  %zeros = neap.constant dense<0.0> : tensor<4x4xf32>
  %row = neap.constant dense<0.0> : tensor<4xf32>
  %negative = neap.constant dense<-0.0> : tensor<4x4xf32>
  %negative_row = neap.constant dense<-0.0> : tensor<4xf32>
  %0 = neap.matmul %t, %x from %zeros : tensor<4x64xf32>, tensor<64x4xf32> from tensor<4x4xf32>
  %1 = neap.reduce sum %x axes [0] from %row chunk 16 : tensor<64x4xf32> from tensor<4xf32>
  %2 = neap.matmul %t, %x from %negative : tensor<4x64xf32>, tensor<64x4xf32> from tensor<4x4xf32>
  %3 = neap.reduce sum %x axes [0] from %negative_row : tensor<64x4xf32> from tensor<4xf32>
  neap.return %0, %1, %2, %3 : tensor<4x4xf32>, tensor<4xf32>, tensor<4x4xf32>, tensor<4xf32>
}
