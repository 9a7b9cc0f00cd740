// The planner: a bound from the relaxation, a dive from it to whole decisions, local search, and branch and bound where
// that is affordable or where nothing else has found a plan.
#include "neap/passes/planning/Retention.h"

#include "neap/passes/planning/RetentionExact.h"
#include "neap/passes/planning/RetentionRepair.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

using namespace neap::planning;

static std::vector<Action> wishesOf(const RetentionPlan &plan) {
  std::vector<Action> wishes = plan.actions;
  std::replace(wishes.begin(), wishes.end(), Action::None, Action::Keep);
  return wishes;
}

namespace {
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Linear programs of one dive. The relaxation tears about one value for each binding position, and each decision tears
/// others; what is found after a dozen of them was never better in measurements.
constexpr int diveSteps = 16;
/// Work on the exchanges of one plan, and on one repair; see LiveBytes::work.
constexpr int64_t exchangeWork = 20'000'000;
int64_t repairWork(const RetentionProblem &problem) {
  return 5'000'000 + 20'000 * static_cast<int64_t>(problem.values.size());
}

class Planner {
public:
  Planner(const RetentionProblem &problem, int64_t capacity, const RetentionOptions &options)
      : problem(problem), capacity(capacity), options(options), decisions(problem, capacity),
        relaxation(problem, RetentionRelaxation::Goal::Seconds) {
    relaxation.setCapacity(capacity);
  }

  std::optional<RetentionPlan> run();
  std::optional<double> findBound();
  /// Of a plan that costs nothing but memory.
  RetentionPlan planKept();

private:
  void dive();
  void offer(const std::vector<Action> &wishes);
  void offerWithoutLink();
  void offerLowest();
  void searchExactly();
  bool isGoodEnough() const { return best && bestSeconds <= bound + options.relativeGap * std::abs(bound); }
  bool isKeepingBest() const;

  const RetentionProblem &problem;
  int64_t capacity;
  const RetentionOptions &options;
  RetentionDecisions decisions;
  RetentionRelaxation relaxation;
  double bound = 0;
  std::optional<std::vector<Action>> best;
  double bestSeconds = infinity;
};
} // namespace

static bool isSmall(const RetentionRelaxation &relaxation, const RetentionOptions &options) {
  return relaxation.decisionCount() <= options.exactValues;
}

/// Decides that some of the values that a relaxation has torn are computed again or offloaded: the ones it is surest of, an
/// eighth of all at a time. False if there are none.
static bool fixTornValues(RetentionRelaxation &relaxation) {
  constexpr double whole = 1e-6;
  std::vector<std::tuple<double, int, Action>> torn;
  for (int value = 0; value < relaxation.valueCount(); ++value)
    for (Action action : {Action::Recompute, Action::Offload})
      if (double share = relaxation.shareOf(value, action); share > whole && share < 1 - whole)
        torn.emplace_back(-share, value, action);
  std::sort(torn.begin(), torn.end());
  for (size_t i = 0; i < (torn.size() + 7) / 8; ++i)
    relaxation.fix(std::get<1>(torn[i]), std::get<2>(torn[i]));
  return !torn.empty();
}

/// Makes decisions fit and cheap, and remembers them if they are the best so far.
void Planner::offer(const std::vector<Action> &wishes) {
  decisions.setAll(wishes);
  decisions.allowWork(repairWork(problem));
  if (!repair(decisions))
    return;
  keepWhatFits(decisions);
  if (decisions.seconds() < bestSeconds) {
    best = decisions.wishes();
    bestSeconds = decisions.seconds();
  }
}

void Planner::dive() {
  for (int step = 0; step < diveSteps; ++step) {
    offer(relaxation.round());
    if (isGoodEnough() || !fixTornValues(relaxation) || !relaxation.solve() || relaxation.objective() >= bestSeconds)
      break;
  }
  relaxation.unfixAll();
}

/// Where the link is busy, what is rounded to be moved may be late, and repairs go astray. A plan that moves nothing is a
/// start from which keepWhatFits moves what it can.
void Planner::offerWithoutLink() {
  RetentionProblem unlinked = problem;
  unlinked.link.reset();
  Planner planner(unlinked, capacity, options);
  if (!planner.relaxation.solve())
    return;
  planner.dive();
  if (planner.best)
    offer(*planner.best);
}

/// The plan of lowest peak, which fits if any does.
void Planner::offerLowest() {
  std::optional<RetentionMinimum> found;
  if (!options.lowest)
    found = findMinimum(problem, options);
  const RetentionPlan &lowest = options.lowest ? *options.lowest : found->plan;
  if (lowest.peakBytes <= capacity)
    offer(wishesOf(lowest));
}

void Planner::searchExactly() {
  ExactRetention exact = solveExactly(relaxation, bestSeconds, options);
  if (exact.wishes)
    offer(*exact.wishes);
}

RetentionPlan Planner::planKept() {
  RetentionPlan plan = decisions.makePlan();
  plan.gapPrices.assign(problem.values.size(), 0);
  plan.flipPrices = relaxation.flipPrices();
  return plan;
}

/// Before anything is decided: whether it should stay so.
bool Planner::isKeepingBest() const {
  auto isFasterAgain = [](const RetainableValue &value) { return value.recomputeSeconds < 0; };
  return decisions.fits() && std::none_of(problem.values.begin(), problem.values.end(), isFasterAgain);
}

std::optional<double> Planner::findBound() {
  constexpr double solverTolerance = 1e-6;
  if (isKeepingBest())
    return 0;
  if (!relaxation.solve())
    return std::nullopt;
  return relaxation.objective() - solverTolerance * std::abs(relaxation.objective());
}

std::optional<RetentionPlan> Planner::run() {
  std::optional<double> proven = findBound();
  if (isKeepingBest())
    return planKept();
  if (!proven || *proven >= options.cutoffSeconds)
    return std::nullopt;
  bound = *proven;
  std::vector<double> gapPrices = relaxation.gapPrices(), flipPrices = relaxation.flipPrices();

  dive();
  if (problem.link && !isGoodEnough())
    offerWithoutLink();
  if (best && !isGoodEnough()) {
    decisions.setAll(*best);
    decisions.allowWork(exchangeWork);
    exchange(decisions);
    offer(decisions.wishes());
  }
  if (!best)
    offerLowest();
  if (!best || (isSmall(relaxation, options) && !isGoodEnough()))
    searchExactly();
  if (!best)
    return std::nullopt;

  decisions.setAll(*best);
  RetentionPlan plan = decisions.makePlan();
  plan.boundSeconds = bound;
  plan.gapPrices = std::move(gapPrices);
  plan.flipPrices = std::move(flipPrices);
  return plan;
}

std::optional<RetentionPlan> neap::planning::planRetention(const RetentionProblem &problem, int64_t capacityBytes,
                                                           const RetentionOptions &options) {
  return Planner(problem, capacityBytes, options).run();
}

std::optional<double> neap::planning::boundRetention(const RetentionProblem &problem, int64_t capacityBytes) {
  return Planner(problem, capacityBytes, {}).findBound();
}

namespace {
/// The search for the lowest peak: the planner's steps with another goal.
class MinimumFinder {
public:
  MinimumFinder(const RetentionProblem &problem, const RetentionOptions &options)
      : problem(problem), options(options), relaxation(problem, RetentionRelaxation::Goal::Peak) {}

  RetentionMinimum run();
  int64_t findBound();

private:
  bool offer(const std::vector<Action> &wishes, int64_t capacity);
  void dive();
  void bisect();

  const RetentionProblem &problem;
  const RetentionOptions &options;
  RetentionRelaxation relaxation;
  RetentionMinimum minimum;
};
} // namespace

/// Repairs wishes for a capacity and remembers the outcome if its peak is the lowest. False if they could not be repaired.
bool MinimumFinder::offer(const std::vector<Action> &wishes, int64_t capacity) {
  RetentionDecisions decisions(problem, capacity);
  decisions.setAll(wishes);
  decisions.allowWork(repairWork(problem));
  bool isRepaired = repair(decisions);
  RetentionPlan plan = decisions.makePlan();
  if (minimum.plan.actions.empty() || plan.peakBytes < minimum.plan.peakBytes)
    minimum.plan = std::move(plan);
  return isRepaired;
}

/// Where a plan of lower peak is found, it is mostly the first one.
void MinimumFinder::dive() {
  constexpr int patience = 4;
  int64_t lowest = std::numeric_limits<int64_t>::max();
  for (int step = 0, lastGain = 0; step < diveSteps && step < lastGain + patience; ++step) {
    offer(relaxation.round(), minimum.boundBytes);
    if (minimum.plan.peakBytes < lowest)
      lastGain = step;
    lowest = minimum.plan.peakBytes;
    if (minimum.plan.peakBytes <= minimum.boundBytes || !fixTornValues(relaxation) || !relaxation.solve() ||
        relaxation.objective() >= static_cast<double>(minimum.plan.peakBytes))
      break;
  }
  relaxation.unfixAll();
}

/// Capacities between the bound and the peak in hand, each tried from the plan in hand.
void MinimumFinder::bisect() {
  constexpr int tries = 16;
  constexpr int64_t precision = 1 << 14; // a gain of less is not worth a try
  int64_t low = minimum.boundBytes;
  for (int i = 0; i < tries && low < minimum.plan.peakBytes - minimum.plan.peakBytes / precision; ++i) {
    int64_t middle = low + (minimum.plan.peakBytes - low) / 2;
    if (!offer(wishesOf(minimum.plan), middle))
      low = middle + 1;
  }
}

int64_t MinimumFinder::findBound() {
  relaxation.solve();
  // Down by the solver's tolerance, then up: bytes are whole.
  return static_cast<int64_t>(std::ceil(relaxation.objective() * (1 - 1e-9) - 1e-6));
}

RetentionMinimum MinimumFinder::run() {
  minimum.boundBytes = findBound();
  dive();
  bisect();
  if (isSmall(relaxation, options) && minimum.plan.peakBytes > minimum.boundBytes) {
    RetentionOptions exactOptions = options;
    exactOptions.relativeGap = 0;
    ExactRetention exact = solveExactly(relaxation, static_cast<double>(minimum.plan.peakBytes), exactOptions);
    if (exact.wishes)
      offer(*exact.wishes, minimum.plan.peakBytes);
  }
  return std::move(minimum);
}

RetentionMinimum neap::planning::findMinimum(const RetentionProblem &problem, const RetentionOptions &options) {
  return MinimumFinder(problem, options).run();
}

int64_t neap::planning::boundMinimum(const RetentionProblem &problem) { return MinimumFinder(problem, {}).findBound(); }

std::optional<RetentionPlan> neap::planning::planOnLadder(const RetentionProblem &problem, int64_t capacityBytes,
                                                          const RetentionLadder &ladder,
                                                          const RetentionOptions &options) {
  const RetentionPlan &lowest = ladder.minimum.plan;
  if (capacityBytes < lowest.peakBytes)
    return std::nullopt;
  auto rungBytes = [&](int rung) {
    return static_cast<int64_t>(static_cast<double>(lowest.peakBytes) * std::pow(ladder.ratio, rung));
  };
  int rung = 0;
  while (rungBytes(rung + 1) <= capacityBytes)
    ++rung;
  std::optional<RetentionPlan> best;
  RetentionOptions rungOptions = options;
  for (; rung >= 0; --rung) {
    if (best)
      rungOptions.cutoffSeconds = std::min(options.cutoffSeconds, best->seconds);
    std::optional<RetentionPlan> plan = planRetention(problem, rungBytes(rung), rungOptions);
    if (!plan)
      break; // rungs below have higher bounds still
    double bound = best ? best->boundSeconds : plan->boundSeconds;
    if (!best || plan->seconds < best->seconds)
      best = std::move(plan);
    best->boundSeconds = bound;
  }
  return best;
}
