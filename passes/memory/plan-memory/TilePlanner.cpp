// Versions of a step, each planned by itself.
#include "neap/passes/memory/plan-memory/TilePlanner.h"

#include "neap/passes/memory/plan-memory/NumberedOps.h"
#include "neap/passes/memory/tile/TileRegion.h"
#include "neap/passes/support/ErrorKind.h"
#include "neap/passes/support/Locations.h"
#include "neap/passes/support/Step.h"

using namespace mlir;

namespace neap {

std::string describeOrigin(Operation *op) {
  return (op->getName().stripDialect() + " of '" + findNodeName(op) + "'").str();
}

LogicalResult tile(StepOp step, ArrayRef<TileDecision> decisions) {
  for (const TileDecision &decision : decisions) {
    NumberedOps ops(step);
    if (decision.seed.op >= ops.ops.size() || decision.seed.result >= ops.ops[decision.seed.op]->getNumResults())
      return failure();
    if (!decision.name.empty() && describeOrigin(ops.ops[decision.seed.op]) != decision.name)
      return failure();
    std::optional<TileRegion> region = findTileRegion(ops.get(decision.seed), decision.count);
    if (!region)
      return failure();
    tileRegion(*region);
  }
  return success();
}

FailureOr<std::unique_ptr<TiledStep>> TiledStep::create(ModuleOp module, const TrialSettings &settings,
                                                        std::vector<TileDecision> decisions) {
  auto version = std::make_unique<TiledStep>();
  version->module = module.clone();
  if (failed(tile(version->getStep(), decisions)))
    return marked(
        module.emitError("expected tiles of values of this step, in rounds that it can be computed in: the plan "
                         "was made for another step, or asks for what cannot be"),
        ErrorKind::Usage);
  version->decisions = std::move(decisions);
  FailureOr<std::unique_ptr<MemoryPlanner>> planner = MemoryPlanner::create(*version->module, settings);
  if (failed(planner))
    return failure();
  version->planner = std::move(*planner);
  return version;
}

StepOp TiledStep::getStep() { return findStep(*module); }

FailureOr<std::unique_ptr<TilePlanner>> TilePlanner::create(ModuleOp module, TrialSettings settings, bool allowsTiles) {
  std::unique_ptr<TilePlanner> planner(new TilePlanner(module, std::move(settings)));
  FailureOr<std::unique_ptr<TiledStep>> plain = TiledStep::create(module, planner->settings, {});
  if (failed(plain))
    return failure();
  planner->versions.push_back(std::move(*plain));
  planner->searched.push_back(planner->versions.front().get());
  if (allowsTiles)
    planner->addVersions();
  return planner;
}

/// What to try: the largest value of a step whose region can be tiled, in many rounds and in few.
std::vector<TileDecision> TilePlanner::findCandidates(TiledStep &step) const {
  // Smaller values are not worth a loop, and more of them not the time to try.
  constexpr double smallestShare = 0.02;
  constexpr size_t mostSeeds = 4;
  constexpr int64_t counts[] = {16, 4};
  const StepModel &model = step.getPlanner().getModel();
  NumberedOps ops(step.getStep());
  std::vector<std::pair<int64_t, ResultIndex>> values;
  for (auto [index, value] : llvm::zip_equal(model.getValues(), model.getProblem().values))
    if (!value.wrapsAround && !isa<TileLoopOp>(ops.ops[index.op]) && isa<StepOp>(ops.ops[index.op]->getParentOp()))
      values.push_back({value.bytes, index});
  llvm::stable_sort(values, [](const auto &a, const auto &b) { return a.first > b.first; });
  auto least = static_cast<int64_t>(smallestShare * static_cast<double>(step.getPlanner().getBaseline().plannedBytes));
  std::vector<TileDecision> candidates;
  for (auto &[bytes, index] : ArrayRef(values).take_front(mostSeeds)) {
    if (bytes < least || !candidates.empty())
      break;
    for (int64_t count : counts)
      if (findTileRegion(ops.get(index), count))
        candidates.push_back({index, count, describeOrigin(ops.ops[index.op])});
  }
  return candidates;
}

/// Versions that fail somewhere, or need no less, are none. One that costs next to nothing takes the place of all others where a
/// fast plan is searched for: what is planned for it is what would have been planned for them, with less to be kept.
void TilePlanner::addVersions() {
  constexpr double nextToNothing = 1.005;
  ScopedDiagnosticHandler quiet(module.getContext(), [](Diagnostic &) { return success(); });
  const MemoryPlan &plain = getPlainStep().getPlanner().getBaseline();
  for (const TileDecision &candidate : findCandidates(getPlainStep())) {
    FailureOr<std::unique_ptr<TiledStep>> version = TiledStep::create(module, settings, {candidate});
    if (failed(version) || (*version)->getPlanner().getBaseline().plannedBytes >= plain.plannedBytes)
      continue;
    bool isFree = (*version)->getPlanner().getBaseline().seconds <= nextToNothing * plain.seconds;
    if (isFree)
      searched.clear();
    versions.push_back(std::move(*version));
    searched.push_back(versions.back().get());
    if (isFree)
      return;
  }
}

FailureOr<TiledStep *> TilePlanner::getVersion(std::vector<TileDecision> decisions) {
  for (auto &version : versions)
    if (version->getDecisions() == ArrayRef(decisions))
      return version.get();
  FailureOr<std::unique_ptr<TiledStep>> version = TiledStep::create(module, settings, std::move(decisions));
  if (failed(version))
    return failure();
  versions.push_back(std::move(*version));
  return versions.back().get();
}

/// Versions that could need the fewest bytes first, and only as long as they could need notably fewer.
const TiledPlan &TilePlanner::getMinimum() {
  if (minimum)
    return *minimum;
  constexpr double notably = 1.02;
  SmallVector<TiledStep *> promising;
  for (auto &version : versions)
    promising.push_back(version.get());
  llvm::stable_sort(promising, [](TiledStep *a, TiledStep *b) {
    return a->getPlanner().getBaseBytes() < b->getPlanner().getBaseBytes();
  });
  for (TiledStep *version : promising) {
    auto isBelow = [&](int64_t least) {
      return notably * static_cast<double>(least) < static_cast<double>(minimum->plan.plannedBytes);
    };
    if (minimum && !(isBelow(version->getPlanner().getBaseBytes()) && isBelow(version->getPlanner().getLeastBytes())))
      continue;
    const MemoryPlan &plan = version->getPlanner().getMinimum();
    if (!minimum || plan.plannedBytes < minimum->plan.plannedBytes)
      minimum = TiledPlan{version, plan};
  }
  return *minimum;
}

/// Each version's plan is the faster the larger the budget, and so is the fastest of them. Keeping everything is a plan like
/// others: what is computed again on the way of a kernel may be faster than what is read.
std::optional<TiledPlan> TilePlanner::findPlan(int64_t budget) {
  const TiledPlan &least = getMinimum();
  if (budget < least.plan.plannedBytes)
    return std::nullopt;
  TiledPlan fastest = least;
  if (const TiledPlan baseline = getBaseline(); budget >= baseline.plan.plannedBytes) {
    budget = baseline.plan.plannedBytes - 1;
    if (baseline.plan.seconds <= fastest.plan.seconds)
      fastest = baseline;
  }
  constexpr double tolerance = 1.0001; // a plan may come out a little faster than its model says
  for (TiledStep *version : searched) {
    std::optional<MemoryPlan> plan =
        version->getPlanner().findPlan(budget, least.plan.plannedBytes, tolerance * fastest.plan.seconds);
    if (plan && plan->seconds < fastest.plan.seconds)
      fastest = TiledPlan{version, std::move(*plan)};
  }
  return fastest;
}

} // namespace neap
