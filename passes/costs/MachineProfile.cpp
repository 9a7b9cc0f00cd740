// JSON to rates and back. In the file times are picoseconds and rates gigabytes per second: what people can compare.
#include "neap/passes/costs/MachineProfile.h"

#include "llvm/Support/MemoryBuffer.h"

#include <cmath>

namespace json = llvm::json;

namespace neap {
namespace {

constexpr int64_t formatVersion = 1;
constexpr double pico = 1e-12, micro = 1e-6, giga = 1e9, mebi = 1 << 20;

/// A number with as many digits as a measurement deserves.
double rounded(double number) {
  if (number == 0 || !std::isfinite(number))
    return 0;
  double unit = std::pow(10, 4 - std::ceil(std::log10(std::abs(number))));
  return std::round(number * unit) / unit;
}

/// Reads the fields of one object, each of which must be a finite number of at least 0; remembers the first that is not.
class Fields {
public:
  Fields(const json::Object *object, llvm::StringRef where, std::string &problem)
      : object(object), where(where), problem(problem) {
    if (!object)
      complain("expected an object '" + where.str() + "'");
  }

  double number(llvm::StringRef name) {
    std::optional<double> value = object ? object->getNumber(name) : std::nullopt;
    if (!value || !std::isfinite(*value) || *value < 0)
      complain("expected a number of at least 0 as '" + (where.empty() ? "" : where.str() + ".") + name.str() + "'");
    return value.value_or(0);
  }

  double positive(llvm::StringRef name) {
    double value = number(name);
    if (value <= 0)
      complain("expected a number above 0 as '" + (where.empty() ? "" : where.str() + ".") + name.str() + "'");
    return value;
  }

  std::string text(llvm::StringRef name) {
    std::optional<llvm::StringRef> value = object ? object->getString(name) : std::nullopt;
    if (!value)
      complain("expected a text as '" + name.str() + "'");
    return value.value_or("").str();
  }

  Fields child(llvm::StringRef name) { return {object ? object->getObject(name) : nullptr, name, problem}; }
  const json::Object *get() const { return object; }

private:
  void complain(std::string message) {
    if (problem.empty())
      problem = std::move(message);
  }

  const json::Object *object;
  llvm::StringRef where;
  std::string &problem;
};

void readMemory(Fields &file, planning::CpuCosts &costs, std::string &problem) {
  const json::Array *rates = file.get() ? file.get()->getArray("memory") : nullptr;
  for (const json::Value &value : rates ? *rates : json::Array()) {
    Fields rate(value.getAsObject(), "memory", problem);
    costs.memory.push_back({rate.positive("mebibytes") * mebi, rate.positive("gigabytes_per_second") * giga});
  }
  auto isBefore = [](const planning::MemoryRate &a, const planning::MemoryRate &b) { return a.bytes < b.bytes; };
  if (problem.empty() && (costs.memory.empty() || !llvm::is_sorted(costs.memory, isBefore)))
    problem = "expected rates of 'memory' in order of their mebibytes";
}

void readKernels(Fields &file, planning::CpuCosts &costs) {
  costs.launchSeconds = file.number("launch_microseconds") * micro;
  Fields products = file.child("products");
  costs.multiplyAddSeconds = products.positive("multiply_add") * pico;
  costs.copySeconds = products.number("copy") * pico;
  costs.transposeSeconds = products.number("transpose") * pico;
  costs.productByteSeconds = products.number("byte") * pico;
  Fields attention = file.child("attention");
  costs.forwardMultiplyAddSeconds = attention.number("forward_multiply_add") * pico;
  costs.forwardScoreSeconds = attention.number("forward_score") * pico;
  costs.backwardMultiplyAddSeconds = attention.number("backward_multiply_add") * pico;
  costs.backwardScoreSeconds = attention.number("backward_score") * pico;
  Fields operations = file.child("operations");
  costs.otherOperationSeconds = operations.positive("other") * pico;
  costs.stridedSeconds = operations.number("strided") * pico;
  if (operations.get())
    for (const auto &[name, value] : *operations.get())
      costs.operationSeconds[name.str()] = operations.number(name) * pico;
  for (const char *notAnOp : {"other", "strided"})
    costs.operationSeconds.erase(notAnOp);
}

} // namespace

llvm::Expected<planning::CpuCosts> parseMachineProfile(llvm::StringRef text, llvm::StringRef name) {
  auto fail = [&](const llvm::Twine &message) {
    return llvm::createStringError(name + ": expected what `neap calibrate` writes for a CPU: " + message);
  };
  llvm::Expected<json::Value> value = json::parse(text);
  if (!value)
    return fail(llvm::toString(value.takeError()));
  std::string problem;
  Fields file(value->getAsObject(), "", problem);
  if (!file.get() || file.get()->getString("device") != llvm::StringRef("cpu"))
    return fail("the device is not 'cpu'");
  if (file.get()->getInteger("format") != formatVersion)
    return fail("the format is not " + llvm::Twine(formatVersion));
  planning::CpuCosts costs;
  costs.processor = file.text("processor");
  costs.model = file.text("model");
  costs.measured = file.text("measured");
  costs.lanes = static_cast<int64_t>(file.positive("lanes"));
  costs.threads = static_cast<int64_t>(file.positive("threads"));
  readMemory(file, costs, problem);
  readKernels(file, costs);
  if (file.get()->get("spill")) {
    Fields spill = file.child("spill");
    costs.spillWriteRate = spill.positive("write_gigabytes_per_second") * giga;
    costs.spillReadRate = spill.positive("read_gigabytes_per_second") * giga;
  }
  if (!problem.empty())
    return fail(problem);
  return costs;
}

llvm::Expected<planning::CpuCosts> readMachineProfile(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return llvm::createStringError("cannot read " + path + ": " + buffer.getError().message());
  return parseMachineProfile((*buffer)->getBuffer(), path);
}

json::Object describeMachineProfile(const planning::CpuCosts &costs) {
  auto inPico = [](double seconds) { return rounded(seconds / pico); };
  json::Array memory;
  for (const planning::MemoryRate &rate : costs.memory)
    memory.push_back(
        json::Object{{"mebibytes", rate.bytes / mebi}, {"gigabytes_per_second", rounded(rate.bytesPerSecond / giga)}});
  json::Object operations{{"other", inPico(costs.otherOperationSeconds)}, {"strided", inPico(costs.stridedSeconds)}};
  for (const auto &[name, seconds] : costs.operationSeconds)
    operations[name] = inPico(seconds);
  json::Object file{{"format", formatVersion},
                    {"device", "cpu"},
                    {"processor", costs.processor},
                    {"model", costs.model},
                    {"lanes", costs.lanes},
                    {"threads", costs.threads},
                    {"measured", costs.measured},
                    {"launch_microseconds", rounded(costs.launchSeconds / micro)},
                    {"memory", std::move(memory)},
                    {"products", json::Object{{"multiply_add", inPico(costs.multiplyAddSeconds)},
                                              {"copy", inPico(costs.copySeconds)},
                                              {"transpose", inPico(costs.transposeSeconds)},
                                              {"byte", inPico(costs.productByteSeconds)}}},
                    {"attention", json::Object{{"forward_multiply_add", inPico(costs.forwardMultiplyAddSeconds)},
                                               {"forward_score", inPico(costs.forwardScoreSeconds)},
                                               {"backward_multiply_add", inPico(costs.backwardMultiplyAddSeconds)},
                                               {"backward_score", inPico(costs.backwardScoreSeconds)}}},
                    {"operations", std::move(operations)}};
  if (costs.spillWriteRate > 0 && costs.spillReadRate > 0)
    file["spill"] = json::Object{{"write_gigabytes_per_second", rounded(costs.spillWriteRate / giga)},
                                 {"read_gigabytes_per_second", rounded(costs.spillReadRate / giga)}};
  return file;
}

} // namespace neap
