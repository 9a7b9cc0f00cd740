// The linear program, on Clp.
#include "neap/passes/planning/RetentionRelaxation.h"

#include <coin/ClpSimplex.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

using namespace neap::planning;

/// Below it a row counts as kept, in the program's units.
constexpr double tolerance = 1e-7;

/// Rows to be added at once.
class RetentionRelaxation::RowBatch {
public:
  void addTerm(int column, double coefficient) {
    if (column < 0 || coefficient == 0)
      return;
    columns.push_back(column);
    coefficients.push_back(coefficient);
  }
  void endRow(double atMost, Row row = {}, double atLeast = -COIN_DBL_MAX) {
    starts.push_back(static_cast<int>(columns.size()));
    lower.push_back(atLeast);
    upper.push_back(atMost);
    info.push_back(row);
  }
  void appendTo(ClpSimplex &model, std::vector<Row> &rowInfo) const {
    if (info.empty())
      return;
    model.addRows(static_cast<int>(info.size()), lower.data(), upper.data(), starts.data(), columns.data(),
                  coefficients.data());
    rowInfo.insert(rowInfo.end(), info.begin(), info.end());
  }

private:
  std::vector<CoinBigIndex> starts{0};
  std::vector<int> columns;
  std::vector<double> coefficients, lower, upper;
  std::vector<Row> info;
};

static bool isWithin(int position, int first, int last) { return first <= position && position <= last; }

static bool isInGap(const RetainableValue &value, int position) {
  return value.wrapsAround ? position >= value.gapFirst || position <= value.gapLast
                           : isWithin(position, value.gapFirst, value.gapLast);
}

/// Calls back with the one or two ranges of positions of a gap.
template <typename Callback> static void forGap(const RetainableValue &value, int positions, Callback callback) {
  if (!value.wrapsAround) {
    callback(value.gapFirst, value.gapLast);
    return;
  }
  callback(value.gapFirst, positions - 1);
  callback(0, value.gapLast);
}

RetentionRelaxation::RetentionRelaxation(const RetentionProblem &problem, Goal goal)
    : problem(problem), goal(goal), model(std::make_unique<ClpSimplex>()), recomputeColumn(problem.values.size(), -1),
      offloadColumn(problem.values.size(), -1), needColumn(problem.values.size(), -1),
      waitingColumn(problem.baseBytes.size(), -1), earlyColumn(problem.baseBytes.size(), -1),
      hasMemoryRow(problem.baseBytes.size(), false), hasLinkRow(problem.baseBytes.size(), false),
      fixedBytes(problem.baseBytes.begin(), problem.baseBytes.end()) {
  double seconds = 0;
  for (const RetainableValue &value : problem.values) {
    if (std::isfinite(value.recomputeSeconds))
      seconds += value.recomputeSeconds;
    if (!value.isNeeded)
      continue;
    forGap(value, static_cast<int>(fixedBytes.size()), [&](int first, int last) {
      for (int position = first; position <= last; ++position)
        fixedBytes[position] += static_cast<double>(value.bytes);
    });
  }
  double peak = fixedBytes.empty() ? 0 : *std::max_element(fixedBytes.begin(), fixedBytes.end());
  bytesUnit = peak > 0 ? peak / 1000 : 1;
  secondsUnit = seconds > 0 ? seconds / 1000 : 1;
  model->setLogLevel(0);
  model->setPrimalTolerance(tolerance);
  if (problem.link)
    schedule.emplace(problem);
  makeColumns();
  addDecisionRows();
  if (model->numberRows() == 0) { // Clp wants one at least
    RowBatch rows;
    rows.endRow(COIN_DBL_MAX, {});
    rows.appendTo(*model, rowInfo);
  }
}

RetentionRelaxation::~RetentionRelaxation() = default;

/// Readers have larger indices than what they read, so that one walk backwards finds all that may be needed.
void RetentionRelaxation::makeColumns() {
  std::vector<bool> mayBeRead(problem.values.size());
  std::vector<double> cost;
  auto addColumn = [&](double seconds) {
    cost.push_back(goal == Goal::Seconds ? seconds / secondsUnit : 0);
    return static_cast<int>(cost.size()) - 1;
  };
  bool isAnyOffloadable = false;
  for (int value = valueCount() - 1; value >= 0; --value) {
    const RetainableValue &it = problem.values[value];
    if (!it.isNeeded && mayBeRead[value])
      needColumn[value] = addColumn(0);
    if (!it.hasGap() || it.bytes == 0 || (!it.isNeeded && !mayBeRead[value]))
      continue;
    if (schedule && std::isfinite(it.offloadSeconds) && schedule->windowAlone(value)) {
      offloadColumn[value] = addColumn(it.offloadSeconds);
      isAnyOffloadable = true;
    }
    if (!std::isfinite(it.recomputeSeconds))
      continue;
    recomputeColumn[value] = addColumn(it.recomputeSeconds);
    for (int source : it.sources)
      mayBeRead[source] = true;
  }
  if (goal == Goal::Peak) {
    peakColumn = addColumn(0);
    cost[peakColumn] = 1;
  }
  if (!isAnyOffloadable)
    schedule.reset();
  if (cost.empty())
    addColumn(0);         // nor can Clp do without a column
  CoinPackedMatrix empty; // resize() would leave Clp without a matrix
  empty.setDimensions(0, static_cast<int>(cost.size()));
  std::vector<double> upper(cost.size(), 1);
  if (peakColumn >= 0)
    upper[peakColumn] = COIN_DBL_MAX;
  model->loadProblem(empty, nullptr, upper.data(), cost.data(), nullptr, nullptr);
}

void RetentionRelaxation::addDecisionRows() {
  RowBatch rows;
  for (int value = 0; value < valueCount(); ++value) {
    int again = recomputeColumn[value], offload = offloadColumn[value], need = needColumn[value];
    bool areTwo = again >= 0 && offload >= 0, isBounded = need >= 0 && (again >= 0 || offload >= 0);
    if (areTwo || isBounded) {
      rows.addTerm(again, 1);
      rows.addTerm(offload, 1);
      rows.addTerm(need, -1);
      rows.endRow(need < 0 ? 1 : 0);
    }
    if (again < 0)
      continue;
    for (int source : problem.values[value].sources)
      if (needColumn[source] >= 0) {
        rows.addTerm(again, 1);
        rows.addTerm(needColumn[source], -1);
        rows.endRow(0, {.recomputed = value});
      }
  }
  rows.appendTo(*model, rowInfo);
}

double RetentionRelaxation::limitAt(int position) const {
  return ((goal == Goal::Peak ? 0 : capacity) - fixedBytes[position]) / bytesUnit;
}

void RetentionRelaxation::addMemoryRow(int position, RowBatch &rows) {
  for (int value = 0; value < valueCount(); ++value) {
    const RetainableValue &it = problem.values[value];
    double size = static_cast<double>(it.bytes) / bytesUnit;
    bool isGap = isInGap(it, position), isLate = isWithin(position, it.lateFirst, it.lateLast);
    rows.addTerm(needColumn[value], (isGap ? size : 0) + (isLate ? size : 0));
    rows.addTerm(recomputeColumn[value], isGap ? -size : 0);
    if (offloadColumn[value] >= 0)
      rows.addTerm(offloadColumn[value], -bytesAway(value, position) / bytesUnit);
  }
  rows.addTerm(waitingColumn[position], 1);
  rows.addTerm(earlyColumn[position], 1);
  rows.addTerm(peakColumn, -1);
  rows.endRow(limitAt(position), {.position = position});
}

void RetentionRelaxation::addLinkColumns(const std::vector<int> &positions) {
  if (positions.empty())
    return;
  int first = model->numberColumns(), count = 2 * static_cast<int>(positions.size());
  std::vector<double> zeros(count, 0), infinite(count, COIN_DBL_MAX);
  std::vector<CoinBigIndex> starts(count + 1, 0);
  model->addColumns(count, zeros.data(), infinite.data(), zeros.data(), starts.data(), nullptr, nullptr);
  for (int i = 0; i < count; ++i) {
    (i % 2 ? earlyColumn : waitingColumn)[positions[i / 2]] = first + i;
    model->setColumnStatus(first + i, ClpSimplex::atLowerBound);
  }
}

/// Bytes of an offloaded value that can have gone out before a position. -1 and the number of positions are the step's ends,
/// where nothing and everything has been copied.
double RetentionRelaxation::bytesOut(int value, int position) const {
  const RetainableValue &it = problem.values[value];
  auto size = static_cast<double>(it.bytes);
  if (position < 0 || position == static_cast<int>(problem.baseBytes.size()))
    return position < 0 ? 0 : size;
  double seconds = schedule->outStartOf(position) - schedule->outStartOf(it.gapFirst);
  return std::clamp(seconds * problem.link->outBytesPerSecond, 0.0, size);
}

/// Bytes of an offloaded value that must have come in by the end of a position; ends of the step likewise.
double RetentionRelaxation::bytesIn(int value, int position) const {
  const RetainableValue &it = problem.values[value];
  auto size = static_cast<double>(it.bytes);
  if (position < 0 || position == static_cast<int>(problem.baseBytes.size()))
    return position < 0 ? 0 : size;
  double seconds = schedule->inStartOf(it.gapLast + 1) - schedule->inStartOf(position + 1);
  return std::clamp(size - seconds * problem.link->inBytesPerSecond, 0.0, size);
}

double RetentionRelaxation::bytesAway(int value, int position) const {
  const RetainableValue &it = problem.values[value];
  double before = it.wrapsAround ? static_cast<double>(it.bytes) : 0;
  return before + bytesOut(value, position) - bytesIn(value, position);
}

/// Both directions between two positions.
void RetentionRelaxation::addFlowRows(int from, int to, RowBatch &rows) {
  int end = static_cast<int>(problem.baseBytes.size());
  auto addColumns = [&](const std::vector<int> &column, double sign) {
    rows.addTerm(from < 0 ? -1 : column[from], sign);
    rows.addTerm(to == end ? -1 : column[to], -sign);
  };
  addColumns(waitingColumn, 1);
  for (int value = 0; value < valueCount(); ++value)
    if (offloadColumn[value] >= 0)
      rows.addTerm(offloadColumn[value], (bytesOut(value, to) - bytesOut(value, from)) / bytesUnit);
  double outSeconds = schedule->outStartOf(to) - schedule->outStartOf(std::max(from, 0));
  rows.endRow(problem.link->outBytesPerSecond * outSeconds / bytesUnit, {}, 0);
  addColumns(earlyColumn, -1);
  for (int value = 0; value < valueCount(); ++value)
    if (offloadColumn[value] >= 0)
      rows.addTerm(offloadColumn[value], (bytesIn(value, to) - bytesIn(value, from)) / bytesUnit);
  double inSeconds = schedule->inStartOf(std::min(to + 1, end)) - schedule->inStartOf(from + 1);
  rows.endRow(problem.link->inBytesPerSecond * inSeconds / bytesUnit, {}, 0);
}

/// Between a new position with columns and those before and behind it. Rows between these stay: the new ones imply them.
void RetentionRelaxation::addLinkRows(int position, RowBatch &rows) {
  int before = position - 1, after = position + 1, end = static_cast<int>(problem.baseBytes.size());
  while (before >= 0 && waitingColumn[before] < 0)
    --before;
  while (after < end && waitingColumn[after] < 0)
    ++after;
  addFlowRows(before, position, rows);
  addFlowRows(position, after, rows);
}

int RetentionRelaxation::columnOf(int value, Action action) const {
  return action == Action::Recompute ? recomputeColumn[value] : action == Action::Offload ? offloadColumn[value] : -1;
}

double RetentionRelaxation::needed(int value, const double *point) const {
  return problem.values[value].isNeeded ? 1 : needColumn[value] < 0 ? 0 : point[needColumn[value]];
}

double RetentionRelaxation::shareOf(int value, Action action) const {
  int column = columnOf(value, action);
  return column < 0 ? 0 : model->primalColumnSolution()[column];
}

/// By position, for shares as the columns have them.
std::vector<double> RetentionRelaxation::computeLiveBytes(const double *point) const {
  int positions = static_cast<int>(problem.baseBytes.size());
  std::vector<double> change(positions + 1, 0);
  auto add = [&](int first, int last, double bytes) {
    if (first > last || bytes == 0)
      return;
    change[first] += bytes;
    change[last + 1] -= bytes;
  };
  for (int value = 0; value < valueCount(); ++value) {
    const RetainableValue &it = problem.values[value];
    auto size = static_cast<double>(it.bytes);
    double isNeeded = needed(value, point);
    double isRecomputed = recomputeColumn[value] < 0 ? 0 : point[recomputeColumn[value]];
    forGap(it, positions, [&](int first, int last) { add(first, last, size * (isNeeded - isRecomputed)); });
    if (!it.isNeeded)
      add(it.lateFirst, it.lateLast, size * isNeeded);
  }
  std::vector<double> live;
  double changed = 0;
  for (int position = 0; position < positions; ++position)
    live.push_back(static_cast<double>(problem.baseBytes[position]) + (changed += change[position]));
  return live;
}

/// Narrows what a direction can have copied by what it has copied where that is known, and by its rate. What comes in
/// counts by the ends of positions.
void RetentionRelaxation::boundFlow(Flow &flow, double rate, double total, bool isIn) const {
  int end = static_cast<int>(flow.known.size());
  auto startOf = [&](int position) {
    return isIn ? schedule->inStartOf(position + 1) : schedule->outStartOf(position);
  };
  double known = 0, time = 0; // of the last position at which it is
  for (int position = 0; position < end; ++position) {
    double now = startOf(position);
    flow.least[position] = std::max(flow.least[position], known);
    flow.most[position] = std::min(flow.most[position], known + rate * (now - time));
    if (flow.known[position])
      std::tie(known, time) = std::pair(*flow.known[position], now);
  }
  std::tie(known, time) = std::pair(total, schedule->inStartOf(end));
  for (int position = end - 1; position >= 0; --position) {
    double now = startOf(position);
    flow.least[position] = std::max(flow.least[position], known - rate * (time - now));
    flow.most[position] = std::min(flow.most[position], known);
    if (flow.known[position]) {
      std::tie(known, time) = std::pair(*flow.known[position], now);
      flow.least[position] = flow.most[position] = known;
    }
  }
}

/// Subtracts what can be far at most. Where a direction would have to have copied more than it can, says how much.
void RetentionRelaxation::subtractFarBytes(const double *point, std::vector<double> &live,
                                           std::vector<double> &linkExcess) const {
  int end = static_cast<int>(live.size());
  double infinite = std::numeric_limits<double>::infinity(), total = 0, wrapping = 0;
  Flow out{std::vector<double>(end, 0), std::vector<double>(end, 0), std::vector<std::optional<double>>(end)};
  Flow in{std::vector<double>(end, 0), std::vector<double>(end, infinite), std::vector<std::optional<double>>(end)};
  std::vector<double> isOut(end + 1, 0), isIn(end + 1, 0); // bytes that are from there on
  for (int value = 0; value < valueCount(); ++value) {
    double share = offloadColumn[value] < 0 ? 0 : point[offloadColumn[value]];
    if (share <= tolerance)
      continue;
    const RetainableValue &it = problem.values[value];
    double bytes = share * static_cast<double>(it.bytes);
    total += bytes;
    wrapping += it.wrapsAround ? bytes : 0;
    // Both rise for as long as the copy takes, and are all or nothing elsewhere.
    int position = it.gapFirst;
    for (double part; position < end && (part = share * bytesOut(value, position)) < bytes; ++position)
      out.most[position] += part;
    isOut[position] += bytes;
    position = it.gapLast;
    for (double part; position >= 0 && (part = share * bytesIn(value, position)) > 0; --position)
      in.least[position] += part;
    isIn[it.gapLast + 1] += bytes;
  }
  double outSum = 0, inSum = 0;
  for (int position = 0; position < end; ++position) {
    out.most[position] += outSum += isOut[position];
    in.least[position] += inSum += isIn[position];
  }
  for (int position = 0; position < end; ++position)
    if (waitingColumn[position] >= 0) {
      out.known[position] = out.most[position] - point[waitingColumn[position]] * bytesUnit;
      in.known[position] = in.least[position] + point[earlyColumn[position]] * bytesUnit;
    }
  boundFlow(out, problem.link->outBytesPerSecond, total, /*isIn=*/false);
  boundFlow(in, problem.link->inBytesPerSecond, total, /*isIn=*/true);
  for (int position = 0; position < end; ++position) {
    live[position] -= wrapping + out.most[position] - in.least[position];
    linkExcess[position] = std::max(out.least[position] - out.most[position], in.least[position] - in.most[position]);
  }
}

/// The worst position of each stretch of time: neighbours hold nearly the same values, and one row for all of them does.
std::vector<int> RetentionRelaxation::findBroken(const std::vector<double> &excess,
                                                 const std::vector<bool> &hasRow) const {
  constexpr int stretches = 64;
  int positions = static_cast<int>(excess.size()), length = std::max(4, positions / stretches);
  std::vector<int> broken;
  for (int first = 0; first < positions; first += length) {
    auto worst = std::max_element(excess.begin() + first, excess.begin() + std::min(positions, first + length));
    int position = static_cast<int>(worst - excess.begin());
    if (*worst / bytesUnit > 2 * tolerance && !hasRow[position])
      broken.push_back(position);
  }
  return broken;
}

int RetentionRelaxation::addBrokenRows(const double *point) {
  std::vector<double> excess = computeLiveBytes(point);
  double limit = goal == Goal::Peak ? point[peakColumn] * bytesUnit : capacity;
  for (double &bytes : excess)
    bytes -= limit;
  std::vector<double> linkExcess(excess.size(), 0);
  if (schedule)
    subtractFarBytes(point, excess, linkExcess);
  std::vector<int> memory = findBroken(excess, hasMemoryRow), link = findBroken(linkExcess, hasLinkRow);
  for (int position : memory)
    if (schedule && !hasLinkRow[position] && !std::count(link.begin(), link.end(), position))
      link.push_back(position);
  addLinkColumns(link);
  RowBatch rows;
  for (int position : link)
    addLinkRows(position, rows);
  for (int position : memory)
    addMemoryRow(position, rows);
  rows.appendTo(*model, rowInfo);
  for (int position : link)
    hasLinkRow[position] = true;
  for (int position : memory)
    hasMemoryRow[position] = true;
  return static_cast<int>(link.size() + memory.size());
}

void RetentionRelaxation::setCapacity(int64_t bytes) {
  capacity = static_cast<double>(bytes);
  for (size_t row = 0; row < rowInfo.size(); ++row)
    if (rowInfo[row].position >= 0)
      model->setRowUpper(static_cast<int>(row), limitAt(rowInfo[row].position));
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

std::vector<Action> RetentionRelaxation::round() const {
  std::vector<double> gap = gapPrices(), flip = flipPrices();
  std::vector<Action> wishes = wishesAt(model->primalColumnSolution());
  for (int value = 0; value < valueCount(); ++value)
    if (needed(value, model->primalColumnSolution()) <= tolerance && recomputeColumn[value] >= 0)
      wishes[value] = gap[value] > flip[value] ? Action::Recompute : Action::Keep;
  return wishes;
}

std::vector<Action> RetentionRelaxation::wishesAt(const double *point) const {
  std::vector<Action> wishes;
  for (int value = 0; value < valueCount(); ++value) {
    double again = recomputeColumn[value] < 0 ? 0 : point[recomputeColumn[value]];
    double offload = offloadColumn[value] < 0 ? 0 : point[offloadColumn[value]];
    double keep = needed(value, point) - again - offload;
    wishes.push_back(again > std::max(keep, offload)   ? Action::Recompute
                     : offload > std::max(keep, again) ? Action::Offload
                                                       : Action::Keep);
  }
  return wishes;
}

void RetentionRelaxation::fix(int value, Action action) { model->setColumnBounds(columnOf(value, action), 1, 1); }

void RetentionRelaxation::unfixAll() {
  for (int column : integerColumns())
    model->setColumnBounds(column, 0, 1);
}

std::vector<int> RetentionRelaxation::integerColumns() const {
  // n is whole by itself where r is: it is the largest r of those that read it.
  std::vector<int> columns;
  for (int value = 0; value < valueCount(); ++value)
    for (int column : {recomputeColumn[value], offloadColumn[value]})
      if (column >= 0)
        columns.push_back(column);
  return columns;
}

std::vector<double> RetentionRelaxation::gapPrices() const {
  int positions = static_cast<int>(problem.baseBytes.size());
  std::vector<double> total(positions + 1, 0); // of all positions before
  for (size_t row = 0; row < rowInfo.size(); ++row)
    if (int position = rowInfo[row].position; position >= 0)
      total[position + 1] = std::max(0.0, -model->dualRowSolution()[row]);
  for (size_t position = 1; position < total.size(); ++position)
    total[position] += total[position - 1];
  std::vector<double> prices;
  for (const RetainableValue &value : problem.values) {
    double price = 0;
    forGap(value, positions, [&](int first, int last) {
      if (first <= last)
        price += (total[last + 1] - total[first]) * secondsUnit / bytesUnit;
    });
    prices.push_back(price);
  }
  return prices;
}

/// What computing a value again costs: its seconds, and the memory of what it reads, as far as the dual of "only from what
/// is there" charges it with that.
std::vector<double> RetentionRelaxation::flipPrices() const {
  std::vector<double> seconds;
  for (const RetainableValue &value : problem.values)
    seconds.push_back(value.recomputeSeconds);
  for (size_t row = 0; row < rowInfo.size(); ++row)
    if (int value = rowInfo[row].recomputed; value >= 0)
      seconds[value] += std::max(0.0, -model->dualRowSolution()[row]) * secondsUnit;
  for (int value = 0; value < valueCount(); ++value)
    seconds[value] /= static_cast<double>(std::max<int64_t>(1, problem.values[value].bytes));
  return seconds;
}
