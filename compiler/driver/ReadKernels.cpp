// Manifests by their fields, IR by asking its kernels.
#include "neap/compiler/driver/ReadKernels.h"

#include "neap/compiler/driver/Diagnostics.h"
#include "neap/compiler/driver/ReadManifest.h"
#include "neap/compiler/emit/Manifest.h"
#include "neap/dialects/sched/Sched.h"
#include "neap/passes/lower/KernelInfo.h"

#include "mlir/Parser/Parser.h"
#include "llvm/BinaryFormat/Magic.h"

using namespace mlir;
using namespace neap;
namespace json = llvm::json;

static llvm::Error explain(StringRef path, const Twine &what) { return llvm::createStringError(path + ": " + what); }

// Manifests -----------------------------------------------------------------------------------------------------------

static std::optional<int64_t> find(const json::Object &object, StringRef field) {
  auto value = object.getInteger(field);
  return value ? std::optional<int64_t>(*value) : std::nullopt;
}

static llvm::Expected<KernelReport> readKernel(const json::Object &kernel) {
  KernelReport report;
  std::string name = kernel.getString("name").value_or("").str();
  auto kernelClass = planning::findKernelClass(kernel.getString("class").value_or("").str());
  auto flops = find(kernel, "flops"), read = find(kernel, "bytes_read"), written = find(kernel, "bytes_written");
  if (!kernelClass || !flops || !read || !written)
    return llvm::createStringError("the manifest does not say what kernel '" + name + "' costs: compile it anew");
  report.cost = {name, *kernelClass, find(kernel, "launches").value_or(0), *flops, *read, *written};
  report.kind = kernel.getString("kind").value_or("").str();
  report.isLeftToLibrary = kernel.getObject("product") != nullptr;
  if (const json::Array *ops = kernel.getArray("ops"))
    for (const json::Value &op : *ops)
      report.ops.push_back(op.getAsString().value_or("").str());
  report.blocks = find(kernel, "blocks");
  report.blockThreads = find(kernel, "block_threads");
  report.registers = find(kernel, "registers");
  report.sharedBytes = find(kernel, "shared_bytes");
  report.spillBytes = find(kernel, "spill_bytes");
  return report;
}

/// The value of --arch in a command line; empty if it is not there.
static std::string findArchitecture(const json::Object &manifest) {
  const json::Array *options = manifest.getArray("options");
  for (size_t i = 0; options && i < options->size(); ++i) {
    StringRef option = (*options)[i].getAsString().value_or("");
    if (!option.consume_front("--") && !option.consume_front("-"))
      continue;
    if (option == "arch" && i + 1 < options->size())
      return (*options)[i + 1].getAsString().value_or("").str();
    if (option.consume_front("arch="))
      return option.str();
  }
  return "";
}

llvm::Expected<StepReport> neap::readStep(const json::Object &manifest) {
  StepReport step;
  step.name = manifest.getString("name").value_or("").str();
  step.items = find(manifest, "items_per_step").value_or(0);
  step.item = manifest.getString("item").value_or("").str();
  step.plannedBytes = find(manifest, "planned_bytes").value_or(0);
  step.architecture = findArchitecture(manifest);
  if (const json::Array *kernels = manifest.getArray("kernels"))
    for (const json::Value &value : *kernels) {
      auto kernel = readKernel(*value.getAsObject());
      if (!kernel)
        return kernel.takeError();
      step.kernels.push_back(std::move(*kernel));
    }
  return step;
}

// IR ------------------------------------------------------------------------------------------------------------------

static KernelReport describe(sched::KernelOp kernel, const llvm::StringMap<int64_t> &launches) {
  KernelReport report;
  report.cost = lower::describeCost(kernel);
  report.cost.launches = launches.lookup(kernel.getSymName());
  report.kind = stringifyGroupKind(kernel.getKind()).str();
  report.isLeftToLibrary = kernel.getLibrary();
  for (StringRef op : lower::listOps(kernel))
    report.ops.push_back(op.str());
  return report;
}

static llvm::Expected<StepReport> readModule(StringRef path, ModuleOp module) {
  auto programs = module.getOps<sched::ProgramOp>();
  auto kernels = module.getOps<sched::KernelOp>();
  if (!llvm::hasSingleElement(programs) || kernels.empty())
    return explain(path, "expected IR with a scheduled program and its kernels, as --compile-to schedule writes it");
  sched::ProgramOp program = *programs.begin();
  llvm::StringMap<int64_t> launches = lower::countLaunches(program);
  StepReport step;
  step.name = path.str();
  std::tie(step.items, step.item) = emit::countItems(program);
  step.plannedBytes = program.getArenaBytes(sched::Space::Device);
  for (sched::KernelOp kernel : kernels)
    step.kernels.push_back(describe(kernel, launches));
  return step;
}

static llvm::Expected<StepReport> readIr(StringRef path) {
  DialectRegistry registry;
  registry.insert<NeapDialect, sched::SchedDialect>();
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  std::string message;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    if (message.empty())
      message = diagnostic.str();
  });
  auto module = parseSourceFile<ModuleOp>(path, &context);
  if (!module)
    return explain(path, "expected a training program or scheduled IR: " + message);
  return readModule(path, *module);
}

llvm::Expected<StepReport> neap::readStep(StringRef path) {
  llvm::file_magic magic;
  if (std::error_code code = llvm::identify_magic(path, magic))
    return explain(path, code.message());
  if (magic.is_object() || magic == llvm::file_magic::elf_executable) {
    auto manifest = readManifest(path);
    if (!manifest)
      return manifest.takeError();
    auto step = readStep(*manifest);
    return step ? std::move(step) : explain(path, llvm::toString(step.takeError()));
  }
  return readIr(path);
}
