// Every op's vector-Jacobian product against central differences of the op itself, in fp64.
#include "Cases.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace neap;
using namespace neap::test;

namespace {

constexpr double step = 1e-5;
constexpr double tolerance = 1e-7;

/// The op of a case with its vector-Jacobian product behind it, and one argument more for each cotangent.
class Derivative {
public:
  Derivative(Program &program, unsigned present);
  /// The product's gradients, null where an operand has none.
  ArrayRef<Value> getGradients() const { return gradients; }
  /// Runs everything on arguments of the step and cotangents.
  Evaluator run(ArrayRef<HostTensor> arguments, ArrayRef<HostTensor> cotangents) const;
  /// sum(cotangent * result) over the results that have a cotangent.
  double dot(ArrayRef<HostTensor> arguments, ArrayRef<HostTensor> cotangents) const;

  SmallVector<Value> cotangents;

private:
  Program &program;
  SmallVector<Value> gradients;
};

/// `present` has a bit for each result that the loss depends on.
Derivative::Derivative(Program &program, unsigned present) : program(program) {
  Block &body = program.step.getBody().front();
  for (OpResult result : program.op->getResults())
    cotangents.push_back(present >> result.getResultNumber() & 1 ? body.addArgument(result.getType(), result.getLoc())
                                                                 : Value());
  gradients.resize(program.op->getNumOperands());
  OpBuilder builder(body.getTerminator());
  cast<Differentiable>(program.op).buildVjp(builder, cotangents, gradients);
}

Evaluator Derivative::run(ArrayRef<HostTensor> arguments, ArrayRef<HostTensor> given) const {
  Evaluator evaluator;
  Block &body = program.step.getBody().front();
  for (auto [argument, tensor] : llvm::zip(body.getArguments(), arguments))
    evaluator.set(argument, tensor);
  for (auto [cotangent, tensor] : llvm::zip_equal(cotangents, given))
    if (cotangent)
      evaluator.set(cotangent, tensor);
  EXPECT_TRUE(succeeded(evaluator.run(body)));
  return evaluator;
}

double Derivative::dot(ArrayRef<HostTensor> arguments, ArrayRef<HostTensor> given) const {
  Evaluator evaluator = run(arguments, given);
  double sum = 0;
  for (auto [cotangent, result] : llvm::zip_equal(cotangents, program.op->getResults()))
    for (int64_t i = 0; cotangent && i < evaluator.get(result).size(); ++i)
      sum += evaluator.get(cotangent).floats[i] * evaluator.get(result).floats[i];
  return sum;
}

/// d dot / d argument[position] by central differences.
double differentiate(const Derivative &derivative, std::vector<HostTensor> arguments, ArrayRef<HostTensor> cotangents,
                     unsigned argument, size_t position) {
  double &x = arguments[argument].floats[position], at = x;
  x = at + step;
  double above = derivative.dot(arguments, cotangents);
  x = at - step;
  return (above - derivative.dot(arguments, cotangents)) / (2 * step);
}

void checkOperand(const Derivative &derivative, const Evaluator &evaluator, ArrayRef<HostTensor> arguments,
                  ArrayRef<HostTensor> cotangents, OpOperand &operand) {
  auto argument = dyn_cast<BlockArgument>(operand.get());
  Value gradient = derivative.getGradients()[operand.getOperandNumber()];
  if (!argument || !arguments[argument.getArgNumber()].isFloat())
    return;
  if (gradient)
    ASSERT_EQ(gradient.getType(), operand.get().getType());
  for (size_t i = 0; i < arguments[argument.getArgNumber()].floats.size(); ++i) {
    double expected = differentiate(derivative, arguments, cotangents, argument.getArgNumber(), i);
    double found = gradient ? evaluator.get(gradient).floats[i] : 0.0;
    EXPECT_NEAR(found, expected, tolerance * (1 + std::abs(expected)))
        << "operand " << operand.getOperandNumber() << " element " << i;
  }
}

void checkGradient(const Case &test, unsigned present) {
  SCOPED_TRACE(test.name + ", cotangents " + std::to_string(present));
  Program program = parse(test);
  ASSERT_TRUE(program.op);
  Random random(std::hash<std::string>()(test.name));
  auto arguments = drawArguments(program.step, random, test.low, test.high);
  Derivative derivative(program, present);
  SmallVector<HostTensor> cotangents;
  for (OpResult result : program.op->getResults())
    cotangents.push_back(draw(cast<RankedTensorType>(result.getType()), random, -1, 1));
  Evaluator evaluator = derivative.run(arguments, cotangents);
  for (OpOperand &operand : program.op->getOpOperands())
    checkOperand(derivative, evaluator, arguments, cotangents, operand);
}

TEST(Gradient, MatchesCentralDifferences) {
  for (const Case &test : differentiableCases()) {
    unsigned results = parse(test).op->getNumResults();
    for (unsigned present = 1; present < 1u << results; ++present)
      checkGradient(test, present);
  }
}

TEST(Gradient, OfNothingIsNothing) {
  for (const Case &test : differentiableCases()) {
    SCOPED_TRACE(test.name);
    Program program = parse(test);
    Derivative derivative(program, 0);
    EXPECT_TRUE(llvm::none_of(derivative.getGradients(), [](Value gradient) { return bool(gradient); }));
  }
}

TEST(Gradient, IsSharedOnTies) {
  for (const char *op : {"maximum", "minimum"}) {
    Program program =
        parse({op, {"tensor<1xf64>", "tensor<1xf64>"}, std::string("%r = neap.") + op + " %a0, %a1 : tensor<1xf64>"});
    Derivative derivative(program, 1);
    HostTensor one = HostTensor::zeros(cast<RankedTensorType>(program.op->getResult(0).getType()));
    one.floats[0] = 1.0;
    Evaluator evaluator = derivative.run({one, one}, {one});
    for (Value gradient : derivative.getGradients())
      EXPECT_EQ(evaluator.get(gradient).floats[0], 0.5) << op;
  }
}

} // namespace
