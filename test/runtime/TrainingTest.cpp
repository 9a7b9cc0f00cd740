// Whole runs: the numbers of both optimizers against a reference, the log, the summary, and determinism.
#include "TrainingFixture.h"

#include <cmath>

namespace neap::test {
namespace {

/// The fake model in double precision: table, gradients, and both optimizers as torch defines them.
struct Reference {
  std::vector<double> table = std::vector<double>(rows, 0), m = table, v = table, gradient = table;
  double loss = 0, norm = 0;
  int t = 0;

  void computeGradient(const Step &batch) {
    std::fill(gradient.begin(), gradient.end(), 0);
    loss = norm = 0;
    for (int64_t token : batch) {
      double error = table[size_t(token)] - (double(token) / 1000 + 0.5);
      gradient[size_t(token)] += error / double(batch.size());
      loss += error * error / 2 / double(batch.size());
    }
    for (double g : gradient)
      norm += g * g;
    norm = std::sqrt(norm);
  }
  void stepAdamW(double rate, double decay) {
    ++t;
    for (size_t i = 0; i < table.size(); ++i) {
      m[i] = 0.9 * m[i] + 0.1 * gradient[i];
      v[i] = 0.999 * v[i] + 0.001 * gradient[i] * gradient[i];
      table[i] *= 1 - rate * decay;
      table[i] -= rate / (1 - std::pow(0.9, t)) * m[i] / (std::sqrt(v[i] / (1 - std::pow(0.999, t))) + 1e-8);
    }
  }
  void stepSgd(double rate, double momentum, double clip) {
    double factor = std::fmin(1, clip / (norm + 1e-6));
    for (size_t i = 0; i < table.size(); ++i) {
      m[i] = t == 0 ? factor * gradient[i] : momentum * m[i] + factor * gradient[i];
      table[i] -= rate * m[i];
    }
    ++t;
  }
};

const std::vector<Step> batches{{1, 2, 3, 4, 5, 6, 7, 8}, {9, 9, 9, 9, 10, 10, 10, 10}, {1, 1, 2, 2, 32767, 0, 5, 5}};

/// Log lines without the times.
std::vector<nlohmann::json> withoutTimes(std::vector<nlohmann::json> lines) {
  for (nlohmann::json &line : lines)
    line.erase("seconds"), line.erase("items_per_second");
  return lines;
}

TEST_F(TrainingTest, AdamWFollowsTheReferenceThroughTheEndOfTheData) {
  auto log = train({"--max-steps", "7", "--weight-decay", "0.1"});
  ASSERT_EQ(log.size(), 7u);
  Reference reference;
  for (size_t step = 0; step < 7; ++step) {
    reference.computeGradient(batches[step % 3]);
    EXPECT_EQ(log[step]["step"], step + 1);
    EXPECT_NEAR(log[step]["loss"], reference.loss, 1e-5 * reference.loss);
    EXPECT_NEAR(log[step]["grad_norm"], reference.norm, 1e-5 * reference.norm);
    EXPECT_EQ(log[step]["learning_rate"], 0.01);
    reference.stepAdamW(0.01, 0.1);
  }
  std::vector<float> table = readFloats(in("out/model.safetensors"), "table");
  for (size_t i = 0; i < table.size(); ++i)
    ASSERT_NEAR(table[i], reference.table[i], 1e-5) << i;
}

TEST_F(TrainingTest, SgdFollowsTheReferenceWithMomentumAndClipping) {
  auto log = train({"--max-steps", "5", "--learning-rate", "0.25"}, "fake_sgd");
  ASSERT_EQ(log.size(), 5u);
  Reference reference;
  for (size_t step = 0; step < 5; ++step) {
    reference.computeGradient(batches[step % 3]);
    EXPECT_NEAR(log[step]["loss"], reference.loss, 1e-5 * reference.loss);
    reference.stepSgd(0.25, 0.9, 0.5);
  }
  EXPECT_GT(log[2]["grad_norm"], 0.5) << "the norm is that before clipping";
}

TEST_F(TrainingTest, ClippingCanBeTurnedOff) {
  auto clipped = train({"--max-steps", "4", "--learning-rate", "1"}, "fake_sgd");
  auto free = train({"--max-steps", "4", "--learning-rate", "1", "--clip-grad-norm", "off"}, "fake_sgd");
  EXPECT_NE(clipped[3]["loss"], free[3]["loss"]);
}

TEST_F(TrainingTest, TheScheduleShowsInTheLog) {
  auto log = train({"--max-steps", "6", "--schedule", "linear", "--warmup-steps", "2", "--learning-rate", "0.4",
                    "--min-learning-rate", "0.1"});
  EXPECT_DOUBLE_EQ(log[0]["learning_rate"], 0.2);
  EXPECT_DOUBLE_EQ(log[1]["learning_rate"], 0.4);
  EXPECT_DOUBLE_EQ(log[2]["learning_rate"], 0.4);
  EXPECT_DOUBLE_EQ(log[4]["learning_rate"], 0.25);
}

TEST_F(TrainingTest, LogLinesHaveTheirFieldsAndReadBackAsFloats) {
  auto log = train({"--max-steps", "2"});
  for (const nlohmann::json &line : log) {
    EXPECT_EQ(line.size(), 6u);
    EXPECT_GT(line["seconds"], 0);
    EXPECT_NEAR(line["items_per_second"], 8 / line["seconds"].get<double>(), 1e-6 * 8 / line["seconds"].get<double>());
    double loss = line["loss"];
    EXPECT_EQ(loss, double(float(loss)));
  }
}

TEST_F(TrainingTest, ALogIsReplaced) {
  train({"--max-steps", "5"});
  EXPECT_EQ(train({"--max-steps", "2"}).size(), 2u);
}

TEST_F(TrainingTest, TheSummaryTellsPlanAndPeak) {
  Result result = run({"--data", in("batches.safetensors"), "--max-steps", "3"});
  EXPECT_EQ(result.exitCode, 0);
  EXPECT_NE(result.out.find("planned bytes: 525952\narena bytes: 525952\npeak resident bytes: "), std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("time per step: "), std::string::npos);
  EXPECT_NE(result.err.find("step 1/3"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("step 3/3"), std::string::npos);
}

TEST_F(TrainingTest, AnyNumberOfThreadsGivesTheSameBytes) {
  auto log = withoutTimes(train({"--max-steps", "6", "--threads", "1"}));
  std::string model = readFile(in("out/model.safetensors"));
  for (const char *threads : {"1", "2", "3", "4"}) {
    EXPECT_EQ(withoutTimes(train({"--max-steps", "6", "--threads", threads})), log);
    EXPECT_EQ(readFile(in("out/model.safetensors")), model) << threads << " threads";
  }
}

TEST_F(TrainingTest, TrainingOnFromASavedModelIsAccepted) {
  train({"--max-steps", "2"});
  auto log = train({"--max-steps", "1", "--weights", in("out/model.safetensors")});
  EXPECT_EQ(log.size(), 1u);
}

TEST_F(TrainingTest, FrozenParametersAreSavedUnchanged) {
  writeWeights(0, 2, 1);
  train({"--max-steps", "2"});
  EXPECT_EQ(readFloats(in("out/model.safetensors"), "gradient_scale"), std::vector<float>{2});
  EXPECT_EQ(readFloats(in("out/model.safetensors"), "delay"), std::vector<float>{1});
}

TEST_F(TrainingTest, ANonFiniteLossStopsTheRun) {
  writeWeights(1e30f);
  Result result = run({"--data", in("batches.safetensors"), "--max-steps", "3"});
  expectError(result, 9, "the loss of step 1 is inf; nothing was saved");
  EXPECT_EQ(readFile(in("out/model.safetensors")), "");
}

TEST_F(TrainingTest, ANonFiniteGradientStopsTheRun) {
  writeWeights(0, NAN);
  expectError(run({"--data", in("batches.safetensors"), "--max-steps", "3"}), 9, "the gradient norm of step 1 is nan");
}

TEST_F(TrainingTest, AFailedStepEndsWithItsCode) {
  writeWeights(0, -1);
  expectError(run({"--data", in("batches.safetensors"), "--max-steps", "3"}), 10,
              "the compiled step failed with code 10");
}

TEST_F(TrainingTest, AnArenaBeyondTheMachineIsOutOfMemory) {
  expectError(run({"--data", in("batches.safetensors"), "--max-steps", "3"}, "fake_huge"), 6,
              "cannot allocate 4611686018427388928 bytes for the arena");
}

} // namespace
} // namespace neap::test
