#ifndef NEAP_PASSES_GRAD_CLIP_GRADIENT_NORM_PASS_TD
#define NEAP_PASSES_GRAD_CLIP_GRADIENT_NORM_PASS_TD

include "mlir/Pass/PassBase.td"

def ClipGradientNorm : Pass<"neap-clip-gradient-norm", "::mlir::ModuleOp"> {
  let summary = "Compute the norm of all gradients, and clip them by it";
  let description = [{
    The step returns `gradient_norm` as its last result: the square root of the sum of the squares of all observed gradients,
    before clipping, in fp32. The order of the sum is fixed: each tensor is summed along its last axis, then over the rest in
    index order, right where the gradient is complete; then the tensors are added from the left in the order in which the
    module declares the parameters.

    With `clip`, every gradient times min(1, clip_norm / (norm + 1e-6)), as torch.nn.utils.clip_grad_norm_ does;
    `clip_norm` comes from the step block. The product carries `neap.gradient_of = @parameter`, by which
    `neap-build-optimizer`, which must follow, finds it. What `neap.observe` shows stays unclipped.

    ```mlir
    neap.observe @w, %g : tensor<4xf32>
    // becomes
    neap.observe @w, %g : tensor<4xf32>
    %squares = neap.mul %g, %g : tensor<4xf32>
    %sum = neap.reduce sum %squares axes [0] : tensor<4xf32>
    %norm = neap.sqrt %sum : tensor<f32>
    // and with clip
    %bound = neap.step_value clip_norm : tensor<f32>
    %ratio = neap.div %bound, (%norm + 1e-6) : tensor<f32>
    %factor = neap.minimum %ratio, 1.0 : tensor<f32>
    %clipped = neap.mul %g, broadcast(%factor) {neap.gradient_of = @w} : tensor<4xf32>
    ```
  }];
  let options = [
    Option<"clip", "clip", "bool", "false", "Scale the gradients so that their norm is at most clip_norm of the step block">
  ];
  let dependentDialects = ["::neap::NeapDialect"];
}

#endif
