// A folder with weights and data for the training binaries of FakeProgram.cpp, and ways to run them.
#ifndef NEAP_TEST_RUNTIME_TRAININGFIXTURE_H
#define NEAP_TEST_RUNTIME_TRAININGFIXTURE_H

#include "Process.h"

#include "neap/runtime/safetensors/Safetensors.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace neap::test {

constexpr int64_t rows = 32768, positions = 8;

/// A tensor to write to a file.
struct Data {
  std::string name;
  safetensors::Type type;
  std::vector<int64_t> shape;
  std::string bytes;
};

template <typename T> std::string bytesOf(const std::vector<T> &values) {
  return {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T)};
}

/// Writes a safetensors file with `data`.
void writeTensors(const std::string &path, const std::vector<Data> &data);
/// All floats of one tensor.
std::vector<float> readFloats(const std::string &path, const std::string &name);

/// Values of one step, both inputs of the fake programs.
using Step = std::vector<int64_t>;

class TrainingTest : public testing::Test {
protected:
  TrainingTest();
  ~TrainingTest() override;

  std::string in(const std::string &name) const { return folder_ + "/" + name; }
  void writeWeights(float table = 0, float gradientScale = 1, float delay = 0) const;
  /// Batches whose labels are the tokens.
  void writeBatches(const std::vector<Step> &steps) const { writeBatches(steps, steps); }
  void writeBatches(const std::vector<Step> &tokens, const std::vector<Step> &labels) const;
  /// A token file with llm.c's header.
  void writeTokens(const std::string &name, const std::vector<uint16_t> &tokens) const;

  /// `program` with weights and output in the folder, for `arguments` more.
  std::vector<std::string> command(const std::string &program, const std::vector<std::string> &arguments) const;
  Result run(const std::vector<std::string> &arguments, const std::string &program = "fake_adamw") const;
  /// Runs with batches.safetensors and a log; both must work. Returns the log.
  std::vector<nlohmann::json> train(std::vector<std::string> arguments,
                                    const std::string &program = "fake_adamw") const;
  std::vector<nlohmann::json> readLog(const std::string &name = "log") const;
  /// Names in the folder that are left from a file being written.
  std::vector<std::string> partialFiles() const;

  std::string folder_;
};

/// Expects an exit code and a message on stderr.
void expectError(const Result &result, int exitCode, const std::string &message);

} // namespace neap::test

#endif
