// Ops that make a tensor from numbers known at compile time.
#include "neap/passes/onnx/convert-onnx-to-neap/OpTable.h"

using namespace mlir;
using namespace neap;
using namespace neap::conversion;

/// The value comes under one of several names, by its kind.
static Outputs convertConstant(Node &node) {
  Builder &builder = node.getBuilder();
  if (ElementsAttr value = node.getElements("value"))
    return one(node.constant(value));
  auto scalar = [&](Type type) { return RankedTensorType::get({}, type); };
  if (node.hasAttribute("value_int"))
    return one(node.constant(DenseElementsAttr::get(scalar(builder.getI64Type()), node.getInt("value_int", 0))));
  if (node.hasAttribute("value_float"))
    return one(node.splat(scalar(builder.getF32Type()), node.getFloat("value_float", 0)));
  if (auto values = node.getInts("value_ints"))
    return one(node.integers(*values));
  if (auto values = node.getFloats("value_floats")) {
    HostTensor tensor =
        HostTensor::zeros(RankedTensorType::get({static_cast<int64_t>(values->size())}, builder.getF32Type()));
    llvm::copy(*values, tensor.floats.begin());
    return one(node.constant(tensor.toAttribute()));
  }
  return node.unsupported()
         << "expected value, value_int, value_ints, value_float or value_floats, got another attribute";
}

/// A single 0.0 unless `value` says otherwise.
static Outputs convertConstantOfShape(Node &node) {
  FailureOr<SmallVector<int64_t>> shape = node.constantInts(0, "a shape");
  if (failed(shape))
    return failure();
  if (failed(node.requireShape(*shape)))
    return failure();
  ElementsAttr value = node.getElements("value");
  if (!value)
    return one(node.splat(RankedTensorType::get(*shape, node.getBuilder().getF32Type()), 0.0));
  if (value.getNumElements() != 1)
    return node.invalid() << "expected a value of one element, got " << value.getNumElements();
  auto type = RankedTensorType::get(*shape, value.getElementType());
  return one(node.constant(DenseElementsAttr::get(type, *value.getValues<Attribute>().begin())));
}

static Outputs convertRange(Node &node) {
  if (failed(node.requireSameElementTypes(node.inputs())))
    return failure();
  FailureOr<HostTensor> start = node.constantInput(0, "a start"), limit = node.constantInput(1, "a limit"),
                        delta = node.constantInput(2, "a delta");
  if (failed(start) || failed(limit) || failed(delta))
    return failure();
  for (const HostTensor &bound : {*start, *limit, *delta})
    if (bound.size() != 1)
      return node.invalid() << "expected start, limit and delta to be scalars, got " << bound.type;
  auto at = [](const HostTensor &tensor) {
    return tensor.isFloat() ? tensor.floats.front() : static_cast<double>(tensor.integers.front());
  };
  double step = at(*delta);
  if (step == 0)
    return node.invalid() << "expected a delta other than 0, got 0";
  double count = std::ceil((at(*limit) - at(*start)) / step);
  if (!(count <= maxHostElements)) // also if it is no number
    return node.unsupported() << "expected a range of at most " << maxHostElements << " elements, got " << count;
  auto size = static_cast<int64_t>(std::max(count, 0.0));
  HostTensor range = HostTensor::zeros(RankedTensorType::get({size}, node.type(0).getElementType()));
  for (int64_t i = 0; i < size; ++i) {
    if (range.isFloat())
      range.floats[i] = start->floats.front() + static_cast<double>(i) * step;
    else
      range.integers[i] = start->integers.front() + i * delta->integers.front();
  }
  return one(node.constant(range.toAttribute()));
}

ArrayRef<OpConversion> conversion::getConstantConversions() {
  static const OpConversion table[] = {
      {"", "Constant", 11, 25, 0, 0, convertConstant},
      {"", "ConstantOfShape", 11, 25, 1, 1, convertConstantOfShape},
      {"", "Range", 11, 25, 3, 3, convertRange},
  };
  return table;
}
