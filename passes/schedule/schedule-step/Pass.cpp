// Schedules a step. The decisions are in StepPlan.cpp, the algorithms in passes/planning, the writing in EmitProgram.cpp.
#include "neap/dialects/sched/Sched.h"
#include "neap/passes/schedule/Passes.h"
#include "neap/passes/schedule/schedule-step/StepPlan.h"

namespace neap {

#define GEN_PASS_DEF_SCHEDULESTEP
#include "neap/passes/schedule/Schedule.h.inc"

namespace {
struct ScheduleStep : impl::ScheduleStepBase<ScheduleStep> {
  using ScheduleStepBase::ScheduleStepBase;

  void runOnOperation() override {
    for (auto step : llvm::make_early_inc_range(getOperation().getOps<StepOp>())) {
      StepPlan plan(step, libraryWorkspace, /*reports=*/true);
      if (failed(plan.prepare()))
        return signalPassFailure();
      plan.place();
      emitProgram(plan);
    }
  }
};
} // namespace
} // namespace neap
