// Folding on constants, for all ops: by evaluating, with a shortcut for constants that have one value everywhere; and
// the elementwise ops that do nothing.
//
// A fold must not make a program larger without need. Results are therefore materialised up to a size, and broadcasts
// of float and bool constants stay broadcasts: elementwise ops look through them instead.
#include "neap/dialects/neap/TensorBuilder.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace neap {

//===--- evaluating -----------------------------------------------------------------------------------------------===//

/// Whether a result is small enough; larger ones are computed when the program runs.
static bool mayMaterialize(RankedTensorType type) {
  return isWithinLimits(type.getShape()) && type.getNumElements() > 0 && type.getNumElements() <= maxHostElements;
}

/// Evaluates an op on host tensors and rounds its result once.
static Attribute evaluateToAttribute(Operation *op, ArrayRef<HostTensor> inputs, RankedTensorType type) {
  HostTensor result = HostTensor::zeros(type);
  cast<Evaluable>(op).evaluate(inputs, result);
  return result.toAttribute();
}

static std::optional<SmallVector<HostTensor>> toHostTensors(ArrayRef<Attribute> operands) {
  SmallVector<HostTensor> tensors;
  for (Attribute operand : operands) {
    auto tensor = HostTensor::fromAttribute(dyn_cast_or_null<ElementsAttr>(operand));
    if (!tensor)
      return std::nullopt;
    tensors.push_back(std::move(*tensor));
  }
  return tensors;
}

OpFoldResult foldByEvaluation(Operation *op, ArrayRef<Attribute> operands) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (!mayMaterialize(type))
    return {};
  auto inputs = toHostTensors(operands);
  return inputs ? evaluateToAttribute(op, *inputs, type) : Attribute();
}

//===--- one value everywhere -------------------------------------------------------------------------------------===//

static SplatElementsAttr asSplat(Attribute attribute) { return dyn_cast_or_null<SplatElementsAttr>(attribute); }

/// Evaluates an elementwise op once if all operands are splats.
static Attribute foldSplats(Operation *op, ArrayRef<Attribute> operands) {
  SmallVector<Attribute> elements;
  for (Attribute operand : operands) {
    SplatElementsAttr splat = asSplat(operand);
    if (!splat)
      return {};
    auto one = RankedTensorType::get({1}, splat.getElementType());
    elements.push_back(splat.resizeSplat(one));
  }
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  auto inputs = toHostTensors(elements);
  if (!inputs || type.getNumElements() == 0)
    return {};
  Attribute result = evaluateToAttribute(op, *inputs, RankedTensorType::get({1}, type.getElementType()));
  return asSplat(result).resizeSplat(type);
}

//===--- constants behind broadcasts ------------------------------------------------------------------------------===//

/// The constant that a value is a broadcast of; null if it is anything else.
static ElementsAttr getBroadcastConstant(Value value) {
  auto broadcast = value.getDefiningOp<BroadcastOp>();
  ElementsAttr constant;
  if (broadcast && matchPattern(broadcast.getOperand(), m_Constant(&constant)))
    return constant;
  return {};
}

/// The elements of an operand that is a constant or a broadcast of one.
static std::optional<HostTensor> readConstant(Value value, Attribute attribute) {
  if (attribute)
    return HostTensor::fromAttribute(dyn_cast<ElementsAttr>(attribute));
  auto stored = HostTensor::fromAttribute(getBroadcastConstant(value));
  if (!stored)
    return std::nullopt;
  HostTensor stretched = HostTensor::zeros(cast<RankedTensorType>(value.getType()));
  value.getDefiningOp<BroadcastOp>().evaluate(*stored, stretched);
  return stretched;
}

/// Whether every operand is a splat or a broadcast of a constant of one type. The op then belongs before the broadcast,
/// where it is smaller; a canonicalization moves it there.
static bool belongsBeforeBroadcast(Operation *op, ArrayRef<Attribute> operands) {
  Type shape;
  for (auto [value, attribute] : llvm::zip_equal(op->getOperands(), operands)) {
    if (asSplat(attribute))
      continue;
    ElementsAttr constant = getBroadcastConstant(value);
    if (attribute || !constant)
      return false;
    Type found = RankedTensorType::get(constant.getShapedType().getShape(), IndexType::get(op->getContext()));
    if (shape && shape != found)
      return false;
    shape = found;
  }
  return true;
}

static Attribute foldConstants(Operation *op, ArrayRef<Attribute> operands) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (!mayMaterialize(type) || belongsBeforeBroadcast(op, operands))
    return {};
  for (auto [value, attribute] : llvm::zip_equal(op->getOperands(), operands))
    if (!attribute && !getBroadcastConstant(value))
      return {};
  SmallVector<HostTensor> inputs;
  for (auto [value, attribute] : llvm::zip_equal(op->getOperands(), operands)) {
    auto tensor = readConstant(value, attribute);
    if (!tensor)
      return {};
    inputs.push_back(std::move(*tensor));
  }
  return evaluateToAttribute(op, inputs, type);
}

//===--- ops that do nothing --------------------------------------------------------------------------------------===//

/// Whether an attribute is `number` everywhere, bit for bit: +0 is not -0.
static bool isSplatOf(Attribute attribute, double number) {
  SplatElementsAttr splat = asSplat(attribute);
  if (!splat)
    return false;
  if (isa<FloatType>(splat.getElementType())) {
    APFloat value = splat.getSplatValue<APFloat>(), expected(number);
    bool losesInfo = false;
    expected.convert(value.getSemantics(), APFloat::rmNearestTiesToEven, &losesInfo);
    return value.bitwiseIsEqual(expected);
  }
  APInt value = splat.getSplatValue<APInt>();
  return value == APInt(64, static_cast<uint64_t>(static_cast<int64_t>(number))).trunc(value.getBitWidth());
}

/// The operand that is left when the other one is a neutral element.
static Value dropNeutral(Operation *op, ArrayRef<Attribute> operands, double neutral, bool commutative) {
  if (isSplatOf(operands[1], neutral))
    return op->getOperand(0);
  if (commutative && isSplatOf(operands[0], neutral))
    return op->getOperand(1);
  return {};
}

/// The zero z with x + z = x for all x: -0 for floats, as -0 + 0 is +0.
static double neutralAddend(Value value) { return isFloatTensor(value) ? -0.0 : 0.0; }

static Value foldSelect(SelectOp op, ArrayRef<Attribute> operands) {
  if (op.getOnTrue() == op.getOnFalse())
    return op.getOnTrue();
  SplatElementsAttr condition = asSplat(operands[0]);
  if (!condition)
    return {};
  return condition.getSplatValue<bool>() ? op.getOnTrue() : op.getOnFalse();
}

/// x and false is false, x or true is true; the neutral element drops.
static Value foldLogical(Operation *op, ArrayRef<Attribute> operands, bool absorbing) {
  for (unsigned i : {0u, 1u}) {
    if (isSplatOf(operands[i], absorbing))
      return op->getOperand(i);
    if (isSplatOf(operands[i], !absorbing))
      return op->getOperand(1 - i);
  }
  return op->getOperand(0) == op->getOperand(1) ? op->getOperand(0) : Value();
}

/// f(f(x)) = x for negation and logical not, bit for bit.
template <typename OpTy> static Value foldInvolution(OpTy op) {
  auto inner = op.getOperand().template getDefiningOp<OpTy>();
  return inner ? inner.getOperand() : Value();
}

/// Whether a cast keeps every number distinct and exact.
static bool isLossless(Type from, Type to) {
  if (from == to || from.isInteger(1))
    return true;
  if (to.isInteger(1))
    return false;
  unsigned fromBits = from.getIntOrFloatBitWidth(), toBits = to.getIntOrFloatBitWidth();
  if (isa<FloatType>(from) && isa<FloatType>(to))
    return fromBits < toBits;
  bool bothIntegers = isa<IntegerType>(from) && isa<IntegerType>(to);
  return bothIntegers && fromBits < toBits && from.isUnsignedInteger() == to.isUnsignedInteger();
}

/// A cast of a lossless cast is a cast of what was there before: nothing was rounded between.
static Value foldCast(CastOp op) {
  if (op.getOperand().getType() == op.getType())
    return op.getOperand();
  auto inner = op.getOperand().getDefiningOp<CastOp>();
  if (!inner || !isLossless(elementOf(inner.getOperand()), elementOf(inner.getResult())))
    return {};
  if (inner.getOperand().getType() == op.getType())
    return inner.getOperand();
  op.getOperandMutable().assign(inner.getOperand());
  return op.getResult();
}

/// The value an op is equal to without computing anything, bit for bit; null if it is none. Note that x * 0 is not 0: x
/// may be NaN or infinite.
static Value foldIdentity(Operation *op, ArrayRef<Attribute> operands) {
  return TypeSwitch<Operation *, Value>(op)
      .Case<AddOp>([&](AddOp) { return dropNeutral(op, operands, neutralAddend(op->getResult(0)), true); })
      .Case<SubOp>([&](SubOp) { return dropNeutral(op, operands, 0.0, false); })
      .Case<MulOp>([&](MulOp) { return dropNeutral(op, operands, 1.0, true); })
      .Case<DivOp>([&](DivOp) { return dropNeutral(op, operands, 1.0, false); })
      .Case<AndOp>([&](AndOp) { return foldLogical(op, operands, false); })
      .Case<OrOp>([&](OrOp) { return foldLogical(op, operands, true); })
      .Case<XorOp>([&](XorOp) { return dropNeutral(op, operands, 0.0, true); })
      .Case<SelectOp>([&](SelectOp select) { return foldSelect(select, operands); })
      .Case<NotOp>([&](NotOp inverse) { return foldInvolution(inverse); })
      .Case<NegateOp>([&](NegateOp inverse) { return foldInvolution(inverse); })
      .Case<CastOp>([&](CastOp cast) { return foldCast(cast); })
      .Default([](Operation *) { return Value(); });
}

OpFoldResult foldElementwise(Operation *op, ArrayRef<Attribute> operands) {
  if (Attribute splat = foldSplats(op, operands))
    return splat;
  if (Value same = foldIdentity(op, operands))
    return same;
  return foldConstants(op, operands);
}

} // namespace neap
