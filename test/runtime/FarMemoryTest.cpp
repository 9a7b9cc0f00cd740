// A training binary that keeps optimizer state in far memory and moves a gradient there and back: the bits of the one that does
// not, and what becomes of disks that are full, slow, broken or odd.
#include "TrainingFixture.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sys/mount.h>

namespace neap::test {
namespace {

class FarMemoryTest : public TrainingTest {
protected:
  FarMemoryTest() { std::filesystem::create_directory(in("far")); }
  ~FarMemoryTest() override {
    for (const char *name : {"NEAP_FAR_FAULT", "NEAP_FAR_DELAY", "NEAP_FAKE_HASTE"})
      unsetenv(name);
  }

  std::vector<std::string> arguments(std::vector<std::string> more = {}, const char *steps = "3") const {
    more.insert(more.begin(), {"--data", in("batches.safetensors"), "--max-steps", steps, "--offload-dir", in("far")});
    return more;
  }
  Result runFar(const std::vector<std::string> &more = {}) const { return run(arguments(more), "fake_far"); }
  /// The model of the program that has no far memory.
  std::string expectedModel() const {
    EXPECT_EQ(run({"--data", in("batches.safetensors"), "--max-steps", "3"}).exitCode, 0);
    return readFile(in("out/model.safetensors"));
  }
  /// A run with --offload-dir, and then what it trained.
  void expectSameModel(const Result &result, const std::string &expected) const {
    EXPECT_EQ(result.exitCode, 0) << result.err;
    EXPECT_TRUE(readFile(in("out/model.safetensors")) == expected);
    EXPECT_TRUE(std::filesystem::is_empty(in("far")));
  }
};

TEST_F(FarMemoryTest, TheBitsAreThoseWithoutFarMemory) {
  std::string expected = expectedModel();
  Result result = runFar();
  expectSameModel(result, expected);
  EXPECT_NE(result.out.find("\nfar bytes: 262144\n"), std::string::npos) << result.out;
  EXPECT_NE(result.out.find("\nof that, waiting for far memory: "), std::string::npos) << result.out;
}

TEST_F(FarMemoryTest, SlowDisksChangeNothing) {
  std::string expected = expectedModel();
  setenv("NEAP_FAR_DELAY", "30", 1);
  Result result = runFar({"--threads", "2"});
  expectSameModel(result, expected);
  EXPECT_NE(result.err.find("note: a step waits for far memory in " + in("far") + " for 0."), std::string::npos)
      << result.err;
}

/// That the test above can tell: a step that does not wait has nothing but NaNs to go on.
TEST_F(FarMemoryTest, AStepThatDoesNotWaitIsFoundOutBySlowDisks) {
  setenv("NEAP_FAR_DELAY", "30", 1);
  setenv("NEAP_FAKE_HASTE", "1", 1);
  Result result = runFar();
  expectError(result, 9, "the loss of step 2 is ");
  EXPECT_NE(result.err.find("a kernel reads what no copy has brought"), std::string::npos);
}

TEST_F(FarMemoryTest, FileSystemsWithoutDirectTransfersOrUnnamedFilesDo) {
  std::string expected = expectedModel();
  setenv("NEAP_FAR_FAULT", "direct", 1);
  Result result = runFar();
  expectSameModel(result, expected);
  EXPECT_NE(result.err.find("note: the file system of " + in("far") + " has no direct I/O"), std::string::npos);
  setenv("NEAP_FAR_FAULT", "unnamed", 1);
  expectSameModel(runFar(), expected);
}

TEST_F(FarMemoryTest, TheDefaultIsTheOutputFolder) {
  Result result = run({"--data", in("batches.safetensors"), "--max-steps", "1", "--output-dir", in("new")}, "fake_far");
  EXPECT_EQ(result.exitCode, 0) << result.err;
  EXPECT_NE(run({"--help"}, "fake_far").out.find("far memory, here 262144 bytes"), std::string::npos);
}

TEST_F(FarMemoryTest, AFolderThatIsNotThereIsNamed) {
  Result result = run(arguments({"--offload-dir", in("none")}), "fake_far");
  expectError(result, 8,
              in("none") + ": cannot create a file for far memory: No such file or directory\nnote: --offload-dir DIR");
}

TEST_F(FarMemoryTest, FilesThatMayNotBeSoLargeAreRefusedBeforeTheFirstStep) {
  Result result = Process(command("fake_far", arguments()), folder_, 200'000).wait();
  expectError(result, 8,
              "cannot reserve 262144 bytes for far memory: File too large (for the file system, or by ulimit -f)\n"
              "note: --offload-dir DIR");
  EXPECT_EQ(result.err.find("step 1/"), std::string::npos);
}

TEST_F(FarMemoryTest, AFullDiskIsRefusedBeforeTheFirstStep) {
  if (mount("none", in("far").c_str(), "tmpfs", 0, "size=128k") != 0)
    GTEST_SKIP() << "only the administrator can make a small disk";
  Result result = runFar();
  umount(in("far").c_str());
  expectError(result, 8,
              in("far") + ": cannot reserve 262144 bytes for far memory: No space left on device; 131072 bytes are "
                          "free there\nnote: --offload-dir DIR names a folder where there is more room");
  EXPECT_EQ(result.err.find("step 1/"), std::string::npos);
}

TEST_F(FarMemoryTest, AFolderInMemoryIsUsedWithAWord) {
  if (mount("none", in("far").c_str(), "tmpfs", 0, "size=1m") != 0)
    GTEST_SKIP() << "only the administrator can make a small disk";
  Result result = runFar();
  umount(in("far").c_str());
  EXPECT_EQ(result.exitCode, 0);
  EXPECT_NE(result.err.find("note: " + in("far") + " lies in this machine's memory"), std::string::npos) << result.err;
}

/// Weights from before are what they were, and no kernel works on what the failed copy has left.
TEST_F(FarMemoryTest, ABrokenDiskEndsTheRun) {
  std::filesystem::create_directory(in("out"));
  writeFile(in("out/model.safetensors"), "old");
  setenv("NEAP_FAR_FAULT", "read", 1);
  Result result = runFar();
  expectError(result, 8,
              in("far") + ": cannot read 131072 bytes at byte 0 of the file for far memory: Input/output error");
  EXPECT_EQ(result.err.find("a kernel reads"), std::string::npos);
  EXPECT_EQ(readFile(in("out/model.safetensors")), "old");
  EXPECT_TRUE(std::filesystem::is_empty(in("far")));
}

/// The first transfer is the one that tries direct I/O.
TEST_F(FarMemoryTest, ADiskThatCannotBeWrittenIsRefusedBeforeTheFirstStep) {
  setenv("NEAP_FAR_FAULT", "write", 1);
  expectError(runFar(), 8, "cannot write 4096 bytes at byte 0 of the file for far memory: Input/output error");
}

TEST_F(FarMemoryTest, AKilledRunLeavesNothing) {
  setenv("NEAP_FAR_DELAY", "10", 1);
  Process process(command("fake_far", arguments({}, "1000000")), folder_);
  ASSERT_TRUE(process.waitForError("step 1/"));
  EXPECT_TRUE(std::filesystem::is_empty(in("far")));
  process.signal(SIGKILL);
  EXPECT_EQ(process.wait().exitCode, 128 + SIGKILL);
  EXPECT_TRUE(std::filesystem::is_empty(in("far")));
}

TEST_F(FarMemoryTest, ARunThatIsStoppedFinishesItsStepAndSaves) {
  setenv("NEAP_FAR_DELAY", "10", 1);
  Process process(command("fake_far", arguments({}, "1000000")), folder_);
  ASSERT_TRUE(process.waitForError("step 1/"));
  process.signal(SIGTERM);
  Result result = process.wait();
  EXPECT_EQ(result.exitCode, 75) << result.err;
  EXPECT_EQ(readFloats(in("out/model.safetensors"), "table").size(), size_t(rows));
}

} // namespace
} // namespace neap::test
