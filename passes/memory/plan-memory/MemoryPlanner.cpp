// The loop of solving and carrying through.
#include "neap/passes/memory/plan-memory/MemoryPlanner.h"

#include "neap/passes/costs/StepEstimate.h"
#include "neap/passes/memory/rematerialize/Rematerialize.h"
#include "neap/passes/planning/Checkpoints.h"
#include "neap/passes/support/Step.h"

#include <cmath>

using namespace mlir;

namespace neap {

/// An exact search that has found nothing by then is not worth its time: other variants and capacities are tried as well.
static constexpr planning::RetentionOptions searchLimits{.nodeLimit = 20};

/// Each rung of the ladder of budgets is so much above the one before.
static constexpr double rungRatio = 1.05;

FailureOr<std::unique_ptr<MemoryPlanner>> MemoryPlanner::create(ModuleOp module, TrialSettings settings) {
  std::unique_ptr<MemoryPlanner> planner(new MemoryPlanner(module, std::move(settings)));
  auto keepAll = [](StepOp) { return success(); };
  FailureOr<StepTrial> baseline = StepTrial::run(module, planner->settings, planner->scratch, keepAll);
  if (failed(baseline))
    return failure();
  planner->model = StepModel::build(findStep(module), *baseline, planner->settings);
  for (const planning::RetainableValue &value : planner->model.getProblem().values)
    planner->baselinePlan.actions.push_back(value.isNeeded ? planning::Action::Keep : planning::Action::None);
  planner->makeVariants();
  planner->baselinePlan.plannedBytes = baseline->getPlannedBytes();
  planner->baselinePlan.seconds = baseline->getSeconds();
  planner->baselineLive.emplace(*baseline);
  return planner;
}

FailureOr<StepTrial> MemoryPlanner::tryOut(ArrayRef<planning::Action> actions) {
  return StepTrial::run(module, settings, scratch, [&](StepOp copy) {
    model.insertPlan(copy, actions);
    return rematerialize(copy, /*reports=*/false);
  });
}

/// What copies cost although they are hidden: memory traffic that kernels would like to have for themselves.
double MemoryPlanner::estimateCopies(ArrayRef<planning::Action> actions) const {
  double seconds = 0;
  for (auto [value, action] : llvm::zip_equal(model.getProblem().values, actions))
    if (action == planning::Action::Offload)
      seconds += value.offloadSeconds;
  return seconds;
}

FailureOr<MemoryPlan> MemoryPlanner::carryThrough(std::vector<planning::Action> actions) {
  FailureOr<StepTrial> trial = tryOut(actions);
  if (failed(trial))
    return failure();
  MemoryPlan plan;
  plan.plannedBytes = trial->getPlannedBytes();
  plan.seconds = trial->getSeconds() + estimateCopies(actions);
  plan.actions = std::move(actions);
  return plan;
}

/// What a solution comes to as fused, scheduled and packed. Nothing if it cannot be carried out, which the model did not know; that
/// is no error, as there are other plans.
std::optional<MemoryPlan> MemoryPlanner::realize(const planning::RetentionPlan &solution) {
  auto [entry, isNew] = known.try_emplace(solution.actions);
  if (!isNew)
    return entry->second;
  ScopedDiagnosticHandler quiet(module.getContext(), [](Diagnostic &) { return success(); });
  FailureOr<MemoryPlan> plan = carryThrough(solution.actions);
  if (failed(plan))
    return std::nullopt;
  plan->modelSeconds = solution.seconds;
  plan->gapPrices = solution.gapPrices;
  plan->flipPrices = solution.flipPrices;
  return entry->second = std::move(*plan);
}

/// A plan of one variant within a budget: where it comes out larger than the model said, it is made again for less.
std::optional<MemoryPlan> MemoryPlanner::fit(const planning::RetentionProblem &variant,
                                             const planning::RetentionPlan &solution, int64_t budget) {
  constexpr int mostRounds = 4;
  // What comes out so much larger computes values long before they are read, and would do so again.
  constexpr double hopeless = 1.1;
  std::optional<MemoryPlan> plan = realize(solution);
  int64_t capacity = budget;
  for (int round = 1; round < mostRounds && plan && plan->plannedBytes > budget; ++round) {
    if (static_cast<double>(plan->plannedBytes) > hopeless * static_cast<double>(budget))
      return std::nullopt;
    // At least a little, lest the same plan come out again.
    capacity -= std::max(plan->plannedBytes - budget, budget / 256);
    std::optional<planning::RetentionPlan> smaller = planning::planRetention(variant, capacity, searchLimits);
    plan = smaller ? realize(*smaller) : std::nullopt;
  }
  return plan && plan->plannedBytes <= budget ? plan : std::nullopt;
}

/// What the model says of every variant, the most promising first.
MemoryPlanner::Solutions MemoryPlanner::solve(int64_t budget) const {
  Solutions solutions;
  for (const planning::RetentionProblem &variant : variants) {
    std::optional<planning::RetentionPlan> solution = planning::planRetention(variant, budget, searchLimits);
    if (!solution)
      continue;
    if (&variant == &variants.back()) // the problem itself: only its bound holds for all plans
      solutions.boundSeconds = solution->boundSeconds;
    solutions.candidates.push_back({&variant, std::move(*solution)});
  }
  llvm::stable_sort(solutions.candidates,
                    [](const Candidate &a, const Candidate &b) { return a.solution.seconds < b.solution.seconds; });
  return solutions;
}

/// The fastest plan of all variants within a budget.
std::optional<MemoryPlan> MemoryPlanner::fit(const Solutions &solutions, int64_t budget) {
  std::optional<MemoryPlan> best;
  for (const Candidate &candidate : solutions.candidates) {
    if (best && baselinePlan.seconds + candidate.solution.seconds >= best->seconds)
      break;
    std::optional<MemoryPlan> plan = fit(*candidate.variant, candidate.solution, budget);
    if (plan && (!best || plan->seconds < best->seconds))
      best = std::move(plan);
  }
  return best;
}

/// With fewer and fewer checkpoints, and at last with none.
void MemoryPlanner::makeVariants() {
  const planning::RetentionProblem &problem = model.getProblem();
  std::vector<std::vector<int>> checkpoints = planning::findCheckpoints(problem);
  for (size_t stride = 1; stride <= checkpoints.size(); stride *= 2)
    variants.push_back(planning::keepCheckpoints(problem, checkpoints, stride));
  variants.push_back(problem);
}

/// The variants, least first, and each with a little more than what the model thinks least: that need not be smallest when it is
/// packed.
const MemoryPlan &MemoryPlanner::getMinimum() {
  if (minimum)
    return *minimum;
  minimum = baselinePlan;
  std::vector<std::pair<planning::RetentionPlan, const planning::RetentionProblem *>> least;
  for (const planning::RetentionProblem &variant : variants)
    least.push_back({planning::findMinimum(variant, searchLimits).plan, &variant});
  llvm::stable_sort(least, [](auto &a, auto &b) { return a.first.peakBytes < b.first.peakBytes; });
  for (auto &[smallest, variant] : least) {
    for (double slack : {1.0, 1.01, 1.03, 1.08}) {
      auto capacity = static_cast<int64_t>(static_cast<double>(smallest.peakBytes) * slack);
      if (capacity >= minimum->plannedBytes)
        break;
      std::optional<planning::RetentionPlan> solution = planning::planRetention(*variant, capacity, searchLimits);
      std::optional<MemoryPlan> plan = solution ? realize(*solution) : std::nullopt;
      if (plan && plan->plannedBytes < minimum->plannedBytes)
        minimum = plan;
    }
  }
  if (auto relaxed = planning::planRetention(model.getProblem(), minimum->plannedBytes, searchLimits))
    minimum->gapSeconds = std::max(minimum->modelSeconds - relaxed->boundSeconds, 0.0);
  return *minimum;
}

int64_t MemoryPlanner::getRung(int rung) {
  return static_cast<int64_t>(static_cast<double>(getMinimum().plannedBytes) * std::pow(rungRatio, rung));
}

std::optional<MemoryPlan> MemoryPlanner::findPlan(int64_t budget) {
  if (budget >= baselinePlan.plannedBytes)
    return baselinePlan;
  if (budget < getMinimum().plannedBytes)
    return std::nullopt;
  int highest = 0;
  while (getRung(highest + 1) <= budget)
    ++highest;
  MemoryPlan best = getMinimum();
  if (highest == 0)
    return best;
  double boundSeconds = 0;
  for (int rung = highest; rung > 0; --rung) {
    Solutions solutions = solve(getRung(rung));
    if (rung == highest)
      boundSeconds = solutions.boundSeconds;
    if (baselinePlan.seconds + solutions.boundSeconds >= best.seconds)
      break; // nor can any rung below be faster
    std::optional<MemoryPlan> plan = fit(solutions, getRung(rung));
    if (plan && plan->seconds < best.seconds)
      best = *plan;
  }
  best.gapSeconds = std::max(best.modelSeconds - boundSeconds, 0.0);
  return best;
}

std::string MemoryPlanner::describeCosts() const {
  return settings.cpu ? describeSource(*settings.cpu) : settings.device.product;
}

LiveProfile MemoryPlanner::measureLive(const MemoryPlan &plan) {
  FailureOr<StepTrial> trial = tryOut(plan.actions);
  assert(succeeded(trial) && "a plan was carried through before");
  return LiveProfile(*trial);
}

} // namespace neap
