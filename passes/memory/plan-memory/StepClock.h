// How long a scheduled step takes with the copies that run beside it.
#pragma once

#include "neap/passes/schedule/schedule-step/StepPlan.h"

namespace neap {

/// What a byte to or from far memory takes, and how much of the memory's bandwidth.
struct FarCosts {
  double offloadRate = 0, reloadRate = 0; ///< bytes per second; 0 where there is no far memory
  double trafficSeconds = 0;              ///< that kernels lose for each byte of a copy
};

/// Seconds from a step's start until everything has ended, copies too. Kernels run one after the other, each for its `seconds`, by
/// place in the plan's order; copies run in two queues, one for each direction, and all wait as the program's events will have them
/// (EmitProgram.cpp). A copy in time costs nothing here.
double simulateStep(const StepPlan &plan, llvm::ArrayRef<double> seconds, const FarCosts &far);

} // namespace neap
