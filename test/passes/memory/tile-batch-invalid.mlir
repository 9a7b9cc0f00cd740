// What neap-tile-batch refuses, and what it says stands in the way.
// RUN: neap-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(neap.step(neap-tile-batch{count=3}))'

// A size that does not divide.
// expected-error @below {{the batch cannot be split into 3 parts}}
neap.step @size(%x: tensor<8x16xf32>) -> tensor<8xf32> {
  // expected-note @below {{neap.exp makes a value whose leading dimensions do not divide by it}}
  %y = neap.exp %x : tensor<8x16xf32>
  %s = neap.reduce sum %y axes [1] : tensor<8x16xf32>
  neap.return %s : tensor<8xf32>
}

// -----

// Statistics over the batch are complete only when all parts have been seen.
// expected-error @below {{the batch cannot be split into 3 parts}}
neap.step @batch_statistics(%x: tensor<9x16xf32>) -> tensor<9xf32> {
  %y = neap.exp %x : tensor<9x16xf32>
  // expected-note @below {{neap.reduce cannot be computed tile by tile with the same bits}}
  %m = neap.reduce max %y axes [0] : tensor<9x16xf32>
  %all = neap.broadcast %m : tensor<16xf32> -> tensor<9x16xf32>
  %z = neap.sub %y, %all : tensor<9x16xf32>
  %s = neap.reduce sum %z axes [1] : tensor<9x16xf32>
  neap.return %s : tensor<9xf32>
}

// -----

// Nothing to split.
// expected-error @below {{the batch cannot be split into 3 parts}}
// expected-note @below {{no input leads to a value with more elements than the largest input of integers has}}
neap.step @nothing(%x: tensor<9xi64>) -> tensor<9xi64> {
  %y = neap.add %x, %x : tensor<9xi64>
  neap.return %y : tensor<9xi64>
}
