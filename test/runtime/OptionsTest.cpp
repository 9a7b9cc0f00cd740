// Command lines: every refusal with its message and exit code 2, and what --help and --info print.
#include "TrainingFixture.h"

namespace neap::test {
namespace {

using OptionsTest = TrainingTest;

void expectContains(const std::string &text, const std::string &part) {
  EXPECT_NE(text.find(part), std::string::npos) << "expected: " << part << "\nin: " << text;
}

TEST_F(OptionsTest, HelpShowsDefaultsOfTheManifest) {
  Result adamw = run({"--help"}), sgd = run({"--help"}, "fake_sgd");
  EXPECT_EQ(adamw.exitCode, 0);
  expectContains(adamw.out, "decay of the mean of gradients. Default: 0.9.");
  expectContains(adamw.out, "Learning rate, at its peak if there is a schedule. Default: 0.01.");
  expectContains(adamw.out, "Largest norm of all gradients. Default: 1e+06.");
  EXPECT_EQ(adamw.out.find("--momentum"), std::string::npos);
  expectContains(sgd.out, "SGD: momentum. Default: 0.9.");
  expectContains(sgd.out, "Learning rate, at its peak if there is a schedule. Required.");
  expectContains(sgd.out, "Largest norm of all gradients. Default: 0.5.");
  EXPECT_EQ(sgd.out.find("--beta1"), std::string::npos);
}

TEST_F(OptionsTest, InfoPrintsTheManifest) {
  Result result = run({"--info"});
  EXPECT_EQ(result.exitCode, 0);
  EXPECT_EQ(nlohmann::json::parse(result.out)["arena_bytes"], 524928);
}

TEST_F(OptionsTest, MissingOptionsAreNamed) {
  expectError(run({"--max-steps", "1"}), 2, "--data is required");
  expectError(run({"--data", in("batches.safetensors")}), 2, "--max-steps is required");
  expectError(run({"--data", in("batches.safetensors"), "--max-steps", "1"}, "fake_sgd"), 2,
              "--learning-rate is required");
}

TEST_F(OptionsTest, UnknownOptionsGetANearName) {
  expectError(run({"--max-step", "3"}), 2, "unknown argument '--max-step'\nnote: did you mean --max-steps?");
  expectError(run({"--learning_rate=3"}), 2, "did you mean --learning-rate?");
  expectError(run({"--quite-something-else"}), 2, "--help lists the options");
  expectError(run({"stray"}), 2, "unknown argument 'stray'");
  expectError(run({"--momentum", "0.9"}), 2, "unknown argument '--momentum'");
}

TEST_F(OptionsTest, ValuesOutOfRangeAreRefused) {
  expectError(run({"--max-steps", "0"}), 2, "--max-steps: expected a whole number from 1 to 4294967295, got '0'");
  expectError(run({"--max-steps", "-1"}), 2, "got '-1'");
  expectError(run({"--max-steps", "1e3"}), 2, "got '1e3'");
  expectError(run({"--max-steps"}), 2, "--max-steps");
  expectError(run({"--learning-rate", "nan"}), 2, "--learning-rate: expected a number of at least 0, got 'nan'");
  expectError(run({"--learning-rate", "-0.1"}), 2, "got '-0.1'");
  expectError(run({"--learning-rate", "1e39"}), 2, "got '1e39'");
  expectError(run({"--learning-rate", "0.1x"}), 2, "got '0.1x'");
  expectError(run({"--beta1", "1"}), 2, "--beta1: expected a number of at least 0 and below 1, got '1'");
  expectError(run({"--clip-grad-norm", "0"}), 2, "--clip-grad-norm: expected a number above 0, got '0'");
  expectError(run({"--schedule", "step"}), 2, "--schedule: expected constant|linear|cosine, got 'step'");
  expectError(run({"--dtype", "uint32"}), 2, "--dtype: expected uint16, got 'uint32'");
  expectError(run({"--seed", "18446744073709551616"}), 2, "--seed: expected a whole number");
  expectError(run({"--data="}), 2, "--data");
}

TEST_F(OptionsTest, OptionsMustFitEachOther) {
  std::vector<std::string> base{"--data", in("batches.safetensors"), "--max-steps", "5"};
  auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), base.begin(), base.end());
    return run(more);
  };
  expectError(with({"--threads", "5"}), 2, "planned for at most 4 threads, got 5\nnote: --threads 4 works");
  expectError(with({"--warmup-steps", "6"}), 2, "--warmup-steps: expected at most --max-steps (5), got 6");
  expectError(with({"--min-learning-rate", "1"}), 2,
              "--min-learning-rate: expected at most --learning-rate (0.01), got 1");
  expectError(with({"--min-learning-rate", "1e-3"}), 2,
              "--min-learning-rate: it goes with --schedule linear or cosine");
  expectError(with({"--device", "cuda"}), 2, "compiled for the cpu");
  expectError(with({"--device", "sim"}), 2, "compiled for the cpu");
  expectError(with({"--shuffle"}), 2, "--shuffle is for token files");
  expectError(with({"--dtype", "uint16"}), 2, "--dtype is for token files");
}

TEST_F(OptionsTest, TheLastOfARepeatedOptionHolds) {
  auto log = train({"--max-steps", "7", "--max-steps", "2"});
  EXPECT_EQ(log.size(), 2u);
}

} // namespace
} // namespace neap::test
