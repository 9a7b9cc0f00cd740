// Products, normalisations and the other ops that networks are made of.
#include "neap/passes/onnx/convert-onnx-to-neap/OpTable.h"

using namespace mlir;
using namespace neap;
using namespace neap::conversion;

//===--- Products -------------------------------------------------------------------------------------------------===//

/// Stretches the batch dimensions of both operands to each other's.
static FailureOr<std::pair<Value, Value>> stretchBatches(Node &node, Value lhs, Value rhs) {
  auto batch = broadcastShapes(shapeOf(lhs).drop_back(2), shapeOf(rhs).drop_back(2));
  if (!batch)
    return node.invalid() << "expected batch dimensions that broadcast, got " << describeShape(shapeOf(lhs)) << " and "
                          << describeShape(shapeOf(rhs));
  auto stretched = [&](Value operand) {
    SmallVector<int64_t> shape(*batch);
    llvm::append_range(shape, shapeOf(operand).take_back(2));
    return node.broadcast(operand, shape);
  };
  return std::pair(stretched(lhs), stretched(rhs));
}

/// A product with a matrix on the right is one matrix product over all rows on the left; else the batches are stretched.
static FailureOr<Value> multiply(Node &node, Value lhs, Value rhs) {
  if (rankOf(rhs) == 2) {
    SmallVector<int64_t> shape(shapeOf(lhs));
    shape.back() = shapeOf(rhs).back();
    return node.reshape(node.make<MatmulOp>(node.collapseToRows(lhs), rhs), shape);
  }
  FailureOr<std::pair<Value, Value>> operands = stretchBatches(node, lhs, rhs);
  if (failed(operands))
    return failure();
  return node.make<MatmulOp>(operands->first, operands->second);
}

/// As numpy.matmul: a vector on the left is a row, on the right a column, and the dimension of size 1 goes again.
static Outputs convertMatMul(Node &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireSameElementTypes(node.inputs())))
    return failure();
  Value lhs = node.input(0), rhs = node.input(1);
  if (rankOf(lhs) == 0 || rankOf(rhs) == 0)
    return node.invalid() << "expected inputs of rank 1 or more, got a scalar";
  int64_t k = shapeOf(lhs).back(), rows = rankOf(rhs) == 1 ? shapeOf(rhs)[0] : shapeOf(rhs).take_back(2)[0];
  if (k != rows)
    return node.invalid() << "expected as many rows on the right as columns on the left, got "
                          << describeShape(shapeOf(lhs)) << " and " << describeShape(shapeOf(rhs));
  bool row = rankOf(lhs) == 1, column = rankOf(rhs) == 1;
  if (row)
    lhs = node.reshape(lhs, {1, k});
  if (column)
    rhs = node.reshape(rhs, {k, 1});
  FailureOr<Value> product = multiply(node, lhs, rhs);
  if (failed(product))
    return failure();
  SmallVector<int64_t> shape(shapeOf(*product));
  if (column)
    shape.pop_back();
  if (row)
    shape.erase(shape.end() - (column ? 1 : 2));
  return one(node.reshape(*product, shape));
}

static Value scale(Node &node, Value value, double factor) {
  return factor == 1.0 ? value : node.make<MulOp>(value, node.splatLike(value, factor));
}

/// alpha * A' B' + beta * C
static Outputs convertGemm(Node &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireSameElementTypes({node.input(0), node.input(1)})))
    return failure();
  if (node.rank(0) != 2 || node.rank(1) != 2)
    return node.invalid() << "expected two matrices, got " << describeShape(node.shape(0)) << " and "
                          << describeShape(node.shape(1));
  auto operand = [&](unsigned index, StringRef flag) {
    return node.getInt(flag, 0) ? node.transpose(node.input(index), {1, 0}) : node.input(index);
  };
  Value a = operand(0, "transA"), b = operand(1, "transB");
  if (shapeOf(a)[1] != shapeOf(b)[0])
    return node.invalid() << "expected as many rows on the right as columns on the left, got "
                          << describeShape(shapeOf(a)) << " and " << describeShape(shapeOf(b));
  Value product = scale(node, node.make<MatmulOp>(a, b), node.getFloat("alpha", 1.0));
  if (!node.hasInput(2))
    return one(product);
  if (failed(node.requireSameElementTypes({product, node.input(2)})))
    return failure();
  Value bias = scale(node, node.input(2), node.getFloat("beta", 1.0));
  FailureOr<Value> stretched = node.stretchTo(bias, shapeOf(product), "a bias");
  if (failed(stretched))
    return failure();
  return one(node.make<AddOp>(product, *stretched));
}

//===--- Normalisations -------------------------------------------------------------------------------------------===//

/// Since opset 13 along one axis, by default the last; before, over all dimensions from `axis` (default 1) on at once.
static Outputs convertSoftmax(Node &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  bool coerced = node.getVersion() < 13;
  FailureOr<int64_t> axis = node.getAxis(coerced ? 1 : -1, node.rank(0));
  if (failed(axis))
    return failure();
  Value x = node.input(0);
  if (coerced) {
    int64_t rows = ShapedType::getNumElements(node.shape(0).take_front(*axis));
    int64_t columns = ShapedType::getNumElements(node.shape(0).drop_front(*axis));
    return one(node.reshape(node.make<SoftmaxOp>(node.reshape(x, {rows, columns})), node.shape(0)));
  }
  int64_t last = node.rank(0) - 1;
  Value result = node.make<SoftmaxOp>(node.moveDimension(x, *axis, last));
  return one(node.moveDimension(result, last, *axis));
}

/// Normalises over all dimensions from `axis` on; neap.layer_norm does so over the last, so they are joined.
static Outputs convertLayerNormalization(Node &node) {
  if (failed(node.requireFloat(0)) || failed(node.requireSameElementTypes({node.input(0), node.input(1)})))
    return failure();
  FailureOr<int64_t> axis = node.getAxis(-1, node.rank(0));
  if (failed(axis))
    return failure();
  ArrayRef<int64_t> shape = node.shape(0), normalized = shape.drop_front(*axis);
  FailureOr<Value> scale = node.stretchTo(node.input(1), normalized, "a scale");
  if (failed(scale))
    return failure();
  FailureOr<Value> bias = node.hasInput(2) ? node.stretchTo(node.input(2), normalized, "a bias")
                                           : FailureOr<Value>(node.splatLike(*scale, 0.0));
  if (failed(bias) || failed(node.requireSameElementTypes({*scale, *bias})))
    return failure();
  int64_t size = ShapedType::getNumElements(normalized);
  SmallVector<int64_t> joined(shape.take_front(*axis));
  SmallVector<int64_t> statistics(joined);
  joined.push_back(size);
  statistics.append(normalized.size(), 1);
  auto epsilon = node.getBuilder().getF32FloatAttr(static_cast<float>(node.getFloat("epsilon", 1e-5)));
  auto norm = LayerNormOp::create(node.getBuilder(), node.getLoc(), node.reshape(node.input(0), joined),
                                  node.reshape(*scale, {size}), node.reshape(*bias, {size}), epsilon);
  return SmallVector<Value>{node.reshape(norm.getResult(), shape), node.reshape(norm.getMean(), statistics),
                            node.reshape(norm.getRstd(), statistics)};
}

ArrayRef<OpConversion> conversion::getNetworkConversions() {
  static const OpConversion table[] = {
      {"", "MatMul", 11, 25, 2, 2, convertMatMul},
      {"", "Gemm", 11, 25, 2, 3, convertGemm},
      {"", "Softmax", 11, 25, 1, 1, convertSoftmax},
      {"", "LayerNormalization", 17, 25, 2, 3, convertLayerNormalization},
  };
  return table;
}
