// Attention that is recognised is remarked with what was found, attention of heads that are too large with their size.
// RUN: neap-opt %s --neap-raise-attention=max-head-size=4 --remarks-filter=raise-attention 2>&1 | FileCheck %s

// CHECK-DAG: remark: [Passed] RaiseAttention | Category:raise-attention | {{.*}}"written-out attention becomes neap.attention, with a bias"
// CHECK-DAG: remark: [Missed] RaiseAttention | Category:raise-attention | {{.*}}"a mask may hide all keys of a query behind a number"
// CHECK-DAG: remark: [Missed] RaiseAttention | Category:raise-attention | {{.*}}"heads of 5 elements, more than 4"
neap.step @sizes(%q: tensor<2x4xf32>, %k: tensor<2x4xf32>, %v: tensor<2x4xf32>, %w: tensor<2x5xf32>, %b: tensor<2x2xf32>,
                %m: tensor<2x2xi1>)
    -> (tensor<2x4xf32>, tensor<2x5xf32>, tensor<2x4xf32>) {
  %kt = neap.transpose %k [1, 0] : tensor<2x4xf32>
  %product = neap.matmul %q, %kt : tensor<2x4xf32>, tensor<4x2xf32>
  %scores = neap.add %product, %b : tensor<2x2xf32>
  %p = neap.softmax %scores : tensor<2x2xf32>
  %y = neap.matmul %p, %v : tensor<2x2xf32>, tensor<2x4xf32>
  %product2 = neap.matmul %v, %kt : tensor<2x4xf32>, tensor<4x2xf32>
  %p2 = neap.softmax %product2 : tensor<2x2xf32>
  %y2 = neap.matmul %p2, %w : tensor<2x2xf32>, tensor<2x5xf32>
  %hidden = neap.constant dense<-3.40282347E+38> : tensor<2x2xf32>
  %product3 = neap.matmul %k, %kt : tensor<2x4xf32>, tensor<4x2xf32>
  %masked = neap.select %m, %product3, %hidden : tensor<2x2xi1>, tensor<2x2xf32>
  %p3 = neap.softmax %masked : tensor<2x2xf32>
  %y3 = neap.matmul %p3, %v : tensor<2x2xf32>, tensor<2x4xf32>
  neap.return %y, %y2, %y3 : tensor<2x4xf32>, tensor<2x5xf32>, tensor<2x4xf32>
}
