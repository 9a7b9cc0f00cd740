// Greedy repair, greedy improvement, and exchanges made of both.
#include "neap/passes/planning/RetentionRepair.h"

#include <algorithm>
#include <array>
#include <limits>
#include <tuple>

using namespace neap::planning;

constexpr std::array allWishes{Action::Keep, Action::Recompute, Action::Offload};

namespace {
/// What one change would do.
struct Move {
  int value = -1;
  Action wish = Action::Keep;
  double price = std::numeric_limits<double>::infinity(); ///< seconds per byte of excess that goes
};
} // namespace

/// The change with the lowest price; none where none helps. Changes that free next to nothing of what is missing count only
/// where there are no others: a hundred of them are slow, and leave nothing to choose from.
static Move findCheapestMove(RetentionDecisions &decisions, const std::vector<int> &candidates) {
  constexpr int64_t substantialShare = 64;
  Move best, bestSmall;
  int64_t excess = decisions.excessBytes();
  double seconds = decisions.seconds();
  for (int value : candidates) {
    Action before = decisions.wishOf(value);
    for (Action wish : allWishes) {
      if (wish == before || !decisions.isPossible(value, wish))
        continue;
      decisions.set(value, wish);
      int64_t freed = excess - decisions.excessBytes();
      double price = (decisions.seconds() - seconds) / static_cast<double>(freed);
      Move &rival = freed >= excess / substantialShare ? best : bestSmall;
      if (freed > 0 && price < rival.price)
        rival = {value, wish, price};
    }
    decisions.set(value, before);
  }
  return best.value < 0 ? bestSmall : best;
}

/// Values for which another wish may make room where most is missing, the most promising first, equal ones together.
static std::vector<int> findCandidates(const RetentionDecisions &decisions, const std::vector<bool> &isLocked) {
  int worst = decisions.findPeak();
  std::vector<int> candidates;
  for (int value = 0; value < decisions.valueCount(); ++value) {
    bool isFree = isLocked.empty() || !isLocked[value];
    bool canChange = decisions.isPossible(value, Action::Recompute) || decisions.isPossible(value, Action::Offload);
    if (isFree && canChange && decisions.mayFree(value, worst))
      candidates.push_back(value);
  }
  std::vector<double> prices;
  for (int value = 0; value < decisions.valueCount(); ++value)
    prices.push_back(decisions.secondsPerByte(value));
  std::sort(candidates.begin(), candidates.end(), [&](int a, int b) {
    const RetainableValue &one = decisions.valueAt(a), &other = decisions.valueAt(b);
    return std::tuple(prices[a], -one.bytes, one.recomputeSeconds, a) <
           std::tuple(prices[b], -other.bytes, other.recomputeSeconds, b);
  });
  return candidates;
}

/// The first candidates, of those that equal each other (one value in many layers) only the first and the last.
static std::vector<int> shorten(const RetentionDecisions &decisions, const std::vector<int> &candidates) {
  constexpr size_t length = 24;
  auto areEqual = [&](int a, int b) {
    const RetainableValue &one = decisions.valueAt(a), &other = decisions.valueAt(b);
    return decisions.wishOf(a) == decisions.wishOf(b) && one.bytes == other.bytes &&
           one.recomputeSeconds == other.recomputeSeconds;
  };
  std::vector<int> shortList;
  for (size_t i = 0; i < candidates.size() && shortList.size() < length; ++i) {
    bool isFirst = i == 0 || !areEqual(candidates[i - 1], candidates[i]);
    bool isLast = i + 1 == candidates.size() || !areEqual(candidates[i], candidates[i + 1]);
    if (isFirst || isLast)
      shortList.push_back(candidates[i]);
  }
  return shortList;
}

bool neap::planning::repair(RetentionDecisions &decisions, const std::vector<bool> &isLocked) {
  while (!decisions.fits()) {
    std::vector<int> candidates = findCandidates(decisions, isLocked);
    Move move = findCheapestMove(decisions, shorten(decisions, candidates));
    if (move.value < 0)
      move = findCheapestMove(decisions, candidates);
    if (move.value < 0 || decisions.isSpent())
      return false;
    decisions.set(move.value, move.wish);
  }
  return true;
}

/// Values that are computed again or offloaded, those that cost most seconds first.
static std::vector<int> findByCost(const RetentionDecisions &decisions, Action action) {
  std::vector<int> values;
  for (int value = 0; value < decisions.valueCount(); ++value)
    if (decisions.actionOf(value) == action)
      values.push_back(value);
  auto cost = [&](int value) {
    const RetainableValue &it = decisions.valueAt(value);
    return action == Action::Recompute ? it.recomputeSeconds : it.offloadSeconds;
  };
  std::sort(values.begin(), values.end(),
            [&](int a, int b) { return std::pair(-cost(a), a) < std::pair(-cost(b), b); });
  return values;
}

/// False, and nothing changed, if it does not fit or costs more.
static bool trySet(RetentionDecisions &decisions, int value, Action wish) {
  if (!decisions.isPossible(value, wish))
    return false;
  Action before = decisions.wishOf(value);
  double seconds = decisions.seconds();
  decisions.set(value, wish);
  if (decisions.fits() && decisions.seconds() <= seconds)
    return true;
  decisions.set(value, before);
  return false;
}

void neap::planning::keepWhatFits(RetentionDecisions &decisions) {
  for (int value : findByCost(decisions, Action::Recompute))
    if (decisions.actionOf(value) == Action::Recompute) // else nobody reads it any more
      trySet(decisions, value, Action::Keep) || trySet(decisions, value, Action::Offload);
  for (int value : findByCost(decisions, Action::Offload))
    if (decisions.actionOf(value) == Action::Offload)
      trySet(decisions, value, Action::Keep);
}

void neap::planning::exchange(RetentionDecisions &decisions) {
  std::vector<bool> isLocked(decisions.valueCount(), false);
  for (int value : findByCost(decisions, Action::Recompute)) {
    if (decisions.actionOf(value) != Action::Recompute)
      continue;
    if (decisions.isSpent())
      return;
    std::vector<Action> before = decisions.wishes();
    double seconds = decisions.seconds();
    decisions.set(value, Action::Keep);
    isLocked[value] = true;
    bool isRepaired = repair(decisions, isLocked);
    isLocked[value] = false;
    if (isRepaired)
      keepWhatFits(decisions);
    // Sums of many changes round; a gain must be more than that.
    if (!isRepaired || decisions.seconds() > seconds * (1 - 1e-9))
      decisions.setAll(before);
  }
}
