// Retention as a linear program: the bound, the prices of memory, and the shape of a good plan.
#pragma once

#include "neap/passes/planning/CopySchedule.h"
#include "neap/passes/planning/Retention.h"

#include <memory>

class ClpSimplex;

namespace neap::planning {

/// Columns within [0, 1]: r of a value that may be computed again, o of one that may be offloaded, n of one that is read
/// behind its gap only if something is computed again (n = 1 for those that are needed anyway). Columns >= 0: S[t], bytes that
/// wait to be copied out when position t begins, and D[t], bytes that are back by its end before they must be. Let out[v][t]
/// be what can have been copied out of v by then, and in[v][t] what must have been copied in, were v alone on the link. Rows:
///
///     r[v] + o[v] <= n[v]                              only what is read is computed again or offloaded
///     r[v] <= n[u], u a source of v                    and computed only from what is there
///     base[t] + sum of bytes[v] (n[v] - r[v]), t in gap, + sum of bytes[v] n[v], t in late
///       - sum of (out[v][t] - in[v][t]) o[v] + S[t] + D[t]  <=  capacity
///     0 <= S[s] - S[t] + sum of (out[v][t] - out[v][s]) o[v] <= rate * seconds between
///     0 <= D[t] - D[s] + sum of (in[v][t] - in[v][s]) o[v] <= rate * seconds between, s < t that follow each other
///
/// (Where v lies around the end of the step, what is far at its start counts as out.)
/// All but the first two kinds stand for some positions only: solve() adds those that the solution breaks, at local peaks:
/// rows of memory where it overflows, rows of the link where it would have to be faster than it is. Rows stay when capacity or
/// bounds change, and every solve starts from the basis of the one before. What is in flight counts here byte by byte, as if a
/// copy freed memory while it runs, and queues run in whatever order is best: copies as they are need no less.
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
  /// Share, of 1, of a value that is computed again or offloaded; 0 for other actions.
  double shareOf(int value, Action action) const;
  /// By value the wish that the solution leans to; where nobody reads the value, what the prices say.
  std::vector<Action> round() const;

  int valueCount() const { return static_cast<int>(recomputeColumn.size()); }
  /// How many decisions there are.
  int decisionCount() const { return static_cast<int>(integerColumns().size()); }
  /// Decides for Recompute or Offload.
  void fix(int value, Action action);
  void unfixAll();

  /// See RetentionPlan.
  std::vector<double> gapPrices() const;
  std::vector<double> flipPrices() const;

  /// For the exact search: the program as it stands, the columns that must be whole in it, the wishes that a point says, and
  /// what a point breaks: adds those rows and returns how many.
  const ClpSimplex &program() const { return *model; }
  std::vector<int> integerColumns() const;
  std::vector<Action> wishesAt(const double *point) const;
  int addBrokenRows(const double *point);
  /// Objective of the program to seconds or bytes.
  double objectiveUnit() const { return goal == Goal::Seconds ? secondsUnit : bytesUnit; }

private:
  struct Row {
    int position = -1;   ///< of a memory row
    int recomputed = -1; ///< value whose source the row asks for
  };
  class RowBatch;

  void makeColumns();
  void addDecisionRows();
  void addMemoryRow(int position, RowBatch &rows);
  void addLinkColumns(const std::vector<int> &positions);
  void addLinkRows(int position, RowBatch &rows);
  void addFlowRows(int from, int to, RowBatch &rows);

  int columnOf(int value, Action action) const;
  double needed(int value, const double *point) const;
  double bytesOut(int value, int position) const;
  double bytesIn(int value, int position) const;
  double bytesAway(int value, int position) const;
  std::vector<double> computeLiveBytes(const double *point) const;
  /// What a direction of the link can have copied by a position, at least and at most, and has copied where a column says it.
  struct Flow {
    std::vector<double> least, most;
    std::vector<std::optional<double>> known;
  };
  void boundFlow(Flow &flow, double rate, double total, bool isIn) const;
  void subtractFarBytes(const double *point, std::vector<double> &live, std::vector<double> &linkExcess) const;
  std::vector<int> findBroken(const std::vector<double> &excess, const std::vector<bool> &hasRow) const;
  double limitAt(int position) const;

  const RetentionProblem &problem;
  Goal goal;
  double capacity = 0;
  double bytesUnit = 1, secondsUnit = 1; ///< the solver's tolerances are absolute: they want figures around 1,000
  std::unique_ptr<ClpSimplex> model;
  std::optional<CopySchedule> schedule;                        ///< where something may be offloaded
  std::vector<int> recomputeColumn, offloadColumn, needColumn; ///< by value, -1 where nothing is to decide
  int peakColumn = -1;
  std::vector<int> waitingColumn, earlyColumn; ///< S and D, by position
  std::vector<bool> hasMemoryRow, hasLinkRow;  ///< by position
  std::vector<Row> rowInfo;                    ///< by row
  std::vector<double> fixedBytes;              ///< by position: bytes that are there with all columns at 0
};

} // namespace neap::planning
