// Two queues: one runs forward in time, the other is laid out backward from the deadlines.
#include "neap/passes/planning/CopySchedule.h"

#include <algorithm>
#include <numeric>

using namespace neap::planning;

CopySchedule::CopySchedule(const RetentionProblem &problem)
    : problem(problem), outStarts{0}, outOrder(problem.values.size()), outRank(problem.values.size()),
      inRank(problem.values.size()), outEnds(problem.values.size(), 0), moved(problem.values.size(), false) {
  for (double seconds : problem.link->taskSeconds)
    outStarts.push_back(outStarts.back() + seconds);
  inStarts = outStarts;
  for (auto [first, last] : problem.link->loops) {
    std::fill(outStarts.begin() + first, outStarts.begin() + last + 1, outStarts[first]);
    std::fill(inStarts.begin() + first + 1, inStarts.begin() + last + 1, inStarts[last + 1]);
  }
  inBegins.assign(problem.values.size(), inStarts.back());
  std::iota(outOrder.begin(), outOrder.end(), 0);
  inOrder = outOrder;
  auto sortBy = [&](std::vector<int> &order, std::vector<int> &rank, auto key) {
    std::sort(order.begin(), order.end(), [&](int a, int b) { return std::pair(key(a), a) < std::pair(key(b), b); });
    for (size_t i = 0; i < order.size(); ++i)
      rank[order[i]] = static_cast<int>(i);
  };
  sortBy(outOrder, outRank, [&](int value) { return problem.values[value].gapFirst; });
  sortBy(inOrder, inRank, [&](int value) { return problem.values[value].gapLast; });
}

double CopySchedule::outSeconds(int value) const {
  return static_cast<double>(problem.values[value].bytes) / problem.link->outBytesPerSecond;
}

double CopySchedule::inSeconds(int value) const {
  return static_cast<double>(problem.values[value].bytes) / problem.link->inBytesPerSecond;
}

std::optional<CopyWindow> CopySchedule::makeWindow(int value, double outEnd, double inBegin) const {
  if (outEnd > outStarts.back() || inBegin < 0)
    return std::nullopt;
  CopyWindow window;
  window.outLast =
      static_cast<int>(std::lower_bound(outStarts.begin(), outStarts.end(), outEnd) - outStarts.begin()) - 1;
  window.inFirst = static_cast<int>(std::upper_bound(inStarts.begin(), inStarts.end(), inBegin) - inStarts.begin()) - 1;
  // Around the end of the step they cannot meet: all steps are alike, and the update lies between them.
  if (!problem.values[value].wrapsAround && window.outLast >= window.inFirst)
    return std::nullopt;
  return window;
}

std::optional<CopyWindow> CopySchedule::windowOf(int value) const {
  return makeWindow(value, outEnds[outRank[value]], inBegins[inRank[value]]);
}

std::optional<CopyWindow> CopySchedule::windowAlone(int value) const {
  return makeWindow(value, earliestOut(value) + outSeconds(value), latestIn(value) - inSeconds(value));
}

/// Up to the first copy that runs when it ran before: nothing changes behind it.
void CopySchedule::updateOut(int fromRank) {
  for (int rank = fromRank; rank < static_cast<int>(outOrder.size()); ++rank) {
    int value = outOrder[rank];
    double end = rank == 0 ? 0 : outEnds[rank - 1];
    if (moved[value])
      end = std::max(end, earliestOut(value)) + outSeconds(value);
    if (end == outEnds[rank] && rank > fromRank)
      return;
    outEnds[rank] = end;
    if (moved[value])
      changedValues.push_back(value);
  }
}

void CopySchedule::updateIn(int fromRank) {
  for (int rank = fromRank; rank >= 0; --rank) {
    int value = inOrder[rank];
    double begin = rank + 1 == static_cast<int>(inOrder.size()) ? inStarts.back() : inBegins[rank + 1];
    if (moved[value])
      begin = std::min(begin, latestIn(value)) - inSeconds(value);
    if (begin == inBegins[rank] && rank < fromRank)
      return;
    inBegins[rank] = begin;
    if (moved[value])
      changedValues.push_back(value);
  }
}

void CopySchedule::setMoved(int value, bool isMoved) {
  moved[value] = isMoved;
  changedValues.clear();
  updateOut(outRank[value]);
  updateIn(inRank[value]);
}
