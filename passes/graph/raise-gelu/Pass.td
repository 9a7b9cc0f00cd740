#ifndef NEAP_PASSES_GRAPH_RAISE_GELU_PASS_TD
#define NEAP_PASSES_GRAPH_RAISE_GELU_PASS_TD

include "mlir/Pass/PassBase.td"

def RaiseGelu : Pass<"neap-raise-gelu"> {
  let summary = "Recognise written-out GELU";
  let description = [{
    Replaces the forms of GELU that exporters write out by `neap.gelu`, whose gradient needs only x and recomputes the rest:

    - x / 2 * (1 + erf(x / sqrt(2))), also as x * Phi(x)
    - x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))), also with x * (1 + 0.044715 x^2) inside

    Products are matched in any order and grouping, constants to one part in a million: an export holds them in the model's
    type. Requires canonical IR: constants folded, small powers either way. A form that matches nothing stays as it is.

    ```mlir
    %half = neap.constant dense<5.0e-01> : tensor<4xf32>
    %one = neap.constant dense<1.0> : tensor<4xf32>
    %scale = neap.constant dense<0.707106769> : tensor<4xf32>
    %0 = neap.mul %x, %scale : tensor<4xf32>
    %1 = neap.erf %0 : tensor<4xf32>
    %2 = neap.add %1, %one : tensor<4xf32>
    %3 = neap.mul %x, %2 : tensor<4xf32>
    %y = neap.mul %3, %half : tensor<4xf32>
    // becomes
    %y = neap.gelu %x : tensor<4xf32>
    ```
  }];
  let dependentDialects = ["::neap::NeapDialect"];
}

#endif
