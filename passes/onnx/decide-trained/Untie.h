// Takes apart what the exporter merged: vectors that several norms share because they were equal in a fresh model. The export of
// trained weights does the same to the same file to find out what a copy belongs to.
#pragma once

#include "neap/dialects/onnx/Onnx.h"

namespace neap::onnx {

/// A vector of its own for one operand of a node.
struct UntiedCopy {
  InitializerOp original, copy;
  NodeOp node;
  unsigned operand;
};

/// Gives every use of a vector that several norms share an initializer of its own, called NAME.1, NAME.2, ... in the order of
/// the nodes. The original stays with the norm whose parameter it is called after, or else with the first. Where the file
/// knows PyTorch's name of a parameter, its initializer says so as if it were folded from it. The same file gives the same
/// copies. Expects functions to be inlined: what is inside of one is left alone.
llvm::SmallVector<UntiedCopy> untieNorms(mlir::ModuleOp module, GraphOp graph);

} // namespace neap::onnx
