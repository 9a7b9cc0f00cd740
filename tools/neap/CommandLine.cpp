// What is typed, as CompileOptions. The options are one table for all commands that compile a model.
#include "neap/tools/neap/CommandLine.h"

#include "neap/compiler/driver/Compile.h"
#include "neap/compiler/driver/Diagnostics.h"
#include "neap/compiler/emit/Object.h"
#include "neap/compiler/emit/Ptx.h"
#include "neap/compiler/emit/Ptxas.h"
#include "neap/passes/planning/Devices.h"
#include "neap/tools/neap/Commands.h"
#include "neap/tools/neap/MachineProfileFile.h"
#include "neap/tools/neap/RecordedOptions.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Threading.h"

#include <cmath>

namespace cl = llvm::cl;
using namespace mlir;
using namespace neap;

cl::SubCommand &neap::calibrateCommandLine() {
  static cl::SubCommand command("calibrate", "Measure this machine, or the choices of a card for a model");
  return command;
}
cl::SubCommand &neap::compileCommandLine() {
  static cl::SubCommand command("compile", "Compile a model into a training program");
  return command;
}
cl::SubCommand &neap::planCommandLine() {
  static cl::SubCommand command("plan", "Show what a memory plan keeps, computes again and moves");
  return command;
}
/// Options of compiling alone; of planning too; and those that say what is compiled.
#define IN_COMPILE cl::sub(compileCommandLine())
#define IN_PLAN cl::sub(compileCommandLine()), cl::sub(planCommandLine())
#define IN_ALL cl::sub(compileCommandLine()), cl::sub(calibrateCommandLine()), cl::sub(planCommandLine())
#define IN_BOTH cl::sub(compileCommandLine()), cl::sub(calibrateCommandLine())

static cl::opt<std::string> model(cl::Positional, cl::desc("MODEL.onnx"), IN_ALL);
static cl::opt<std::string>
    output("o", cl::desc("The program; its weights go to NAME.safetensors. Of calibrate: the profile"),
           cl::value_desc("NAME"), IN_BOTH);

// What is trained, and on what.
static cl::list<std::string> dims("dim", cl::desc("Value of a symbolic dimension of an input"),
                                  cl::value_desc("NAME=N"), IN_ALL);
static cl::opt<std::string> lossOutput("loss-output", cl::desc("Scalar output that is the loss"),
                                       cl::value_desc("NAME"), IN_ALL);
static cl::opt<LossKind>
    loss("loss", cl::desc("Loss to attach to an output"),
         cl::values(clEnumValN(LossKind::CrossEntropy, "cross-entropy", "mean over the labels that count"),
                    clEnumValN(LossKind::MeanSquaredError, "mse", "mean over all elements")),
         IN_ALL);
static cl::opt<std::string> lossInput("output", cl::desc("Output to attach the loss to (default: the only one)"),
                                      cl::value_desc("NAME"), IN_ALL);
static cl::alias logits("logits", cl::desc("Alias for --output"), cl::aliasopt(lossInput));
static cl::opt<std::string> labels("labels", cl::desc("Name of the labels input"), cl::init("labels"),
                                   cl::value_desc("NAME"), IN_ALL);
static cl::opt<bool> shiftLabels("shift-labels", cl::desc("Score position t against the label at t + 1"), IN_ALL);
static cl::list<std::string> train("train", cl::desc("Train what matches, and nothing else"), cl::value_desc("GLOB"),
                                   IN_ALL);
static cl::list<std::string> freeze("freeze", cl::desc("Do not train what matches"), cl::value_desc("GLOB"), IN_ALL);
static cl::opt<std::string> trainList("train-list", cl::desc("Train the initializers in a file, one a line"),
                                      cl::value_desc("FILE"), IN_ALL);
static cl::opt<bool> tie("tie", cl::desc("Make equal matrices one parameter again"), IN_ALL);
static cl::opt<bool> untie("untie", cl::desc("Give norms that share a vector one each"), IN_ALL);
static cl::opt<bool> trustLinks("trust-external-links", cl::desc("External data may be symbolic or hard links"),
                                IN_ALL);

// The optimizer, as torch.optim has it.
static cl::opt<OptimizerKind>
    optimizer("optimizer", cl::desc("The optimizer"),
              cl::values(clEnumValN(OptimizerKind::AdamW, "adamw", "Adam with decoupled weight decay"),
                         clEnumValN(OptimizerKind::Sgd, "sgd", "stochastic gradient descent")),
              IN_ALL);
static cl::opt<double> learningRate("learning-rate", cl::desc("Default of the program's --learning-rate"), IN_ALL);
static cl::opt<double> beta1("beta1", cl::desc("adamw (0.9)"), cl::init(0.9), IN_ALL);
static cl::opt<double> beta2("beta2", cl::desc("adamw (0.999)"), cl::init(0.999), IN_ALL);
static cl::opt<double> epsilon("epsilon", cl::desc("adamw (1e-8)"), cl::init(1e-8), IN_ALL);
static cl::opt<double> weightDecay("weight-decay", cl::desc("adamw (0.01), sgd (0)"), IN_ALL);
static cl::opt<double> momentum("momentum", cl::desc("sgd (0)"), cl::init(0), IN_ALL);
static cl::list<std::string> noDecay("no-decay", cl::desc("Takes tensors out of weight decay"), cl::value_desc("GLOB"),
                                     IN_ALL);
static cl::opt<double> clipGradNorm("clip-grad-norm", cl::desc("Scale gradients to this norm at most"), IN_ALL);

// The target.
static cl::opt<lower::Device>
    target("target", cl::desc("What the program runs on"), cl::init(lower::Device::Cpu),
           cl::values(clEnumValN(lower::Device::Cpu, "cpu", "threads of the CPU"),
                      clEnumValN(lower::Device::Cuda, "cuda", "a CUDA device, or --device sim")),
           IN_ALL);
static cl::opt<std::string> architecture("arch", cl::desc("cuda: the least device (sm_80)"), cl::init("sm_80"),
                                         cl::value_desc("sm_NN"), IN_ALL);
static cl::opt<std::string> ptxas("ptxas",
                                  cl::desc("cuda: what assembles kernels for the device of --arch: a program, or none "
                                           "(default: ptxas, where it is installed)"),
                                  cl::value_desc("PROGRAM|none"), IN_COMPILE);
static cl::opt<std::string> cpu("cpu", cl::desc("native (default), x86-64-v3, ..."), cl::init("native"), IN_ALL);
/// A binary should bear a few more threads than the machine it was compiled on.
static constexpr unsigned fewestThreads = 4;
static cl::opt<int> maxThreads("max-threads",
                               cl::desc("Threads that scratch memory is planned for (all of this machine, 4 at least)"),
                               cl::init(0), IN_ALL);

static cl::opt<MatrixProducts> matrixProducts(
    "matrix-products", cl::desc("cuda: who computes matrix products"), cl::init(MatrixProducts::Library),
    cl::values(clEnumValN(MatrixProducts::Generated, "generated", "Neap's own kernels, with any epilogue"),
               clEnumValN(MatrixProducts::Library, "library", "cuBLASLt, where it is installed and can (default)")),
    IN_ALL);
static cl::opt<std::string> libraryWorkspace("library-workspace",
                                             cl::desc("cuda: bytes that libraries may work in (32MiB)"),
                                             cl::init("32MiB"), cl::value_desc("BYTES"), IN_ALL);
static cl::opt<bool> allowTf32("allow-tf32", cl::desc("cuda: libraries may round factors of products to TF32"), IN_ALL);
static cl::opt<std::string> profile("profile", cl::desc("cuda: what `neap calibrate` has measured"),
                                    cl::value_desc("FILE"), IN_PLAN);

static cl::opt<std::string> memory("memory", cl::desc("Bytes that the program may allocate (no limit)"),
                                   cl::value_desc("BYTES|minimum"), IN_PLAN);
enum class Allowance { Auto, Never };
static cl::opt<Allowance> offload("offload", cl::desc("Whether a plan may move values to far memory"),
                                  cl::init(Allowance::Auto),
                                  cl::values(clEnumValN(Allowance::Auto, "auto", "where it saves time (default)"),
                                             clEnumValN(Allowance::Never, "never", "everything stays in memory")),
                                  IN_PLAN);
static cl::opt<Allowance> tiles("tile", cl::desc("Whether a plan may make large values in tiles"),
                                cl::init(Allowance::Auto),
                                cl::values(clEnumValN(Allowance::Auto, "auto", "where it saves time (default)"),
                                           clEnumValN(Allowance::Never, "never", "every value is made whole")),
                                IN_PLAN);
static cl::opt<int> microBatches("micro-batches",
                                 cl::desc("Compute so many parts of the batch one after the other (1)"), cl::init(1),
                                 cl::value_desc("N"), IN_PLAN);
static cl::opt<bool>
    lossyStash("lossy-stash",
               cl::desc("Keep what waits for the backward pass in bf16: less memory, gradients that differ a little"),
               IN_PLAN);
static cl::opt<std::string> machineProfile(
    "machine-profile",
    cl::desc("cpu: what `neap calibrate` has measured (default: the user's own, if it is of this machine)"),
    cl::value_desc("FILE|none"), IN_PLAN);
static cl::opt<std::string> planFile("plan", cl::desc("Take the actions of a plan that `neap plan --json` wrote"),
                                     cl::value_desc("FILE"), IN_PLAN);

// The compiler itself.
static cl::list<std::string> plugins("load-pass-plugin", cl::desc("Library with passes"), cl::value_desc("LIB"),
                                     IN_PLAN);
static cl::list<std::string> extraPasses("at", cl::desc("Run a pass at a place: before-STAGE:PASS or after-STAGE:PASS"),
                                         cl::value_desc("PLACE:PASS"), IN_PLAN);
static cl::opt<std::string> compileTo("compile-to", cl::desc("Stop after a stage and write its IR"),
                                      cl::value_desc("STAGE"), IN_COMPILE);
static cl::opt<std::string> compileFrom("compile-from", cl::desc("MODEL is IR as it was after this stage"),
                                        cl::value_desc("STAGE"), IN_PLAN);
cl::opt<bool> neap::printStages("print-stages", cl::desc("List the stages"), IN_COMPILE);
static cl::opt<std::string> dumpStages("dump-stages", cl::desc("Write the IR after every stage to a folder"),
                                       cl::value_desc("DIR"), IN_COMPILE);
static cl::opt<bool> quiet("quiet", cl::desc("Errors only"), IN_PLAN);
static cl::opt<bool> verbose("verbose", cl::desc("All remarks"), IN_PLAN);
static cl::opt<std::string> remarksFilter("remarks-filter", cl::desc("Remarks of these categories"),
                                          cl::value_desc("REGEX"), IN_PLAN);

/// What IR remembers: all that decides which program comes out. Trust in links is given anew by whoever goes on.
static ArrayRef<RecordedOption> getRecordedOptions() {
  static const RecordedOption table[] = {
      record("import", dims),         record("import", train),
      record("import", freeze),       record("import", trainList),
      record("import", tie),          record("import", untie),
      record("graph", lossOutput),    record("graph", loss),
      record("graph", lossInput),     record("graph", labels),
      record("graph", shiftLabels),   record("grad", optimizer),
      record("grad", momentum),       record("grad", clipGradNorm),
      record("grad", noDecay),        record("lower", learningRate),
      record("lower", beta1),         record("lower", beta2),
      record("lower", epsilon),       record("lower", weightDecay),
      record("lower", maxThreads),    record("lower", cpu),
      record("memory", memory),       record("memory", planFile),
      record("memory", offload),      record("memory", tiles),
      record("memory", microBatches), record("memory", lossyStash),
      record("fuse", matrixProducts), record("memory", machineProfile),
      record("fuse", profile),        record("schedule", libraryWorkspace),
      record("fuse", allowTf32),
  };
  return table;
}

/// The option's value; nothing if it was not given.
static SmallVector<double> ifGiven(const cl::opt<double> &option) {
  return option.getNumOccurrences() ? SmallVector<double>{option} : SmallVector<double>();
}

static void setTraining(StageOptions &stages) {
  stages.import.dims = {dims.begin(), dims.end()};
  DecideTrainedOptions &trained = stages.import.trained;
  trained.train = {train.begin(), train.end()};
  trained.freeze = {freeze.begin(), freeze.end()};
  trained.trainList = trainList;
  trained.output = lossOutput.empty() ? lossInput : lossOutput;
  trained.tie = tie;
  trained.untie = untie;
  trained.trustLinks = trustLinks;
  stages.graph.loss.kind = loss;
  stages.graph.loss.output = lossInput;
  stages.graph.loss.labels = labels;
  stages.graph.loss.shiftLabels = shiftLabels;
  stages.graph.loss.lossOutput = lossOutput;
  stages.grad.optimizer.optimizer = optimizer;
  stages.grad.optimizer.momentum = momentum != 0;
  stages.grad.clip.clip = clipGradNorm.getNumOccurrences() > 0;
  stages.grad.exempt.patterns = {noDecay.begin(), noDecay.end()};
}

static emit::WriteManifestOptions describeProgram() {
  bool isAdamW = optimizer == OptimizerKind::AdamW;
  emit::WriteManifestOptions manifest;
  manifest.name = llvm::sys::path::filename(output).str();
  manifest.optimizer = isAdamW ? "adamw" : "sgd";
  manifest.learningRate = ifGiven(learningRate);
  manifest.beta1 = beta1;
  manifest.beta2 = beta2;
  manifest.epsilon = epsilon;
  manifest.weightDecay = weightDecay.getNumOccurrences() ? weightDecay : isAdamW ? 0.01 : 0.0;
  manifest.momentum = momentum;
  manifest.clipGradNorm = ifGiven(clipGradNorm);
  manifest.maxWorkers =
      maxThreads > 0 ? maxThreads : std::max(fewestThreads, llvm::hardware_concurrency().compute_thread_count());
  manifest.device = target;
  manifest.commandLine.assign(commandLine().begin(), commandLine().end());
  return manifest;
}

/// The defaults of the program must be what its own options accept.
static llvm::Error checkHyperparameters() {
  auto positive = [](double x) { return x > 0; };
  auto notNegative = [](double x) { return x >= 0; };
  auto fraction = [](double x) { return x >= 0 && x < 1; };
  struct Rule {
    const cl::opt<double> &option;
    bool (*holds)(double);
    const char *expected;
  };
  const Rule rules[] = {{learningRate, notNegative, "a number of at least 0"},
                        {beta1, fraction, "a number of at least 0 and below 1"},
                        {beta2, fraction, "a number of at least 0 and below 1"},
                        {epsilon, notNegative, "a number of at least 0"},
                        {weightDecay, notNegative, "a number of at least 0"},
                        {momentum, notNegative, "a number of at least 0"},
                        {clipGradNorm, positive, "a number above 0"}};
  for (const Rule &rule : rules)
    if (rule.option.getNumOccurrences() && (!std::isfinite(float(rule.option)) || !rule.holds(rule.option)))
      return llvm::createStringError("--" + rule.option.ArgStr + ": expected " + rule.expected + ", got " +
                                     llvm::formatv("{0}", double(rule.option)).str());
  return llvm::Error::success();
}

/// Options that say nothing without another one; an option that cannot apply must say so, not do nothing.
static llvm::Error checkCombinations() {
  bool attachesLoss = lossOutput.empty();
  bool isAdamW = optimizer.getNumOccurrences() && optimizer == OptimizerKind::AdamW;
  bool isSgd = optimizer.getNumOccurrences() && optimizer == OptimizerKind::Sgd;
  bool isMse = loss.getNumOccurrences() && loss == LossKind::MeanSquaredError;
  struct Rule {
    const cl::Option &option;
    bool holds;
    const char *partner;
  };
  if (loss.getNumOccurrences() && !attachesLoss)
    return llvm::createStringError("expected --loss or --loss-output, got both");
  const Rule rules[] = {{lossInput, attachesLoss, "with --loss, not with --loss-output"},
                        {labels, attachesLoss, "with --loss, not with --loss-output"},
                        {shiftLabels, attachesLoss && !isMse, "with --loss cross-entropy"},
                        {momentum, isSgd, "with --optimizer sgd"},
                        {beta1, isAdamW, "with --optimizer adamw"},
                        {beta2, isAdamW, "with --optimizer adamw"},
                        {epsilon, isAdamW, "with --optimizer adamw"}};
  for (const Rule &rule : rules)
    if (rule.option.getNumOccurrences() && !rule.holds)
      return llvm::createStringError("--" + rule.option.ArgStr + ": it goes " + rule.partner);
  if (maxThreads.getNumOccurrences() && maxThreads < 1)
    return llvm::createStringError("--max-threads: expected a whole number of at least 1, got " +
                                   llvm::Twine(maxThreads));
  return llvm::Error::success();
}

/// What the stages that are to run cannot do without.
static llvm::Error checkRequired(const CompileOptions &options) {
  size_t first = options.firstStage ? *options.firstStage + 1 : 0;
  size_t last = options.lastStage.value_or(getStages().size() - 1);
  auto runs = [&](StringRef stage) { return *findStage(stage) >= first && *findStage(stage) <= last; };
  if (!optimizer.getNumOccurrences() && (runs("grad") || runs("lower")))
    return llvm::createStringError("expected --optimizer adamw or sgd");
  if (lossOutput.empty() && !loss.getNumOccurrences() && runs("graph"))
    return llvm::createStringError("expected --loss-output NAME, or --loss cross-entropy or mse");
  return llvm::Error::success();
}

/// The program of --ptxas; empty if there is to be no cubin.
static llvm::Expected<std::string> resolvePtxas() {
  if (target != lower::Device::Cuda || ptxas == "none")
    return std::string();
  if (ptxas.empty())
    return emit::findPtxas();
  auto found = llvm::sys::findProgramByName(ptxas); // takes a path as it is
  if (!found || !llvm::sys::fs::can_execute(*found))
    return llvm::createStringError("--ptxas: expected a program or none, got '" + ptxas + "'");
  return *found;
}

static llvm::Error setTarget(StageOptions &stages) {
  if (target == lower::Device::Cuda && !emit::isSupportedArchitecture(architecture))
    return llvm::createStringError("--arch: expected an architecture from sm_80 on, got '" + architecture + "'");
  auto assembler = resolvePtxas();
  if (!assembler)
    return assembler.takeError();
  stages.lower.ptx.architecture = architecture;
  stages.lower.assembly = {architecture, *assembler};
  auto host = emit::resolveTarget({cpu});
  if (!host)
    return host.takeError();
  auto description = emit::describeCpu(cpu);
  if (!description)
    return description.takeError();
  stages.lower.kernels = {description->lanes,
                          description->registers,
                          description->l1,
                          description->l2,
                          static_cast<int64_t>(llvm::hardware_concurrency().compute_thread_count()),
                          target};
  stages.emit.object.cpu = host->cpu;
  stages.emit.object.features = host->features;
  return llvm::Error::success();
}

/// A whole number of bytes, with a unit or without.
static llvm::Expected<int64_t> parseBytes(const cl::opt<std::string> &option) {
  constexpr std::pair<StringRef, int64_t> units[] = {
      {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"kB", 1000}, {"MB", 1000000}, {"GB", 1000000000}, {"", 1}};
  for (auto [unit, factor] : units) {
    StringRef text = option.getValue();
    int64_t count = 0;
    if (text.consume_back(unit) && !text.getAsInteger(10, count) && count >= 0 && count <= (int64_t(1) << 50) / factor)
      return count * factor;
  }
  return llvm::createStringError("--" + option.ArgStr + ": expected a number of bytes, as in 32MiB, got '" +
                                 option.getValue() + "'");
}

/// What the libraries of a CUDA device are left with. On the CPU there are none, and their options say nothing.
static llvm::Error setLibraries(StageOptions &stages) {
  if (target != lower::Device::Cuda) {
    for (const cl::Option *option :
         std::initializer_list<const cl::Option *>{&matrixProducts, &libraryWorkspace, &allowTf32, &profile})
      if (option->getNumOccurrences())
        return llvm::createStringError("--" + option->ArgStr + ": it goes with --target cuda");
    return llvm::Error::success();
  }
  llvm::Expected<int64_t> workspace = parseBytes(libraryWorkspace);
  if (!workspace)
    return workspace.takeError();
  stages.fuse.operators.matrixProducts = matrixProducts;
  stages.fuse.operators.profile = profile;
  stages.fuse.operators.allowTf32 = allowTf32;
  stages.schedule.step.libraryWorkspace = *workspace;
  stages.lower.manifest.allowTf32 = allowTf32;
  stages.lower.manifest.profile = profile;
  return llvm::Error::success();
}

/// What times are expected from.
static llvm::Error setCosts(StageOptions &stages) {
  EstimateStepOptions &estimate = stages.schedule.estimate;
  estimate.device = target;
  if (target != lower::Device::Cpu) {
    if (machineProfile.getNumOccurrences())
      return llvm::createStringError("--machine-profile: it goes with --target cpu");
    return llvm::Error::success();
  }
  const LowerKernelsOptions &kernels = stages.lower.kernels;
  lower::CpuDescription description{kernels.lanes, kernels.registers, kernels.l1, kernels.l2};
  llvm::Expected<FoundProfile> found = findMachineProfile(
      machineProfile, {stages.emit.object.cpu, stages.emit.object.features}, description, kernels.workers);
  if (!found)
    return found.takeError();
  if (!found->note.empty() && !quiet)
    llvm::errs() << "note: " << found->note << "\n";
  stages.schedule.estimate.machineProfile = stages.memory.plan.machineProfile = found->path;
  std::tie(estimate.lanes, estimate.registers, estimate.l1, estimate.l2, estimate.workers) =
      std::tie(kernels.lanes, kernels.registers, kernels.l1, kernels.l2, kernels.workers);
  return llvm::Error::success();
}

/// What the plan is made for: the budget, and everything that the stages behind it are told.
static llvm::Error setMemory(StageOptions &stages) {
  PlanMemoryPassOptions &plan = stages.memory.plan;
  plan.minimum = memory == "minimum";
  plan.plan = planFile;
  plan.offload = offload == Allowance::Auto;
  plan.tiles = tiles == Allowance::Auto;
  if (microBatches < 1)
    return llvm::createStringError("--micro-batches: expected at least 1, got " + llvm::Twine(microBatches));
  stages.memory.batch.count = microBatches;
  stages.memory.lossyStash = lossyStash;
  if (!memory.empty() && !plan.minimum) {
    llvm::Expected<int64_t> budget = parseBytes(memory);
    if (!budget)
      return budget.takeError();
    plan.budget = std::max<int64_t>(*budget, 1); // nothing is too little, not no limit
  }
  const LowerKernelsOptions &kernels = stages.lower.kernels;
  std::tie(plan.lanes, plan.registers, plan.l1, plan.l2, plan.workers, plan.device) =
      std::tie(kernels.lanes, kernels.registers, kernels.l1, kernels.l2, kernels.workers, kernels.device);
  const FuseOperatorsPassOptions &libraries = stages.fuse.operators;
  std::tie(plan.matrixProducts, plan.libraryDepth, plan.allowTf32, plan.profile) =
      std::tie(libraries.matrixProducts, libraries.libraryDepth, libraries.allowTf32, libraries.profile);
  stages.lower.manifest.budget = plan.budget;
  plan.libraryWorkspace = stages.schedule.step.libraryWorkspace;
  plan.maxWorkers = stages.lower.manifest.maxWorkers;
  if (const planning::DeviceModel *device = planning::findDeviceModelFor(architecture);
      device && target == lower::Device::Cuda)
    plan.deviceModel = device->name;
  return llvm::Error::success();
}

/// Fills what the stages are told, once all options are known.
static llvm::Error fillStages(CompileOptions &options) {
  if (llvm::Error error = checkRequired(options))
    return error;
  if (llvm::Error error = checkCombinations())
    return error;
  if (llvm::Error error = checkHyperparameters())
    return error;
  setTraining(options.stages);
  options.stages.lower.manifest = describeProgram();
  options.record = recordOptions(getRecordedOptions());
  if (llvm::Error error = setLibraries(options.stages))
    return error;
  if (llvm::Error error = setTarget(options.stages))
    return error;
  if (llvm::Error error = setCosts(options.stages))
    return error;
  return setMemory(options.stages);
}

/// Goes on from IR with the options that it was made with. IR without any, as neap-opt writes it, takes those given.
static llvm::Error resume(ArrayRef<std::string> record, CompileOptions &options) {
  auto isDone = [&](StringRef stage) { return !record.empty() && *findStage(stage) <= *options.firstStage; };
  if (llvm::Error error = recallOptions(getRecordedOptions(), record, isDone))
    return error;
  if (llvm::Error error = fillStages(options))
    return error;
  auto &line = options.stages.lower.manifest.commandLine;
  line.insert(line.end(), record.begin(), record.end());
  return llvm::Error::success();
}

/// Fills the options; an error is a sentence for the user.
llvm::Error neap::readCommandLine(CompileOptions &options) {
  auto usage = [](const Twine &message) { return llvm::createStringError(message); };
  if (model.empty())
    return usage("expected a model");
  if (output.empty() && !planCommandLine() && (compileTo.empty() || compileTo == "emit"))
    return usage("expected -o NAME");
  for (auto [name, stage] : {std::pair(&compileTo, &options.lastStage), std::pair(&compileFrom, &options.firstStage)}) {
    if (name->empty())
      continue;
    auto found = findStageOrExplain(*name);
    if (!found)
      return found.takeError();
    *stage = *found;
  }
  for (const std::string &text : extraPasses) {
    auto extra = parseExtraPass(text);
    if (!extra)
      return extra.takeError();
    options.extraPasses.push_back(std::move(*extra));
  }
  if (planCommandLine())
    options.lastStage = findStage("memory");
  options.model = model;
  options.output = output.empty() && !planCommandLine() ? "-" : output.getValue();
  options.trustLinks = trustLinks;
  options.passPlugins = {plugins.begin(), plugins.end()};
  options.dumpFolder = dumpStages;
  options.quiet = quiet;
  options.verbose = verbose;
  options.remarksFilter = remarksFilter;
  options.resume = resume;
  return options.firstStage ? llvm::Error::success() : fillStages(options);
}

bool neap::isForCpu() { return target == lower::Device::Cpu && model.empty(); }
std::string neap::getOutputName() { return output; }

/// Without a model it is about this machine, with one about a card.
llvm::Error neap::checkCalibration() {
  llvm::StringRef forMachine[] = {"offload-dir", "seconds"}, forBoth[] = {"target", "o"};
  for (auto &[name, option] : calibrateCommandLine().OptionsMap) {
    if (option->getNumOccurrences() == 0 || llvm::is_contained(forBoth, name))
      continue;
    if (llvm::is_contained(forMachine, name) != isForCpu())
      return llvm::createStringError("--" + name + ": it goes with " +
                                     (isForCpu() ? "a model and --target cuda" : "--target cpu and no model"));
  }
  return llvm::Error::success();
}
