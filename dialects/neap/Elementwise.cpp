// What the elementwise ops compute, on the host: floats in double, integers in 64 bits that wrap.
// Their loop bodies are in ElementwiseBody.cpp, their gradients in ElementwiseGradient.cpp.
#include "neap/dialects/neap/Neap.h"
#include "neap/dialects/neap/TensorBuilder.h"

#include <cmath>
#include <functional>
#include <numbers>

using namespace mlir;
using namespace neap;

using Inputs = ArrayRef<HostTensor>;
using Outputs = MutableArrayRef<HostTensor>;

//===--- one element at a time ------------------------------------------------------------------------------------===//

template <typename Function> static void mapFloats(Inputs inputs, Outputs outputs, Function function) {
  llvm::transform(inputs[0].floats, outputs[0].floats.begin(), function);
}

/// Applies a generic function to floats or integers, whichever the operand holds.
template <typename Function> static void mapNumbers(Inputs inputs, Outputs outputs, Function function) {
  if (inputs[0].isFloat())
    mapFloats(inputs, outputs, function);
  else
    llvm::transform(inputs[0].integers, outputs[0].integers.begin(), function);
}

template <typename Result, typename Element, typename Function>
static void zipInto(std::vector<Result> &results, const std::vector<Element> &xs, const std::vector<Element> &ys,
                    Function function) {
  for (size_t i = 0; i < results.size(); ++i)
    results[i] = function(xs[i], ys[i]);
}

template <typename Function> static void zipNumbers(Inputs inputs, Outputs outputs, Function function) {
  if (inputs[0].isFloat())
    zipInto(outputs[0].floats, inputs[0].floats, inputs[1].floats, function);
  else
    zipInto(outputs[0].integers, inputs[0].integers, inputs[1].integers, function);
}

template <typename Function> static void zipFloats(Inputs inputs, Outputs outputs, Function function) {
  zipInto(outputs[0].floats, inputs[0].floats, inputs[1].floats, function);
}

template <typename Function> static void zipBools(Inputs inputs, Outputs outputs, Function function) {
  zipInto(outputs[0].integers, inputs[0].integers, inputs[1].integers, function);
}

/// Floats plainly, integers modulo 2^64.
template <typename Function> static auto wrapping(Function function) {
  return [function](auto x, auto y) {
    if constexpr (std::is_floating_point_v<decltype(x)>)
      return function(x, y);
    else
      return static_cast<int64_t>(function(static_cast<uint64_t>(x), static_cast<uint64_t>(y)));
  };
}

//===--- unary ops ------------------------------------------------------------------------------------------------===//

static double negateNumber(double x) { return -x; }
static int64_t negateNumber(int64_t x) { return static_cast<int64_t>(-static_cast<uint64_t>(x)); }

void NegateOp::evaluate(Inputs inputs, Outputs outputs) {
  mapNumbers(inputs, outputs, [](auto x) { return negateNumber(x); });
}

void AbsOp::evaluate(Inputs inputs, Outputs outputs) {
  if (getOperand().getType().getElementType().isUnsignedInteger())
    return void(outputs[0].integers = inputs[0].integers);
  mapNumbers(inputs, outputs, [](auto x) { return std::signbit(static_cast<double>(x)) ? negateNumber(x) : x; });
}

void SignOp::evaluate(Inputs inputs, Outputs outputs) {
  mapNumbers(inputs, outputs, [](auto x) -> decltype(x) { return x > 0 ? 1 : x < 0 ? -1 : x == 0 ? 0 : x; });
}

bool ExpOp::mustStayFp32() { return true; }

void ExpOp::evaluate(Inputs inputs, Outputs outputs) {
  mapFloats(inputs, outputs, [](double x) { return std::exp(x); });
}

void LogOp::evaluate(Inputs inputs, Outputs outputs) {
  mapFloats(inputs, outputs, [](double x) { return std::log(x); });
}

void SqrtOp::evaluate(Inputs inputs, Outputs outputs) {
  mapFloats(inputs, outputs, [](double x) { return std::sqrt(x); });
}

void ReciprocalOp::evaluate(Inputs inputs, Outputs outputs) {
  mapFloats(inputs, outputs, [](double x) { return 1.0 / x; });
}

void TanhOp::evaluate(Inputs inputs, Outputs outputs) {
  mapFloats(inputs, outputs, [](double x) { return std::tanh(x); });
}

void SigmoidOp::evaluate(Inputs inputs, Outputs outputs) {
  mapFloats(inputs, outputs, [](double x) { return 1.0 / (1.0 + std::exp(-x)); });
}

void ErfOp::evaluate(Inputs inputs, Outputs outputs) {
  mapFloats(inputs, outputs, [](double x) { return std::erf(x); });
}

void SinOp::evaluate(Inputs inputs, Outputs outputs) {
  mapFloats(inputs, outputs, [](double x) { return std::sin(x); });
}

void CosOp::evaluate(Inputs inputs, Outputs outputs) {
  mapFloats(inputs, outputs, [](double x) { return std::cos(x); });
}

void FloorOp::evaluate(Inputs inputs, Outputs outputs) {
  mapFloats(inputs, outputs, [](double x) { return std::floor(x); });
}

void CeilOp::evaluate(Inputs inputs, Outputs outputs) {
  mapFloats(inputs, outputs, [](double x) { return std::ceil(x); });
}

void RoundOp::evaluate(Inputs inputs, Outputs outputs) {
  mapFloats(inputs, outputs, [](double x) { return std::nearbyint(x); });
}

void ReluOp::evaluate(Inputs inputs, Outputs outputs) {
  mapFloats(inputs, outputs, [](double x) { return x <= 0 ? 0.0 : x; });
}

void NotOp::evaluate(Inputs inputs, Outputs outputs) {
  mapNumbers(inputs, outputs, [](auto x) -> decltype(x) { return x == 0; });
}

void IsNanOp::evaluate(Inputs inputs, Outputs outputs) {
  llvm::transform(inputs[0].floats, outputs[0].integers.begin(), [](double x) { return std::isnan(x); });
}

/// Toward zero; what does not fit goes to the nearest integer that does, NaN to zero.
static int64_t truncateToInteger(double x) {
  constexpr double limit = 9223372036854775808.0;
  if (std::isnan(x))
    return 0;
  if (x >= limit)
    return std::numeric_limits<int64_t>::max();
  return x <= -limit ? std::numeric_limits<int64_t>::min() : static_cast<int64_t>(x);
}

static void castFloats(const HostTensor &input, HostTensor &output) {
  if (output.isFloat())
    output.floats = input.floats;
  else if (output.type.getElementType().isInteger(1))
    llvm::transform(input.floats, output.integers.begin(), [](double x) { return x != 0; });
  else
    llvm::transform(input.floats, output.integers.begin(), truncateToInteger);
}

static void castIntegers(const HostTensor &input, HostTensor &output) {
  if (output.isFloat())
    llvm::transform(input.integers, output.floats.begin(), [](int64_t x) { return static_cast<double>(x); });
  else if (output.type.getElementType().isInteger(1))
    llvm::transform(input.integers, output.integers.begin(), [](int64_t x) { return x != 0; });
  else
    output.integers = input.integers;
}

void CastOp::evaluate(Inputs inputs, Outputs outputs) {
  if (inputs[0].isFloat())
    castFloats(inputs[0], outputs[0]);
  else
    castIntegers(inputs[0], outputs[0]);
}

void StashOp::evaluate(Inputs inputs, Outputs outputs) {
  outputs[0].floats = inputs[0].floats;
  outputs[0].round(); // not left to the caller: rounding is all that the op does
}

//===--- GELU -----------------------------------------------------------------------------------------------------===//

static double gaussianCdf(double x) { return 0.5 * (1.0 + std::erf(x / std::numbers::sqrt2)); }
static double gaussianPdf(double x) { return std::exp(-0.5 * x * x) * std::numbers::inv_sqrtpi / std::numbers::sqrt2; }

static constexpr double tanhScale = std::numbers::sqrt2 * std::numbers::inv_sqrtpi;
static constexpr double tanhCubic = 0.044715;
static double geluInner(double x) { return tanhScale * (x + tanhCubic * x * x * x); }

static double geluTanh(double x) { return 0.5 * x * (1.0 + std::tanh(geluInner(x))); }

static double geluTanhDerivative(double x) {
  double t = std::tanh(geluInner(x));
  return 0.5 * (1.0 + t) + 0.5 * x * (1.0 - t * t) * tanhScale * (1.0 + 3.0 * tanhCubic * x * x);
}

void GeluOp::evaluate(Inputs inputs, Outputs outputs) {
  bool approximate = getApproximation() == Approximation::Tanh;
  mapFloats(inputs, outputs, [=](double x) { return approximate ? geluTanh(x) : x * gaussianCdf(x); });
}

void GeluBackwardOp::evaluate(Inputs inputs, Outputs outputs) {
  bool approximate = getApproximation() == Approximation::Tanh;
  zipFloats(inputs, outputs, [=](double x, double dy) {
    return dy * (approximate ? geluTanhDerivative(x) : gaussianCdf(x) + x * gaussianPdf(x));
  });
}

//===--- binary ops -----------------------------------------------------------------------------------------------===//

void AddOp::evaluate(Inputs inputs, Outputs outputs) { zipNumbers(inputs, outputs, wrapping(std::plus<>())); }
void SubOp::evaluate(Inputs inputs, Outputs outputs) { zipNumbers(inputs, outputs, wrapping(std::minus<>())); }
void MulOp::evaluate(Inputs inputs, Outputs outputs) { zipNumbers(inputs, outputs, wrapping(std::multiplies<>())); }

static double divideNumbers(double x, double y) { return x / y; }
/// A divisor of zero gives zero, so that no input can stop a step.
static int64_t divideNumbers(int64_t x, int64_t y) { return y == 0 ? 0 : y == -1 ? negateNumber(x) : x / y; }

void DivOp::evaluate(Inputs inputs, Outputs outputs) {
  zipNumbers(inputs, outputs, [](auto x, auto y) { return divideNumbers(x, y); });
}

static double remainderOf(double x, double y) { return std::fmod(x, y); }
static int64_t remainderOf(int64_t x, int64_t y) { return y == 0 || y == -1 ? 0 : x % y; }

template <typename Number> static Number moduloOf(Number x, Number y) {
  Number remainder = remainderOf(x, y);
  return remainder != 0 && (remainder < 0) != (y < 0) ? remainder + y : remainder;
}

void ModOp::evaluate(Inputs inputs, Outputs outputs) {
  if (getFmod())
    zipNumbers(inputs, outputs, [](auto x, auto y) { return remainderOf(x, y); });
  else
    zipNumbers(inputs, outputs, [](auto x, auto y) { return moduloOf(x, y); });
}

void PowOp::evaluate(Inputs inputs, Outputs outputs) {
  zipFloats(inputs, outputs, [](double x, double y) { return std::pow(x, y); });
}

/// x != x holds for NaN only.
void MaximumOp::evaluate(Inputs inputs, Outputs outputs) {
  zipNumbers(inputs, outputs, [](auto x, auto y) { return x > y || x != x ? x : y; });
}

void MinimumOp::evaluate(Inputs inputs, Outputs outputs) {
  zipNumbers(inputs, outputs, [](auto x, auto y) { return x < y || x != x ? x : y; });
}

void AndOp::evaluate(Inputs inputs, Outputs outputs) { zipBools(inputs, outputs, std::bit_and<>()); }
void OrOp::evaluate(Inputs inputs, Outputs outputs) { zipBools(inputs, outputs, std::bit_or<>()); }
void XorOp::evaluate(Inputs inputs, Outputs outputs) { zipBools(inputs, outputs, std::bit_xor<>()); }

template <typename Number> static bool holds(Predicate predicate, Number x, Number y) {
  switch (predicate) {
  case Predicate::Equal: return x == y;
  case Predicate::NotEqual: return x != y;
  case Predicate::Less: return x < y;
  case Predicate::LessOrEqual: return x <= y;
  case Predicate::Greater: return x > y;
  case Predicate::GreaterOrEqual: return x >= y;
  }
  llvm_unreachable("no such predicate");
}

void CompareOp::evaluate(Inputs inputs, Outputs outputs) {
  auto compare = [&](auto x, auto y) { return holds(getPredicate(), x, y); };
  if (inputs[0].isFloat())
    zipInto(outputs[0].integers, inputs[0].floats, inputs[1].floats, compare);
  else
    zipInto(outputs[0].integers, inputs[0].integers, inputs[1].integers, compare);
}

template <typename Number>
static void selectInto(std::vector<Number> &results, const std::vector<int64_t> &conditions,
                       const std::vector<Number> &xs, const std::vector<Number> &ys) {
  for (size_t i = 0; i < results.size(); ++i)
    results[i] = conditions[i] ? xs[i] : ys[i];
}

void SelectOp::evaluate(Inputs inputs, Outputs outputs) {
  selectInto(outputs[0].floats, inputs[0].integers, inputs[1].floats, inputs[2].floats);
  selectInto(outputs[0].integers, inputs[0].integers, inputs[1].integers, inputs[2].integers);
}

void FmaOp::evaluate(Inputs inputs, Outputs outputs) {
  for (size_t i = 0; i < outputs[0].floats.size(); ++i)
    outputs[0].floats[i] = std::fma(inputs[0].floats[i], inputs[1].floats[i], inputs[2].floats[i]);
}

//===--- result types ---------------------------------------------------------------------------------------------===//

/// Bools of an operand's shape.
static LogicalResult inferBools(Value operand, SmallVectorImpl<Type> &types) {
  auto type = dyn_cast<RankedTensorType>(operand.getType());
  if (!type)
    return failure();
  types.push_back(type.clone(IntegerType::get(type.getContext(), 1)));
  return success();
}

LogicalResult CompareOp::inferReturnTypes(MLIRContext *, std::optional<Location>, ValueRange operands, DictionaryAttr,
                                          OpaqueProperties, RegionRange, SmallVectorImpl<Type> &types) {
  return inferBools(operands[0], types);
}

LogicalResult IsNanOp::inferReturnTypes(MLIRContext *, std::optional<Location>, ValueRange operands, DictionaryAttr,
                                        OpaqueProperties, RegionRange, SmallVectorImpl<Type> &types) {
  return inferBools(operands[0], types);
}
