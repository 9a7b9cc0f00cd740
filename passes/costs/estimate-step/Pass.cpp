// neap-estimate-step: kernels are priced once, then launches are added up.
#include "neap/passes/costs/Passes.h"

#include "neap/dialects/sched/Sched.h"
#include "neap/passes/costs/GroupWork.h"
#include "neap/passes/costs/MachineProfile.h"
#include "neap/passes/costs/StepEstimate.h"
#include "neap/passes/lower/KernelInfo.h"
#include "neap/passes/support/ErrorKind.h"

#include "mlir/IR/Remarks.h"

#include <cmath>

using namespace mlir;

namespace neap {
#define GEN_PASS_DEF_ESTIMATESTEP
#include "neap/passes/costs/Costs.h.inc"

namespace {

struct EstimateStep : impl::EstimateStepBase<EstimateStep> {
  using EstimateStepBase::EstimateStepBase;

  void runOnOperation() override {
    auto programs = getOperation().getOps<sched::ProgramOp>();
    if (device != lower::Device::Cpu || programs.empty())
      return;
    llvm::Expected<planning::CpuCosts> costs = findCpuCosts(machineProfile, lanes, workers);
    if (!costs) {
      marked(getOperation().emitError(llvm::toString(costs.takeError())), ErrorKind::Usage);
      return signalPassFailure();
    }
    sched::ProgramOp program = *programs.begin();
    FailureOr<double> seconds = estimateProgram(program, *costs, {{lanes, registers, l1, l2}, workers, device});
    if (failed(seconds))
      return signalPassFailure();
    Builder builder(&getContext());
    program->setAttr(
        expectationAttribute,
        builder.getDictionaryAttr({{builder.getStringAttr("costs"), builder.getStringAttr(describeSource(*costs))},
                                   {builder.getStringAttr("seconds"), builder.getF64FloatAttr(*seconds)},
                                   {builder.getStringAttr("threads"), builder.getI64IntegerAttr(costs->threads)}}));
  }

  /// Copies of streams of their own run beside kernels, which then have less of the memory's bandwidth.
  static double estimateCopy(sched::CopyOp copy, const planning::CpuCosts &costs) {
    auto bytes = static_cast<double>(copy.getSource().getType().getBytes());
    bool isWithinMemory = copy.getSource().getType().getSpace() == copy.getDestination().getType().getSpace();
    return planning::estimateColdMemory(costs, isWithinMemory ? 2 * bytes : bytes);
  }

  FailureOr<double> estimateProgram(sched::ProgramOp program, const planning::CpuCosts &costs,
                                    const lower::KernelTarget &target) {
    llvm::StringMap<int64_t> launches = lower::countLaunches(program);
    double seconds = 0;
    for (auto kernel : getOperation().getOps<sched::KernelOp>()) {
      FailureOr<planning::CpuWork> work = describeWork(kernel.getKind(), kernel.getBody().front(), target);
      if (failed(work))
        return failure();
      double launch = planning::estimateLaunch(costs, *work);
      seconds += launch * static_cast<double>(launches.lookup(kernel.getSymName()));
      remark::analysis(kernel.getLoc(), remark::RemarkOpts::name("Launch").category("neap-estimate-step"))
          << remark::add(kernel.getSymName().str().c_str())
          << remark::metric("Launches", launches.lookup(kernel.getSymName()))
          << remark::metric("Nanoseconds", static_cast<int64_t>(std::lround(launch * 1e9)));
    }
    program.walk([&](sched::CopyOp copy) {
      seconds += estimateCopy(copy, costs) * static_cast<double>(sched::countRuns(copy));
    });
    return seconds;
  }
};

} // namespace
} // namespace neap
