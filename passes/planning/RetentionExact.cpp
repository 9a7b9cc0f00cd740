// Cbc, without limits of time and without threads: the same problem is searched the same way everywhere.
#include "neap/passes/planning/RetentionExact.h"

#include <coin/CbcHeuristic.hpp>
#include <coin/CbcModel.hpp>
#include <coin/CglGomory.hpp>
#include <coin/CglKnapsackCover.hpp>
#include <coin/CglMixedIntegerRounding2.hpp>
#include <coin/OsiClpSolverInterface.hpp>

#include <algorithm>
#include <cmath>

using namespace neap::planning;

namespace {
/// One run of Cbc on the rows there are.
class Search {
public:
  Search(const RetentionRelaxation &relaxation, double cutoff, const RetentionOptions &options)
      : program(relaxation.program()), solver(makeSolver(program, relaxation.integerColumns())), model(solver) {
    model.setLogLevel(0);
    model.solver()->setHintParam(OsiDoReducePrint, true, OsiHintTry);
    model.setMaximumNodes(options.nodeLimit);
    model.setAllowableFractionGap(options.relativeGap);
    // A share that is all but whole frees all but all of its bytes: that may be the byte by which a plan misses.
    model.setIntegerTolerance(1e-9);
    if (std::isfinite(cutoff))
      model.setCutoff(cutoff / relaxation.objectiveUnit());
    // Memory rows are knapsacks.
    model.addCutGenerator(&covers, -1, "covers");
    model.addCutGenerator(&rounding, -1, "rounding");
    model.addCutGenerator(&gomory, -1, "gomory");
    CbcRounding heuristic(model);
    model.addHeuristic(&heuristic);
  }

  void run() { model.branchAndBound(); }
  const double *solution() const { return model.bestSolution(); }
  bool isProven() const { return model.status() == 0; }
  int nodes() const { return model.getNodeCount(); }

private:
  static OsiClpSolverInterface makeSolver(ClpSimplex &program, const std::vector<int> &integerColumns) {
    OsiClpSolverInterface solver(&program); // refers to it
    for (int column : integerColumns)
      solver.setInteger(column);
    return solver;
  }

  ClpSimplex program; // a copy: the search cuts and bounds it
  OsiClpSolverInterface solver;
  CbcModel model;
  CglKnapsackCover covers;
  CglMixedIntegerRounding2 rounding;
  CglGomory gomory;
};
} // namespace

ExactRetention neap::planning::solveExactly(RetentionRelaxation &relaxation, double cutoff,
                                            const RetentionOptions &options) {
  RetentionOptions left = options;
  // A node of a large problem takes longer, more than in proportion.
  double size = static_cast<double>(relaxation.decisionCount()) / std::max(1, options.exactValues);
  if (size > 1)
    left.nodeLimit = static_cast<int>(left.nodeLimit / (size * size)) + 1;
  while (left.nodeLimit > 0) {
    Search search(relaxation, cutoff, left);
    search.run();
    if (!search.solution())
      return {std::nullopt, search.isProven()};
    if (relaxation.addBrokenRows(search.solution()) > 0) {
      left.nodeLimit -= search.nodes() + 1;
      continue;
    }
    return {relaxation.wishesAt(search.solution()), search.isProven()};
  }
  return {};
}
