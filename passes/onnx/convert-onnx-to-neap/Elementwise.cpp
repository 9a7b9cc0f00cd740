// Ops that compute each element from the elements at the same place, and the casts between types.
#include "neap/passes/onnx/convert-onnx-to-neap/OpTable.h"

using namespace mlir;
using namespace neap;
using namespace neap::conversion;

static Outputs convertIdentity(Node &node) { return one(node.input(0)); }

template <typename OpT> static Outputs convertFloatUnary(Node &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  return one(node.make<OpT>(node.input(0)));
}

template <typename OpT> static Outputs convertNumberUnary(Node &node) {
  if (failed(node.requireNumber(0)))
    return failure();
  return one(node.make<OpT>(node.input(0)));
}

static Outputs convertNot(Node &node) {
  if (failed(node.requireBool(0)))
    return failure();
  return one(node.make<NotOp>(node.input(0)));
}

/// Two inputs of one element type, stretched to one shape.
static FailureOr<SmallVector<Value>> stretchPair(Node &node) {
  if (failed(node.requireSameElementTypes(node.inputs())))
    return failure();
  return node.stretch(node.inputs());
}

template <typename OpT> static Outputs convertBinary(Node &node) {
  FailureOr<SmallVector<Value>> operands = stretchPair(node);
  if (failed(operands))
    return failure();
  return one(node.make<OpT>((*operands)[0], (*operands)[1]));
}

template <typename OpT> static Outputs convertArithmetic(Node &node) {
  if (failed(node.requireNumber(0)))
    return failure();
  return convertBinary<OpT>(node);
}

template <typename OpT> static Outputs convertBoolBinary(Node &node) {
  if (failed(node.requireBool(0)) || failed(node.requireBool(1)))
    return failure();
  return convertBinary<OpT>(node);
}

template <Predicate predicate> static Outputs convertCompare(Node &node) {
  FailureOr<SmallVector<Value>> operands = stretchPair(node);
  if (failed(operands))
    return failure();
  return one(node.make<CompareOp>(predicate, (*operands)[0], (*operands)[1]));
}

/// Min, Max and Sum of any number of inputs, joined from the left.
template <typename OpT> static Outputs convertVariadic(Node &node) {
  if (failed(node.requireNumber(0)))
    return failure();
  FailureOr<SmallVector<Value>> operands = stretchPair(node);
  if (failed(operands))
    return failure();
  Value joined = operands->front();
  for (Value operand : llvm::drop_begin(*operands))
    joined = node.make<OpT>(joined, operand);
  return one(joined);
}

static Outputs convertMod(Node &node) {
  if (failed(node.requireNumber(0)))
    return failure();
  bool fmod = node.getInt("fmod", 0) != 0;
  if (!fmod && isa<FloatType>(node.type(0).getElementType()))
    return node.invalid() << "expected fmod = 1 for floating-point inputs, got 0";
  FailureOr<SmallVector<Value>> operands = stretchPair(node);
  if (failed(operands))
    return failure();
  return one(node.make<ModOp>((*operands)[0], (*operands)[1], fmod));
}

/// The exponent may have another type than the base; the result has the base's.
static Outputs convertPow(Node &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  Value exponent = node.cast(node.input(1), node.type(0).getElementType());
  FailureOr<SmallVector<Value>> operands = node.stretch({node.input(0), exponent});
  if (failed(operands))
    return failure();
  return one(node.make<PowOp>((*operands)[0], (*operands)[1]));
}

static Outputs convertWhere(Node &node) {
  if (failed(node.requireBool(0)) || failed(node.requireSameElementTypes(node.inputs().drop_front())))
    return failure();
  FailureOr<SmallVector<Value>> operands = node.stretch(node.inputs());
  if (failed(operands))
    return failure();
  return one(node.make<SelectOp>((*operands)[0], (*operands)[1], (*operands)[2]));
}

/// x where it is inside a bound, else the bound. A constant bound stands for a number in PyTorch's clamp, which passes the
/// gradient strictly inside only (as of 2.15); of a computed one, which may have a gradient itself, either gets half of it on
/// a tie, as maximum and minimum have it. NaN stays NaN.
static Value clipAt(Node &node, Value x, Value bound, bool isLower) {
  if (!getConstant(bound))
    return isLower ? node.make<MaximumOp>(x, bound) : node.make<MinimumOp>(x, bound);
  Predicate reaches = isLower ? Predicate::LessOrEqual : Predicate::GreaterOrEqual;
  return node.select(node.compare(reaches, x, bound), bound, x);
}

/// Bounds are inputs since opset 11; either may be absent. Where they cross, the upper one counts.
static Outputs convertClip(Node &node) {
  Value clipped = node.input(0);
  for (unsigned bound : {1u, 2u}) {
    if (!node.hasInput(bound))
      continue;
    if (failed(node.requireSameElementTypes({node.input(0), node.input(bound)})))
      return failure();
    FailureOr<Value> limit = node.stretchTo(node.input(bound), node.shape(0), "a bound");
    if (failed(limit))
      return failure();
    clipped = clipAt(node, clipped, *limit, /*isLower=*/bound == 1);
  }
  return one(clipped);
}

static Outputs convertGelu(Node &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  StringRef form = node.getString("approximate", "none");
  if (form != "none" && form != "tanh")
    return node.invalid() << "expected approximate to be 'none' or 'tanh', got '" << form << "'";
  return one(node.make<GeluOp>(node.input(0), form == "tanh" ? Approximation::Tanh : Approximation::None));
}

/// x * sigmoid(alpha * x)
static Outputs convertSwish(Node &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  Value x = node.input(0);
  Value scaled = node.make<MulOp>(x, node.splatLike(x, node.getFloat("alpha", 1.0)));
  return one(node.make<MulOp>(x, node.make<SigmoidOp>(scaled)));
}

static Outputs convertLeakyRelu(Node &node) {
  if (failed(node.requireFloat(0)))
    return failure();
  Value x = node.input(0);
  Value scaled = node.make<MulOp>(x, node.splatLike(x, node.getFloat("alpha", 0.01)));
  Value negative = node.make<CompareOp>(Predicate::Less, x, node.splatLike(x, 0.0));
  return one(node.make<SelectOp>(negative, scaled, x));
}

Type conversion::dataTypeElement(int64_t dataType, Builder &builder) {
  auto unsignedType = [&](unsigned width) { return builder.getIntegerType(width, /*isSigned=*/false); };
  switch (dataType) {
  case 1: return builder.getF32Type();
  case 2: return unsignedType(8);
  case 3: return builder.getIntegerType(8);
  case 4: return unsignedType(16);
  case 5: return builder.getIntegerType(16);
  case 6: return builder.getIntegerType(32);
  case 7: return builder.getIntegerType(64);
  case 9: return builder.getI1Type();
  case 10: return builder.getF16Type();
  case 11: return builder.getF64Type();
  case 12: return unsignedType(32);
  case 13: return unsignedType(64);
  case 16: return builder.getBF16Type();
  default: return nullptr;
  }
}

static Outputs convertCast(Node &node) {
  int64_t dataType = node.getInt("to", 0);
  Type target = dataTypeElement(dataType, node.getBuilder());
  if (!target)
    return node.unsupported()
           << "expected a cast to bool, an integer of 8 to 64 bits or a float of 16 to 64 bits, got data type "
           << dataType;
  return one(node.cast(node.input(0), target));
}

static Outputs convertCastLike(Node &node) { return one(node.cast(node.input(0), node.type(1).getElementType())); }

ArrayRef<OpConversion> conversion::getElementwiseConversions() {
  static const OpConversion table[] = {
      {"", "Identity", 11, 25, 1, 1, convertIdentity},
      {"", "Neg", 11, 25, 1, 1, convertNumberUnary<NegateOp>},
      {"", "Abs", 11, 25, 1, 1, convertNumberUnary<AbsOp>},
      {"", "Sign", 11, 25, 1, 1, convertNumberUnary<SignOp>},
      {"", "Exp", 11, 25, 1, 1, convertFloatUnary<ExpOp>},
      {"", "Log", 11, 25, 1, 1, convertFloatUnary<LogOp>},
      {"", "Sqrt", 11, 25, 1, 1, convertFloatUnary<SqrtOp>},
      {"", "Reciprocal", 11, 25, 1, 1, convertFloatUnary<ReciprocalOp>},
      {"", "Tanh", 11, 25, 1, 1, convertFloatUnary<TanhOp>},
      {"", "Sigmoid", 11, 25, 1, 1, convertFloatUnary<SigmoidOp>},
      {"", "Erf", 11, 25, 1, 1, convertFloatUnary<ErfOp>},
      {"", "Sin", 11, 25, 1, 1, convertFloatUnary<SinOp>},
      {"", "Cos", 11, 25, 1, 1, convertFloatUnary<CosOp>},
      {"", "Floor", 11, 25, 1, 1, convertFloatUnary<FloorOp>},
      {"", "Ceil", 11, 25, 1, 1, convertFloatUnary<CeilOp>},
      {"", "Round", 11, 25, 1, 1, convertFloatUnary<RoundOp>},
      {"", "Relu", 11, 25, 1, 1, convertFloatUnary<ReluOp>},
      {"", "IsNaN", 11, 25, 1, 1, convertFloatUnary<IsNanOp>},
      {"", "Gelu", 20, 25, 1, 1, convertGelu},
      {"", "Swish", 24, 25, 1, 1, convertSwish},
      {"", "LeakyRelu", 11, 25, 1, 1, convertLeakyRelu},
      {"", "Not", 11, 25, 1, 1, convertNot},
      {"", "Add", 11, 25, 2, 2, convertArithmetic<AddOp>},
      {"", "Sub", 11, 25, 2, 2, convertArithmetic<SubOp>},
      {"", "Mul", 11, 25, 2, 2, convertArithmetic<MulOp>},
      {"", "Div", 11, 25, 2, 2, convertArithmetic<DivOp>},
      {"", "Mod", 11, 25, 2, 2, convertMod},
      {"", "Pow", 11, 25, 2, 2, convertPow},
      {"", "Max", 11, 25, 1, anyNumber, convertVariadic<MaximumOp>},
      {"", "Min", 11, 25, 1, anyNumber, convertVariadic<MinimumOp>},
      {"", "Sum", 11, 25, 1, anyNumber, convertVariadic<AddOp>},
      {"", "And", 11, 25, 2, 2, convertBoolBinary<AndOp>},
      {"", "Or", 11, 25, 2, 2, convertBoolBinary<OrOp>},
      {"", "Xor", 11, 25, 2, 2, convertBoolBinary<XorOp>},
      {"", "Equal", 11, 25, 2, 2, convertCompare<Predicate::Equal>},
      {"", "Less", 11, 25, 2, 2, convertCompare<Predicate::Less>},
      {"", "LessOrEqual", 12, 25, 2, 2, convertCompare<Predicate::LessOrEqual>},
      {"", "Greater", 11, 25, 2, 2, convertCompare<Predicate::Greater>},
      {"", "GreaterOrEqual", 12, 25, 2, 2, convertCompare<Predicate::GreaterOrEqual>},
      {"", "Where", 11, 25, 3, 3, convertWhere},
      {"", "Clip", 11, 25, 1, 3, convertClip},
      {"", "Cast", 11, 25, 1, 1, convertCast},
      {"", "CastLike", 15, 25, 2, 2, convertCastLike},
  };
  return table;
}
