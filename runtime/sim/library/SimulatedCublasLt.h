// The simulated cuBLASLt: a table of functions like the one that comes from libcublasLt.so, over the simulated driver.
//
// Each call is checked against what header and documentation of the library allow; README.md lists it. What is wrong becomes a
// report of the simulated driver, and the answer is the status that the documentation gives. A product that is right becomes
// an operation of its stream: k in order, one fused multiply-add each, then alpha, beta and bias.
#ifndef NEAP_RUNTIME_SIM_LIBRARY_SIMULATEDCUBLASLT_H
#define NEAP_RUNTIME_SIM_LIBRARY_SIMULATEDCUBLASLT_H

#include "neap/runtime/cuda/CublasLt.h"

#include <functional>
#include <memory>
#include <vector>

namespace neap::sim {

namespace library {
class CublasLtState;
}

/// A product as it was asked for: column-major D (m x n) = alpha op(A) op(B) + beta C, and the bias.
struct RecordedProduct {
  uint64_t m = 0, n = 0, k = 0;
  int32_t batch = 1;
  bool transposesA = false, transposesB = false, hasBias = false;
  float beta = 0;
  cublas::ComputeType compute = cublas::ComputeType::F32;
  /// What its algorithm needs.
  uint64_t workspaceBytes = 0;
};

struct CublasLtSettings {
  /// As cublasLtGetVersion gives it.
  size_t version = 130000;
  /// Shapes that the library has algorithms for; all of them if empty.
  std::function<bool(uint64_t m, uint64_t n, uint64_t k)> isOffered;
};

/// There is one at a time in a process. Needs the simulated driver when it is called, and may outlive it.
class SimulatedCublasLt {
public:
  explicit SimulatedCublasLt(CublasLtSettings settings = {});
  SimulatedCublasLt(const SimulatedCublasLt &) = delete;
  ~SimulatedCublasLt();

  const cublas::CublasLt &table() const { return table_; }
  /// All products that were accepted, in order; one that was captured counts once.
  const std::vector<RecordedProduct> &products() const;
  /// Handles and descriptors that were made and not destroyed.
  size_t liveObjects() const;

private:
  std::unique_ptr<library::CublasLtState> state_;
  cublas::CublasLt table_ = {};
};

} // namespace neap::sim

#endif
