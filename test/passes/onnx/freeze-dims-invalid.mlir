// What cannot be frozen, and what would work.
// RUN: not neap-opt %s --neap-freeze-dims='dims=batch=4' 2>&1 | FileCheck %s --check-prefix=MISSING
// RUN: not neap-opt %s --neap-freeze-dims='dims=batch=4,heads=2,sequence=8,sequense=9' 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not neap-opt %s --neap-freeze-dims='dims=batch' 2>&1 | FileCheck %s --check-prefix=SYNTAX
// RUN: not neap-opt %s --neap-freeze-dims='dims=batch=0' 2>&1 | FileCheck %s --check-prefix=ZERO
// RUN: not neap-opt %s --neap-freeze-dims='dims=batch=1,batch=2' 2>&1 | FileCheck %s --check-prefix=TWICE
// RUN: not neap-opt %s --neap-freeze-dims='dims=batch=1,heads=2,sequence=9' 2>&1 | FileCheck %s --check-prefix=FRACTION
// RUN: not neap-opt %s --neap-freeze-dims='dims=batch=1,heads=20,sequence=8' 2>&1 | FileCheck %s --check-prefix=NEGATIVE
// RUN: not neap-opt %s --neap-freeze-dims='dims=batch=4611686018427387904,heads=2,sequence=8' 2>&1 | FileCheck %s --check-prefix=LARGE

// MISSING: error: model.onnx: expected a value for every dimension of the inputs, got none for 'sequence', 'heads'
// MISSING: note: add --dim 'sequence=N' --dim 'heads=N'
// UNKNOWN: error: model.onnx: expected the name of a dimension of an input, got 'sequense'
// UNKNOWN: note: the nearest is 'sequence'
// SYNTAX: error: model.onnx: expected a dimension as NAME=N with N of at least 1, got 'batch'
// ZERO: error: model.onnx: expected a dimension as NAME=N with N of at least 1, got 'batch=0'
// TWICE: error: model.onnx: expected one value for dimension 'batch', got two
// FRACTION: error: model.onnx: input 'y': cannot evaluate dimension 'sequence/heads': the fraction 9/2
// NEGATIVE: error: model.onnx: input 'x': expected dimension 'sequence - heads' to be at least 0, got -12
// LARGE: error: model.onnx: input 'x': expected a tensor of at most 2^45 elements and 64 dimensions, got a larger one
onnx.graph attributes {dim_params = [["batch", "sequence - heads"], ["sequence/heads"]], input_names = ["x", "y"], opsets = {}, output_names = ["o"], source = "model.onnx"} {
^bb0(%x: tensor<?x?xf32>, %y: tensor<?xi64>):
  onnx.return %x : tensor<?x?xf32>
}
