// The linear program, on Clp.
#include "neap/passes/planning/RetentionRelaxation.h"

#include <coin/ClpSimplex.hpp>

#include <algorithm>
#include <cmath>

using namespace neap::planning;

/// Below it a row counts as kept, in the program's units.
constexpr double tolerance = 1e-7;

namespace {
/// Rows "at most" to be added at once.
class RowBatch {
public:
  void addTerm(int column, double coefficient) {
    if (column < 0 || coefficient == 0)
      return;
    columns.push_back(column);
    coefficients.push_back(coefficient);
  }
  void endRow(double limit) {
    starts.push_back(static_cast<int>(columns.size()));
    limits.push_back(limit);
  }
  void appendTo(ClpSimplex &model) const {
    if (limits.empty())
      return;
    std::vector<double> lower(limits.size(), -COIN_DBL_MAX);
    model.addRows(static_cast<int>(limits.size()), lower.data(), limits.data(), starts.data(), columns.data(),
                  coefficients.data());
  }

private:
  std::vector<CoinBigIndex> starts{0};
  std::vector<int> columns;
  std::vector<double> coefficients, limits;
};
} // namespace

RetentionRelaxation::RetentionRelaxation(const RetentionProblem &problem, Goal goal)
    : problem(problem), goal(goal), model(std::make_unique<ClpSimplex>()), recomputeColumn(problem.values.size(), -1),
      needColumn(problem.values.size(), -1), fixedBytes(problem.baseBytes.begin(), problem.baseBytes.end()),
      hasRow(problem.baseBytes.size(), false) {
  double seconds = 0;
  for (const RetainableValue &value : problem.values) {
    if (std::isfinite(value.recomputeSeconds))
      seconds += value.recomputeSeconds;
    for (int t = value.gapFirst; t <= value.gapLast && value.isNeeded; ++t)
      fixedBytes[t] += static_cast<double>(value.bytes);
  }
  double peak = fixedBytes.empty() ? 0 : *std::max_element(fixedBytes.begin(), fixedBytes.end());
  bytesUnit = peak > 0 ? peak / 1000 : 1;
  secondsUnit = seconds > 0 ? seconds / 1000 : 1;
  model->setLogLevel(0);
  model->setPrimalTolerance(tolerance);
  makeColumns();
  addSourceRows();
  // Clp wants a row at least, and this one binds first anyway.
  if (!fixedBytes.empty())
    addMemoryRows({static_cast<int>(std::max_element(fixedBytes.begin(), fixedBytes.end()) - fixedBytes.begin())});
}

RetentionRelaxation::~RetentionRelaxation() = default;

/// Readers have larger indices than what they read, so that one walk backwards finds all that may be needed.
void RetentionRelaxation::makeColumns() {
  std::vector<bool> mayBeRead(problem.values.size());
  int columns = 0;
  for (int value = static_cast<int>(problem.values.size()) - 1; value >= 0; --value) {
    const RetainableValue &it = problem.values[value];
    if (!it.isNeeded && mayBeRead[value])
      needColumn[value] = columns++;
    bool frees = it.gapFirst <= it.gapLast && it.bytes > 0;
    if (!frees || !std::isfinite(it.recomputeSeconds) || (!it.isNeeded && !mayBeRead[value]))
      continue;
    recomputeColumn[value] = columns++;
    for (int source : it.sources)
      mayBeRead[source] = true;
  }
  if (goal == Goal::Peak)
    peakColumn = columns++;
  columns = std::max(columns, 1); // nor can Clp do without one
  CoinPackedMatrix empty; // resize() would leave Clp without a matrix
  empty.setDimensions(0, columns);
  model->loadProblem(empty, nullptr, nullptr, nullptr, nullptr, nullptr);
  for (int column = 0; column < columns; ++column)
    model->setColumnBounds(column, 0, column == peakColumn ? COIN_DBL_MAX : 1);
  if (peakColumn >= 0)
    model->setObjectiveCoefficient(peakColumn, 1);
  for (size_t value = 0; value < problem.values.size() && goal == Goal::Seconds; ++value)
    if (recomputeColumn[value] >= 0)
      model->setObjectiveCoefficient(recomputeColumn[value], problem.values[value].recomputeSeconds / secondsUnit);
}

void RetentionRelaxation::addSourceRows() {
  RowBatch rows;
  auto addAtMost = [&](int reader, int needed) {
    rows.addTerm(recomputeColumn[reader], 1);
    rows.addTerm(needed, -1);
    rows.endRow(0);
    rowPosition.push_back(-1);
  };
  for (int value = 0; value < static_cast<int>(problem.values.size()); ++value) {
    if (recomputeColumn[value] < 0)
      continue;
    if (needColumn[value] >= 0) {
      addAtMost(value, needColumn[value]);
      sourceRowReader.push_back(-1);
    }
    for (int source : problem.values[value].sources)
      if (needColumn[source] >= 0) {
        addAtMost(value, needColumn[source]);
        sourceRowReader.push_back(value);
      }
  }
  rows.appendTo(*model);
}

double RetentionRelaxation::limitAt(int position) const {
  return ((goal == Goal::Peak ? 0 : capacity) - fixedBytes[position]) / bytesUnit;
}

void RetentionRelaxation::addMemoryRows(const std::vector<int> &positions) {
  RowBatch rows;
  for (int position : positions) {
    for (size_t value = 0; value < problem.values.size(); ++value) {
      const RetainableValue &it = problem.values[value];
      auto size = static_cast<double>(it.bytes);
      bool isGap = it.gapFirst <= position && position <= it.gapLast;
      bool isLate = it.lateFirst <= position && position <= it.lateLast;
      rows.addTerm(needColumn[value], ((isGap ? size : 0) + (isLate ? size : 0)) / bytesUnit);
      rows.addTerm(recomputeColumn[value], isGap ? -size / bytesUnit : 0);
    }
    rows.addTerm(peakColumn, -1);
    rows.endRow(limitAt(position));
    rowPosition.push_back(position);
    sourceRowReader.push_back(-1);
    hasRow[position] = true;
  }
  rows.appendTo(*model);
}

double RetentionRelaxation::needed(int value, const double *point) const {
  return problem.values[value].isNeeded ? 1 : needColumn[value] < 0 ? 0 : point[needColumn[value]];
}

double RetentionRelaxation::needed(int value) const { return needed(value, model->primalColumnSolution()); }

double RetentionRelaxation::recomputed(int value) const {
  return recomputeColumn[value] < 0 ? 0 : model->primalColumnSolution()[recomputeColumn[value]];
}

/// By position, for shares as the columns have them.
std::vector<double> RetentionRelaxation::computeLiveBytes(const double *point) const {
  std::vector<double> change(problem.baseBytes.size() + 1, 0);
  auto add = [&](int first, int last, double bytes) {
    if (first > last || bytes == 0)
      return;
    change[first] += bytes;
    change[last + 1] -= bytes;
  };
  for (size_t value = 0; value < problem.values.size(); ++value) {
    const RetainableValue &it = problem.values[value];
    auto size = static_cast<double>(it.bytes);
    double isNeeded = needed(static_cast<int>(value), point);
    double isRecomputed = recomputeColumn[value] < 0 ? 0 : point[recomputeColumn[value]];
    add(it.gapFirst, it.gapLast, size * (isNeeded - isRecomputed));
    if (!it.isNeeded)
      add(it.lateFirst, it.lateLast, size * isNeeded);
  }
  std::vector<double> live;
  double changed = 0;
  for (size_t position = 0; position < problem.baseBytes.size(); ++position)
    live.push_back(static_cast<double>(problem.baseBytes[position]) + (changed += change[position]));
  return live;
}

/// The worst position of each stretch of time: neighbours hold nearly the same values, and one row for all of them does.
int RetentionRelaxation::addBrokenRows(const double *point) {
  constexpr int stretches = 64;
  std::vector<double> live = computeLiveBytes(point);
  double limit = goal == Goal::Peak ? point[peakColumn] * bytesUnit : capacity;
  int positions = static_cast<int>(live.size()), length = std::max(4, positions / stretches);
  std::vector<int> broken;
  for (int first = 0; first < positions; first += length) {
    auto worst = std::max_element(live.begin() + first, live.begin() + std::min(positions, first + length));
    int position = static_cast<int>(worst - live.begin());
    if ((*worst - limit) / bytesUnit > 2 * tolerance && !hasRow[position])
      broken.push_back(position);
  }
  addMemoryRows(broken);
  return static_cast<int>(broken.size());
}

void RetentionRelaxation::setCapacity(int64_t bytes) {
  capacity = static_cast<double>(bytes);
  for (size_t row = 0; row < rowPosition.size(); ++row)
    if (rowPosition[row] >= 0)
      model->setRowUpper(static_cast<int>(row), limitAt(rowPosition[row]));
}

bool RetentionRelaxation::solve() {
  do {
    model->dual();
    if (!model->isProvenOptimal())
      return false;
  } while (addBrokenRows(model->primalColumnSolution()) > 0);
  return true;
}

double RetentionRelaxation::objective() const { return model->objectiveValue() * objectiveUnit(); }

std::vector<bool> RetentionRelaxation::round() const {
  std::vector<double> gap = gapPrices(), flip = flipPrices();
  std::vector<bool> wishes(problem.values.size(), false);
  for (int value = 0; value < static_cast<int>(wishes.size()); ++value) {
    double share = needed(value);
    if (recomputeColumn[value] >= 0)
      wishes[value] = share > tolerance ? recomputed(value) > share / 2 : gap[value] > flip[value];
  }
  return wishes;
}

void RetentionRelaxation::fix(int value, bool isRecomputed) {
  model->setColumnBounds(recomputeColumn[value], isRecomputed, isRecomputed);
}

void RetentionRelaxation::unfixAll() {
  for (int column : integerColumns())
    model->setColumnBounds(column, 0, 1);
}

std::vector<int> RetentionRelaxation::integerColumns() const {
  // n is whole by itself where r is: it is the largest r of those that read it.
  std::vector<int> columns;
  for (int column : recomputeColumn)
    if (column >= 0)
      columns.push_back(column);
  return columns;
}

std::vector<double> RetentionRelaxation::gapPrices() const {
  std::vector<double> total(problem.baseBytes.size() + 1, 0); // of all positions before
  for (size_t row = 0; row < rowPosition.size(); ++row)
    if (rowPosition[row] >= 0)
      total[rowPosition[row] + 1] = std::max(0.0, -model->dualRowSolution()[row]);
  for (size_t position = 1; position < total.size(); ++position)
    total[position] += total[position - 1];
  std::vector<double> prices;
  for (const RetainableValue &value : problem.values) {
    bool isEmpty = value.gapFirst > value.gapLast;
    prices.push_back(isEmpty ? 0 : (total[value.gapLast + 1] - total[value.gapFirst]) * secondsUnit / bytesUnit);
  }
  return prices;
}

/// What computing a value again costs: its seconds, and the memory of what it reads, as far as the dual of "only from what
/// is there" charges it with that.
std::vector<double> RetentionRelaxation::flipPrices() const {
  std::vector<double> seconds;
  for (const RetainableValue &value : problem.values)
    seconds.push_back(value.recomputeSeconds);
  for (size_t row = 0; row < sourceRowReader.size(); ++row)
    if (sourceRowReader[row] >= 0)
      seconds[sourceRowReader[row]] += std::max(0.0, -model->dualRowSolution()[row]) * secondsUnit;
  for (size_t value = 0; value < seconds.size(); ++value)
    seconds[value] /= static_cast<double>(std::max<int64_t>(1, problem.values[value].bytes));
  return seconds;
}
