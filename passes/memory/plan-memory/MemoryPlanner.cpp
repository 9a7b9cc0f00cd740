// The loop of solving and carrying through.
#include "neap/passes/memory/plan-memory/MemoryPlanner.h"

#include "neap/passes/costs/StepEstimate.h"
#include "neap/passes/memory/rematerialize/Rematerialize.h"
#include "neap/passes/planning/Checkpoints.h"
#include "neap/passes/support/Step.h"

#include <cmath>

using namespace mlir;

namespace neap {

/// An exact search is worth its time only where nothing else has found a plan, and then not for long: other variants and capacities are
/// tried as well.
static constexpr planning::RetentionOptions searchLimits{.exactValues = 0, .nodeLimit = 20};

static constexpr double infinity = std::numeric_limits<double>::infinity();

/// Each rung of the ladder of budgets is so much above the one before: what rounding a budget down may cost.
static constexpr double rungRatio = 1.001;

FailureOr<std::unique_ptr<MemoryPlanner>> MemoryPlanner::create(ModuleOp module, TrialSettings settings) {
  std::unique_ptr<MemoryPlanner> planner(new MemoryPlanner(module, std::move(settings)));
  auto keepAll = [](StepOp) { return success(); };
  FailureOr<StepTrial> baseline = StepTrial::run(module, planner->settings, planner->kernels, keepAll);
  if (failed(baseline))
    return failure();
  planner->model = StepModel::build(findStep(module), *baseline, planner->settings, planner->kernels);
  for (const planning::RetainableValue &value : planner->model.getProblem().values)
    planner->baselinePlan.actions.push_back(value.isNeeded ? planning::Action::Keep : planning::Action::None);
  planner->makeVariants();
  planner->baselinePlan.plannedBytes = baseline->getPlannedBytes();
  planner->baselinePlan.seconds = baseline->getSeconds();
  planner->baselineLive.emplace(*baseline);
  return planner;
}

/// `timed` is the step in which timers are found.
FailureOr<StepTrial> MemoryPlanner::tryOut(ArrayRef<planning::Action> actions, ArrayRef<CopyTimer> timers,
                                           std::optional<TimedStep> *timed) {
  return StepTrial::run(module, settings, kernels, [&](StepOp copy) {
    model.insertPlan(copy, actions);
    if (timed)
      timed->emplace(copy);
    setTimers(copy, timers);
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
  plan.delaySeconds = trial->getDelaySeconds();
  plan.actions = actions;
  lastTrial.emplace(std::move(*trial));
  lastActions = std::move(actions);
  return plan;
}

MemoryPlan MemoryPlanner::retime(const MemoryPlan &plan) {
  constexpr double negligible = 0.001; // of a step
  ScopedDiagnosticHandler quiet(module.getContext(), [](Diagnostic &) { return success(); });
  std::optional<TimedStep> timed;
  FailureOr<StepTrial> trial = failure();
  if (plan.delaySeconds > negligible * plan.seconds)
    trial = tryOut(plan.actions, {}, &timed);
  if (failed(trial))
    return plan;
  MemoryPlan retimed = plan;
  retimed.timers = timed->findTimers(*trial, getFarCosts(settings));
  trial = tryOut(plan.actions, retimed.timers);
  if (failed(trial) || trial->getPlannedBytes() > plan.plannedBytes || trial->getDelaySeconds() >= plan.delaySeconds)
    return plan;
  retimed.plannedBytes = trial->getPlannedBytes();
  retimed.delaySeconds = trial->getDelaySeconds();
  return retimed;
}

/// What a solution comes to as fused, scheduled and packed. Nothing if it cannot be carried out, which the model did not
/// know; that is no error, as there are other plans.
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
  if (double added = plan->seconds - baselinePlan.seconds; added > 0)
    largestGain = std::max(largestGain, (solution.seconds - added) / added);
  return entry->second = std::move(*plan);
}

/// A plan of one variant for a capacity, or for little more: where it comes out larger, it is made again for less.
std::optional<MemoryPlan> MemoryPlanner::fit(const Variant &variant, const planning::RetentionPlan &solution,
                                             int64_t capacity) {
  constexpr int mostRounds = 4;
  // As packing loses a little.
  constexpr double enough = 1.01;
  // What comes out so much larger computes values long before they are read, and would do so again.
  constexpr double hopeless = 1.1;
  std::optional<MemoryPlan> plan = realize(solution);
  auto isWithin = [&](double factor) {
    return static_cast<double>(plan->plannedBytes) <= factor * static_cast<double>(capacity);
  };
  int64_t lower = capacity;
  for (int round = 1; round < mostRounds && plan && !isWithin(enough); ++round) {
    if (!isWithin(hopeless))
      return std::nullopt;
    lower -= plan->plannedBytes - capacity;
    std::optional<planning::RetentionPlan> smaller = variant.plan(lower, infinity);
    plan = smaller ? realize(*smaller) : std::nullopt;
  }
  return plan && isWithin(enough) ? plan : std::nullopt;
}

/// Whether a plan keeps whatever a variant's problem keeps: what the variant has to offer is no better then.
static bool isPlanOf(const planning::RetentionProblem &problem, const planning::RetentionPlan &plan) {
  return llvm::all_of(llvm::zip_equal(problem.values, plan.actions), [](auto entry) {
    auto &[value, action] = entry;
    return action != planning::Action::Recompute || std::isfinite(value.recomputeSeconds);
  });
}

/// Added seconds above which, by the model, no plan takes less than `seconds`: some come out faster than it says, and in a small step
/// a kernel or two that are not started make all the difference.
double MemoryPlanner::getCutoff(double seconds) const {
  constexpr double ofKernels = 5e-6;
  double added = seconds - baselinePlan.seconds;
  return added + largestGain * std::abs(added) + ofKernels;
}

/// The fastest plan of all variants for a capacity. From the problem itself to the variant with most checkpoints, each has
/// fewer plans than the one before: the first plan that comes out as its model said is as good as any behind it.
MemoryPlanner::Found MemoryPlanner::searchVariants(int64_t capacity, double cutoff) {
  Found found;
  std::optional<planning::RetentionPlan> solution;
  for (const Variant &variant : variants) {
    if (solution && isPlanOf(variant.problem, *solution))
      continue;
    if (found.plan)
      cutoff = std::min(cutoff, getCutoff(found.plan->seconds));
    solution = variant.plan(capacity, cutoff);
    if (!solution)
      break;
    if (&variant == &variants.front()) // the problem itself: only its bound holds for all plans
      found.boundSeconds = solution->boundSeconds;
    if (solution->seconds >= cutoff)
      continue;
    std::optional<MemoryPlan> plan = fit(variant, *solution, capacity);
    if (plan && (!found.plan || plan->seconds < found.plan->seconds))
      found.plan = std::move(plan);
    double goodEnough = *found.boundSeconds + searchLimits.relativeGap * std::abs(*found.boundSeconds);
    if (found.plan && found.plan->modelSeconds <= goodEnough)
      break;
  }
  return found;
}

const planning::RetentionMinimum &MemoryPlanner::Variant::getMinimum() {
  if (!minimum)
    minimum = planning::findMinimum(problem, searchLimits);
  return *minimum;
}

std::optional<planning::RetentionPlan> MemoryPlanner::Variant::plan(int64_t capacity, double cutoffSeconds) const {
  planning::RetentionOptions options = searchLimits;
  options.cutoffSeconds = cutoffSeconds;
  options.lowest = minimum ? &minimum->plan : nullptr;
  return planning::planRetention(problem, capacity, options);
}

/// With no checkpoints, then more and more.
void MemoryPlanner::makeVariants() {
  const planning::RetentionProblem &problem = model.getProblem();
  std::vector<std::vector<int>> checkpoints = planning::findCheckpoints(problem);
  variants.push_back({problem, {}});
  for (size_t stride = llvm::bit_floor(checkpoints.size()); stride > 0; stride /= 2)
    variants.push_back({planning::keepCheckpoints(problem, checkpoints, stride), {}});
}

/// The least plan of one variant, and those with a little more than what the model thinks least: that need not be smallest
/// when it is packed.
void MemoryPlanner::lowerMinimum(Variant &variant) {
  for (double slack : {1.0, 1.003, 1.01, 1.03, 1.08}) {
    auto capacity = static_cast<int64_t>(static_cast<double>(variant.getMinimum().plan.peakBytes) * slack);
    if (capacity >= minimum->plannedBytes)
      return;
    std::optional<planning::RetentionPlan> solution = variant.plan(capacity, infinity);
    std::optional<MemoryPlan> plan = solution ? realize(*solution) : std::nullopt;
    if (plan && plan->plannedBytes < minimum->plannedBytes)
      minimum = plan;
  }
}

/// The variants, the one with most checkpoints first: its plans come out most like what its model says. What comes out within
/// 1 % of what no plan can be below is small enough.
const MemoryPlan &MemoryPlanner::getMinimum() {
  if (minimum)
    return *minimum;
  minimum = baselinePlan;
  auto enough = static_cast<int64_t>(1.01 * static_cast<double>(variants.front().getMinimum().boundBytes));
  for (bool isPromising : {true, false}) // first those whose model says that it is enough
    for (Variant &variant : llvm::reverse(variants))
      if (minimum->plannedBytes > enough && (variant.getMinimum().plan.peakBytes <= enough) == isPromising)
        lowerMinimum(variant);
  if (auto bound = planning::boundRetention(model.getProblem(), minimum->plannedBytes))
    minimum->gapSeconds = std::max(minimum->modelSeconds - *bound, 0.0);
  return *minimum;
}

/// The plans for a rung are the same whatever the budget, and count where they fit it: so a larger budget has all that a smaller one has.
std::optional<MemoryPlan> MemoryPlanner::findPlan(int64_t budget, int64_t leastBytes, double cutoffSeconds) {
  std::optional<MemoryPlan> best;
  if (budget >= baselinePlan.plannedBytes && baselinePlan.seconds < cutoffSeconds)
    best = baselinePlan;
  budget = std::min(budget, baselinePlan.plannedBytes);
  auto getRung = [&](int rung) {
    return static_cast<int64_t>(static_cast<double>(leastBytes) * std::pow(rungRatio, rung));
  };
  int highest = 0;
  while (getRung(highest + 1) <= budget)
    ++highest;
  std::optional<double> boundSeconds;
  for (int rung = highest; rung >= 0; --rung) {
    double cutoff = getCutoff(best ? best->seconds : cutoffSeconds);
    Found found = searchVariants(getRung(rung), cutoff);
    if (!found.boundSeconds)
      break; // nor can any rung below be faster
    if (!boundSeconds)
      boundSeconds = found.boundSeconds;
    if (found.plan && found.plan->plannedBytes <= budget && (!best || found.plan->seconds < best->seconds))
      best = std::move(found.plan);
  }
  if (best && boundSeconds)
    best->gapSeconds = std::max(best->modelSeconds - *boundSeconds, 0.0);
  return best;
}

std::optional<MemoryPlan> MemoryPlanner::findPlan(int64_t budget) {
  const MemoryPlan &least = getMinimum();
  if (budget < least.plannedBytes)
    return std::nullopt;
  std::optional<MemoryPlan> faster = findPlan(budget, least.plannedBytes, least.seconds);
  return faster ? faster : least;
}

int64_t MemoryPlanner::getBaseBytes() const {
  const std::vector<int64_t> &base = model.getProblem().baseBytes;
  return *llvm::max_element(base);
}

int64_t MemoryPlanner::getLeastBytes() {
  if (!leastBytes)
    leastBytes = planning::boundMinimum(model.getProblem());
  return *leastBytes;
}

std::string MemoryPlanner::describeCosts() const {
  return settings.cpu ? describeSource(*settings.cpu) : settings.device.product;
}

LiveProfile MemoryPlanner::measureLive(const MemoryPlan &plan) {
  if (plan.actions == baselinePlan.actions)
    return *baselineLive;
  if (lastTrial && plan.actions == lastActions && plan.timers.empty()) // mostly
    return LiveProfile(*lastTrial);
  FailureOr<StepTrial> trial = tryOut(plan.actions, plan.timers);
  assert(succeeded(trial) && "a plan was carried through before");
  return LiveProfile(*trial);
}

} // namespace neap
