// Chooses between the simulated library and the machine's.
#include "neap/runtime/cuda/OpenCublasLt.h"

#include "neap/runtime/cuda/LoadCublasLt.h"
#include "neap/runtime/sim/library/SimulatedCublasLt.h"

namespace neap::runtime {

namespace {

class Simulated final : public OpenCublasLt {
public:
  const cublas::CublasLt &table() const override { return simulated_.table(); }

private:
  sim::SimulatedCublasLt simulated_;
};

class Installed final : public OpenCublasLt {
public:
  const cublas::CublasLt &table() const override { return table_; }

private:
  cublas::CublasLt table_ = cublas::loadCublasLt();
};

} // namespace

std::unique_ptr<OpenCublasLt> openCublasLt(const DeviceOptions &options) {
  if (options.simulate)
    return std::make_unique<Simulated>();
  return std::make_unique<Installed>();
}

} // namespace neap::runtime
