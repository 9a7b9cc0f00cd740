// neap-verify-plan. See Pass.td.
#include "neap/passes/verify/Passes.h"
#include "neap/passes/verify/plan/PlanVerifier.h"

namespace neap {

#define GEN_PASS_DEF_VERIFYPLAN
#include "neap/passes/verify/Verify.h.inc"

namespace {
struct VerifyPlan : impl::VerifyPlanBase<VerifyPlan> {
  using VerifyPlanBase::VerifyPlanBase;

  void runOnOperation() override {
    if (failed(plan::PlanVerifier(maxSteps).verify(getOperation())))
      signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
} // namespace neap
