// Exported models against PyTorch: import, convert, attach the loss, differentiate, update, all evaluated in fp64.
#include "neap/test/passes/grad/GoldenModel.h"

#include "neap/dialects/neap/Neap.h"
#include "neap/dialects/onnx/Onnx.h"
#include "neap/passes/grad/Passes.h"
#include "neap/passes/graph/Passes.h"
#include "neap/passes/onnx/Passes.h"
#include "neap/passes/support/Step.h"

#include "mlir/Transforms/Passes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

using namespace mlir;
using namespace neap;
using namespace neap::golden;

static double norm(const std::vector<double> &values) {
  double sum = 0;
  for (double value : values)
    sum += value * value;
  return std::sqrt(sum);
}

static std::vector<double> difference(const HostTensor &x, const HostTensor &y) {
  std::vector<double> result(x.floats);
  for (size_t i = 0; i < result.size(); ++i)
    result[i] -= y.floats[i];
  return result;
}

struct GoldenTest : testing::Test {
  static void SetUpTestSuite() {
    registerOnnxPasses();
    registerGraphPasses();
    registerGradPasses();
    registerTransformsPasses();
  }

  GoldenTest() {
    context.loadDialect<NeapDialect, onnx::OnnxDialect>();
    context.getDiagEngine().registerHandler([](Diagnostic &diagnostic) {
      if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
        ADD_FAILURE() << diagnostic.str();
      return success();
    });
  }

  void trainAll(const std::string &name, int64_t steps = 3) {
    if (!Model::hasGolden(name))
      GTEST_SKIP() << "no golden run of " << name << " here";
    for (const char *recipe : {"adamw", "sgd", "adamw_clip"})
      train(name, recipe, steps);
  }

  /// Trains for some steps; losses and norms must be those of the fp64 run.
  void train(const std::string &name, const std::string &recipeName, int64_t steps) {
    Model model(context, name);
    Recipe recipe = model.getRecipe(recipeName);
    OwningOpRef<ModuleOp> module = model.compile(recipe);
    ASSERT_TRUE(module);
    StepOp step = findStep(*module);
    StepContext state{model.readSymbols(*module), {}};
    std::vector<double> losses = model.getExpected(recipeName, "loss"),
                        norms = model.getExpected(recipeName, "grad_norm");
    for (int64_t i = 0; i < steps; ++i) {
      state.fields = stepFields(recipe, i + 1);
      FailureOr<StepOutcome> outcome = evaluate(step, model.readBatch(step, i), state);
      ASSERT_TRUE(succeeded(outcome));
      EXPECT_NEAR(outcome->results[0].floats[0], losses[i], 1e-9 * losses[i] + weightRounding) << name << " step " << i;
      EXPECT_NEAR(outcome->results[1].floats[0], norms[i], 1e-6 * norms[i]) << name << " step " << i;
      for (auto &entry : outcome->written)
        state.symbols[entry.first()] = entry.second;
      if (i == 0)
        checkGradients(model, *outcome);
    }
  }

  void checkGradients(const Model &model, const StepOutcome &outcome) {
    std::set<std::string> observed;
    std::vector<double> all;
    for (const auto &entry : outcome.observed) {
      observed.insert(entry.first().str());
      all.insert(all.end(), entry.second.floats.begin(), entry.second.floats.end());
    }
    std::vector<std::string> trainable = model.getTrainable();
    EXPECT_EQ(observed, std::set<std::string>(trainable.begin(), trainable.end()));
    for (const auto &entry : outcome.observed) {
      HostTensor expected = model.getExpectedGradient(entry.first().str());
      EXPECT_LE(norm(difference(entry.second, expected)), 1e-6 * norm(expected.floats) + 1e-8 * norm(all))
          << entry.first().str();
    }
  }

  /// Constants that the file rounds to fp32, such as 0.044715, which PyTorch has in fp64.
  static constexpr double weightRounding = 1e-7;

  MLIRContext context{MLIRContext::Threading::DISABLED};
};

TEST_F(GoldenTest, Mlp) { trainAll("mlp", 20); }
TEST_F(GoldenTest, Gpt2Static) { trainAll("gpt2-static"); }
TEST_F(GoldenTest, Gpt2Dynamo) { trainAll("gpt2-dynamo"); }
TEST_F(GoldenTest, Gpt2LossInGraph) { trainAll("gpt2-loss-in-graph"); }
TEST_F(GoldenTest, Gpt2TracingTrain) { trainAll("gpt2-tracing-train"); }
TEST_F(GoldenTest, Gpt2TracingEval) { trainAll("gpt2-tracing-eval"); }
TEST_F(GoldenTest, Gpt2ScaledDotProduct) { trainAll("gpt2-sdpa-18"); }
TEST_F(GoldenTest, Llama) { trainAll("llama-dynamo"); }
TEST_F(GoldenTest, Esm2) { trainAll("esm2-dynamo"); }
TEST_F(GoldenTest, Bert) { trainAll("bert-mlm-dynamo"); }
