#ifndef NEAP_PASSES_GRAD_BUILD_BACKWARD_PASS_TD
#define NEAP_PASSES_GRAD_BUILD_BACKWARD_PASS_TD

include "mlir/Pass/PassBase.td"

def BuildBackward : Pass<"neap-build-backward", "::mlir::ModuleOp"> {
  let summary = "Differentiate the loss with respect to every trained parameter";
  let description = [{
    Reverse-mode differentiation (Griewank and Walther, Evaluating Derivatives, 2008). The step must return a scalar named
    `loss`; its other results are left alone. The gradient of the loss is 1; ops are visited from the last to the first, and each one that lies between a
    trained parameter and the loss says through the Differentiable interface what its operands get. Where a value is used
    several times, the gradients of its uses are added in the order in which they arise: the last use first, and within one
    op the operands from left to right. The gradients of several reads of one parameter are added likewise.

    Every gradient of a trained parameter is shown by `neap.observe` as soon as it is complete. A trained parameter that the
    loss does not depend on is left out with a warning: it is not trained any more.

    Guarantees that no op without effect and without use is left.

    ```mlir
    neap.parameter @w : tensor<4xf32> trained {file = "", offset = 0 : i64}
    neap.step @forward(%x: tensor<4xf32> {neap.name = "x"}) -> (tensor<f32> {neap.name = "loss"}) {
      %w = neap.read @w : tensor<4xf32>
      %y = neap.mul %x, %w : tensor<4xf32>
      %loss = neap.reduce sum %y axes [0] : tensor<4xf32>
      neap.return %loss : tensor<f32>
    }
    // becomes, as the gradient of %w is %x and all factors 1 fold
    neap.step @forward(%x: tensor<4xf32> {neap.name = "x"}) -> (tensor<f32> {neap.name = "loss"}) {
      neap.observe @w, %x : tensor<4xf32>
      %w = neap.read @w : tensor<4xf32>
      %y = neap.mul %x, %w : tensor<4xf32>
      %loss = neap.reduce sum %y axes [0] : tensor<4xf32>
      neap.return %loss : tensor<f32>
    }
    ```
  }];
  let dependentDialects = ["::neap::NeapDialect"];
}

#endif
