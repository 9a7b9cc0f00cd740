// What a kernel would compute from an op's loops, and what an op's decomposition computes, is what the op computes.
#include "Cases.h"
#include "LoopInterpreter.h"

#include "neap/dialects/neap/Body.h"

#include "mlir/IR/Verifier.h"

#include <gtest/gtest.h>

using namespace mlir;
using namespace neap;
using namespace neap::test;

namespace {

constexpr double tolerance = 1e-12;
/// Decompositions hold constants such as 1 / 3 and epsilon in the types of the op.
constexpr double decompositionTolerance = 1e-7;

/// Runs a case's program on random numbers up to and including the op it is about.
Evaluator runCase(Program &program, const Case &test) {
  Random random(std::hash<std::string>()(test.name));
  Evaluator evaluator;
  auto arguments = drawArguments(program.step, random, test.low, test.high);
  for (auto [argument, tensor] : llvm::zip_equal(program.step.getArguments(), arguments))
    evaluator.set(argument, tensor);
  EXPECT_TRUE(succeeded(evaluator.run(program.step.getBody().front())));
  return evaluator;
}

void checkLoops(const Case &test) {
  SCOPED_TRACE(test.name);
  Program program = parse(test);
  ASSERT_TRUE(program.op);
  if (!isa<Fusible>(program.op))
    return;
  Evaluator evaluator = runCase(program, test);
  HostTensor result = runLoops(program.op, evaluator.get(ValueRange(program.op->getOperands())));
  EXPECT_LE(distance(result, evaluator.get(program.op->getResult(0))), tolerance);
}

void checkDecomposition(const Case &test) {
  SCOPED_TRACE(test.name);
  Program program = parse(test);
  ASSERT_TRUE(program.op);
  auto op = dyn_cast<Decomposable>(program.op);
  if (!op)
    return;
  OpBuilder builder(program.step.getBody().front().getTerminator());
  SmallVector<Value> replacements = op.decompose(builder);
  ASSERT_EQ(replacements.size(), program.op->getNumResults());
  Evaluator evaluator = runCase(program, test);
  for (auto [replacement, result] : llvm::zip_equal(replacements, program.op->getResults())) {
    EXPECT_EQ(replacement.getType(), result.getType());
    EXPECT_LE(distance(evaluator.get(replacement), evaluator.get(result)), decompositionTolerance);
  }
}

/// The type of a body's value for 16 neighbours at once.
Type vectorOf(Type type) {
  Type element = isa<RankedTensorType>(type) ? cast<RankedTensorType>(type).getElementType() : type;
  return VectorType::get({16}, toBodyElement(element));
}

/// Builds a body on vectors, with vector indices for the innermost loop.
void checkVectorBody(const Case &test) {
  SCOPED_TRACE(test.name);
  Program program = parse(test);
  auto op = dyn_cast_or_null<Fusible>(program.op);
  if (!op)
    return;
  TypeRange read = TypeRange(program.op->getOperandTypes()).drop_back(op.getInitialOperand() ? 1 : 0);
  SmallVector<Type> types = llvm::map_to_vector(read, vectorOf);
  if (TypedAttr neutral = op.getNeutralElement())
    types.push_back(vectorOf(neutral.getType()));
  if (isa<RandomReader>(program.op))
    types.push_back(vectorOf(IntegerType::get(&getContext(), 32)));
  size_t numElements = types.size(), numLoops = op.getIterationSpace().sizes.size();
  types.append(numLoops, IndexType::get(&getContext()));
  if (numLoops > 0)
    types.back() = vectorOf(IntegerType::get(&getContext(), 64));
  Block block;
  block.addArguments(types, SmallVector<Location>(types.size(), program.op->getLoc()));
  OpBuilder builder(&getContext());
  builder.setInsertionPointToEnd(&block);
  ValueRange arguments(block.getArguments());
  Value result =
      op.buildBody(builder, program.op->getLoc(), arguments.take_front(numElements), arguments.drop_front(numElements));
  EXPECT_EQ(result.getType(), vectorOf(program.op->getResult(0).getType()));
  for (Operation &inner : block)
    EXPECT_TRUE(succeeded(verify(&inner)));
}

TEST(Body, IsWellFormedOnVectors) {
  for (const Case &test : differentiableCases())
    checkVectorBody(test);
  for (const Case &test : otherCases())
    checkVectorBody(test);
}

TEST(Loops, ComputeWhatTheOpComputes) {
  for (const Case &test : differentiableCases())
    checkLoops(test);
  for (const Case &test : otherCases())
    checkLoops(test);
}

TEST(Decomposition, ComputesWhatTheOpComputes) {
  for (const Case &test : differentiableCases())
    checkDecomposition(test);
  for (const Case &test : otherCases())
    checkDecomposition(test);
}

} // namespace
