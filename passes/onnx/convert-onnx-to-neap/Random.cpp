// Ops that draw random numbers. Their own `seed` attributes are not looked at: a training run has one seed, and every op its
// own words (docs/design/0006-random-numbers.md).
#include "neap/passes/onnx/convert-onnx-to-neap/OpTable.h"

using namespace mlir;
using namespace neap;
using namespace neap::conversion;

//===--- Dropout --------------------------------------------------------------------------------------------------===//

static FailureOr<double> readRatio(Node &node) {
  if (!node.hasInput(1))
    return 0.5;
  FailureOr<HostTensor> constant = node.constantInput(1, "a ratio");
  if (failed(constant))
    return failure();
  if (constant->floats.size() != 1)
    return node.invalid() << "expected one floating-point ratio, got " << constant->type;
  double ratio = constant->floats.front();
  if (!(ratio >= 0 && ratio < 1))
    return node.invalid() << "expected a ratio in [0, 1), got " << ratio;
  return ratio;
}

/// The ratio that a Dropout works with: 0 where it is not in training mode. Below opset 12 it never is.
static FailureOr<double> readActiveRatio(Node &node) {
  if (node.getVersion() < 12 || !node.hasInput(2))
    return 0.0;
  FailureOr<HostTensor> training = node.constantInput(2, "a training_mode");
  if (failed(training))
    return failure();
  if (training->integers.empty() || training->integers.front() == 0)
    return 0.0;
  return readRatio(node);
}

using Key = std::array<Value, 4>;

static Value buildDropout(Node &node, Value x, double ratio, const Key &key) {
  return node.make<DropoutOp>(x, ValueRange(key), node.getBuilder().getF64FloatAttr(ratio));
}

/// What is kept of ones. The same words as for the data, as the key is the same.
static Value buildMask(Node &node, double ratio, const Key &key) {
  Value ones = node.splatLike(node.input(0), 1.0);
  return node.compare(Predicate::NotEqual, buildDropout(node, ones, ratio, key), node.splatLike(ones, 0.0));
}

static Outputs convertDropout(Node &node) {
  FailureOr<double> ratio = readActiveRatio(node);
  if (failed(ratio))
    return failure();
  auto maskType = RankedTensorType::get(node.shape(0), node.getBuilder().getI1Type());
  SmallVector<Value> outputs{node.input(0)};
  if (*ratio == 0.0) {
    if (node.usesOutput(1))
      outputs.push_back(node.splat(maskType, 1));
    return outputs;
  }
  if (failed(node.requireFloat(0)))
    return failure();
  Key key = node.createRandomKey();
  outputs.front() = buildDropout(node, node.input(0), *ratio, key);
  if (node.usesOutput(1))
    outputs.push_back(buildMask(node, *ratio, key));
  return outputs;
}

//===--- Uniform numbers ------------------------------------------------------------------------------------------===//

/// The element type that an attribute `dtype` asks for.
static FailureOr<Type> readElementType(Node &node, Type absent) {
  if (!node.hasAttribute("dtype"))
    return absent;
  int64_t dataType = node.getInt("dtype", 0);
  if (Type type = dataTypeElement(dataType, node.getBuilder()))
    return type;
  return node.unsupported()
         << "expected a dtype of bool, an integer of 8 to 64 bits or a float of 16 to 64 bits, got data type "
         << dataType;
}

/// Numbers in [0, 1) of a type: drawn in fp32, which holds them exactly, where the type has fewer bits.
static Value drawUniform(Node &node, ArrayRef<int64_t> shape, Type element) {
  Type drawn = element.isF64() ? element : node.getBuilder().getF32Type();
  auto [seedLow, seedHigh, step, id] = node.createRandomKey();
  Value numbers = node.make<RandomUniformOp>(RankedTensorType::get(shape, drawn), seedLow, seedHigh, step, id, Value());
  return node.cast(numbers, element);
}

static Outputs convertUniformOfShape(Node &node, ArrayRef<int64_t> shape, Type absent) {
  FailureOr<Type> element = readElementType(node, absent);
  if (failed(element) || failed(node.requireShape(shape)))
    return failure();
  if (!isa<FloatType>(*element))
    return node.invalid() << "expected a floating-point dtype, got " << *element;
  double low = node.getFloat("low", 0.0), high = node.getFloat("high", 1.0);
  Value numbers = drawUniform(node, shape, *element);
  Value scaled = node.mul(numbers, node.splatLike(numbers, high - low));
  return one(low == 0.0 ? scaled : node.add(scaled, node.splatLike(numbers, low)));
}

static Outputs convertRandomUniformLike(Node &node) {
  return convertUniformOfShape(node, node.shape(0), node.type(0).getElementType());
}

static Outputs convertRandomUniform(Node &node) {
  std::optional<SmallVector<int64_t>> shape = node.getInts("shape");
  if (!shape)
    return node.invalid() << "expected an attribute 'shape', got none";
  return convertUniformOfShape(node, *shape, node.getBuilder().getF32Type());
}

/// True, or 1, with the probability that the input gives.
static Outputs convertBernoulli(Node &node) {
  FailureOr<Type> element = readElementType(node, node.type(0).getElementType());
  if (failed(element) || failed(node.requireFloat(0)))
    return failure();
  Value numbers = drawUniform(node, node.shape(0), node.type(0).getElementType());
  return one(node.cast(node.compare(Predicate::Less, numbers, node.input(0)), *element));
}

ArrayRef<OpConversion> conversion::getRandomConversions() {
  static const OpConversion table[] = {
      {"", "Dropout", 11, 25, 1, 3, convertDropout},
      {"", "RandomUniformLike", 11, 25, 1, 1, convertRandomUniformLike},
      {"", "RandomUniform", 11, 25, 0, 0, convertRandomUniform},
      {"", "Bernoulli", 15, 25, 1, 1, convertBernoulli},
  };
  return table;
}
