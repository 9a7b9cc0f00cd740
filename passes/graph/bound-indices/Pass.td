#ifndef NEAP_PASSES_GRAPH_BOUND_INDICES_PASS_TD
#define NEAP_PASSES_GRAPH_BOUND_INDICES_PASS_TD

include "mlir/Pass/PassBase.td"

def BoundIndices : Pass<"neap-bound-indices", "::mlir::ModuleOp"> {
  let summary = "Bound every computed index by what it indexes, and return the extremes for a check";
  let description = [{
    Requires a step that returns its loss. Guarantees that no op with the IndexReader interface leaves its table, whatever the
    data are:

    * *Constant* indices are checked here; one outside is an error.
    * *Inputs*, seen through views and casts between integers, are left alone: `neap-describe-inputs` notes their bounds, and
      the runtime refuses other data before the step.
    * *Computed* indices are clamped to [0, limit - 1], so that no memory but the table's is touched. Their lowest and highest
      value before clamping become results of the step with `neap.minimum` and `neap.limit`; the runtime compares them after
      the step and ends the run with the node's name if one lies outside. An ignored index counts as inside.

    ```mlir
    neap.step @forward(%ids: tensor<4xi64> {neap.name = "ids"}) -> (tensor<f32> {neap.name = "loss"}) {
      ...
      %i = neap.add %ids, %two : tensor<4xi64>
      %x = neap.gather %w, %i : tensor<8x16xf32>, tensor<4xi64>
    // becomes
    neap.step @forward(...) -> (tensor<f32> {neap.name = "loss"},
        tensor<i64> {neap.limit = 8 : i64, neap.minimum = 0 : i64, neap.name = "lowest index of node 'emb'"},
        tensor<i64> {neap.limit = 8 : i64, neap.minimum = 0 : i64, neap.name = "highest index of node 'emb'"}) {
      ...
      %i = neap.add %ids, %two : tensor<4xi64>
      %low = neap.reduce min %i axes [0] : tensor<4xi64>
      %high = neap.reduce max %i axes [0] : tensor<4xi64>
      %inside = ... neap.maximum %i, 0 ... neap.minimum ..., 7
      %x = neap.gather %w, %inside : tensor<8x16xf32>, tensor<4xi64>
    ```
  }];
  let dependentDialects = ["::neap::NeapDialect"];
}

#endif
