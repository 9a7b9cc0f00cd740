// Versions of a step, each planned by itself.
#include "neap/passes/memory/plan-memory/TilePlanner.h"

#include "neap/passes/memory/plan-memory/NumberedOps.h"
#include "neap/passes/memory/tile/LateCopies.h"
#include "neap/passes/memory/tile/TileRegion.h"
#include "neap/passes/support/ErrorKind.h"
#include "neap/passes/support/Locations.h"
#include "neap/passes/support/Step.h"

using namespace mlir;

namespace neap {

std::string describeOrigin(Operation *op) {
  return (op->getName().stripDialect() + " of '" + findNodeName(op) + "'").str();
}

/// What is worth another version of the step.
static constexpr double notably = 1.02;

static bool tile(StepOp step, Value seed, const TileDecision &decision) {
  if (decision.isMadeAgain)
    return tileTwice(step, seed, decision.count);
  std::optional<TileRegion> region = findTileRegion(seed, decision.count);
  if (region)
    tileRegion(*region);
  return region.has_value();
}

LogicalResult tile(StepOp step, ArrayRef<TileDecision> decisions) {
  for (const TileDecision &decision : decisions) {
    NumberedOps ops(step);
    if (decision.seed.op >= ops.ops.size() || decision.seed.result >= ops.ops[decision.seed.op]->getNumResults())
      return failure();
    if (!decision.name.empty() && describeOrigin(ops.ops[decision.seed.op]) != decision.name)
      return failure();
    if (!tile(step, ops.get(decision.seed), decision))
      return failure();
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
  planner->allowsTiles = allowsTiles;
  if (allowsTiles)
    planner->addVersions();
  return planner;
}

/// What the forward pass makes for the backward pass, in the step's own block, and has at least a share of `bytes`; largest first.
static std::vector<std::pair<int64_t, ResultIndex>> findLargeValues(TiledStep &step, int64_t bytes) {
  constexpr double smallestShare = 0.02; // smaller values are not worth a loop
  const StepModel &model = step.getPlanner().getModel();
  NumberedOps ops(step.getStep());
  std::vector<std::pair<int64_t, ResultIndex>> values;
  for (auto [index, value] : llvm::zip_equal(model.getValues(), model.getProblem().values))
    if (!value.wrapsAround && !isa<TileLoopOp>(ops.ops[index.op]) && isa<StepOp>(ops.ops[index.op]->getParentOp()) &&
        static_cast<double>(value.bytes) >= smallestShare * static_cast<double>(bytes))
      values.push_back({value.bytes, index});
  llvm::stable_sort(values, [](const auto &a, const auto &b) { return a.first > b.first; });
  return values;
}

/// In many rounds and in few. More than many make the weights, which every round reads, dearer than they make values smaller.
static constexpr int64_t roundCounts[] = {16, 4};

/// What to try: the largest value of a step whose region can be tiled.
std::vector<TileDecision> TilePlanner::findCandidates(TiledStep &step) const {
  constexpr size_t mostSeeds = 4; // more of them are not worth the time to try
  NumberedOps ops(step.getStep());
  std::vector<TileDecision> candidates;
  auto values = findLargeValues(step, step.getPlanner().getBaseline().plannedBytes);
  for (auto &[bytes, index] : ArrayRef(values).take_front(mostSeeds)) {
    for (int64_t count : roundCounts)
      if (findTileRegion(ops.get(index), count))
        candidates.push_back({index, count, /*isMadeAgain=*/false, describeOrigin(ops.ops[index.op])});
    if (!candidates.empty())
      break;
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

/// Decisions to make all of `seeds` twice, as far as the ones before have not hidden them. Nothing where one cannot be.
std::optional<std::vector<TileDecision>> TilePlanner::makeAgain(TiledStep &step, ArrayRef<ResultIndex> seeds,
                                                                int64_t count) const {
  constexpr StringLiteral mark = "neap.made_again";
  OwningOpRef<ModuleOp> copy = cast<ModuleOp>(step.getStep()->getParentOp()).clone();
  StepOp copied = findStep(*copy);
  NumberedOps original(copied);
  for (ResultIndex seed : seeds)
    original.ops[seed.op]->setAttr(mark, IntegerAttr::get(IntegerType::get(copy->getContext(), 64), seed.result));
  std::vector<TileDecision> decisions(step.getDecisions());
  auto findMarked = [&] {
    return llvm::find_if(copied.getBody().front(), [&](Operation &op) { return op.hasAttr(mark); });
  };
  for (auto op = findMarked(); op != copied.getBody().front().end(); op = findMarked()) {
    auto result = static_cast<unsigned>(cast<IntegerAttr>(op->removeAttr(mark)).getInt());
    TileDecision decision{NumberedOps(copied).find(op->getResult(result)), count, true, describeOrigin(&*op)};
    if (!tile(copied, op->getResult(result), decision))
      return std::nullopt;
    decisions.push_back(std::move(decision));
  }
  return decisions;
}

/// Looks for a version with a smaller plan still: the one with the smallest, and the largest values of its forward pass made twice,
/// in tiles. Says whether there is one.
bool TilePlanner::lowerMinimum() {
  constexpr size_t mostKinds = 3;
  TiledStep &step = *minimum->step;
  NumberedOps ops(step.getStep());
  std::vector<std::pair<int64_t, ResultIndex>> values = findLargeValues(step, minimum->plan.plannedBytes);
  for (size_t kind = 0; kind < mostKinds && !values.empty(); ++kind) {
    // What layers have in common: all that are as large, made by such an op.
    auto [bytes, first] = values.front();
    std::vector<ResultIndex> seeds;
    auto isAlike = [&, bytes = bytes, first = first](const auto &value) {
      return value.first == bytes && ops.ops[value.second.op]->getName() == ops.ops[first.op]->getName();
    };
    for (const auto &value : values)
      if (isAlike(value))
        seeds.push_back(value.second);
    llvm::erase_if(values, isAlike);
    for (int64_t count : roundCounts)
      if (std::optional<std::vector<TileDecision>> decisions = makeAgain(step, seeds, count))
        return lowerMinimumBy(std::move(*decisions));
  }
  return false;
}

/// Takes the version with these decisions, if its smallest plan is notably smaller.
bool TilePlanner::lowerMinimumBy(std::vector<TileDecision> decisions) {
  ScopedDiagnosticHandler quiet(module.getContext(), [](Diagnostic &) { return success(); });
  FailureOr<std::unique_ptr<TiledStep>> version = TiledStep::create(module, settings, std::move(decisions));
  if (failed(version) || !couldLower(**version))
    return false;
  const MemoryPlan &plan = (*version)->getPlanner().getMinimum();
  if (notably * static_cast<double>(plan.plannedBytes) >= static_cast<double>(minimum->plan.plannedBytes))
    return false;
  versions.push_back(std::move(*version));
  searched.push_back(versions.back().get());
  minimum = TiledPlan{versions.back().get(), plan};
  return true;
}

bool TilePlanner::couldLower(TiledStep &version) const {
  auto isBelow = [&](int64_t least) {
    return notably * static_cast<double>(least) < static_cast<double>(minimum->plan.plannedBytes);
  };
  return isBelow(version.getPlanner().getBaseBytes()) && isBelow(version.getPlanner().getLeastBytes());
}

/// Versions that could need the fewest bytes first, and only as long as they could need notably fewer.
const TiledPlan &TilePlanner::getMinimum() {
  if (minimum)
    return *minimum;
  SmallVector<TiledStep *> promising;
  for (auto &version : versions)
    promising.push_back(version.get());
  llvm::stable_sort(promising, [](TiledStep *a, TiledStep *b) {
    return a->getPlanner().getBaseBytes() < b->getPlanner().getBaseBytes();
  });
  for (TiledStep *version : promising) {
    if (minimum && !couldLower(*version))
      continue;
    const MemoryPlan &plan = version->getPlanner().getMinimum();
    if (!minimum || plan.plannedBytes < minimum->plan.plannedBytes)
      minimum = TiledPlan{version, plan};
  }
  constexpr int mostKinds = 3; // of values, each made twice beside those before
  for (int kind = 0; allowsTiles && kind < mostKinds; ++kind)
    if (!lowerMinimum())
      break;
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
