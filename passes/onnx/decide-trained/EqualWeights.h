// Finds trained matrices that hold the same numbers, as they are or transposed: a tied weight that the exporter wrote twice.
// Reads the files in pieces and keeps none of them.
#pragma once

#include "neap/dialects/onnx/Onnx.h"
#include "neap/passes/onnx/weight-files/WeightFiles.h"

namespace neap::onnx {

struct EqualPair {
  InitializerOp original, copy;
  bool transposed; ///< copy is the transpose of original
};

/// The pairs among `weights`, each copy with the first tensor that it equals. Only rank 2 and more count, and tensors of one
/// repeated number do not: those are equal by accident.
llvm::Expected<llvm::SmallVector<EqualPair>> findEqualWeights(llvm::ArrayRef<InitializerOp> weights, weights::Files &files);

} // namespace neap::onnx
