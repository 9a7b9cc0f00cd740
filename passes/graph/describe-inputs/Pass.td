#ifndef NEAP_PASSES_GRAPH_DESCRIBE_INPUTS_PASS_TD
#define NEAP_PASSES_GRAPH_DESCRIBE_INPUTS_PASS_TD

include "mlir/Pass/PassBase.td"

def DescribeInputs : Pass<"neap-describe-inputs", "::mlir::ModuleOp"> {
  let summary = "Note on every integer input what it indexes, and how a file of tokens fills it";
  let description = [{
    An input whose values are read as indices (IndexReader), seen through views and casts between integers, gets
    `neap.minimum` and `neap.limit` (exclusive; the smallest where there are several) and, where every reader ignores it,
    `neap.ignore`: the runtime checks every value before the step. Indices that are computed from inputs are not said of the
    input; `neap-bound-indices` has seen to them.

    `neap.role` is `tokens` for `input_ids`, `mask` for `attention_mask`, and `labels` for what becomes labels of a loss, also
    by way of arithmetic.

    ```mlir
    neap.step @forward(%ids: tensor<4xi64> {neap.name = "input_ids"}) ...
      %x = neap.gather %w, %ids : tensor<256x64xf32>, tensor<4xi64>
    // becomes
    neap.step @forward(%ids: tensor<4xi64> {neap.name = "input_ids", neap.limit = 256 : i64, neap.minimum = 0 : i64, neap.role = "tokens"})
    ```
  }];
}

#endif
