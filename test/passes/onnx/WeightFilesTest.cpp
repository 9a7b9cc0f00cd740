// A name in a model must not lead out of its folder, nor to anything but a file of its own.
#include "neap/passes/onnx/weight-files/WeightFiles.h"

#include "gtest/gtest.h"

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;
using namespace neap::weights;

namespace {

struct WeightFilesTest : testing::Test {
  fs::path root = fs::temp_directory_path() / ("neap-weight-files-" + std::to_string(::getpid()));
  fs::path model = root / "model";

  void SetUp() override {
    fs::create_directories(model / "sub");
    std::ofstream(model / "w.data") << "0123456789";
    std::ofstream(model / "sub" / "w.data") << "ab";
    std::ofstream(root / "secret") << "secret";
  }
  void TearDown() override { fs::remove_all(root); }

  std::string refusal(const char *name, bool trustLinks = false) {
    auto file = openBeneath(model.string(), name, trustLinks);
    return file ? "opened" : llvm::toString(file.takeError());
  }
};

TEST_F(WeightFilesTest, OpensFilesOfTheFolder) {
  auto file = openBeneath(model.string(), "w.data", false);
  ASSERT_TRUE(static_cast<bool>(file));
  EXPECT_EQ(file->size(), 10u);
  char bytes[3];
  ASSERT_FALSE(static_cast<bool>(file->read(4, bytes)));
  EXPECT_EQ(std::string(bytes, 3), "456");
  EXPECT_EQ(refusal("sub/w.data"), "opened");
  EXPECT_EQ(refusal("./w.data"), "opened");
}

TEST_F(WeightFilesTest, SaysWhenAFileIsTooShort) {
  auto file = openBeneath(model.string(), "w.data", false);
  ASSERT_TRUE(static_cast<bool>(file));
  char bytes[4];
  EXPECT_EQ(llvm::toString(file->read(8, bytes)), "expected 2 more bytes at 10, got the end of the file");
}

TEST_F(WeightFilesTest, RefusesWhatLeavesTheFolder) {
  EXPECT_EQ(refusal("/etc/passwd"), "expected a file in the model's folder, got the absolute path '/etc/passwd'");
  EXPECT_EQ(refusal("../secret"), "expected a file in the model's folder, got '../secret', which leaves it");
  EXPECT_EQ(refusal("sub/../../secret"),
            "expected a file in the model's folder, got 'sub/../../secret', which leaves it");
  EXPECT_EQ(refusal(""), "expected the name of a file, got ''");
  EXPECT_EQ(refusal("missing"), "cannot open 'missing': No such file or directory");
}

TEST_F(WeightFilesTest, RefusesLinksUnlessTrusted) {
  fs::create_symlink(root / "secret", model / "link");
  fs::create_directory_symlink(root, model / "folder");
  fs::create_hard_link(root / "secret", model / "hard");
  EXPECT_EQ(refusal("link"), "expected a file in the model's folder, got 'link', which is a symbolic link; "
                             "--trust-external-links follows it");
  EXPECT_NE(refusal("folder/secret"), "opened");
  EXPECT_EQ(refusal("hard"), "expected a file of the model's own, got 'hard', which is a hard link; "
                             "--trust-external-links accepts it");
  EXPECT_EQ(refusal("link", /*trustLinks=*/true), "opened");
  EXPECT_EQ(refusal("hard", /*trustLinks=*/true), "opened");
}

TEST_F(WeightFilesTest, RefusesWhatIsNoRegularFile) {
  ASSERT_EQ(::mkfifo((model / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(refusal("fifo"), "expected a regular file, got 'fifo', which is none");
  EXPECT_EQ(refusal("sub"), "expected a regular file, got 'sub', which is none");
  auto device = openModel("/dev/zero");
  EXPECT_EQ(llvm::toString(device.takeError()), "expected a regular file, got '/dev/zero', which is none");
}

} // namespace
