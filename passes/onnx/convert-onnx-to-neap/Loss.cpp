// Losses that the file itself computes.
#include "neap/passes/onnx/convert-onnx-to-neap/OpTable.h"

using namespace mlir;
using namespace neap;
using namespace neap::conversion;

/// Scores [n, classes, d...] and labels [n, d...] as rows [n * d..., classes] and 64-bit labels [n * d...].
static FailureOr<std::pair<Value, Value>> asRows(Node &node) {
  if (node.rank(0) < 2)
    return node.invalid() << "expected scores of rank 2 or more, got " << node.type(0);
  SmallVector<int64_t> labelShape(node.shape(0));
  labelShape.erase(labelShape.begin() + 1);
  if (ArrayRef<int64_t>(labelShape) != node.shape(1))
    return node.invalid() << "expected labels of shape " << describeShape(labelShape) << ", got "
                          << describeShape(node.shape(1));
  Value scores = node.collapseToRows(node.moveDimension(node.input(0), 1, node.rank(0) - 1));
  Value labels = node.cast(node.input(1), node.getBuilder().getI64Type());
  return std::pair(scores, node.reshape(labels, {node.type(1).getNumElements()}));
}

/// neap.cross_entropy is the mean over the rows that count; their number makes a sum of it.
static Outputs convertSoftmaxCrossEntropyLoss(Node &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireInteger(1)))
    return failure();
  if (node.hasInput(2))
    return node.unsupported() << "expected no class weights, got some";
  if (node.usesOutput(1))
    return node.unsupported() << "expected the second output, log_prob, to be unused, got a use";
  StringRef reduction = node.getString("reduction", "mean");
  if (reduction == "none")
    return node.unsupported() << "expected reduction 'mean' or 'sum', got 'none'";
  if (reduction != "mean" && reduction != "sum")
    return node.invalid() << "expected reduction 'mean', 'sum' or 'none', got '" << reduction << "'";
  FailureOr<std::pair<Value, Value>> rows = asRows(node);
  if (failed(rows))
    return failure();
  // Without ignore_index every row counts: the smallest integer is no label.
  int64_t ignored = node.getInt("ignore_index", std::numeric_limits<int64_t>::min());
  auto loss = CrossEntropyOp::create(node.getBuilder(), node.getLoc(), rows->first, rows->second, ignored);
  if (reduction == "mean")
    return one(loss.getLoss());
  return one(node.make<MulOp>(loss.getLoss(), loss.getCount()));
}

ArrayRef<OpConversion> conversion::getLossConversions() {
  static const OpConversion table[] = {
      {"", "SoftmaxCrossEntropyLoss", 12, 25, 2, 3, convertSoftmaxCrossEntropyLoss},
  };
  return table;
}
