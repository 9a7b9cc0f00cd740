// The file of `neap calibrate` for a CPU: written, read, and refused.
#include "neap/passes/costs/MachineProfile.h"
#include "neap/passes/costs/StepEstimate.h"

#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

using namespace neap;
namespace json = llvm::json;

namespace {

planning::CpuCosts makeCosts() {
  planning::CpuCosts costs = planning::describeTypicalCpu(16, 2);
  costs.processor = "znver4";
  costs.model = "A Processor";
  costs.measured = "2026-01-02T03:04:05Z";
  costs.transposeSeconds = 1.25e-10;
  costs.spillWriteRate = 2e9;
  costs.spillReadRate = 1.5e9;
  return costs;
}

llvm::Expected<planning::CpuCosts> parse(json::Object file) {
  return parseMachineProfile(llvm::formatv("{0}", json::Value(std::move(file))).str(), "machine.json");
}

std::string errorOf(json::Object file) {
  llvm::Expected<planning::CpuCosts> costs = parse(std::move(file));
  return costs ? "" : llvm::toString(costs.takeError());
}

} // namespace

TEST(MachineProfile, ReadsBackWhatItWrites) {
  planning::CpuCosts costs = makeCosts();
  planning::CpuCosts read = llvm::cantFail(parse(describeMachineProfile(costs)));
  EXPECT_EQ(read.processor, "znver4");
  EXPECT_EQ(read.model, "A Processor");
  EXPECT_EQ(read.measured, "2026-01-02T03:04:05Z");
  EXPECT_EQ(read.lanes, 16);
  EXPECT_EQ(read.threads, 2);
  EXPECT_NEAR(read.launchSeconds, costs.launchSeconds, 1e-9);
  ASSERT_EQ(read.memory.size(), costs.memory.size());
  for (size_t i = 0; i < costs.memory.size(); ++i) {
    EXPECT_DOUBLE_EQ(read.memory[i].bytes, costs.memory[i].bytes);
    EXPECT_NEAR(read.memory[i].bytesPerSecond, costs.memory[i].bytesPerSecond, 1e-3 * costs.memory[i].bytesPerSecond);
  }
  EXPECT_NEAR(read.multiplyAddSeconds, costs.multiplyAddSeconds, 1e-3 * costs.multiplyAddSeconds);
  EXPECT_NEAR(read.transposeSeconds, 1.25e-10, 1e-14);
  EXPECT_NEAR(read.stridedSeconds, costs.stridedSeconds, 1e-3 * costs.stridedSeconds);
  EXPECT_NEAR(read.otherOperationSeconds, costs.otherOperationSeconds, 1e-3 * costs.otherOperationSeconds);
  EXPECT_EQ(read.operationSeconds.size(), costs.operationSeconds.size());
  EXPECT_NEAR(read.operationSeconds["exp"], costs.operationSeconds["exp"], 1e-3 * costs.operationSeconds["exp"]);
  EXPECT_NEAR(read.spillWriteRate, 2e9, 1e5);
  EXPECT_NEAR(read.spillReadRate, 1.5e9, 1e5);
  EXPECT_EQ(describeSource(read), "measured 2026-01-02T03:04:05Z on A Processor");
}

TEST(MachineProfile, FarMemoryNeedNotBeMeasured) {
  json::Object file = describeMachineProfile(makeCosts());
  file.erase("spill");
  EXPECT_EQ(llvm::cantFail(parse(std::move(file))).spillWriteRate, 0);
}

TEST(MachineProfile, RefusesWhatIsNotOne) {
  const std::string prefix = "machine.json: expected what `neap calibrate` writes for a CPU: ";
  llvm::Expected<planning::CpuCosts> text = parseMachineProfile("{", "machine.json");
  EXPECT_EQ(llvm::toString(text.takeError()).find(prefix), 0u);
  EXPECT_EQ(errorOf(json::Object{{"format", 1}, {"device", "NVIDIA H100"}}), prefix + "the device is not 'cpu'");
  json::Object file = describeMachineProfile(makeCosts());
  file["format"] = 2;
  EXPECT_EQ(errorOf(std::move(file)), prefix + "the format is not 1");
}

TEST(MachineProfile, RefusesRatesThatAreMissingOrNoRates) {
  auto change = [](llvm::StringRef part, llvm::StringRef name, json::Value value) {
    json::Object file = describeMachineProfile(makeCosts());
    (part.empty() ? file : *file.getObject(part))[name] = std::move(value);
    return errorOf(std::move(file));
  };
  EXPECT_NE(change("products", "multiply_add", 0).find("a number above 0 as 'products.multiply_add'"),
            std::string::npos);
  EXPECT_NE(change("products", "copy", -1).find("a number of at least 0 as 'products.copy'"), std::string::npos);
  EXPECT_NE(change("operations", "exp", "fast").find("'operations.exp'"), std::string::npos);
  EXPECT_NE(change("", "attention", 3).find("an object 'attention'"), std::string::npos);
  EXPECT_NE(change("", "threads", nullptr).find("'threads'"), std::string::npos);
  EXPECT_NE(change("", "memory", json::Array()).find("'memory' in order"), std::string::npos);
  json::Array unordered{json::Object{{"mebibytes", 2}, {"gigabytes_per_second", 1}},
                        json::Object{{"mebibytes", 1}, {"gigabytes_per_second", 1}}};
  EXPECT_NE(change("", "memory", std::move(unordered)).find("'memory' in order"), std::string::npos);
}
