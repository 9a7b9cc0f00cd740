// `neap export-weights RUN/model.safetensors --model MODEL.onnx`: trained weights back into ONNX and PyTorch.
#include "neap/compiler/driver/Diagnostics.h"
#include "neap/compiler/importer/Export.h"
#include "neap/compiler/importer/Importer.h"
#include "neap/tools/neap/Commands.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace cl = llvm::cl;
using namespace mlir;
using namespace neap;

static cl::SubCommand exportWeights("export-weights",
                                    "Write the model with trained weights, or the weights for PyTorch");
static cl::opt<std::string> trained(cl::Positional, cl::Required, cl::desc("RUN/model.safetensors"),
                                    cl::sub(exportWeights));
static cl::opt<std::string> model("model", cl::Required, cl::desc("The model that was trained"),
                                  cl::value_desc("MODEL.onnx"), cl::sub(exportWeights));
static cl::opt<std::string> output("o", cl::desc("The model with the trained weights"), cl::value_desc("FILE.onnx"),
                                   cl::sub(exportWeights));
static cl::opt<std::string> torchOutput("pytorch", cl::desc("The weights with PyTorch's names and layouts"),
                                        cl::value_desc("FILE.safetensors"), cl::sub(exportWeights));
static cl::opt<bool> trustLinks("trust-external-links", cl::desc("External data may be symbolic or hard links"),
                                cl::sub(exportWeights));

/// Whether the options make sense; the inputs are never written to.
static bool checkOptions() {
  if (output.empty() && torchOutput.empty()) {
    printError("expected -o FILE.onnx or --pytorch FILE, got neither");
    return false;
  }
  for (llvm::StringRef target : {llvm::StringRef(output), llvm::StringRef(torchOutput)})
    for (llvm::StringRef source : {llvm::StringRef(model), llvm::StringRef(trained)})
      if (!target.empty() && (target == source || llvm::sys::fs::equivalent(target, source))) {
        printError(("expected another file than '" + source + "' to write to, got the same").str());
        return false;
      }
  return true;
}

static ExitCode exportToOnnx(const safetensors::Reader &weights) {
  if (llvm::Error error = importer::exportOnnx(model, weights, output, trustLinks)) {
    printError(llvm::toString(std::move(error)));
    return ExitCode::ModelInvalid;
  }
  return ExitCode::Ok;
}

static ExitCode exportToTorch(const safetensors::Reader &weights) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  DiagnosticPrinter printer(context);
  importer::ImportOptions options;
  options.trustExternalLinks = trustLinks;
  auto module = importer::importOnnx(context, model, options);
  if (failed(module))
    return ExitCode::ModelInvalid;
  auto warnings = importer::exportTorch(**module, weights, torchOutput);
  if (!warnings) {
    printError(llvm::toString(warnings.takeError()));
    return ExitCode::ModelInvalid;
  }
  for (const std::string &warning : *warnings)
    llvm::errs() << "warning: " << warning << "\n";
  return ExitCode::Ok;
}

static ExitCode run() {
  if (!checkOptions())
    return ExitCode::Usage;
  try {
    safetensors::Reader weights(trained);
    ExitCode code = output.empty() ? ExitCode::Ok : exportToOnnx(weights);
    return code != ExitCode::Ok || torchOutput.empty() ? code : exportToTorch(weights);
  } catch (const std::exception &error) {
    printError(error.what());
    return ExitCode::Storage;
  }
}

Command neap::exportWeightsCommand() { return {&exportWeights, run}; }
