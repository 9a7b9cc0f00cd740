// Files of the fixture.
#include "TrainingFixture.h"

#include <array>
#include <cstring>
#include <filesystem>
#include <sstream>

namespace neap::test {

using safetensors::Type;

void writeTensors(const std::string &path, const std::vector<Data> &data) {
  std::vector<safetensors::Tensor> tensors;
  for (const Data &entry : data)
    tensors.push_back({entry.name, entry.type, entry.shape});
  safetensors::Writer writer(path, tensors);
  for (size_t i = 0; i < data.size(); ++i)
    writer.write(i, 0, data[i].bytes.data(), data[i].bytes.size());
  writer.commit();
}

std::vector<float> readFloats(const std::string &path, const std::string &name) {
  safetensors::Reader reader(path);
  const safetensors::Tensor *tensor = reader.find(name);
  std::vector<float> values(tensor ? tensor->bytes() / sizeof(float) : 0);
  if (tensor)
    reader.read(*tensor, values.data());
  return values;
}

TrainingTest::TrainingTest() {
  std::string pattern = testing::TempDir() + "neap-runtime-XXXXXX";
  folder_ = mkdtemp(pattern.data());
  writeWeights();
  writeBatches({{1, 2, 3, 4, 5, 6, 7, 8}, {9, 9, 9, 9, 10, 10, 10, 10}, {1, 1, 2, 2, 32767, 0, 5, 5}});
}

TrainingTest::~TrainingTest() { std::filesystem::remove_all(folder_); }

void TrainingTest::writeWeights(float table, float gradientScale, float delay) const {
  writeTensors(in("weights.safetensors"),
               {{"table", Type::F32, {128, 256}, bytesOf(std::vector<float>(rows, table))},
                {"gradient_scale", Type::F32, {}, bytesOf(std::vector<float>{gradientScale})},
                {"delay", Type::F32, {1}, bytesOf(std::vector<float>{delay})}});
}

void TrainingTest::writeBatches(const std::vector<Step> &tokens, const std::vector<Step> &labels) const {
  std::string tokenBytes, labelBytes;
  for (size_t i = 0; i < tokens.size(); ++i)
    tokenBytes += bytesOf(tokens[i]), labelBytes += bytesOf(labels[i]);
  auto steps = int64_t(tokens.size());
  writeTensors(in("batches.safetensors"),
               {{"input_ids", Type::I64, {steps, 2, 4}, tokenBytes},
                {"labels", Type::I64, {steps, 2, 4}, labelBytes},
                {"attention_mask", Type::F32, {steps, 2, 4}, bytesOf(std::vector<float>(size_t(steps * 8), 1))}});
}

void TrainingTest::writeTokens(const std::string &name, const std::vector<uint16_t> &tokens) const {
  std::vector<int32_t> header(256);
  header[0] = 20240520, header[1] = 1, header[2] = int32_t(tokens.size());
  writeFile(in(name), bytesOf(header) + bytesOf(tokens));
}

std::vector<std::string> TrainingTest::command(const std::string &program,
                                               const std::vector<std::string> &arguments) const {
  std::vector<std::string> words{std::string(FAKE_PROGRAMS) + "/" + program, "--weights=" + in("weights.safetensors"),
                                 "--output-dir=" + in("out")};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

Result TrainingTest::run(const std::vector<std::string> &arguments, const std::string &program) const {
  return Process(command(program, arguments), folder_).wait();
}

std::vector<nlohmann::json> TrainingTest::train(std::vector<std::string> arguments, const std::string &program) const {
  arguments.insert(arguments.begin(), {"--data", in("batches.safetensors"), "--log", in("log")});
  Result result = run(arguments, program);
  EXPECT_EQ(result.exitCode, 0) << result.err;
  return readLog();
}

std::vector<nlohmann::json> TrainingTest::readLog(const std::string &name) const {
  std::vector<nlohmann::json> lines;
  std::istringstream text(readFile(in(name)));
  for (std::string line; std::getline(text, line);)
    lines.push_back(nlohmann::json::parse(line));
  return lines;
}

std::vector<std::string> TrainingTest::partialFiles() const {
  std::vector<std::string> names;
  for (const auto &entry : std::filesystem::recursive_directory_iterator(folder_))
    if (entry.path().string().find(".partial-") != std::string::npos)
      names.push_back(entry.path().string());
  return names;
}

void expectError(const Result &result, int exitCode, const std::string &message) {
  EXPECT_EQ(result.exitCode, exitCode) << result.err;
  EXPECT_NE(result.err.find("error: "), std::string::npos) << result.err;
  EXPECT_NE(result.err.find(message), std::string::npos) << "expected: " << message << "\ngot: " << result.err;
}

} // namespace neap::test
