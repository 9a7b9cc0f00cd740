// `neap inspect NAME`: what is in a training program, from the manifest inside it.
#include "neap/compiler/driver/Diagnostics.h"
#include "neap/compiler/driver/KernelReport.h"
#include "neap/compiler/driver/ReadManifest.h"
#include "neap/passes/support/NearestName.h"
#include "neap/tools/neap/Commands.h"

#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/Support/FormatVariadic.h"

namespace cl = llvm::cl;
namespace json = llvm::json;
using namespace neap;

static cl::SubCommand inspect("inspect", "Show what is in a training program");
static cl::opt<std::string> program(cl::Positional, cl::Required, cl::desc("PROGRAM"), cl::sub(inspect));
static cl::opt<bool> asJson("json", cl::desc("Print JSON"), cl::sub(inspect));

static cl::opt<bool> showKernels("kernels", cl::desc("Show what each kernel costs"), cl::sub(inspect));
static cl::opt<std::string> ptxOf("ptx", cl::desc("With --kernels: show the PTX of a kernel"), cl::value_desc("KERNEL"),
                                  cl::sub(inspect));

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
  if (int64_t far = manifest.getInteger("far_bytes").value_or(0))
    stream << "far bytes: " << far << "\n";
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

static ExitCode fail(ExitCode code, const llvm::Twine &message) {
  printError(message.str());
  return code;
}

static ExitCode printPtx(const StepReport &step) {
  llvm::Expected<std::string> ptx = readPtx(program);
  if (!ptx)
    return fail(ExitCode::Usage, llvm::toString(ptx.takeError()));
  llvm::StringRef entry = findPtxEntry(*ptx, ptxOf);
  if (!entry.empty()) {
    llvm::outs() << entry << "\n";
    return ExitCode::Ok;
  }
  auto names =
      llvm::map_to_vector(step.kernels, [](const KernelReport &kernel) -> llvm::StringRef { return kernel.cost.name; });
  llvm::StringRef nearest = findNearestName(ptxOf, names);
  return fail(ExitCode::Usage, "--ptx: expected the name of a kernel, got '" + ptxOf + "'" +
                                   (nearest.empty() ? "" : "; did you mean '" + nearest + "'?"));
}

static ExitCode runKernels(const json::Object &manifest) {
  llvm::Expected<StepReport> step = readStep(manifest);
  if (!step)
    return fail(ExitCode::ModelInvalid, program + ": " + llvm::toString(step.takeError()));
  if (!ptxOf.empty())
    return printPtx(*step);
  asJson ? printKernelsJson(*step, llvm::outs()) : printKernels(*step, llvm::outs());
  return ExitCode::Ok;
}

static ExitCode run() {
  if (!ptxOf.empty() && !showKernels)
    return fail(ExitCode::Usage, "--ptx: it goes with --kernels");
  llvm::Expected<json::Object> manifest = readManifest(program);
  if (!manifest)
    return fail(ExitCode::ModelInvalid, llvm::toString(manifest.takeError()));
  if (showKernels)
    return runKernels(*manifest);
  if (asJson)
    llvm::outs() << llvm::formatv("{0:2}", json::Value(std::move(*manifest))) << "\n";
  else
    printText(llvm::outs(), *manifest);
  return ExitCode::Ok;
}

Command neap::inspectCommand() { return {&inspect, run}; }
