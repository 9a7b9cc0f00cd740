// Expressions in dimension names.
#include "neap/passes/onnx/freeze-dims/DimExpression.h"

#include "gtest/gtest.h"

using namespace neap;

namespace {

const DimValues values = {{"batch", 4}, {"sequence", 64}, {"residues", 3}, {"odd name-1", 9}};

int64_t evaluate(llvm::StringRef text) {
  auto result = evaluateDim(text, values);
  EXPECT_TRUE(static_cast<bool>(result)) << text.str();
  return result ? *result : (llvm::consumeError(result.takeError()), -1);
}

std::string failureOf(llvm::StringRef text) {
  auto result = evaluateDim(text, values);
  return result ? "no failure" : llvm::toString(result.takeError());
}

TEST(DimExpression, EvaluatesWhatExportersWrite) {
  EXPECT_EQ(evaluate("batch"), 4);
  EXPECT_EQ(evaluate("sequence*batch"), 256);
  EXPECT_EQ(evaluate("batch*residues**2"), 36);
  EXPECT_EQ(evaluate("sequence - 1"), 63);
  EXPECT_EQ(evaluate("Min(64, sequence)"), 64);
  EXPECT_EQ(evaluate("Max(1, residues, 2)"), 3);
  EXPECT_EQ(evaluate("floor(sequence/5) + 1"), 13);
  EXPECT_EQ(evaluate("ceiling(sequence/5)"), 13);
  EXPECT_EQ(evaluate("sequence // 5"), 12);
  EXPECT_EQ(evaluate("Mod(sequence, 5)"), 4);
  EXPECT_EQ(evaluate("-1 % residues"), 2);
  EXPECT_EQ(evaluate("2*(sequence/4 - 1)"), 30);
  EXPECT_EQ(evaluate("-residues**2 + 10"), 1);
}

TEST(DimExpression, TakesNamesAsTheyAre) {
  EXPECT_EQ(evaluate("odd name-1"), 9);
  EXPECT_EQ(namesInDim("batch size!"), (llvm::SmallVector<llvm::StringRef>{"batch size!"}));
  EXPECT_EQ(namesInDim("a*b + a // (c - 1)"), (llvm::SmallVector<llvm::StringRef>{"a", "b", "c"}));
}

TEST(DimExpression, SaysWhyItCannotEvaluate) {
  EXPECT_EQ(failureOf("heads"), "no value for 'heads'");
  EXPECT_EQ(failureOf("sequence/5"), "the fraction 64/5");
  EXPECT_EQ(failureOf("sequence // (batch - 4)"), "division by zero");
  EXPECT_EQ(failureOf("sequence**64"), "a value beyond 64 bits");
  EXPECT_EQ(failureOf("2**(-1)"), "an exponent that is no integer from 0 to 64");
  EXPECT_EQ(failureOf("Round(batch)"), "expected Min, Max, Mod, floor or ceiling, got 'round'");
  EXPECT_EQ(failureOf("batch +"), "expected a name or a number, got ''");
  EXPECT_EQ(failureOf("(batch"), "expected ')'");
  EXPECT_EQ(failureOf("batch )"), "expected an operator, got ')'");
  EXPECT_EQ(failureOf(std::string(1000, '(') + "1"), "an expression nested too deeply");
  EXPECT_EQ(failureOf("99999999999999999999"), "a value beyond 64 bits");
}

} // namespace
