// The built-in rates of a CPU that nobody has measured.
#include "neap/passes/planning/CpuCosts.h"

#include <algorithm>

namespace neap::planning {

CpuCosts describeTypicalCpu(int64_t lanes, int64_t cores) {
  constexpr double giga = 1e9, mib = 1 << 20;
  // A core with wide vectors at work: clock, and vector multiply-adds a cycle that packed products come to.
  constexpr double clock = 3 * giga, multiplyAdds = 1.8;
  auto workers = static_cast<double>(cores);
  double element = 1 / (clock * workers), vector = element / static_cast<double>(lanes);
  CpuCosts costs;
  costs.lanes = lanes;
  costs.threads = cores;
  costs.launchSeconds = 5e-6;
  // Caches of their own, and memory: one core can ask for about 12 GB/s, a socket of many has about ten times that.
  costs.memory = {{mib * workers, 40 * giga * workers}, {64 * mib, std::min(12 * giga * workers, 120 * giga)}};
  costs.multiplyAddSeconds = vector / multiplyAdds;
  costs.copySeconds = element / 4;
  costs.transposeSeconds = element / 4;
  costs.productByteSeconds = 1 / (10 * giga * workers);
  costs.forwardMultiplyAddSeconds = 2 * costs.multiplyAddSeconds;
  costs.backwardMultiplyAddSeconds = 1.7 * costs.multiplyAddSeconds;
  // In vector instructions, as the polynomials have them (passes/lower/MathFunctions); division and roots wait for their results.
  costs.otherOperationSeconds = vector;
  for (auto [name, instructions] : {std::pair("div", 5.0),
                                    {"reciprocal", 5.0},
                                    {"sqrt", 6.0},
                                    {"exp", 9.0},
                                    {"log", 14.0},
                                    {"tanh", 18.0},
                                    {"sigmoid", 15.0},
                                    {"erf", 20.0},
                                    {"gelu", 22.0},
                                    {"gelu_backward", 32.0},
                                    {"sin", 30.0},
                                    {"cos", 30.0},
                                    {"pow", 80.0},
                                    {"mod", 60.0},
                                    {"dropout", 20.0},
                                    {"random_uniform", 20.0},
                                    {"reduce_columns", 2.0}})
    costs.operationSeconds[name] = instructions * vector;
  costs.operationSeconds["moved"] = element / 3;
  costs.stridedSeconds = element * 2;
  costs.spillWriteRate = costs.spillReadRate = giga; // a file on a solid-state disk
  return costs;
}

} // namespace neap::planning
