// neap-plan-memory. The parts: StepTrial carries a copy through, StepModel makes the problem, MemoryPlanner decides.
#include "neap/passes/memory/Passes.h"

#include "neap/passes/costs/StepEstimate.h"
#include "neap/passes/memory/plan-memory/NumberedOps.h"
#include "neap/passes/memory/plan-memory/PlanFile.h"
#include "neap/passes/support/ErrorKind.h"
#include "neap/passes/support/Step.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Remarks.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace mlir;

namespace neap {
#define GEN_PASS_DEF_PLANMEMORYPASS
#include "neap/passes/memory/Memory.h.inc"

namespace {

constexpr StringLiteral category = "neap-plan-memory";

/// As people read sizes; the exact number beside it, as it can be typed.
std::string formatBytes(int64_t bytes) {
  return llvm::formatv("{0:f1} MiB ({1} bytes)", static_cast<double>(bytes) / (1 << 20), bytes).str();
}

struct PlanMemoryPass : impl::PlanMemoryPassBase<PlanMemoryPass> {
  using PlanMemoryPassBase::PlanMemoryPassBase;

  void runOnOperation() override {
    StepOp step = findStep(getOperation());
    bool isAsked = budget != 0 || minimum || !plan.empty() || !report.empty();
    if (step && isAsked && failed(planStep(step)))
      signalPassFailure();
  }

  LogicalResult planStep(StepOp step) {
    FailureOr<TrialSettings> settings = readSettings(step);
    if (failed(settings))
      return failure();
    // A library may round a product of fewer rows otherwise, and a plan must not change a result.
    bool mayTile = tiles && plan.empty() && !settings->libraries.usesLibrary;
    auto planner = TilePlanner::create(getOperation(), std::move(*settings), mayTile);
    if (failed(planner))
      return failure();
    FailureOr<TiledPlan> chosen = choosePlan(step, **planner);
    if (succeeded(chosen))
      chosen->plan = chosen->step->getPlanner().retime(chosen->plan);
    if (failed(chosen) || (!report.empty() && failed(writeReport(step, **planner, *chosen))))
      return failure();
    emitRemarks(step, **planner, *chosen);
    if (failed(tile(step, chosen->step->getDecisions())))
      llvm_unreachable("a copy was tiled before");
    chosen->step->getPlanner().getModel().insertPlan(step, chosen->plan.actions);
    setTimers(step, chosen->plan.timers);
    return success();
  }

  FailureOr<TrialSettings> readSettings(StepOp step) {
    llvm::Expected<LibraryRules> rules = readLibraryRules({matrixProducts, libraryDepth, allowTf32, profile});
    if (!rules)
      return LogicalResult(marked(step.emitError(llvm::toString(rules.takeError())), ErrorKind::Usage));
    TrialSettings settings;
    settings.libraries = std::move(*rules);
    settings.libraryWorkspace = libraryWorkspace;
    settings.target = {{lanes, registers, l1, l2}, workers, device};
    settings.maxWorkers = maxWorkers;
    settings.allowsOffload = offload;
    const planning::DeviceModel *model = planning::findDeviceModel(deviceModel);
    if (!deviceModel.empty() && !model)
      return LogicalResult(marked(step.emitError("unknown device '") << deviceModel << "'", ErrorKind::Usage));
    if (model) {
      settings.device = *model;
      return settings;
    }
    llvm::Expected<planning::CpuCosts> costs = findCpuCosts(machineProfile, lanes, workers);
    if (!costs)
      return LogicalResult(marked(step.emitError(llvm::toString(costs.takeError())), ErrorKind::Usage));
    settings.cpu = std::move(*costs);
    return settings;
  }

  FailureOr<TiledPlan> choosePlan(StepOp step, TilePlanner &planner) {
    if (!plan.empty())
      return takePlan(step, planner);
    if (minimum)
      return TiledPlan(planner.getMinimum());
    if (budget == 0)
      return planner.getBaseline();
    std::optional<TiledPlan> found = planner.findPlan(budget);
    if (!found)
      return refuse(step, planner.getMinimum(), "the smallest that has a plan is");
    return *found;
  }

  /// The plan of a file.
  FailureOr<TiledPlan> takePlan(StepOp step, TilePlanner &planner) {
    auto reject = [&](llvm::Error error) -> LogicalResult {
      return marked(step.emitError(llvm::toString(std::move(error))), ErrorKind::Usage);
    };
    llvm::Expected<PlanFile> file = PlanFile::read(plan);
    if (!file)
      return reject(file.takeError());
    llvm::Expected<std::vector<TileDecision>> decisions = file->getTiles();
    if (!decisions)
      return reject(decisions.takeError());
    FailureOr<TiledStep *> version = planner.getVersion(std::move(*decisions));
    if (failed(version))
      return failure();
    MemoryPlanner &planned = (*version)->getPlanner();
    llvm::Expected<std::vector<planning::Action>> actions = file->getActions(planned.getModel(), (*version)->getStep());
    if (!actions)
      return reject(actions.takeError());
    FailureOr<MemoryPlan> taken = planned.carryThrough(std::move(*actions));
    if (failed(taken))
      return failure();
    TiledPlan tiled{*version, std::move(*taken)};
    if (budget != 0 && tiled.plan.plannedBytes > budget)
      return refuse(step, tiled, "the plan of '" + plan + "' needs");
    return tiled;
  }

  /// Says how much would do, and what needs it.
  LogicalResult refuse(StepOp step, const TiledPlan &least, const Twine &what) {
    InFlightDiagnostic error = marked(step.emitError("the budget is ") << formatBytes(budget) << ", but " << what << " "
                                                                       << formatBytes(least.plan.plannedBytes),
                                      ErrorKind::BudgetInfeasible);
    constexpr size_t mostShown = 8;
    LiveProfile live = least.step->getPlanner().measureLive(least.plan);
    std::string text = "alive at its peak:";
    for (const AliveValue &value : live.getAliveAtPeak().take_front(mostShown))
      text += llvm::formatv("\n  {0,9:f1} MiB  {1}", static_cast<double>(value.bytes) / (1 << 20), value.description);
    if (size_t count = live.getAliveAtPeak().size(); count > mostShown)
      text += llvm::formatv("\n  and {0} more", count - mostShown);
    error.attachNote() << text;
    return failure();
  }

  LogicalResult writeReport(StepOp step, TilePlanner &planner, const TiledPlan &chosen) {
    llvm::json::Object file = describePlan(planner, chosen, budget);
    if (curvePoints > 0)
      file["curve"] = describeCurve(planner, curvePoints);
    llvm::Error error = llvm::writeToOutput(report, [&](raw_ostream &stream) -> llvm::Error {
      stream << llvm::formatv("{0:2}\n", llvm::json::Value(std::move(file)));
      return llvm::Error::success();
    });
    if (error)
      return marked(step.emitError("cannot write " + report + ": " + llvm::toString(std::move(error))),
                    ErrorKind::OutputUnwritable);
    return success();
  }

  static void emitRemarks(StepOp step, TilePlanner &planner, const TiledPlan &tiled) {
    const StepModel &model = tiled.step->getPlanner().getModel();
    const MemoryPlan &chosen = tiled.plan;
    NumberedOps ops(tiled.step->getStep());
    for (const TileDecision &decision : tiled.step->getDecisions())
      remark::passed(step.getLoc(), remark::RemarkOpts::name("Tile").category(category))
          << remark::add("{0} is made in tiles", decision.name) << remark::metric("Rounds", decision.count);
    int64_t recomputed = 0, recomputedBytes = 0, offloaded = 0, offloadedBytes = 0;
    for (auto [index, action] : llvm::enumerate(chosen.actions)) {
      const planning::RetainableValue &value = model.getProblem().values[index];
      Location location = ops.ops[model.getValues()[index].op]->getLoc();
      if (action == planning::Action::Recompute) {
        ++recomputed;
        recomputedBytes += value.bytes;
        remark::passed(location, remark::RemarkOpts::name("Recompute").category(category))
            << remark::add("computed again") << remark::metric("Bytes", value.bytes)
            << remark::metric("Nanoseconds", static_cast<int64_t>(value.recomputeSeconds * 1e9));
      } else if (action == planning::Action::Offload) {
        ++offloaded;
        offloadedBytes += value.bytes;
        remark::passed(location, remark::RemarkOpts::name("Offload").category(category))
            << remark::add("moved to far memory and back") << remark::metric("Bytes", value.bytes);
      } else if (action == planning::Action::Keep) {
        remark::missed(location, remark::RemarkOpts::name("Keep").category(category))
            << remark::add("kept") << remark::metric("Bytes", value.bytes);
      }
    }
    const MemoryPlan baseline = planner.getBaseline().plan;
    auto permille = [&](double seconds) {
      return static_cast<int64_t>(std::lround(1000 * seconds / baseline.seconds));
    };
    remark::analysis(step.getLoc(), remark::RemarkOpts::name("Plan").category(category))
        << remark::metric("PlannedBytes", chosen.plannedBytes)
        << remark::metric("UnplannedBytes", baseline.plannedBytes) << remark::metric("RecomputedValues", recomputed)
        << remark::metric("RecomputedBytes", recomputedBytes) << remark::metric("OffloadedValues", offloaded)
        << remark::metric("OffloadedBytes", offloadedBytes)
        << remark::metric("AddedTimePermille", permille(chosen.seconds - baseline.seconds))
        << remark::metric("GapPermille", permille(chosen.gapSeconds));
  }
};

} // namespace
} // namespace neap
