// What a run reads and leaves on disk: weights, model, gradients, log; full disks and signals.
#include "TrainingFixture.h"

#include <csignal>
#include <filesystem>

namespace neap::test {
namespace {

using safetensors::Type;

class TrainingOutputTest : public TrainingTest {
protected:
  std::vector<std::string> arguments(std::vector<std::string> more = {}, const char *steps = "3") const {
    more.insert(more.begin(), {"--data", in("batches.safetensors"), "--max-steps", steps});
    return more;
  }
  /// A run whose steps take twenty milliseconds, at its second step or later.
  Process startSlowRun(std::vector<std::string> more = {}) const {
    writeWeights(0, 1, 20);
    return Process(command("fake_adamw", arguments(more, "1000000")), folder_);
  }
};

TEST_F(TrainingOutputTest, GradientsAreThoseOfTheFirstStepBeforeClipping) {
  ASSERT_EQ(run(arguments({"--dump-gradients", in("gradients"), "--clip-grad-norm", "1e-3"})).exitCode, 0);
  std::vector<float> gradients = readFloats(in("gradients"), "table");
  ASSERT_EQ(gradients.size(), size_t(rows));
  EXPECT_FLOAT_EQ(gradients[1], -0.501f / 8);
  EXPECT_EQ(gradients[9], 0);
  safetensors::Reader reader(in("gradients"));
  EXPECT_EQ(reader.tensors().size(), 1u) << "frozen parameters have no gradient";
  EXPECT_EQ(reader.tensors()[0].shape, (std::vector<int64_t>{128, 256}));
  EXPECT_EQ(partialFiles(), std::vector<std::string>{});
}

TEST_F(TrainingOutputTest, WrongWeightsAreNamed) {
  expectError(run(arguments({"--weights", in("none")})), 8,
              "cannot open: No such file or directory\nnote: --weights FILE");
  Data table{"table", Type::F32, {128, 256}, std::string(rows * 4, 0)};
  Data scale{"gradient_scale", Type::F32, {}, std::string(4, 0)};
  Data delay{"delay", Type::F32, {1}, std::string(4, 0)};
  writeTensors(in("weights.safetensors"), {table, scale});
  expectError(run(arguments()), 8, "no parameter 'delay'");
  table.shape = {256, 128};
  writeTensors(in("weights.safetensors"), {table, scale, delay});
  expectError(run(arguments()), 8, "parameter 'table' is float32 [256, 128], expected float32 [128, 256]");
  writeFile(in("weights.safetensors"), "abc");
  expectError(run(arguments()), 8, "not a safetensors file");
}

TEST_F(TrainingOutputTest, WeightsLieBesideTheBinary) {
  std::filesystem::copy_file(std::string(FAKE_PROGRAMS) + "/fake_adamw", in("mine"));
  std::filesystem::create_symlink(in("mine"), in("link"));
  std::vector<std::string> words = arguments({"--output-dir", in("out")});
  words.insert(words.begin(), in("link"));
  expectError(Process(words, folder_).wait(), 8, in("mine") + ".safetensors: cannot open");
  std::filesystem::rename(in("weights.safetensors"), in("mine.safetensors"));
  EXPECT_EQ(Process(words, folder_).wait().exitCode, 0);
}

TEST_F(TrainingOutputTest, InitialWeightsAreNotReplaced) {
  std::filesystem::copy_file(std::string(FAKE_PROGRAMS) + "/fake_adamw", in("model"));
  std::filesystem::rename(in("weights.safetensors"), in("model.safetensors"));
  std::string before = readFile(in("model.safetensors"));
  std::vector<std::string> words = arguments({"--output-dir", folder_});
  words.insert(words.begin(), in("model"));
  std::string message = "expected the model of --output-dir to be another file than the initial weights of this binary";
  expectError(Process(words, folder_).wait(), 2, message);
  words.push_back("--weights=" + in("model.safetensors"));
  expectError(Process(words, folder_).wait(), 2, message);
  EXPECT_EQ(readFile(in("model.safetensors")), before);
}

TEST_F(TrainingOutputTest, OutputsDestroyNoInputAndNoOtherOutput) {
  std::filesystem::create_directory(in("out"));
  std::filesystem::create_symlink(in("batches.safetensors"), in("link"));
  std::filesystem::create_hard_link(in("weights.safetensors"), in("hard"));
  auto expectRefused = [&](std::vector<std::string> more, const std::string &message) {
    std::string data = readFile(in("batches.safetensors")), weights = readFile(in("weights.safetensors"));
    expectError(run(arguments(more)), 2, message);
    EXPECT_EQ(readFile(in("batches.safetensors")), data);
    EXPECT_EQ(readFile(in("weights.safetensors")), weights);
    EXPECT_TRUE(std::filesystem::is_empty(in("out")));
  };
  expectRefused({"--log", in("batches.safetensors")}, "expected --log to be another file than --data, got '");
  expectRefused({"--log", in("link")}, "expected --log to be another file than --data, got '");
  expectRefused({"--dump-gradients", in("hard")}, "expected --dump-gradients to be another file than --weights, got '");
  expectRefused({"--log", in("new"), "--dump-gradients", in("out/../new")},
                "expected --log to be another file than --dump-gradients, got '");
  expectRefused({"--log", in("out/model.safetensors")},
                "expected --log to be another file than the model of --output-dir, got '");
  expectRefused({"--log", std::string(FAKE_PROGRAMS) + "/fake_adamw"}, "another file than this binary");
}

TEST_F(TrainingOutputTest, SharedDevicesAreNoConflict) {
  EXPECT_EQ(run(arguments({"--log", "/dev/null"})).exitCode, 0);
}

TEST_F(TrainingOutputTest, DestinationsAreTriedBeforeTheFirstStep) {
  auto expectEarly = [&](std::vector<std::string> more, const std::string &message) {
    Result result = run(arguments(more));
    expectError(result, 8, message);
    EXPECT_EQ(result.err.find("step 1"), std::string::npos) << result.err;
  };
  writeFile(in("file"), "");
  expectEarly({"--output-dir", in("file/sub")}, "cannot create output folder: Not a directory");
  expectEarly({"--output-dir", in("file")}, "Not a directory");
  expectEarly({"--log", in("none/log")}, "none/log: cannot write: No such file or directory");
  expectEarly({"--dump-gradients", in("none/gradients")}, "cannot create: No such file or directory");
  expectEarly({"--dump-gradients", "/dev/full"}, "/dev/full: cannot replace: not a regular file");
  std::filesystem::create_directories(in("out/model.safetensors"));
  expectEarly({}, "model.safetensors: cannot replace: not a regular file");
}

TEST_F(TrainingOutputTest, AFailedStartLeavesTheOldLog) {
  writeFile(in("log"), "precious");
  EXPECT_EQ(run(arguments({"--log", in("log"), "--weights", in("none")})).exitCode, 8);
  EXPECT_EQ(readFile(in("log")), "precious");
}

TEST_F(TrainingOutputTest, ALogThatCannotGrowEndsTheRun) {
  Result result = run(arguments({"--log", "/dev/full"}));
  expectError(result, 8,
              "/dev/full: cannot write: No space left on device; saved " + in("out/model.safetensors") +
                  " after step 1\n");
  std::string saved = readFile(in("out/model.safetensors"));
  ASSERT_EQ(run(arguments({}, "1")).exitCode, 0);
  EXPECT_EQ(readFile(in("out/model.safetensors")), saved);
}

TEST_F(TrainingOutputTest, ADataFileThatShrinksCostsOneStep) {
  Process process = startSlowRun({"--log", in("log")});
  ASSERT_TRUE(process.waitForError("step 1/"));
  std::filesystem::resize_file(in("batches.safetensors"), 8);
  Result result = process.wait();
  expectError(result, 7, "batches.safetensors: cannot read: the file ends at byte ");
  expectError(result, 7, "; saved " + in("out/model.safetensors") + " after step " + std::to_string(readLog().size()));
  std::string saved = readFile(in("out/model.safetensors"));
  writeBatches({{1, 2, 3, 4, 5, 6, 7, 8}, {9, 9, 9, 9, 10, 10, 10, 10}, {1, 1, 2, 2, 32767, 0, 5, 5}});
  ASSERT_EQ(run(arguments({}, std::to_string(readLog().size()).c_str())).exitCode, 0);
  EXPECT_EQ(readFile(in("out/model.safetensors")), saved);
}

TEST_F(TrainingOutputTest, ARunThatCannotSaveSaysBoth) {
  Process process = startSlowRun({"--log", in("log")});
  ASSERT_TRUE(process.waitForError("step 1/"));
  process.limitFiles(500);
  expectError(process.wait(), 8, "log: cannot write: File too large; nor could the model be saved: ");
}

TEST_F(TrainingOutputTest, ALogOnAFullDiskHoldsWholeLines) {
  Process process = startSlowRun({"--log", in("log")});
  ASSERT_TRUE(process.waitForError("step 1/"));
  process.limitFiles(500);
  expectError(process.wait(), 8, "log: cannot write: File too large");
  EXPECT_GE(readLog().size(), 2u) << "every line parses";
}

TEST_F(TrainingOutputTest, AModelThatCannotFitIsRefusedBeforeTraining) {
  Result result = Process(command("fake_adamw", arguments()), folder_, 100'000).wait();
  expectError(result, 8, "File too large");
  EXPECT_EQ(result.err.find("step 1"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_empty(in("out")));
}

TEST_F(TrainingOutputTest, AFailedSaveKeepsTheOldModel) {
  ASSERT_EQ(run(arguments()).exitCode, 0);
  std::string before = readFile(in("out/model.safetensors"));
  Process process = startSlowRun();
  ASSERT_TRUE(process.waitForError("step 1/"));
  process.limitFiles(50'000);
  process.signal(SIGTERM);
  expectError(process.wait(), 8, "File too large");
  EXPECT_EQ(readFile(in("out/model.safetensors")), before);
  EXPECT_EQ(partialFiles(), std::vector<std::string>{});
}

TEST_F(TrainingOutputTest, ASignalSavesAfterTheStep) {
  for (int number : {SIGINT, SIGTERM}) {
    Process process = startSlowRun({"--log", in("log")});
    ASSERT_TRUE(process.waitForError("step 1/"));
    process.signal(number);
    Result result = process.wait();
    EXPECT_EQ(result.exitCode, 75) << result.err;
    EXPECT_NE(result.err.find("stopped on request after step " + std::to_string(readLog().size())), std::string::npos);
    EXPECT_NE(result.out.find("arena bytes: "), std::string::npos);
    // The saved model is the one that as many steps give.
    std::string stopped = readFile(in("out/model.safetensors"));
    ASSERT_EQ(run(arguments({}, std::to_string(readLog().size()).c_str())).exitCode, 0);
    EXPECT_EQ(readFile(in("out/model.safetensors")), stopped);
  }
}

TEST_F(TrainingOutputTest, ASecondSignalEndsAtOnceAndLeavesNothing) {
  writeWeights(0, 1, 60'000);
  Process process(command("fake_adamw", arguments({"--dump-gradients", in("gradients")})), folder_);
  for (int i = 0; i < 1000 && partialFiles().empty(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  process.signal(SIGTERM);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  process.signal(SIGINT);
  EXPECT_EQ(process.wait().exitCode, 128 + SIGINT);
  EXPECT_EQ(partialFiles(), std::vector<std::string>{});
  EXPECT_FALSE(std::filesystem::exists(in("gradients")));
  EXPECT_FALSE(std::filesystem::exists(in("out/model.safetensors")));
}

} // namespace
} // namespace neap::test
