// Retention as a linear program: the bound, the prices of memory, and the shape of a good plan.
#pragma once

#include "neap/passes/planning/Retention.h"

#include <memory>

class ClpSimplex;

namespace neap::planning {

/// Columns, all within [0, 1]: r of a value that may be computed again, n of a value that is read behind its gap only if
/// something is computed again (n = 1 for those that are needed anyway). Rows:
///
///     r[v] <= n[v]                                     only what is read is computed again
///     r[v] <= n[u], u a source of v                    and only from what is there
///     base[t] + sum of bytes[v] (n[v] - r[v]), t in gap, + sum of bytes[v] n[v], t in late  <=  capacity
///
/// The last kind, one for each position, is generated: solve() adds those that the solution breaks, at local peaks only.
/// Rows stay when capacity or bounds change, and every solve starts from the basis of the one before.
class RetentionRelaxation {
public:
  enum class Goal { Seconds, Peak };

  /// With Goal::Peak the capacity is a column, and the only one that costs.
  RetentionRelaxation(const RetentionProblem &problem, Goal goal);
  ~RetentionRelaxation();

  void setCapacity(int64_t bytes);
  /// False if nothing fits.
  bool solve();

  /// Seconds or bytes.
  double objective() const;
  /// Shares, of 1.
  double recomputed(int value) const;
  double needed(int value) const;
  /// By value: whether the solution leans to computing it again; where nobody reads it, what the prices say.
  std::vector<bool> round() const;

  bool isDecided(int value) const { return recomputeColumn[value] < 0; }
  void fix(int value, bool isRecomputed);
  void unfixAll();

  /// See RetentionPlan.
  std::vector<double> gapPrices() const;
  std::vector<double> flipPrices() const;

  /// For the exact search: the program as it stands, the columns that must be whole in it, and what a solution of it breaks.
  const ClpSimplex &program() const { return *model; }
  std::vector<int> integerColumns() const;
  int valueCount() const { return static_cast<int>(recomputeColumn.size()); }
  int columnOf(int value) const { return recomputeColumn[value]; }
  /// Objective of the program to seconds or bytes.
  double objectiveUnit() const { return goal == Goal::Seconds ? secondsUnit : bytesUnit; }
  /// Adds rows that a point breaks; how many.
  int addBrokenRows(const double *point);

private:
  void makeColumns();
  void addSourceRows();
  void addMemoryRows(const std::vector<int> &positions);
  double needed(int value, const double *point) const;
  std::vector<double> computeLiveBytes(const double *point) const;
  double limitAt(int position) const;

  const RetentionProblem &problem;
  Goal goal;
  double capacity = 0;
  double bytesUnit = 1, secondsUnit = 1; ///< the solver's tolerances are absolute: they want figures around 1,000
  std::unique_ptr<ClpSimplex> model;
  std::vector<int> recomputeColumn, needColumn; ///< by value, -1 where nothing is to decide
  int peakColumn = -1;
  std::vector<int> rowPosition;     ///< of each row: its position, -1 for the first two kinds
  std::vector<int> sourceRowReader; ///< of each row of the second kind: the value computed again; else -1
  std::vector<double> fixedBytes;   ///< by position: bytes that are there with all columns at 0
  std::vector<bool> hasRow;         ///< by position
};

} // namespace neap::planning
