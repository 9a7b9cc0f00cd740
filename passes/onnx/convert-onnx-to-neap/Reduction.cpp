// Ops that join the elements along some axes.
#include "neap/passes/onnx/convert-onnx-to-neap/OpTable.h"

using namespace mlir;
using namespace neap;
using namespace neap::conversion;

/// The axes to join, sorted. They are an attribute in old opsets and an input in new ones (ReduceSum from 13, the others
/// from 18); none means all, or nothing to do with noop_with_empty_axes.
static FailureOr<SmallVector<int64_t>> reducedAxes(Node &node) {
  auto wanted = node.intsFromAttributeOrInput("axes", 1);
  if (failed(wanted))
    return failure();
  if (*wanted && !(*wanted)->empty()) {
    FailureOr<SmallVector<int64_t>> axes = node.normalizeAxes(**wanted, node.rank(0));
    if (succeeded(axes))
      llvm::sort(*axes);
    return axes;
  }
  if (node.getInt("noop_with_empty_axes", 0))
    return SmallVector<int64_t>();
  return llvm::to_vector(llvm::seq<int64_t>(0, node.rank(0)));
}

static SmallVector<int64_t> keptShape(ArrayRef<int64_t> shape, ArrayRef<int64_t> axes) {
  SmallVector<int64_t> kept(shape);
  for (int64_t axis : axes)
    kept[axis] = 1;
  return kept;
}

/// A reduction over sorted axes. Where the last axis is one of several, it goes first: kernels join along it or along the
/// others, not both at once.
static Value reduce(Node &node, Reduction reduction, Value value, ArrayRef<int64_t> axes) {
  if (axes.empty())
    return value;
  if (axes.size() > 1 && axes.back() == rankOf(value) - 1) {
    value = node.make<ReduceOp>(reduction, value, axes.take_back());
    axes = axes.drop_back();
    // What is left is joined along the last axis too where nothing stands behind it.
    if (axes.size() > 1 && static_cast<int64_t>(axes.size()) == rankOf(value)) {
      value = node.reshape(value, {tensorType(value).getNumElements()});
      return node.make<ReduceOp>(reduction, value, ArrayRef<int64_t>{0});
    }
    return reduce(node, reduction, value, axes);
  }
  return node.make<ReduceOp>(reduction, value, axes);
}

template <Reduction reduction> static Outputs convertReduce(Node &node) {
  if (failed(node.requireNumber(0)))
    return failure();
  FailureOr<SmallVector<int64_t>> axes = reducedAxes(node);
  if (failed(axes))
    return failure();
  Value joined = reduce(node, reduction, node.input(0), *axes);
  if (node.getInt("keepdims", 1))
    joined = node.reshape(joined, keptShape(node.shape(0), *axes));
  return one(joined);
}

static Outputs convertReduceMean(Node &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  FailureOr<SmallVector<int64_t>> axes = reducedAxes(node);
  if (failed(axes))
    return failure();
  Outputs sum = convertReduce<Reduction::Sum>(node);
  if (failed(sum))
    return failure();
  int64_t count = 1;
  for (int64_t axis : *axes)
    count *= node.shape(0)[axis];
  return one(node.make<DivOp>(sum->front(), node.splatLike(sum->front(), static_cast<double>(count))));
}

ArrayRef<OpConversion> conversion::getReductionConversions() {
  static const OpConversion table[] = {
      {"", "ReduceSum", 11, 25, 1, 2, convertReduce<Reduction::Sum>},
      {"", "ReduceMax", 11, 25, 1, 2, convertReduce<Reduction::Maximum>},
      {"", "ReduceMin", 11, 25, 1, 2, convertReduce<Reduction::Minimum>},
      {"", "ReduceMean", 11, 25, 1, 2, convertReduceMean},
  };
  return table;
}
