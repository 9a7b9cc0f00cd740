// One fault at every call that writes, in a run that logs, dumps gradients and replaces an older model. Whatever
// happens, each file is the old one or the new one. With and without far memory, whose file has writes of its own.
#include "TrainingFixture.h"

#include <cstdlib>

namespace neap::test {
namespace {

class FaultTest : public TrainingTest, public testing::WithParamInterface<const char *> {
protected:
  FaultTest() {
    run(arguments("1"));
    oldModel_ = readFile(in("out/model.safetensors"));
    oldGradients_ = "old";
    run(arguments("2"));
    newModel_ = readFile(in("out/model.safetensors"));
    newGradients_ = readFile(in("gradients"));
  }
  ~FaultTest() override { unsetenv("NEAP_FAULT_CALL"); }

  std::vector<std::string> arguments(const char *steps) const {
    return {"--data",           in("batches.safetensors"), "--log",       in("log"),
            "--dump-gradients", in("gradients"),           "--max-steps", steps};
  }
  /// Runs two steps over the old files with a fault at `call`; nothing when the run has fewer calls.
  std::optional<Result> runWithFault(int call, const char *kind) const {
    writeFile(in("out/model.safetensors"), oldModel_);
    writeFile(in("gradients"), oldGradients_);
    setenv("NEAP_FAULT_CALL", std::to_string(call).c_str(), 1);
    setenv("NEAP_FAULT_KIND", kind, 1);
    Result result = run(arguments("2"), GetParam());
    bool injected = result.err.find("fault injected") != std::string::npos;
    return injected ? std::optional(result) : std::nullopt;
  }
  void expectWholeFiles() const {
    std::string model = readFile(in("out/model.safetensors")), gradients = readFile(in("gradients"));
    EXPECT_TRUE(model == oldModel_ || model == newModel_);
    EXPECT_TRUE(gradients == oldGradients_ || gradients == newGradients_);
  }

  std::string oldModel_, newModel_, oldGradients_, newGradients_;
};

TEST_P(FaultTest, AFailedCallIsAStorageErrorAndHalvesNothing) {
  for (const char *kind : {"full", "broken"}) {
    int call = 0;
    for (; auto result = runWithFault(call, kind); ++call) {
      SCOPED_TRACE(std::string(kind) + " at call " + std::to_string(call));
      expectError(*result, 8, "cannot ");
      expectWholeFiles();
      readLog();
      EXPECT_EQ(partialFiles(), std::vector<std::string>{});
    }
    EXPECT_GE(call, 20) << "the faults reach every write of a run";
  }
}

TEST_P(FaultTest, InterruptedAndShortWritesAreContinued) {
  for (const char *kind : {"interrupted", "short"})
    for (int call = 0; auto result = runWithFault(call, kind); ++call) {
      SCOPED_TRACE(std::string(kind) + " at call " + std::to_string(call));
      EXPECT_EQ(result->exitCode, 0) << result->err;
      EXPECT_EQ(readFile(in("out/model.safetensors")), newModel_);
      EXPECT_EQ(readFile(in("gradients")), newGradients_);
      EXPECT_EQ(readLog().size(), 2u);
    }
}

TEST_P(FaultTest, AKilledRunLeavesWholeFiles) {
  for (int call = 0; auto result = runWithFault(call, "kill"); ++call) {
    SCOPED_TRACE("kill at call " + std::to_string(call));
    EXPECT_EQ(result->exitCode, 128 + 9);
    expectWholeFiles();
  }
}

INSTANTIATE_TEST_SUITE_P(Programs, FaultTest, testing::Values("fake_adamw", "fake_far"),
                         [](const auto &info) { return std::string(info.param); });

} // namespace
} // namespace neap::test
