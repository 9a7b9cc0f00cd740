#ifndef NEAP_PASSES_GRAPH_ATTACH_LOSS_PASS_TD
#define NEAP_PASSES_GRAPH_ATTACH_LOSS_PASS_TD

include "mlir/Pass/PassBase.td"

def AttachLoss : Pass<"neap-attach-loss", "::mlir::ModuleOp"> {
  let summary = "Make the step return a scalar loss and nothing else";
  let description = [{
    With `loss-output` the loss is an output of the model already. Otherwise a loss of `kind` is attached to `output` (the
    only one by default), and `labels` becomes an input, unless an input of that name and type exists: then that is used,
    as in language modelling with `labels=input_ids shift-labels`.

    *cross-entropy*: classes on the last axis, labels int64 in the shape of the others; -100 is ignored; the mean over the
    labels that count, in fp32. With `shift-labels` position t is scored against the label at t + 1 and the last position
    does not count: labels move, scores stay where they are. *mse*: labels of the output's shape and type; the mean of (y -
    label)^2 over all elements, in fp32.

    Outputs that are not the loss disappear together with what only they need. The loss comes out as the fp32 scalar `loss`.

    ```mlir
    neap.step @forward(%x: tensor<8x4xf32> {neap.name = "x"}) -> (tensor<8x4xf32> {neap.name = "y"}) {
      neap.return %x : tensor<8x4xf32>
    }
    // kind=cross-entropy becomes
    neap.step @forward(%x: tensor<8x4xf32> {neap.name = "x"}, %labels: tensor<8xi64> {neap.name = "labels"})
        -> (tensor<f32> {neap.name = "loss"}) {
      %loss, %lse, %count = neap.cross_entropy %x, %labels {ignore_index = -100 : i64} : tensor<8x4xf32>, tensor<8xi64>
      neap.return %loss : tensor<f32>
    }
    ```
  }];
  let options = [
    Option<"kind", "kind", "::neap::LossKind", "::neap::LossKind::CrossEntropy", "The loss to attach",
      [{::llvm::cl::values(clEnumValN(::neap::LossKind::CrossEntropy, "cross-entropy", "mean cross-entropy"),
                           clEnumValN(::neap::LossKind::MeanSquaredError, "mse", "mean squared error"))}]>,
    Option<"output", "output", "std::string", "\"\"", "Output to attach the loss to; the only one by default">,
    Option<"labels", "labels", "std::string", "\"labels\"", "Name of the input that holds the labels">,
    Option<"shiftLabels", "shift-labels", "bool", "false", "Score position t against the label at t + 1">,
    Option<"lossOutput", "loss-output", "std::string", "\"\"", "Scalar output that is the loss already">
  ];
  let dependentDialects = ["::neap::NeapDialect"];
}

#endif
