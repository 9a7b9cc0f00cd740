// Small programs of neap ops for the tests of this folder, and random numbers to run them on.
#pragma once

#include "neap/dialects/neap/Evaluate.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <random>

namespace neap::test {

/// A context with the dialects of loop bodies and of neap.
mlir::MLIRContext &getContext();

/// One op, perhaps after constants, over arguments %a0, %a1, ... of these types. Numbers are drawn from [low, high].
struct Case {
  std::string name;
  std::vector<std::string> arguments;
  std::string body;
  double low = -2.0, high = 2.0;
};

/// A parsed case; `op` is the op it is about, the last of the body.
struct Program {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  StepOp step;
  mlir::Operation *op = nullptr;
};
Program parse(const Case &test);

using Random = std::mt19937_64;
/// Numbers of a type: floats from [low, high], bools, integers from [-7, 7].
HostTensor draw(mlir::RankedTensorType type, Random &random, double low, double high);
/// Arguments for a step.
std::vector<HostTensor> drawArguments(StepOp step, Random &random, double low, double high);

/// The largest |x - y| / (1 + |y|) over two tensors of one type; infinite where just one is NaN. Integers must be
/// equal.
double distance(const HostTensor &x, const HostTensor &y);

} // namespace neap::test
