// What a loss cannot be attached to, and what would work.
// RUN: not neap-opt %s --neap-attach-loss 2>&1 | FileCheck %s --check-prefix=WHICH
// RUN: not neap-opt %s --neap-attach-loss='output=logit' 2>&1 | FileCheck %s --check-prefix=NEAR
// RUN: not neap-opt %s --neap-attach-loss='loss-output=zzzzzzzz' 2>&1 | FileCheck %s --check-prefix=FAR
// RUN: not neap-opt %s --neap-attach-loss='output=logits labels=x' 2>&1 | FileCheck %s --check-prefix=LABELS
// RUN: not neap-opt %s --neap-attach-loss='output=count' 2>&1 | FileCheck %s --check-prefix=FLOAT
// RUN: not neap-opt %s --neap-attach-loss='output=scalar' 2>&1 | FileCheck %s --check-prefix=CLASSES
// RUN: not neap-opt %s --neap-attach-loss='output=logits shift-labels' 2>&1 | FileCheck %s --check-prefix=SHIFT
// RUN: not neap-opt %s --neap-attach-loss='output=logits kind=mse shift-labels' 2>&1 | FileCheck %s --check-prefix=MSE
// RUN: not neap-opt %s --neap-attach-loss='loss-output=logits' 2>&1 | FileCheck %s --check-prefix=SCALAR

// WHICH: error: expected the name of the output to attach the loss to, got none for a model with 3 outputs
// WHICH: note: the outputs are 'logits', 'count', 'scalar'
// NEAR: error: expected the name of an output, got 'logit'
// NEAR: note: the nearest is 'logits'
// FAR: error: expected the name of an output, got 'zzzzzzzz'
// FAR: note: the outputs are 'logits', 'count', 'scalar'
// LABELS: error: expected labels of type 'tensor<1xi64>', got input 'x' of type 'tensor<1x5xf32>'
// FLOAT: error: expected a floating-point output to attach the loss to, got 'tensor<1xi64>'
// CLASSES: error: expected scores with the classes on the last axis, got 'tensor<f32>'
// SHIFT: error: expected at least two positions to shift the labels by one, got labels of type 'tensor<1xi64>'
// MSE: error: expected shift-labels with cross-entropy, got it with mse
// SCALAR: error: expected a loss of one floating-point element, got output 'logits' of type 'tensor<1x5xf32>'
neap.step @forward(%x: tensor<1x5xf32> {neap.name = "x"}, %n: tensor<1xi64> {neap.name = "n"}, %s: tensor<f32> {neap.name = "s"})
    -> (tensor<1x5xf32> {neap.name = "logits"}, tensor<1xi64> {neap.name = "count"}, tensor<f32> {neap.name = "scalar"}) {
  neap.return %x, %n, %s : tensor<1x5xf32>, tensor<1xi64>, tensor<f32>
}
