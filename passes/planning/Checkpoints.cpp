// Counts what crosses each place between two values.
#include "neap/passes/planning/Checkpoints.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

namespace neap::planning {
namespace {

/// By value: the last one that reads it when computed again; -1 if there is none. Values without sources count as never read.
std::vector<int> findLastReaders(const RetentionProblem &problem) {
  std::vector<int> last(problem.values.size(), -1);
  for (size_t reader = 0; reader < problem.values.size(); ++reader)
    for (int source : problem.values[reader].sources)
      if (!problem.values[source].sources.empty())
        last[source] = static_cast<int>(reader);
  return last;
}

/// Bytes of values made up to here and read behind here, by place: place i is right behind value i.
std::vector<int64_t> countCrossingBytes(const RetentionProblem &problem, const std::vector<int> &lastReader) {
  std::vector<int64_t> crossing(problem.values.size() + 1, 0);
  for (size_t value = 0; value < problem.values.size(); ++value)
    if (lastReader[value] >= 0) {
      crossing[value] += problem.values[value].bytes;
      crossing[lastReader[value]] -= problem.values[value].bytes;
    }
  for (size_t place = 1; place < crossing.size(); ++place)
    crossing[place] += crossing[place - 1];
  return crossing;
}

/// Places where fewer bytes cross than on either side, or as many and then more.
std::vector<size_t> findLocalMinima(const std::vector<int64_t> &crossing, size_t first, size_t end) {
  std::vector<size_t> minima;
  for (size_t plateau = first; plateau < end;) {
    size_t behind = plateau;
    while (behind < end && crossing[behind] == crossing[plateau])
      ++behind;
    // Where nothing crosses, nothing is read that could be computed again: that is no narrow place.
    auto rises = [&](size_t neighbour) { return crossing[neighbour] == 0 || crossing[neighbour] > crossing[plateau]; };
    bool risesBefore = plateau == first || rises(plateau - 1);
    bool risesBehind = behind == end || rises(behind);
    for (size_t place = plateau; place < behind && risesBefore && risesBehind && crossing[plateau] > 0; ++place)
      minima.push_back(place);
    plateau = behind;
  }
  return minima;
}

} // namespace

std::vector<std::vector<int>> findCheckpoints(const RetentionProblem &problem) {
  // Both ends of the graph are narrow for reasons of their own: embeddings, the loss.
  constexpr size_t margin = 16;
  // Blocks differ a little where a first or a last one does.
  constexpr double tolerance = 1.05;
  std::vector<int> lastReader = findLastReaders(problem);
  std::vector<int64_t> crossing = countCrossingBytes(problem, lastReader);
  size_t values = problem.values.size(), first = values / margin, end = values - values / margin;
  // The sets of values that cross, each once: a place may be as wide as there are values that nothing is computed from.
  std::vector<std::pair<int64_t, std::vector<int>>> narrow;
  std::vector<int64_t> bytes;
  for (size_t place : findLocalMinima(crossing, first, end)) {
    std::vector<int> crossed;
    for (size_t value = 0; value <= place; ++value)
      if (lastReader[value] > static_cast<int>(place))
        crossed.push_back(static_cast<int>(value));
    if (!narrow.empty() && narrow.back().second == crossed)
      continue;
    bytes.push_back(crossing[place]);
    narrow.emplace_back(crossing[place], std::move(crossed));
  }
  if (narrow.empty())
    return {};
  auto middle = bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2);
  std::nth_element(bytes.begin(), middle, bytes.end());
  std::vector<std::vector<int>> checkpoints;
  for (auto &[crossingBytes, crossed] : narrow)
    if (static_cast<double>(crossingBytes) <= tolerance * static_cast<double>(*middle))
      checkpoints.push_back(std::move(crossed));
  return checkpoints;
}

RetentionProblem keepCheckpoints(RetentionProblem problem, const std::vector<std::vector<int>> &checkpoints,
                                 size_t stride) {
  for (size_t i = stride - 1; i < checkpoints.size(); i += stride)
    for (int value : checkpoints[i])
      problem.values[value].recomputeSeconds = std::numeric_limits<double>::infinity();
  return problem;
}

} // namespace neap::planning
