// `neap inspect NAME`: what is in a training program, from the manifest inside it.
#include "neap/compiler/driver/Diagnostics.h"
#include "neap/compiler/driver/ReadManifest.h"
#include "neap/tools/neap/Commands.h"

#include "llvm/Support/FormatVariadic.h"

namespace cl = llvm::cl;
namespace json = llvm::json;
using namespace neap;

static cl::SubCommand inspect("inspect", "Show what is in a training program");
static cl::opt<std::string> program(cl::Positional, cl::Required, cl::desc("PROGRAM"), cl::sub(inspect));
static cl::opt<bool> asJson("json", cl::desc("Print JSON"), cl::sub(inspect));

static std::string shapeText(const json::Object &tensor) {
  std::string text = tensor.getString("type").value_or("").str() + "[";
  if (const json::Array *shape = tensor.getArray("shape"))
    for (auto [index, size] : llvm::enumerate(*shape))
      text += (index ? ", " : "") + std::to_string(size.getAsInteger().value_or(0));
  return text + "]";
}

static void printTensors(llvm::raw_ostream &stream, const json::Object &manifest, llvm::StringRef field) {
  const json::Array *tensors = manifest.getArray(field);
  stream << field << ": " << (tensors ? tensors->size() : 0) << "\n";
  for (const json::Value &value : tensors ? *tensors : json::Array()) {
    const json::Object &tensor = *value.getAsObject();
    stream << "  " << tensor.getString("name").value_or("") << " " << shapeText(tensor);
    if (std::optional<bool> trained = tensor.getBoolean("trained"))
      stream << (*trained ? " trained" : " frozen");
    if (auto torch = tensor.getString("torch"))
      stream << " (" << *torch << ")";
    stream << "\n";
  }
}

static void printText(llvm::raw_ostream &stream, const json::Object &manifest) {
  stream << manifest.getString("name").value_or("") << ", made by " << manifest.getString("compiler").value_or("")
         << "\n";
  stream << "planned bytes: " << manifest.getInteger("planned_bytes").value_or(0) << "\n";
  if (const json::Object *parts = manifest.getObject("parts"))
    for (auto &[name, bytes] : *parts)
      stream << "  " << name.str() << ": " << bytes.getAsInteger().value_or(0) << "\n";
  printTensors(stream, manifest, "inputs");
  printTensors(stream, manifest, "parameters");
  if (const json::Array *kernels = manifest.getArray("kernels")) {
    stream << "kernels: " << kernels->size() << "\n";
    for (const json::Value &value : *kernels) {
      const json::Object &kernel = *value.getAsObject();
      stream << "  " << kernel.getString("name").value_or("") << " x " << kernel.getInteger("launches").value_or(0)
             << ":";
      for (const json::Value &op : *kernel.getArray("ops"))
        stream << " " << op.getAsString().value_or("");
      stream << "\n";
    }
  }
  stream << "options:";
  for (const json::Value &option : *manifest.getArray("options"))
    stream << " " << option.getAsString().value_or("");
  stream << "\n";
}

static ExitCode run() {
  llvm::Expected<json::Object> manifest = readManifest(program);
  if (!manifest) {
    printError(llvm::toString(manifest.takeError()));
    return ExitCode::ModelInvalid;
  }
  if (asJson)
    llvm::outs() << llvm::formatv("{0:2}", json::Value(std::move(*manifest))) << "\n";
  else
    printText(llvm::outs(), *manifest);
  return ExitCode::Ok;
}

Command neap::inspectCommand() { return {&inspect, run}; }
