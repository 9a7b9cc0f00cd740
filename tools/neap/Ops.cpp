// `neap ops MODEL.onnx`: can it be trained? Every kind of operator, every floating-point initializer, and warnings.
#include "neap/compiler/driver/Diagnostics.h"
#include "neap/compiler/driver/ModelReport.h"
#include "neap/compiler/importer/Importer.h"
#include "neap/passes/onnx/Passes.h"
#include "neap/passes/onnx/decide-trained/GradientPaths.h"
#include "neap/tools/neap/Commands.h"

#include "mlir/Pass/PassManager.h"

namespace cl = llvm::cl;
using namespace mlir;
using namespace neap;

static cl::SubCommand ops("ops", "List a model's operators and weights, and say whether it can be trained");
static cl::opt<std::string> model(cl::Positional, cl::Required, cl::desc("MODEL.onnx"), cl::sub(ops));
static cl::opt<bool> asJson("json", cl::desc("Print JSON"), cl::sub(ops));
static cl::opt<std::string> output("output", cl::desc("Output that a loss is to be attached to"),
                                   cl::value_desc("NAME"), cl::sub(ops));
static cl::opt<std::string> lossOutput("loss-output", cl::desc("Output that is the loss"), cl::value_desc("NAME"),
                                       cl::sub(ops));
static cl::alias logits("logits", cl::desc("Alias for --output"), cl::aliasopt(output));
static cl::list<std::string> dims("dim", cl::desc("Value of a symbolic dimension of an input"),
                                  cl::value_desc("NAME=N"), cl::sub(ops));
static cl::list<std::string> train("train", cl::desc("Train what matches, and nothing else"), cl::value_desc("GLOB"),
                                   cl::sub(ops));
static cl::list<std::string> freeze("freeze", cl::desc("Do not train what matches"), cl::value_desc("GLOB"),
                                    cl::sub(ops));
static cl::opt<std::string> trainList("train-list", cl::desc("Train the initializers in a file, one a line"),
                                      cl::value_desc("FILE"), cl::sub(ops));
static cl::opt<bool> trustLinks("trust-external-links", cl::desc("External data may be symbolic or hard links"),
                                cl::sub(ops));

static LogicalResult runPass(ModuleOp module, std::unique_ptr<Pass> pass) {
  PassManager manager(module->getName());
  manager.addPass(std::move(pass));
  return manager.run(module);
}

static std::unique_ptr<Pass> decideTrained() {
  DecideTrainedOptions options;
  options.train = {train.begin(), train.end()};
  options.freeze = {freeze.begin(), freeze.end()};
  options.trainList = trainList;
  options.output = lossOutput.empty() ? output : lossOutput;
  options.trustLinks = trustLinks;
  return createDecideTrained(std::move(options));
}

static ExitCode run() {
  MLIRContext context(MLIRContext::Threading::DISABLED);
  DiagnosticPrinter printer(context);
  if (!output.empty() && !lossOutput.empty()) {
    printError("expected --output or --loss-output, got both");
    return ExitCode::Usage;
  }
  importer::ImportOptions options;
  options.trustExternalLinks = trustLinks;
  auto module = importer::importOnnx(context, model, options);
  if (failed(module) || failed(runPass(**module, createInlineFunctions())))
    return ExitCode::ModelInvalid;
  if (!dims.empty() && failed(runPass(**module, createFreezeDims({{dims.begin(), dims.end()}}))))
    return ExitCode::Usage;
  if (failed(runPass(**module, decideTrained())))
    return ExitCode::Usage;
  Value loss = *onnx::findLoss(onnx::findGraph(**module), lossOutput.empty() ? output : lossOutput);
  std::vector<std::string> warnings = printer.warnings();
  llvm::append_range(warnings, printer.notes());
  ModelReport report = describeModel(**module, loss, warnings);
  (asJson ? printJson : printText)(report, llvm::outs());
  return report.trainable() ? ExitCode::Ok : ExitCode::Unsupported;
}

Command neap::opsCommand() { return {&ops, run}; }
