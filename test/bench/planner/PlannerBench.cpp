// How long retention planning takes, how much memory it needs, and how far its plans are from the bound, on transformers of
// growing depth.
//
//     planner_bench [LAYERS...]        12 24 48 96 192 by default
#include "neap/test/passes/planning/RetentionProblems.h"

#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace {

using namespace neap::planning;

class Stopwatch {
public:
  /// Processor time, so that what else the machine does leaves the figure alone.
  double seconds() const { return double(std::clock() - start) / CLOCKS_PER_SEC; }

private:
  std::clock_t start = std::clock();
};

double peakMebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return double(usage.ru_maxrss) / 1024;
}

constexpr double gibibyte = 1 << 30;

void run(const char *name, const RetentionProblem &problem) {
  int64_t kept = neap::test::countKeptPeak(problem);
  double step = 3 * neap::test::sumRecomputeSeconds(problem);
  Stopwatch watch;
  RetentionMinimum minimum = findMinimum(problem);
  std::printf("%s: %zu values, %zu positions, %.2f GiB with everything kept; minimum %.3f GiB (bound %.3f) in %.2f s\n",
              name, problem.values.size(), problem.baseBytes.size(), double(kept) / gibibyte,
              double(minimum.plan.peakBytes) / gibibyte, double(minimum.boundBytes) / gibibyte, watch.seconds());
  for (int percent : {90, 75, 50, 35, 20, 10, 2}) {
    int64_t capacity = minimum.plan.peakBytes + (kept - minimum.plan.peakBytes) * percent / 100;
    watch = Stopwatch();
    std::optional<RetentionPlan> plan = planRetention(problem, capacity);
    double seconds = watch.seconds();
    if (!plan) {
      std::printf("  %3d %%: no plan, %.2f s\n", percent, seconds);
      continue;
    }
    std::printf("  %3d %% of the range, %7.2f GiB: + %6.3f %% of a step (bound %6.3f), planned in %.2f s\n", percent,
                double(capacity) / gibibyte, 100 * plan->seconds / step, 100 * plan->boundSeconds / step, seconds);
  }
}

void run(int layers) {
  constexpr int64_t stateBytes = 8 * 12 * 1600 * 1600; // both moments of a layer
  RetentionProblem problem = neap::test::makeTransformerStep(layers);
  std::printf("%d layers\n", layers);
  run("recomputing", problem);
  run("and a link of 25 GB/s", neap::test::addFarMemory(problem, 25e9, layers, stateBytes));
  std::printf("memory so far %.0f MiB\n", peakMebibytes());
}

} // namespace

int main(int count, char **arguments) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  if (count > 1) {
    for (int i = 1; i < count; ++i)
      run(std::atoi(arguments[i]));
    return 0;
  }
  for (int layers : {12, 24, 48, 96, 192})
    run(layers);
}
