// See LoopInterpreter.h.
#include "LoopInterpreter.h"

#include "neap/dialects/neap/Philox.h"

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;

namespace neap::test {

namespace {

/// A float, or an integer of some width kept sign-extended (bools: 0 or 1).
struct Scalar {
  double number = 0;
  int64_t integer = 0;
};

/// Interprets straight-line arith and math.
class BodyInterpreter {
public:
  void set(Value value, Scalar scalar) { values[value] = scalar; }
  Scalar get(Value value) const { return values.lookup(value); }
  void run(Operation *op);

private:
  double number(Operation *op, unsigned i) const { return get(op->getOperand(i)).number; }
  int64_t integer(Operation *op, unsigned i) const { return get(op->getOperand(i)).integer; }
  uint64_t natural(Operation *op, unsigned i) const;
  void setNumber(Operation *op, double x) { set(op->getResult(0), {x, 0}); }
  void setInteger(Operation *op, int64_t x);

  llvm::DenseMap<Value, Scalar> values;
};

int64_t wrap(int64_t value, Type type) {
  if (type.isIndex())
    return value;
  APInt wrapped = APInt(64, static_cast<uint64_t>(value)).trunc(type.getIntOrFloatBitWidth());
  return type.isInteger(1) ? wrapped.getZExtValue() : wrapped.getSExtValue();
}

uint64_t BodyInterpreter::natural(Operation *op, unsigned i) const {
  unsigned bits = op->getOperand(i).getType().getIntOrFloatBitWidth();
  return APInt(64, static_cast<uint64_t>(integer(op, i))).trunc(bits).getZExtValue();
}

void BodyInterpreter::setInteger(Operation *op, int64_t x) {
  set(op->getResult(0), {0, wrap(x, op->getResult(0).getType())});
}

bool compareFloats(arith::CmpFPredicate predicate, double x, double y) {
  using P = arith::CmpFPredicate;
  switch (predicate) {
  case P::OEQ: return x == y;
  case P::UNE: return x != y;
  case P::OLT: return x < y;
  case P::OLE: return x <= y;
  case P::OGT: return x > y;
  case P::OGE: return x >= y;
  case P::UNO: return std::isnan(x) || std::isnan(y);
  default: ADD_FAILURE() << "predicate not interpreted"; return false;
  }
}

double maximum(double x, double y) { return std::isnan(x) || std::isnan(y) ? NAN : std::max(x, y); }
double minimum(double x, double y) { return std::isnan(x) || std::isnan(y) ? NAN : std::min(x, y); }

Scalar toScalar(TypedAttr attribute) {
  if (auto number = dyn_cast<FloatAttr>(attribute))
    return {number.getValueAsDouble(), 0};
  auto integer = cast<IntegerAttr>(attribute);
  return {0, wrap(integer.getInt(), integer.getType())};
}

void BodyInterpreter::run(Operation *op) {
  auto n = [&](unsigned i) { return number(op, i); };
  auto k = [&](unsigned i) { return integer(op, i); };
  llvm::TypeSwitch<Operation *>(op)
      .Case([&](arith::ConstantOp c) { set(c, toScalar(c.getValue())); })
      .Case([&](arith::AddFOp) { setNumber(op, n(0) + n(1)); })
      .Case([&](arith::SubFOp) { setNumber(op, n(0) - n(1)); })
      .Case([&](arith::MulFOp) { setNumber(op, n(0) * n(1)); })
      .Case([&](arith::DivFOp) { setNumber(op, n(0) / n(1)); })
      .Case([&](arith::RemFOp) { setNumber(op, std::fmod(n(0), n(1))); })
      .Case([&](arith::NegFOp) { setNumber(op, -n(0)); })
      .Case([&](arith::MaximumFOp) { setNumber(op, maximum(n(0), n(1))); })
      .Case([&](arith::MinimumFOp) { setNumber(op, minimum(n(0), n(1))); })
      .Case([&](arith::ExtFOp) { setNumber(op, n(0)); })
      .Case([&](arith::TruncFOp) { setNumber(op, n(0)); })
      .Case([&](arith::SIToFPOp) { setNumber(op, k(0)); })
      .Case([&](arith::UIToFPOp) { setNumber(op, natural(op, 0)); })
      .Case([&](arith::FPToSIOp) { setInteger(op, static_cast<int64_t>(n(0))); })
      .Case([&](arith::AddIOp) { setInteger(op, k(0) + k(1)); })
      .Case([&](arith::SubIOp) { setInteger(op, k(0) - k(1)); })
      .Case([&](arith::MulIOp) { setInteger(op, k(0) * k(1)); })
      .Case([&](arith::DivSIOp) { setInteger(op, k(0) / k(1)); })
      .Case([&](arith::DivUIOp) { setInteger(op, natural(op, 0) / natural(op, 1)); })
      .Case([&](arith::AndIOp) { setInteger(op, k(0) & k(1)); })
      .Case([&](arith::OrIOp) { setInteger(op, k(0) | k(1)); })
      .Case([&](arith::XOrIOp) { setInteger(op, k(0) ^ k(1)); })
      .Case([&](arith::MaxSIOp) { setInteger(op, std::max(k(0), k(1))); })
      .Case([&](arith::MinSIOp) { setInteger(op, std::min(k(0), k(1))); })
      .Case([&](arith::MaxUIOp) { setInteger(op, std::max(natural(op, 0), natural(op, 1))); })
      .Case([&](arith::MinUIOp) { setInteger(op, std::min(natural(op, 0), natural(op, 1))); })
      .Case([&](arith::ShRUIOp) { setInteger(op, natural(op, 0) >> natural(op, 1)); })
      .Case([&](arith::ExtSIOp) { setInteger(op, op->getOperand(0).getType().isInteger(1) ? -k(0) : k(0)); })
      .Case([&](arith::ExtUIOp) { setInteger(op, natural(op, 0)); })
      .Case([&](arith::TruncIOp) { setInteger(op, k(0)); })
      .Case([&](arith::IndexCastOp) { setInteger(op, k(0)); })
      .Case([&](arith::CmpFOp c) { setInteger(op, compareFloats(c.getPredicate(), n(0), n(1))); })
      .Case([&](arith::CmpIOp c) {
        unsigned bits = c.getLhs().getType().getIntOrFloatBitWidth();
        setInteger(
            op, arith::applyCmpPredicate(c.getPredicate(), APInt(64, k(0)).trunc(bits), APInt(64, k(1)).trunc(bits)));
      })
      .Case([&](arith::SelectOp s) { set(s, get(k(0) ? s.getTrueValue() : s.getFalseValue())); })
      .Case([&](math::ExpOp) { setNumber(op, std::exp(n(0))); })
      .Case([&](math::LogOp) { setNumber(op, std::log(n(0))); })
      .Case([&](math::SqrtOp) { setNumber(op, std::sqrt(n(0))); })
      .Case([&](math::TanhOp) { setNumber(op, std::tanh(n(0))); })
      .Case([&](math::ErfOp) { setNumber(op, std::erf(n(0))); })
      .Case([&](math::SinOp) { setNumber(op, std::sin(n(0))); })
      .Case([&](math::CosOp) { setNumber(op, std::cos(n(0))); })
      .Case([&](math::FloorOp) { setNumber(op, std::floor(n(0))); })
      .Case([&](math::CeilOp) { setNumber(op, std::ceil(n(0))); })
      .Case([&](math::RoundEvenOp) { setNumber(op, std::nearbyint(n(0))); })
      .Case([&](math::AbsFOp) { setNumber(op, std::abs(n(0))); })
      .Case([&](math::AbsIOp) { setInteger(op, std::abs(k(0))); })
      .Case([&](math::PowFOp) { setNumber(op, std::pow(n(0), n(1))); })
      .Case([&](math::FmaOp) { setNumber(op, std::fma(n(0), n(1), n(2))); })
      .Default([](Operation *other) { ADD_FAILURE() << "not interpreted: " << other->getName().getStringRef().str(); });
}

/// One op's body, built once in a block whose arguments are elements, accumulator and loop indices.
struct BuiltBody {
  explicit BuiltBody(Operation *op);
  Block block;
  Value result;
  unsigned numElements;
};

Type bodyTypeOf(Type tensor) {
  Type element = getElementTypeOrSelf(tensor);
  auto integer = dyn_cast<IntegerType>(element);
  return integer ? IntegerType::get(element.getContext(), integer.getWidth()) : element;
}

BuiltBody::BuiltBody(Operation *op) {
  auto fusible = cast<Fusible>(op);
  SmallVector<Type> types;
  for (Type type : llvm::drop_end(op->getOperandTypes(), fusible.getInitialOperand() ? 1 : 0))
    types.push_back(bodyTypeOf(type));
  if (TypedAttr neutral = fusible.getNeutralElement())
    types.push_back(neutral.getType());
  if (isa<RandomReader>(op))
    types.push_back(IntegerType::get(op->getContext(), 32));
  numElements = types.size();
  types.append(fusible.getIterationSpace().sizes.size(), IndexType::get(op->getContext()));
  block.addArguments(types, SmallVector<Location>(types.size(), op->getLoc()));
  OpBuilder builder(op->getContext());
  builder.setInsertionPointToEnd(&block);
  ValueRange arguments(block.getArguments());
  result =
      fusible.buildBody(builder, op->getLoc(), arguments.take_front(numElements), arguments.drop_front(numElements));
}

Scalar load(const HostTensor &tensor, int64_t position) {
  return tensor.isFloat() ? Scalar{tensor.floats[position], 0} : Scalar{0, tensor.integers[position]};
}

void store(HostTensor &tensor, int64_t position, Scalar scalar) {
  if (tensor.isFloat())
    tensor.floats[position] = scalar.number;
  else
    tensor.integers[position] = scalar.integer;
}

/// Row-major position that a map names at a loop point.
int64_t locate(AffineMap map, ArrayRef<int64_t> point, int64_t symbol, ArrayRef<int64_t> shape) {
  MLIRContext *context = map.getContext();
  auto dims = llvm::map_to_vector(point, [&](int64_t index) { return getAffineConstantExpr(index, context); });
  SmallVector<int64_t> indices;
  for (AffineExpr expr : map.getResults()) {
    AffineExpr index = expr.replaceDimsAndSymbols(dims, {getAffineConstantExpr(symbol, context)});
    indices.push_back(cast<AffineConstantExpr>(index).getValue());
  }
  for (auto [index, size] : llvm::zip_equal(indices, shape))
    EXPECT_TRUE(index >= 0 && index < size) << "index " << index << " of " << size;
  return linearize(indices, rowMajorStrides(shape));
}

/// The random word that an op gets at a loop point.
Scalar drawWord(RandomReader op, ArrayRef<HostTensor> operands, ArrayRef<int64_t> point) {
  auto key = llvm::map_to_vector(op.getKey(), [&](Value scalar) {
    auto operand = llvm::find(op->getOperands(), scalar) - op->operand_begin();
    return static_cast<uint32_t>(operands[operand].integers.front());
  });
  uint32_t word = randomWord(streamOf<uint32_t>(key), op.getWordMap().compose(point)[0]);
  return {0, static_cast<int32_t>(word)};
}

/// The operands' elements at a loop point.
SmallVector<Scalar> loadElements(Operation *op, ArrayRef<HostTensor> operands, ArrayRef<int64_t> point) {
  auto fusible = cast<Fusible>(op);
  int64_t symbol = 0;
  if (auto indirect = fusible.getIndirectIndex()) {
    const HostTensor &indices = operands[*indirect];
    symbol = indices.integers[locate(fusible.getOperandMap(*indirect), point, 0, indices.shape())];
  }
  SmallVector<Scalar> elements;
  for (auto [i, operand] : llvm::enumerate(operands.drop_back(fusible.getInitialOperand() ? 1 : 0)))
    elements.push_back(load(operand, locate(fusible.getOperandMap(i), point, symbol, operand.shape())));
  return elements;
}

} // namespace

HostTensor runLoops(Operation *op, ArrayRef<HostTensor> operands) {
  auto fusible = cast<Fusible>(op);
  HostTensor result = HostTensor::zeros(cast<RankedTensorType>(op->getResult(0).getType()));
  TypedAttr neutral = fusible.getNeutralElement();
  for (int64_t i = 0; neutral && i < result.size(); ++i)
    store(result, i, toScalar(neutral));
  if (auto initial = fusible.getInitialOperand()) {
    EXPECT_EQ(fusible.getOperandMap(*initial), fusible.getResultMap(0));
    result = operands[*initial];
  }
  BuiltBody body(op);
  forEachIndex(fusible.getIterationSpace().sizes, [&](ArrayRef<int64_t> point) {
    BodyInterpreter interpreter;
    int64_t target = locate(fusible.getResultMap(0), point, 0, result.shape());
    SmallVector<Scalar> inputs = loadElements(op, operands, point);
    if (neutral)
      inputs.push_back(load(result, target));
    if (auto random = dyn_cast<RandomReader>(op))
      inputs.push_back(drawWord(random, operands, point));
    for (int64_t index : point)
      inputs.push_back({0, index});
    for (auto [argument, input] : llvm::zip_equal(body.block.getArguments(), inputs))
      interpreter.set(argument, input);
    for (Operation &inner : body.block)
      interpreter.run(&inner);
    store(result, target, interpreter.get(body.result));
  });
  return result;
}

} // namespace neap::test
