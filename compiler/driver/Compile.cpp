// The compilation: load, run the stages, emit. Files appear under their names at the very end.
#include "neap/compiler/driver/Compile.h"

#include "neap/compiler/driver/Diagnostics.h"
#include "neap/compiler/emit/Link.h"
#include "neap/compiler/emit/Weights.h"
#include "neap/compiler/importer/Importer.h"
#include "neap/dialects/neap/Neap.h"
#include "neap/dialects/onnx/Onnx.h"
#include "neap/dialects/sched/Sched.h"
#include "neap/passes/onnx/weight-files/WeightFiles.h"
#include "neap/passes/support/ErrorKind.h"
#include "neap/passes/support/NearestName.h"
#include "neap/runtime/files/Overwrite.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassInstrumentation.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Tools/Plugins/PassPlugin.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace neap;

/// Attribute of the module that names the model, so that a compilation resumed from IR finds its weights.
static constexpr StringLiteral modelAttribute = "neap.model";
/// Attribute of the module with CompileOptions::record.
static constexpr StringLiteral optionsAttribute = "neap.options";

namespace {
/// What MLIR says of every pipeline that fails, after what the passes said; it is for us to say whose fault it is.
constexpr StringLiteral pipelineFailed = "Failures have been detected while processing an MLIR pass pipeline";

/// What diagnostics and failing passes say about how the compilation ends.
class Outcome {
public:
  Outcome(MLIRContext &context, const CompileOptions &options)
      : printer(context), handler(&context, [&](Diagnostic &diagnostic) { return watch(diagnostic, options); }) {}

  /// How a compilation ends whose stage failed, if no error said.
  ExitCode exitCode(ExitCode otherwise) const {
    return kind ? static_cast<ExitCode>(static_cast<int>(*kind)) : otherwise;
  }
  /// Whether anybody reported an error: a pass that fails without one has crashed.
  bool hasError() const { return sawError; }
  const DiagnosticPrinter &kept() const { return printer; }

private:
  /// Remarks are ours if they were asked for; everything else goes on to the printer.
  LogicalResult watch(Diagnostic &diagnostic, const CompileOptions &options) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error) {
      if (diagnostic.str() == pipelineFailed)
        return success();
      sawError = true;
      if (!kind)
        kind = getErrorKind(diagnostic);
    }
    bool printsRemarks = options.verbose || !options.remarksFilter.empty();
    if (diagnostic.getSeverity() != DiagnosticSeverity::Remark || !printsRemarks)
      return failure();
    llvm::errs() << "remark: " << diagnostic.str() << "\n";
    return success();
  }

  DiagnosticPrinter printer;
  std::optional<ErrorKind> kind;
  bool sawError = false;
  ScopedDiagnosticHandler handler; // asked before the printer: it was registered later
};

/// Remembers which pass was started last: where a pipeline ends early, the one that failed or crashed.
struct LastPass : PassInstrumentation {
  explicit LastPass(std::string &argument) : argument(argument) {}
  void runBeforePass(Pass *pass, Operation *) override {
    if (!pass->getArgument().empty())
      argument = pass->getArgument().str();
  }
  std::string &argument;
};

/// Keeps MLIR's crash reproducer in memory until it is known to be wanted.
struct ReproducerText : ReproducerStream {
  explicit ReproducerText(std::string &text) : stream(text) {}
  StringRef description() override { return "a reproducer"; }
  raw_ostream &os() override { return stream; }
  llvm::raw_string_ostream stream;
};

/// A file that is removed unless it was kept.
class TemporaryFile {
public:
  explicit TemporaryFile(std::string path) : path(std::move(path)) {}
  ~TemporaryFile() {
    if (!isKept && llvm::sys::fs::is_regular_file(path)) // a folder of that name is not ours
      llvm::sys::fs::remove(path);
  }
  std::error_code keepAs(StringRef name) {
    std::error_code code = llvm::sys::fs::rename(path, name);
    isKept = !code;
    return code;
  }
  const std::string path;

private:
  bool isKept = false;
};

class Compilation {
public:
  explicit Compilation(const CompileOptions &given)
      : options(given), context(makeRegistry(), MLIRContext::Threading::DISABLED), outcome(context, options) {
    context.loadAllAvailableDialects();
    context.printOpOnDiagnostic(false); // a message names file and node; the IR would bury it
  }

  ExitCode run();

private:
  static DialectRegistry makeRegistry();
  ExitCode checkStages();
  ExitCode loadPlugins();
  void enableRemarks();
  ExitCode load();
  ExitCode import();
  ExitCode resume();
  std::vector<files::NamedPath> collectReads();
  std::vector<files::NamedPath> collectWrites();
  ExitCode checkOutputs();
  ExitCode startWeights();
  ExitCode runStage(size_t index);
  ExitCode writeIr(StringRef path);
  StringRef getModelPath();
  std::string getDumpPath(size_t stage) const {
    return options.dumpFolder + "/" + std::to_string(stage) + "-" + getStages()[stage].name.str() + ".mlir";
  }
  ExitCode emit();
  ExitCode checkTrained();
  ExitCode explainFailure(const Stage &stage, StringRef pass, StringRef reproducer);
  ExitCode reportInternalError(const Stage &stage, StringRef pass, StringRef reproducer);
  void report();

  CompileOptions options;
  MLIRContext context;
  Outcome outcome;
  OwningOpRef<ModuleOp> module;
  llvm::StringSet<> externalFiles; // names in the model's folder
  std::unique_ptr<emit::PendingWeights> weights;
};
} // namespace

static ExitCode fail(ExitCode code, const Twine &message) {
  printError(message.str());
  return code;
}

/// Whether a path is a device, a pipe or the like: something to write into, that no file may take the place of.
static bool isSpecialFile(StringRef path) {
  llvm::sys::fs::file_status status;
  return !llvm::sys::fs::status(path, status) && llvm::sys::fs::is_other(status);
}

static std::error_code writeInto(StringRef path, llvm::function_ref<void(raw_ostream &)> print) {
  std::error_code code;
  llvm::raw_fd_ostream stream(path, code);
  if (code)
    return code;
  print(stream);
  stream.close();
  code = stream.error();
  stream.clear_error();
  return code;
}

/// Writes a file that is there whole or not at all.
static std::error_code writeWhole(StringRef path, llvm::function_ref<void(raw_ostream &)> print) {
  if (isSpecialFile(path))
    return writeInto(path, print);
  TemporaryFile file((path + ".part").str());
  std::error_code code = writeInto(file.path, print);
  return code ? code : file.keepAs(path);
}

DialectRegistry Compilation::makeRegistry() {
  DialectRegistry registry;
  registry.insert<onnx::OnnxDialect, NeapDialect, sched::SchedDialect, func::FuncDialect, LLVM::LLVMDialect>();
  return registry;
}

ExitCode Compilation::loadPlugins() {
  for (const std::string &path : options.passPlugins) {
    auto plugin = PassPlugin::load(path);
    if (!plugin)
      return fail(ExitCode::Usage, "--load-pass-plugin: " + llvm::toString(plugin.takeError()));
    plugin->registerPassRegistryCallbacks();
  }
  return ExitCode::Ok;
}

void Compilation::enableRemarks() {
  if (options.quiet || (!options.verbose && options.remarksFilter.empty()))
    return;
  std::string filter = options.remarksFilter.empty() ? ".*" : options.remarksFilter;
  remark::RemarkCategories categories{filter, filter, filter, filter, filter};
  (void)remark::enableOptimizationRemarks(context, nullptr, std::make_unique<remark::RemarkEmittingPolicyAll>(),
                                          categories,
                                          /*printAsEmitRemarks=*/true);
}

ExitCode Compilation::load() {
  if (ExitCode code = options.firstStage ? resume() : import(); code != ExitCode::Ok)
    return code;
  (*module)->setAttr(optionsAttribute,
                     Builder(&context).getStrArrayAttr(llvm::to_vector_of<StringRef>(options.record)));
  return ExitCode::Ok;
}

/// Goes on from IR: what it was made with holds for the rest of the way.
ExitCode Compilation::resume() {
  module = parseSourceFile<ModuleOp>(options.model, &context);
  if (!module)
    return ExitCode::ModelInvalid;
  std::vector<std::string> record;
  if (auto texts = (*module)->getAttrOfType<ArrayAttr>(optionsAttribute))
    for (StringRef text : texts.getAsValueRange<StringAttr>())
      record.push_back(text.str());
  if (options.resume)
    if (llvm::Error error = options.resume(record, options))
      return fail(ExitCode::Usage, llvm::toString(std::move(error)));
  return ExitCode::Ok;
}

ExitCode Compilation::import() {
  importer::ImportOptions importOptions;
  importOptions.trustExternalLinks = options.trustLinks;
  importOptions.externalFiles = &externalFiles;
  auto imported = importer::importOnnx(context, options.model, importOptions);
  if (failed(imported))
    return outcome.exitCode(ExitCode::ModelInvalid);
  module = std::move(*imported);
  (*module)->setAttr(modelAttribute, StringAttr::get(&context, options.model));
  return ExitCode::Ok;
}

ExitCode Compilation::checkTrained() {
  for (auto initializer : module->getOps<onnx::InitializerOp>())
    if (initializer.getTrained() == onnx::Trained::Trained)
      return ExitCode::Ok;
  ExitCode code = fail(ExitCode::Usage, options.model + ": expected something to train, got no trained initializer");
  llvm::errs() << "note: `neap ops` lists the initializers, and why they are trained or not\n";
  return code;
}

ExitCode Compilation::reportInternalError(const Stage &stage, StringRef pass, StringRef reproducer) {
  printError("internal error in stage " + stage.name.str() + (pass.empty() ? "" : ", pass " + pass.str()));
  std::string path =
      options.output.empty() || options.output == "-" ? "neap.crash.mlir" : options.output + ".crash.mlir";
  if (std::error_code code = writeWhole(path, [&](raw_ostream &stream) { stream << reproducer; }))
    llvm::errs() << "note: cannot write " << path << ", which would reproduce it: " << code.message() << "\n";
  else
    llvm::errs() << "note: " << path << " reproduces it with neap-opt --run-reproducer\n";
  (void)module.release(); // a crash may have left it in no state to be destroyed
  return ExitCode::Internal;
}

/// Until the dimensions are known, an error without a mark is about the file or the command line. A crash is neither.
ExitCode Compilation::explainFailure(const Stage &stage, StringRef pass, StringRef reproducer) {
  ExitCode otherwise = ExitCode::Internal;
  if (stage.name == "import" && outcome.hasError())
    otherwise = pass == "neap-inline-functions" ? ExitCode::ModelInvalid : ExitCode::Usage;
  ExitCode code = outcome.exitCode(otherwise);
  return code == ExitCode::Internal ? reportInternalError(stage, pass, reproducer) : code;
}

std::vector<files::NamedPath> Compilation::collectReads() {
  std::vector<files::NamedPath> reads{{"MODEL", options.model},
                                      {"the model of this IR", getModelPath().str()},
                                      {"--train-list", options.stages.import.trained.trainList},
                                      {"--profile", options.stages.fuse.operators.profile},
                                      {"--plan", options.stages.memory.plan.plan},
                                      {"--machine-profile", options.stages.memory.plan.machineProfile}};
  for (const std::string &plugin : options.passPlugins)
    reads.push_back({"--load-pass-plugin", plugin});
  module->walk([&](Operation *op) { // in IR of a later day, nobody has imported the files
    if (auto file = op->getAttrOfType<StringAttr>("file"); file && isa<onnx::InitializerOp, ParameterOp>(op))
      externalFiles.insert(file.getValue());
  });
  for (StringRef file : externalFiles.keys())
    if (!file.empty())
      reads.push_back({"the external data of the model", weights::pathBeside(getModelPath(), file)});
  return reads;
}

std::vector<files::NamedPath> Compilation::collectWrites() {
  std::vector<files::NamedPath> writes;
  if (!options.output.empty() && options.output != "-")
    writes = {{"-o", options.output},
              {"the weights of -o", options.output + ".safetensors"},
              {"a temporary file of -o", options.output + ".part"},
              {"a temporary file of -o", options.output + ".part.o"}};
  if (StringRef report = options.stages.memory.plan.report; !report.empty())
    writes.push_back({"--json", report.str()});
  if (!options.dumpFolder.empty())
    for (size_t index = 0; index < getStages().size(); ++index)
      writes.push_back({"a file of --dump-stages", getDumpPath(index)});
  return writes;
}

/// No output may destroy what is read.
ExitCode Compilation::checkOutputs() {
  std::optional<std::string> overwrite = files::findOverwrite(collectReads(), collectWrites());
  return overwrite ? fail(ExitCode::Usage, *overwrite) : ExitCode::Ok;
}

/// The model file, whether it or IR made from it is compiled.
StringRef Compilation::getModelPath() {
  auto model = (*module)->getAttrOfType<StringAttr>(modelAttribute);
  return model ? model.getValue() : StringRef(options.model);
}

/// Copies the weights; the declarations that say where they are go with the lower stage.
ExitCode Compilation::startWeights() {
  auto written = emit::writeWeights(*module, getModelPath(), options.trustLinks, options.output + ".safetensors");
  if (!written)
    return fail(ExitCode::OutputUnwritable, llvm::toString(written.takeError()));
  weights = std::move(*written);
  (*module)->removeAttr(modelAttribute);
  (*module)->removeAttr(optionsAttribute);
  return ExitCode::Ok;
}

ExitCode Compilation::runStage(size_t index) {
  const Stage &stage = getStages()[index];
  PassManager manager(&context);
  std::string lastPass, reproducer;
  manager.addInstrumentation(std::make_unique<LastPass>(lastPass));
  manager.enableCrashReproducerGeneration(
      [&](std::string &) -> std::unique_ptr<ReproducerStream> { return std::make_unique<ReproducerText>(reproducer); });
  auto addExtra = [&](bool before) -> LogicalResult {
    for (const ExtraPass &extra : options.extraPasses)
      if (extra.stage == index && extra.before == before && failed(parsePassPipeline(extra.pipeline, manager)))
        return failure();
    return success();
  };
  if (failed(addExtra(true)))
    return ExitCode::Usage;
  stage.build(manager, options.stages);
  if (failed(addExtra(false)))
    return ExitCode::Usage;
  if (failed(manager.run(*module)))
    return explainFailure(stage, lastPass, reproducer);
  if (failed(verifyAfter(stage, *module)))
    return ExitCode::Internal;
  if (stage.name == "import")
    if (ExitCode code = checkTrained(); code != ExitCode::Ok)
      return code;
  if (options.dumpFolder.empty())
    return ExitCode::Ok;
  return writeIr(getDumpPath(index));
}

ExitCode Compilation::writeIr(StringRef path) {
  if (path.empty())
    return ExitCode::Ok;
  if (path == "-") {
    module->print(llvm::outs());
    return ExitCode::Ok;
  }
  auto print = [&](raw_ostream &stream) { module->print(stream, OpPrintingFlags().enableDebugInfo()); };
  std::error_code code = writeWhole(path, print);
  return code ? fail(ExitCode::OutputUnwritable, "cannot write " + path + ": " + code.message()) : ExitCode::Ok;
}

/// The last stage, and what is made of its object. Files get their names when all of them are whole.
ExitCode Compilation::emit() {
  if (isSpecialFile(options.output))
    return fail(ExitCode::OutputUnwritable, "cannot write " + options.output + ": it is not a regular file");
  TemporaryFile object(options.output + ".part.o"), program(options.output + ".part");
  options.stages.emit.object.output = object.path;
  if (ExitCode code = runStage(getStages().size() - 1); code != ExitCode::Ok)
    return code;
  if (llvm::Error failure = emit::linkProgram(object.path, program.path))
    return fail(ExitCode::OutputUnwritable, llvm::toString(std::move(failure)));
  if (weights)
    if (llvm::Error failure = weights->commit())
      return fail(ExitCode::OutputUnwritable, llvm::toString(std::move(failure)));
  if (std::error_code code = program.keepAs(options.output)) {
    llvm::sys::fs::remove(options.output + ".safetensors");
    return fail(ExitCode::OutputUnwritable, "cannot write " + options.output + ": " + code.message());
  }
  return ExitCode::Ok;
}

void Compilation::report() {
  if (options.quiet)
    return;
  for (const std::string &warning : outcome.kept().warnings())
    llvm::errs() << "warning: " << warning << "\n";
  for (const std::string &note : outcome.kept().notes())
    llvm::errs() << "note: " << note << "\n";
}

/// Whether the stages asked for are a piece of the way that can be gone.
ExitCode Compilation::checkStages() {
  if (!options.firstStage)
    return ExitCode::Ok;
  size_t last = options.lastStage.value_or(getStages().size() - 1);
  if (last <= *options.firstStage)
    return fail(ExitCode::Usage, "expected --compile-from a stage before " + getStages()[last].name + ", got " +
                                     getStages()[*options.firstStage].name);
  if (*options.firstStage >= *findStage("lower"))
    return fail(ExitCode::Usage, "expected --compile-from a stage before lower, got " +
                                     getStages()[*options.firstStage].name +
                                     ": later IR does not say where the weights are");
  return ExitCode::Ok;
}

ExitCode Compilation::run() {
  if (ExitCode code = checkStages(); code != ExitCode::Ok)
    return code;
  if (ExitCode code = loadPlugins(); code != ExitCode::Ok)
    return code;
  enableRemarks();
  if (!options.dumpFolder.empty())
    if (std::error_code code = llvm::sys::fs::create_directories(options.dumpFolder))
      return fail(ExitCode::OutputUnwritable, "cannot make " + options.dumpFolder + ": " + code.message());
  if (ExitCode code = load(); code != ExitCode::Ok)
    return code;
  if (ExitCode code = checkOutputs(); code != ExitCode::Ok)
    return code;

  size_t first = options.firstStage ? *options.firstStage + 1 : 0;
  size_t last = options.lastStage.value_or(getStages().size() - 1);
  bool emitsProgram = last == getStages().size() - 1;
  size_t end = emitsProgram ? last : last + 1; // emit() runs the last stage itself
  for (size_t index = first; index < end; ++index) {
    if (emitsProgram && getStages()[index].name == "lower")
      if (ExitCode code = startWeights(); code != ExitCode::Ok)
        return code;
    if (ExitCode code = runStage(index); code != ExitCode::Ok)
      return code;
  }
  ExitCode code = emitsProgram ? emit() : writeIr(options.output);
  if (code == ExitCode::Ok)
    report();
  return code;
}

ExitCode neap::compile(const CompileOptions &options) { return Compilation(options).run(); }

llvm::Expected<size_t> neap::findStageOrExplain(StringRef name) {
  if (std::optional<size_t> stage = findStage(name))
    return *stage;
  SmallVector<StringRef> names =
      llvm::map_to_vector(getStages(), [](const Stage &stage) -> StringRef { return stage.name; });
  StringRef nearest = findNearestName(name, names);
  return llvm::createStringError(
      "unknown stage '" + name + "'; " +
      (nearest.empty() ? "stages are " + llvm::join(names, ", ") : "did you mean '" + nearest.str() + "'?"));
}

llvm::Expected<ExtraPass> neap::parseExtraPass(StringRef text) {
  auto [place, pipeline] = text.split(':');
  bool before = place.consume_front("before-");
  if ((!before && !place.consume_front("after-")) || pipeline.empty())
    return llvm::createStringError("expected before-STAGE:PASS or after-STAGE:PASS, got '" + text + "'");
  llvm::Expected<size_t> stage = findStageOrExplain(place);
  if (!stage)
    return stage.takeError();
  return ExtraPass{*stage, before, pipeline.str()};
}
