// Greedy repair, greedy improvement, and exchanges made of both.
#include "neap/passes/planning/RetentionRepair.h"

#include <algorithm>
#include <limits>

using namespace neap::planning;

namespace {
/// What one flip would do.
struct Move {
  int value = -1;
  double price = std::numeric_limits<double>::infinity(); ///< seconds per byte of excess that goes
};
} // namespace

/// The flip with the lowest price; none where no flip helps.
static Move findCheapestMove(RetentionDecisions &decisions, const std::vector<int> &candidates) {
  Move best;
  int64_t excess = decisions.excessBytes();
  double seconds = decisions.seconds();
  for (int value : candidates) {
    decisions.flip(value);
    int64_t freed = excess - decisions.excessBytes();
    double price = (decisions.seconds() - seconds) / static_cast<double>(freed);
    if (freed > 0 && price < best.price)
      best = {value, price};
    decisions.flip(value);
  }
  return best;
}

/// Values whose flip may make room where most is missing, the most promising first.
static std::vector<int> findCandidates(const RetentionDecisions &decisions, const std::vector<bool> &isLocked) {
  int worst = decisions.findPeak();
  std::vector<std::pair<double, int>> candidates;
  for (int value = 0; value < decisions.valueCount(); ++value)
    if ((isLocked.empty() || !isLocked[value]) && decisions.canRecompute(value) && decisions.mayFree(value, worst))
      candidates.emplace_back(decisions.secondsPerByte(value), value);
  std::sort(candidates.begin(), candidates.end());
  std::vector<int> values;
  for (auto [price, value] : candidates)
    values.push_back(value);
  return values;
}

/// The first candidates, of those that equal each other (one value in many layers) only the first and the last.
static std::vector<int> shorten(const RetentionDecisions &decisions, const std::vector<int> &candidates) {
  constexpr size_t length = 24;
  auto areEqual = [&](int a, int b) {
    return decisions.secondsPerByte(a) == decisions.secondsPerByte(b) && decisions.isKept(a) == decisions.isKept(b);
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
    if (move.value < 0)
      return false;
    decisions.flip(move.value);
  }
  return true;
}

static std::vector<int> recomputedByCost(const RetentionDecisions &decisions) {
  std::vector<int> values;
  for (int value = 0; value < decisions.valueCount(); ++value)
    if (decisions.isRecomputed(value))
      values.push_back(value);
  std::sort(values.begin(), values.end(), [&](int a, int b) {
    return std::pair(-decisions.recomputeSeconds(a), a) < std::pair(-decisions.recomputeSeconds(b), b);
  });
  return values;
}

void neap::planning::keepWhatFits(RetentionDecisions &decisions) {
  for (int value : recomputedByCost(decisions)) {
    if (!decisions.isRecomputed(value))
      continue; // nobody reads it any more
    decisions.flip(value);
    if (!decisions.fits())
      decisions.flip(value);
  }
}

void neap::planning::exchange(RetentionDecisions &decisions, int tries) {
  std::vector<bool> isLocked(decisions.valueCount(), false);
  for (int value : recomputedByCost(decisions)) {
    if (!decisions.isRecomputed(value))
      continue;
    if (tries-- == 0)
      return;
    std::vector<bool> before = decisions.wishes();
    double seconds = decisions.seconds();
    decisions.flip(value);
    isLocked[value] = true;
    bool isRepaired = repair(decisions, isLocked);
    isLocked[value] = false;
    if (isRepaired)
      keepWhatFits(decisions);
    // Sums of many flips round; a gain must be more than that.
    if (!isRepaired || decisions.seconds() > seconds * (1 - 1e-9))
      decisions.setWishes(before);
  }
}
