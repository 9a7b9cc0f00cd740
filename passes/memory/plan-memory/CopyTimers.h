// When copies to far memory and back run, once the order of all tasks is known.
#pragma once

#include "neap/passes/memory/plan-memory/StepTrial.h"

namespace neap {

/// Which value of the step a copy waits for: a neap.reload begins behind it, a neap.await ends behind it. Both by number in a step
/// that a plan was just inserted into.
struct CopyTimer {
  size_t copy;
  ResultIndex timer;
};

/// A step with a plan, and what can be a timer in it; to be asked for when a trial has changed its copy.
class TimedStep {
public:
  /// Right behind the insertion of the plan.
  explicit TimedStep(StepOp step);

  /// Other timers for copies that are late in this trial of the step, as far as the trial's order of tasks and the peak of what is
  /// alive allow. A reload begins as late as it can and still be in time, by one queue that is laid out backward from the
  /// deadlines in that order; one that others wait for, although they are needed sooner, makes way. An await comes where its copy is
  /// done.
  std::vector<CopyTimer> findTimers(const StepTrial &trial, const FarCosts &far) const;

private:
  friend class TimerFinder;

  llvm::DenseMap<mlir::Operation *, size_t> numbers; ///< to be looked up, not looked at
  std::vector<std::pair<mlir::Value, ResultIndex>> candidates;
};

/// Sets timers in a step that the same plan was just inserted into. Those that something read or written would stand on the wrong side of
/// stay what they are.
void setTimers(StepOp step, llvm::ArrayRef<CopyTimer> timers);

} // namespace neap
