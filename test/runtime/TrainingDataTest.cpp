// Training data: batches and token files, right and wrong.
#include "TrainingFixture.h"

#include <filesystem>

namespace neap::test {
namespace {

using safetensors::Type;

class TrainingDataTest : public TrainingTest {
protected:
  Result runOn(const std::string &file, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"--data", in(file), "--max-steps", "4", "--log", in("log")});
    return run(more);
  }
  void expectRefused(const std::vector<Data> &data, const std::string &message) const {
    writeTensors(in("batches.safetensors"), data);
    expectError(runOn("batches.safetensors"), 7, message);
  }
  /// Losses of a run that must work.
  std::vector<double> losses(const std::string &file, std::vector<std::string> more = {}) const {
    Result result = runOn(file, more);
    EXPECT_EQ(result.exitCode, 0) << result.err;
    std::vector<double> values;
    for (const nlohmann::json &line : readLog())
      values.push_back(line["loss"]);
    return values;
  }

  const Data ids{"input_ids", Type::I64, {1, 2, 4}, bytesOf(Step{1, 2, 3, 4, 5, 6, 7, 8})};
  const Data labels{"labels", Type::I64, {1, 2, 4}, bytesOf(Step{1, 2, 3, 4, 5, 6, 7, 8})};
  const Data mask{"attention_mask", Type::F32, {1, 2, 4}, bytesOf(std::vector<float>(8, 1))};
};

TEST_F(TrainingDataTest, WrongTensorsAreNamed) {
  expectRefused({ids, mask}, "no tensor 'labels'\nnote: the file needs one tensor for each of: input_ids, labels");
  Data extra = mask;
  extra.name = "extra";
  expectRefused({ids, labels, mask, extra}, "tensor 'extra' is no input of this program");
  Data wrongType = ids;
  wrongType.type = Type::F64;
  expectRefused({wrongType, labels, mask}, "tensor 'input_ids' is float64 [1, 2, 4], expected int64 [steps, 2, 4]");
  Data wrongShape = ids;
  wrongShape.shape = {2, 4, 1};
  expectRefused({wrongShape, labels, mask}, "tensor 'input_ids' is int64 [2, 4, 1], expected int64 [steps, 2, 4]");
  wrongShape.shape = {8};
  expectRefused({wrongShape, labels, mask}, "tensor 'input_ids' is int64 [8], expected int64 [steps, 2, 4]");
}

TEST_F(TrainingDataTest, StepCountsMustAgree) {
  Data two = labels;
  two.shape[0] = 2;
  two.bytes += two.bytes;
  expectRefused({ids, two, mask}, "tensor 'labels' has 2 steps, expected 1 as 'input_ids' has");
  expectRefused({{"input_ids", Type::I64, {0, 2, 4}, ""}, labels, mask}, "tensor 'input_ids' has no steps");
}

TEST_F(TrainingDataTest, UnreadableFilesAreDataErrors) {
  expectError(runOn("none.safetensors"), 7, "cannot open: No such file or directory");
  expectError(runOn("none.bin"), 7, "cannot open: No such file or directory");
  writeFile(in("damaged.safetensors"), "abc");
  expectError(runOn("damaged.safetensors"), 7, "not a safetensors file: 3 bytes are too few");
  writeFile(in("text.txt"), "abc");
  expectError(runOn("text.txt"), 7, "unknown kind of data\nnote: name it .safetensors or .bin");
}

TEST_F(TrainingDataTest, WrongDataCreatesNothing) {
  EXPECT_EQ(runOn("none.bin").exitCode, 7);
  EXPECT_FALSE(std::filesystem::exists(in("out")));
  EXPECT_FALSE(std::filesystem::exists(in("log")));
}

TEST_F(TrainingDataTest, ValuesOutOfRangeAreLocated) {
  writeBatches({{1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 3, 4, 5, 6, 32768, 8}});
  Result result = runOn("batches.safetensors");
  expectError(result, 7,
              "data of step 2: 'input_ids' at [1, 2] is 32768, allowed is from 0 to 32767; saved " +
                  in("out/model.safetensors") + " after step 1\n");
  EXPECT_EQ(readLog().size(), 1u);
  writeBatches({{1, 2, 3, 4, 5, 6, 7, 8}}, {{1, 2, 3, -1, 5, 6, 7, 8}});
  expectError(runOn("batches.safetensors"), 7,
              "'labels' at [0, 3] is -1, allowed is from 0 to 32767, or -100 to ignore a position");
}

TEST_F(TrainingDataTest, TheIgnoredLabelIsAllowed) {
  writeBatches({{1, 2, 3, 4, 5, 6, 7, 8}}, {{1, -100, -100, -100, -100, -100, -100, -100}});
  EXPECT_FLOAT_EQ(float(losses("batches.safetensors")[0]), 0.5f * 0.501f * 0.501f);
}

TEST_F(TrainingDataTest, Int32ServesForInt64) {
  std::vector<int32_t> narrow{1, 2, 3, 4, 5, 6, 7, 8, -100, 3, 4, 5, 6, 7, 8, 32767};
  Step wide(narrow.begin(), narrow.end());
  Step tokens(16, 3);
  Data twoIds{"input_ids", Type::I64, {2, 2, 4}, bytesOf(tokens)};
  Data twoMasks{"attention_mask", Type::F32, {2, 2, 4}, bytesOf(std::vector<float>(16, 1))};
  writeTensors(in("wide.safetensors"), {twoIds, twoMasks, {"labels", Type::I64, {2, 2, 4}, bytesOf(wide)}});
  writeTensors(in("narrow.safetensors"), {twoIds, twoMasks, {"labels", Type::I32, {2, 2, 4}, bytesOf(narrow)}});
  EXPECT_EQ(losses("wide.safetensors"), losses("narrow.safetensors"));
}

TEST_F(TrainingDataTest, TokenFilesGiveWindowsInOrderAndStartOver) {
  writeTokens("tokens.bin", {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 65535, 99, 99});
  // 65535 is out of range, so it is the second window that is refused: the remainder is dropped, nothing is skipped.
  expectError(runOn("tokens.bin"), 7, "data of step 2: 'input_ids' at [1, 3] is 65535");
  writeTokens("tokens.bin", {1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 9, 10, 10, 10, 10, 99, 99});
  writeBatches({{1, 2, 3, 4, 5, 6, 7, 8}, {9, 9, 9, 9, 10, 10, 10, 10}});
  EXPECT_EQ(losses("tokens.bin"), losses("batches.safetensors"));
}

TEST_F(TrainingDataTest, HeaderlessTokensNeedTheirType) {
  std::vector<uint16_t> tokens{1, 2, 3, 4, 5, 6, 7, 8, 9};
  writeFile(in("raw.bin"), bytesOf(tokens));
  writeTokens("tokens.bin", tokens);
  expectError(runOn("raw.bin"), 7, "expected magic 20240520, got 131073\nnote: --dtype uint16");
  EXPECT_EQ(losses("raw.bin", {"--dtype", "uint16"}), losses("tokens.bin"));
  EXPECT_EQ(losses("tokens.bin", {"--dtype", "uint16"}), losses("tokens.bin"));
  writeFile(in("raw.bin"), bytesOf(tokens) + "x");
  expectError(runOn("raw.bin", {"--dtype", "uint16"}), 7, "raw.bin: expected whole 16-bit tokens, got 19 bytes");
}

TEST_F(TrainingDataTest, DamagedTokenFilesAreRefused) {
  writeTokens("tokens.bin", {1, 2, 3, 4, 5, 6, 7});
  expectError(runOn("tokens.bin"), 7, "holds 7 tokens, one step needs 8");
  std::string bytes = readFile(in("tokens.bin"));
  writeFile(in("tokens.bin"), bytes.substr(0, bytes.size() - 1));
  expectError(runOn("tokens.bin"), 7, "the header promises 7 tokens, the file has 1037 bytes");
  writeFile(in("tokens.bin"), bytes.substr(0, 12));
  expectError(runOn("tokens.bin"), 7, "the header promises 7 tokens, the file has 12 bytes");
  bytes[4] = 2;
  writeFile(in("tokens.bin"), bytes);
  expectError(runOn("tokens.bin"), 7, "expected version 1 of the token file, got 2");
  writeFile(in("tokens.bin"), "");
  expectError(runOn("tokens.bin"), 7, "expected magic 20240520, got 0");
}

TEST_F(TrainingDataTest, ShuffleVisitsEveryWindowAndDependsOnTheSeed) {
  std::vector<uint16_t> tokens;
  for (uint16_t window = 0; window < 16; ++window)
    tokens.insert(tokens.end(), 8, uint16_t(window * 100));
  writeTokens("tokens.bin", tokens);
  auto shuffled = [&](const char *seed) {
    return losses("tokens.bin", {"--max-steps", "16", "--learning-rate", "0", "--shuffle", "--seed", seed});
  };
  std::vector<double> ordered = losses("tokens.bin", {"--max-steps", "16", "--learning-rate", "0"});
  std::vector<double> first = shuffled("1");
  EXPECT_NE(first, ordered);
  EXPECT_EQ(first, shuffled("1"));
  EXPECT_NE(first, shuffled("2"));
  EXPECT_TRUE(std::is_permutation(first.begin(), first.end(), ordered.begin()));
}

} // namespace
} // namespace neap::test
