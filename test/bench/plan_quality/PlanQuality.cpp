// How much of the way from the best uniform policy to the bound plans go: for models, as IR behind the memory stage without a
// plan, at three budgets each.
//
//     neap compile MODEL.onnx ... --compile-to memory -o model.mlir
//     plan_quality [--device h200] [--offload=never] model.mlir...
#include "neap/passes/memory/plan-memory/MemoryPlanner.h"
#include "neap/passes/support/Step.h"
#include "neap/test/bench/plan_quality/UniformPolicies.h"
#include "neap/tools/registration/Registration.h"

#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

#include <cmath>
#include <map>

using namespace mlir;
using namespace neap;
namespace cl = llvm::cl;

static cl::list<std::string> files(cl::Positional, cl::OneOrMore, cl::desc("MODEL.mlir..."));
static cl::opt<std::string> deviceName("device", cl::desc("A device of `neap roofline --devices`; default: a CPU"));
static cl::opt<bool> allowsOffload("offload", cl::desc("Values and optimizer state may move"), cl::init(true));

namespace {

/// Beside each other: what plans, policies and the bound add to a step, in seconds.
struct Comparison {
  double bound = 0, plan = 0;
  std::optional<double> uniform, firstLayers; ///< nothing if none fits
  double closedShare() const { return (*uniform - plan) / (*uniform - bound); }
};

class QualityBench {
public:
  QualityBench(MLIRContext &context, MemoryPlanner &planner)
      : context(context), planner(planner), policies(planner.getModel().getProblem()),
        estimates(policies.estimateAll()) {}

  void describe() const;
  int64_t budgetFor(double share) const;
  std::optional<Comparison> compare(int64_t budget);

private:
  std::optional<double> addedSeconds(const std::vector<planning::Action> &actions, int64_t budget);
  std::optional<double> findUniform(int64_t budget);
  std::optional<double> findFirstLayers(int64_t budget);

  MLIRContext &context;
  MemoryPlanner &planner;
  bench::UniformPolicies policies;
  std::vector<bench::PolicyEstimate> estimates;
  std::map<std::vector<planning::Action>, std::optional<MemoryPlan>> known;
};

} // namespace

static double gibibytes(int64_t bytes) { return static_cast<double>(bytes) / (1 << 30); }

/// What activations need where nothing is planned: all but what outlives a step.
static int64_t countActivationBytes(const MemoryPlanner &planner) {
  const LiveTask &peak = planner.getBaselineLive().getTasks()[planner.getBaselineLive().getPeak()];
  int64_t bytes = planner.getBaseline().plannedBytes;
  for (BytesKind kind : {BytesKind::Parameters, BytesKind::OptimizerState, BytesKind::Other})
    bytes -= peak.bytes[static_cast<size_t>(kind)];
  return bytes;
}

int64_t QualityBench::budgetFor(double share) const {
  int64_t activations = countActivationBytes(planner);
  return planner.getBaseline().plannedBytes - activations +
         static_cast<int64_t>(share * static_cast<double>(activations));
}

void QualityBench::describe() const {
  llvm::outs() << llvm::formatv(
      "  everything kept {0:f2} GiB, {1:f4} s a step; minimum {2:f2} GiB; {3} layers, {4} uniform "
      "policies of {5} roles\n",
      gibibytes(planner.getBaseline().plannedBytes), planner.getBaseline().seconds,
      gibibytes(planner.getMinimum().plannedBytes), policies.countLayers(), policies.countPolicies(),
      policies.getRoles().size());
}

/// As fused, scheduled and packed; nothing if it does not fit.
std::optional<double> QualityBench::addedSeconds(const std::vector<planning::Action> &actions, int64_t budget) {
  auto [entry, isNew] = known.try_emplace(actions);
  if (isNew) {
    ScopedDiagnosticHandler quiet(&context, [](Diagnostic &) { return success(); });
    if (FailureOr<MemoryPlan> plan = planner.carryThrough(actions); succeeded(plan))
      entry->second = std::move(*plan);
  }
  if (!entry->second || entry->second->plannedBytes > budget)
    return std::nullopt;
  return entry->second->seconds - planner.getBaseline().seconds;
}

/// The fastest that fits, among those that fit by the model and are fastest by it.
std::optional<double> QualityBench::findUniform(int64_t budget) {
  constexpr int mostTrials = 40;
  std::optional<double> best;
  int trials = 0;
  for (const bench::PolicyEstimate &estimate : estimates) {
    if (estimate.peakBytes > budget)
      continue;
    if (trials == mostTrials || (best && estimate.seconds >= *best))
      break;
    size_t before = known.size();
    std::optional<double> seconds = addedSeconds(policies.makeActions(estimate.policy), budget);
    trials += known.size() > before;
    if (seconds && (!best || *seconds < *best))
      best = seconds;
  }
  return best;
}

std::optional<double> QualityBench::findFirstLayers(int64_t budget) {
  for (int layers = 0; layers <= policies.countLayers(); ++layers)
    if (std::optional<double> seconds = addedSeconds(policies.makeFirstLayers(layers), budget))
      return seconds;
  return std::nullopt;
}

std::optional<Comparison> QualityBench::compare(int64_t budget) {
  std::optional<MemoryPlan> plan = planner.findPlan(budget);
  std::optional<double> bound = planning::boundRetention(planner.getModel().getProblem(), budget);
  if (!plan || !bound)
    return std::nullopt;
  return Comparison{*bound, plan->seconds - planner.getBaseline().seconds, findUniform(budget),
                    findFirstLayers(budget)};
}

/// Added time as a share of a step.
static std::string percent(std::optional<double> seconds, double step) {
  return seconds ? llvm::formatv("{0:f2} %", 100 * *seconds / step).str() : "none fits";
}

/// Prints a model's lines; adds the shares closed to a sum of logarithms.
static LogicalResult run(StringRef file, MLIRContext &context, double &logarithms, int &count) {
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(file, &context);
  if (!module || !findStep(*module))
    return failure();
  TrialSettings settings;
  settings.target.cpu = {16, 32, 48 << 10, 2 << 20};
  settings.maxWorkers = settings.target.workers;
  settings.allowsOffload = allowsOffload;
  if (const planning::DeviceModel *device = planning::findDeviceModel(deviceName))
    settings.device = *device;
  else
    settings.cpu = planning::describeTypicalCpu(settings.target.cpu.lanes, settings.target.workers);
  auto planner = MemoryPlanner::create(*module, std::move(settings));
  if (failed(planner))
    return failure();
  QualityBench bench(context, **planner);
  llvm::outs() << llvm::sys::path::stem(file) << "\n";
  bench.describe();
  for (double share : {0.75, 0.5, 0.35}) {
    int64_t budget = bench.budgetFor(share);
    std::optional<Comparison> it = bench.compare(budget);
    double step = (*planner)->getBaseline().seconds;
    llvm::outs() << llvm::formatv("  {0,2:f0} %, {1,6:f2} GiB: ", 100 * share, gibibytes(budget));
    if (!it) {
      llvm::outs() << "below the minimum\n";
      continue;
    }
    llvm::outs() << llvm::formatv("bound {0}, plan {1}, best uniform {2}, first layers {3}", percent(it->bound, step),
                                  percent(it->plan, step), percent(it->uniform, step), percent(it->firstLayers, step));
    if (it->uniform && *it->uniform > it->bound) {
      // So that logarithms are finite; and steps as fused may be a little faster than the model, which the bound is of, says.
      constexpr double least = 0.01, most = 1;
      logarithms += std::log(std::clamp(it->closedShare(), least, most));
      ++count;
      llvm::outs() << llvm::formatv(", closed {0:f0} %", 100 * it->closedShare());
    }
    llvm::outs() << "\n";
  }
  return success();
}

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv, "How good memory plans are, beside uniform policies\n");
  if (!deviceName.empty() && !planning::findDeviceModel(deviceName)) {
    llvm::errs() << "error: --device: unknown device '" << deviceName << "'\n";
    return 2;
  }
  llvm::outs().SetUnbuffered();
  DialectRegistry registry;
  registerAllDialects(registry);
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  double logarithms = 0;
  int count = 0;
  for (const std::string &file : files)
    if (failed(run(file, context, logarithms, count)))
      return 1;
  if (count > 0)
    llvm::outs() << llvm::formatv("geometric mean of the shares closed: {0:f0} %\n",
                                  100 * std::exp(logarithms / count));
  return 0;
}
