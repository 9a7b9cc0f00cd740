// `neap export-weights RUN/model.safetensors --model MODEL.onnx`: trained weights back into ONNX and PyTorch.
#include "neap/compiler/driver/Diagnostics.h"
#include "neap/compiler/importer/Export.h"
#include "neap/compiler/importer/Importer.h"
#include "neap/passes/onnx/weight-files/WeightFiles.h"
#include "neap/runtime/files/Overwrite.h"
#include "neap/tools/neap/Commands.h"

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

/// Fails, with a sentence for the user, where an output would destroy what is read.
static llvm::Error checkOutputs(const llvm::StringSet<> &externalFiles) {
  std::vector<files::NamedPath> reads{{"--model", model}, {"the trained weights", trained}};
  for (llvm::StringRef file : externalFiles.keys())
    reads.push_back({"the external data of the model", weights::pathBeside(model, file)});
  if (auto overwrite = files::findOverwrite(reads, {{"-o", output}, {"--pytorch", torchOutput}}))
    return llvm::createStringError(*overwrite);
  return llvm::Error::success();
}

static ExitCode fail(ExitCode code, llvm::Error error) {
  printError(llvm::toString(std::move(error)));
  return code;
}

static ExitCode exportToTorch(ModuleOp module, const safetensors::Reader &weights) {
  auto warnings = importer::exportTorch(module, weights, torchOutput);
  if (!warnings)
    return fail(ExitCode::ModelInvalid, warnings.takeError());
  for (const std::string &warning : *warnings)
    llvm::errs() << "warning: " << warning << "\n";
  return ExitCode::Ok;
}

static ExitCode exportAll(const safetensors::Reader &weights) {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  DiagnosticPrinter printer(context);
  llvm::StringSet<> externalFiles;
  importer::ImportOptions options;
  options.trustExternalLinks = trustLinks;
  options.externalFiles = &externalFiles;
  auto module = importer::importOnnx(context, model, options);
  if (failed(module))
    return ExitCode::ModelInvalid;
  if (llvm::Error error = checkOutputs(externalFiles))
    return fail(ExitCode::Usage, std::move(error));
  auto untied = importer::untieLike(**module, weights);
  if (!output.empty())
    if (llvm::Error error = importer::exportOnnx(**module, untied, model, weights, output, trustLinks))
      return fail(ExitCode::ModelInvalid, std::move(error));
  return torchOutput.empty() ? ExitCode::Ok : exportToTorch(**module, weights);
}

static ExitCode run() {
  if (output.empty() && torchOutput.empty()) {
    printError("expected -o FILE.onnx or --pytorch FILE, got neither");
    return ExitCode::Usage;
  }
  if (llvm::Error error = checkOutputs({}))
    return fail(ExitCode::Usage, std::move(error));
  try {
    return exportAll(safetensors::Reader(trained));
  } catch (const std::exception &error) {
    printError(error.what());
    return ExitCode::Storage;
  }
}

Command neap::exportWeightsCommand() { return {&exportWeights, run}; }
