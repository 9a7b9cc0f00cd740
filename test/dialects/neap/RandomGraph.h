// Random programs: a few trained parameters, a few ops of every kind, a scalar loss.
#pragma once

#include "Programs.h"

namespace neap::test {

struct RandomGraph {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  StepOp step;
  /// Values of the parameters.
  StepContext context;
};

/// The same seed gives the same program. All arithmetic is in fp64.
RandomGraph makeRandomGraph(uint64_t seed);

/// Takes compound ops apart.
void decomposeAll(RandomGraph &graph);

} // namespace neap::test
