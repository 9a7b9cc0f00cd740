#ifndef NEAP_PASSES_GRAD_BUILD_OPTIMIZER_PASS_TD
#define NEAP_PASSES_GRAD_BUILD_OPTIMIZER_PASS_TD

include "mlir/Pass/PassBase.td"

def BuildOptimizer : Pass<"neap-build-optimizer", "::mlir::ModuleOp"> {
  let summary = "Update every parameter that has a gradient";
  let description = [{
    Writes the update of `optimizer` as elementwise ops on the parameter, its gradient and its state, with hyperparameters
    read from the step block. Parameters with `decays = false` are spared weight decay. State is declared as
    `neap.state @"PARAMETER.NAME"` and starts as zeros. Parameters in 16 bits are updated in fp32 and rounded once.

    *adamw* (Loshchilov and Hutter, arXiv 1711.05101; as torch.optim.AdamW), state `m` and `v`:
    p1 = p * decay_factor; m' = m + (g - m) * one_minus_beta1; v' = v * beta2 + (one_minus_beta2 * g) * g;
    p' = p1 - step_size * m' / (sqrt(v') * inverse_sqrt_correction2 + epsilon).

    *sgd* (as torch.optim.SGD), state `momentum` where the option says so: g1 = g + weight_decay * p;
    b' = b * momentum + g1, which is g1 in the first step as b starts with zeros; p' = p - learning_rate * b'. Without
    momentum at compile time there is no state and p' = p - learning_rate * g1: such a binary cannot be given momentum.

    An update stands as early as it can: behind the gradient, and behind the last use of the parameter's old value, so that
    it may happen in place. Clipped gradients (`neap-clip-gradient-norm`) are complete at the end only.

    ```mlir
    neap.observe @w, %g : tensor<4xf32>
    // optimizer=sgd, without weight decay for @w, becomes
    neap.observe @w, %g : tensor<4xf32>
    %w = neap.read @w : tensor<4xf32>
    %rate = neap.step_value learning_rate : tensor<f32>
    %scaled = neap.mul (broadcast %rate), %g : tensor<4xf32>
    %new = neap.sub %w, %scaled : tensor<4xf32>
    neap.write @w, %new : tensor<4xf32>
    ```
  }];
  let options = [
    Option<"optimizer", "optimizer", "::neap::OptimizerKind", "::neap::OptimizerKind::AdamW", "The update rule",
      [{::llvm::cl::values(clEnumValN(::neap::OptimizerKind::AdamW, "adamw", "Adam with decoupled weight decay"),
                           clEnumValN(::neap::OptimizerKind::Sgd, "sgd", "stochastic gradient descent"))}]>,
    Option<"momentum", "momentum", "bool", "false", "Keep momentum (sgd)">
  ];
  let dependentDialects = ["::neap::NeapDialect"];
}

#endif
