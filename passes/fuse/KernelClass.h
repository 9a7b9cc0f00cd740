// Under which heading a fusion group's time is reported.
#pragma once

#include "neap/passes/planning/KernelCost.h"

#include "mlir/IR/Block.h"

namespace neap {

/// The class of a group's body. What several classes have a part in goes to the first that has: attention, products, loss,
/// softmax, norms, optimizer, embedding; everything else is pointwise, sums included.
planning::KernelClass classifyGroup(mlir::Block &body);

} // namespace neap
