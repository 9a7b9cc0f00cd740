// See Node.h.
#include "neap/passes/onnx/convert-onnx-to-neap/Node.h"

using namespace mlir;
using namespace neap;
using namespace neap::conversion;

std::string conversion::describeShape(ArrayRef<int64_t> shape) {
  if (shape.empty())
    return "scalar";
  return llvm::join(llvm::map_range(shape, [](int64_t size) { return std::to_string(size); }), "x");
}

InFlightDiagnostic conversion::nodeError(onnx::NodeOp op, ErrorKind kind) { return marked(op.emitNodeError(), kind); }

InFlightDiagnostic Node::error(ErrorKind kind) const { return nodeError(op, kind); }

//===--- Attributes -----------------------------------------------------------------------------------------------===//

int64_t Node::getInt(StringRef name, int64_t absent) const {
  auto value = dyn_cast_or_null<IntegerAttr>(attribute(name));
  return value ? value.getValue().getSExtValue() : absent;
}

double Node::getFloat(StringRef name, double absent) const {
  auto value = dyn_cast_or_null<FloatAttr>(attribute(name));
  return value ? value.getValueAsDouble() : absent;
}

StringRef Node::getString(StringRef name, StringRef absent) const {
  auto value = dyn_cast_or_null<StringAttr>(attribute(name));
  return value ? value.getValue() : absent;
}

std::optional<SmallVector<int64_t>> Node::getInts(StringRef name) const {
  auto list = dyn_cast_or_null<ArrayAttr>(attribute(name));
  if (!list)
    return std::nullopt;
  SmallVector<int64_t> result;
  for (Attribute element : list)
    if (auto value = dyn_cast<IntegerAttr>(element))
      result.push_back(value.getValue().getSExtValue());
  return result;
}

std::optional<SmallVector<double>> Node::getFloats(StringRef name) const {
  auto list = dyn_cast_or_null<ArrayAttr>(attribute(name));
  if (!list)
    return std::nullopt;
  SmallVector<double> result;
  for (Attribute element : list)
    if (auto value = dyn_cast<FloatAttr>(element))
      result.push_back(value.getValueAsDouble());
  return result;
}

ElementsAttr Node::getElements(StringRef name) const { return dyn_cast_or_null<ElementsAttr>(attribute(name)); }

//===--- Constants and axes ---------------------------------------------------------------------------------------===//

FailureOr<HostTensor> Node::constantInput(unsigned index, StringRef what) const {
  if (std::optional<HostTensor> constant = getConstant(input(index)))
    return *constant;
  return unsupported() << "expected " << what
                       << " that is known at compile time, got one that depends on an input or weight";
}

FailureOr<SmallVector<int64_t>> Node::constantInts(unsigned index, StringRef what) const {
  FailureOr<HostTensor> constant = constantInput(index, what);
  if (failed(constant))
    return failure();
  if (constant->isFloat() || constant->type.getRank() > 1)
    return invalid() << "expected " << what << " as a list of integers, got " << constant->type;
  return llvm::to_vector(ArrayRef<int64_t>(constant->integers));
}

FailureOr<int64_t> Node::constantInt(unsigned index, StringRef what) const {
  FailureOr<SmallVector<int64_t>> list = constantInts(index, what);
  if (failed(list))
    return failure();
  if (list->size() != 1)
    return invalid() << "expected one " << what << ", got " << list->size();
  return list->front();
}

FailureOr<std::optional<SmallVector<int64_t>>> Node::intsFromAttributeOrInput(StringRef name, unsigned index) const {
  if (auto list = getInts(name))
    return list;
  if (!hasInput(index))
    return std::optional<SmallVector<int64_t>>();
  FailureOr<SmallVector<int64_t>> list = constantInts(index, name);
  if (failed(list))
    return failure();
  return std::optional<SmallVector<int64_t>>(*list);
}

FailureOr<int64_t> Node::normalizeAxis(int64_t axis, int64_t rank) const {
  if (axis < -rank || axis >= rank)
    return invalid() << "expected an axis in [" << -rank << ", " << rank - 1 << "], got " << axis;
  return axis < 0 ? axis + rank : axis;
}

FailureOr<SmallVector<int64_t>> Node::normalizeAxes(ArrayRef<int64_t> axes, int64_t rank) const {
  SmallVector<int64_t> result;
  for (int64_t axis : axes) {
    FailureOr<int64_t> normalized = normalizeAxis(axis, rank);
    if (failed(normalized))
      return failure();
    if (llvm::is_contained(result, *normalized))
      return invalid() << "expected every axis once, got " << axis << " twice";
    result.push_back(*normalized);
  }
  return result;
}

FailureOr<int64_t> Node::getAxis(int64_t absent, int64_t rank) const {
  return normalizeAxis(getInt("axis", absent), rank);
}

//===--- Random numbers -------------------------------------------------------------------------------------------===//

std::array<Value, 4> Node::createRandomKey() {
  auto read = [&](StepField field) {
    return make<StepValueOp>(RankedTensorType::get({}, getFieldType(field, op.getContext())), field);
  };
  Value seedLow = read(StepField::SeedLow), seedHigh = read(StepField::SeedHigh), step = read(StepField::Step);
  return {seedLow, seedHigh, step, make<RandomIdOp>(step.getType(), getBuilder().getI64IntegerAttr(randomOps++))};
}

//===--- Types ----------------------------------------------------------------------------------------------------===//

LogicalResult Node::requireFloat(unsigned index) const {
  if (isa<FloatType>(type(index).getElementType()))
    return success();
  return unsupported() << "expected input " << index << " to be floating-point, got " << type(index);
}

LogicalResult Node::requireNumber(unsigned index) const {
  if (!type(index).getElementType().isInteger(1))
    return success();
  return invalid() << "expected input " << index << " to be a number, got " << type(index);
}

LogicalResult Node::requireInteger(unsigned index) const {
  if (isa<IntegerType>(type(index).getElementType()) && !type(index).getElementType().isInteger(1))
    return success();
  return invalid() << "expected input " << index << " to be integral, got " << type(index);
}

LogicalResult Node::requireBool(unsigned index) const {
  if (type(index).getElementType().isInteger(1))
    return success();
  return invalid() << "expected input " << index << " to be bool, got " << type(index);
}

LogicalResult Node::requireSameElementTypes(ArrayRef<Value> values) const {
  for (Value value : values)
    if (elementOf(value) != elementOf(values.front()))
      return invalid() << "expected inputs of one element type, got " << elementOf(values.front()) << " and "
                       << elementOf(value);
  return success();
}

LogicalResult Node::requireShape(ArrayRef<int64_t> shape) const {
  if (auto *negative = llvm::find_if(shape, [](int64_t size) { return size < 0; }); negative != shape.end())
    return invalid() << "expected sizes of at least 0, got " << *negative;
  if (isWithinLimits(shape))
    return success();
  if (shape.size() > maxTensorRank)
    return unsupported() << "expected " << tensorLimits << ", got one of " << shape.size() << " dimensions";
  return unsupported() << "expected " << tensorLimits << ", got one of " << describeShape(shape);
}

FailureOr<SmallVector<Value>> Node::stretch(ArrayRef<Value> values) {
  SmallVector<int64_t> joined(shapeOf(values.front()));
  for (Value value : values) {
    auto next = broadcastShapes(joined, shapeOf(value));
    if (!next)
      return invalid() << "expected shapes that broadcast, got " << describeShape(joined) << " and "
                       << describeShape(shapeOf(value));
    joined = *next;
  }
  return llvm::map_to_vector(values, [&](Value value) { return broadcast(value, joined); });
}

FailureOr<Value> Node::stretchTo(Value value, ArrayRef<int64_t> shape, StringRef what) {
  auto joined = broadcastShapes(shapeOf(value), shape);
  if (!joined || ArrayRef<int64_t>(*joined) != shape)
    return invalid() << "expected " << what << " that broadcasts to " << describeShape(shape) << ", got "
                     << describeShape(shapeOf(value));
  return broadcast(value, shape);
}
