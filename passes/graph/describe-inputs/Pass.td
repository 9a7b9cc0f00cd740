#ifndef NEAP_PASSES_GRAPH_DESCRIBE_INPUTS_PASS_TD
#define NEAP_PASSES_GRAPH_DESCRIBE_INPUTS_PASS_TD

include "mlir/Pass/PassBase.td"

def DescribeInputs : Pass<"neap-describe-inputs", "::mlir::ModuleOp"> {
  let summary = "Note on every integer input what it indexes, and how a file of tokens fills it";
  let description = [{
    An input whose values become indices of a gather, or labels of a cross-entropy, gets `neap.minimum` and `neap.limit`
    (exclusive; the smallest where there are several) and, for labels, `neap.ignore`: the runtime checks every value before the
    step. `neap.role` is `tokens` for `input_ids`, `mask` for `attention_mask`, and `labels` for labels.

    Values are followed through anything elementwise and through views.

    ```mlir
    neap.step @forward(%ids: tensor<4xi64> {neap.name = "input_ids"}) ...
      %x = neap.gather %w, %ids : tensor<256x64xf32>, tensor<4xi64>
    // becomes
    neap.step @forward(%ids: tensor<4xi64> {neap.name = "input_ids", neap.limit = 256 : i64, neap.minimum = 0 : i64, neap.role = "tokens"})
    ```
  }];
}

#endif
