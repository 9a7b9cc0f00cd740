// See Programs.h.
#include "Programs.h"

#include "mlir/Parser/Parser.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace mlir;

namespace neap::test {

MLIRContext &getContext() {
  static MLIRContext *context = [] {
    auto *made = new MLIRContext(MLIRContext::Threading::DISABLED);
    made->loadDialect<NeapDialect, arith::ArithDialect, math::MathDialect>();
    return made;
  }();
  return *context;
}

static std::string writeModule(const Case &test) {
  std::string arguments;
  for (size_t i = 0; i < test.arguments.size(); ++i)
    arguments += (i ? ", %a" : "%a") + std::to_string(i) + ": " + test.arguments[i];
  return "neap.step @f(" + arguments + ") {\n" + test.body + "\nneap.return\n}\n";
}

Program parse(const Case &test) {
  Program program;
  program.module = parseSourceString<ModuleOp>(writeModule(test), ParserConfig(&getContext()));
  EXPECT_TRUE(program.module) << test.name << ":\n" << writeModule(test);
  if (!program.module)
    return program;
  program.step = *program.module->getOps<StepOp>().begin();
  program.op = program.step.getBody().front().getTerminator()->getPrevNode();
  return program;
}

HostTensor draw(RankedTensorType type, Random &random, double low, double high) {
  HostTensor tensor = HostTensor::zeros(type);
  std::uniform_real_distribution<double> floats(low, high);
  std::uniform_int_distribution<int64_t> integers(-7, 7);
  for (double &value : tensor.floats)
    value = floats(random);
  for (int64_t &value : tensor.integers)
    value = integers(random);
  if (!tensor.isFloat())
    tensor.round();
  return tensor;
}

std::vector<HostTensor> drawArguments(StepOp step, Random &random, double low, double high) {
  std::vector<HostTensor> arguments;
  for (Type type : step.getArgumentTypes())
    arguments.push_back(draw(cast<RankedTensorType>(type), random, low, high));
  return arguments;
}

double distance(const HostTensor &x, const HostTensor &y) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  double largest = x.type == y.type && x.integers == y.integers ? 0.0 : infinity;
  for (auto [a, b] : llvm::zip_equal(x.floats, y.floats)) {
    if (std::isnan(a) != std::isnan(b))
      return infinity;
    if (a != b && !std::isnan(a))
      largest = std::max(largest, std::abs(a - b) / (1.0 + std::abs(b)));
  }
  return largest;
}

} // namespace neap::test
