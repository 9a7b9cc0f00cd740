// The table of a model's parameters and buffers that PyTorch's dynamo exporter writes into the graph's metadata. It names what
// was folded, merged or renamed on the way into the file.
#pragma once

#include "neap/dialects/onnx/Onnx.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringSet.h"

namespace neap::onnx {

/// Names as PyTorch has them (`transformer.wte.weight`), in the order of the module.
struct GraphSignature {
  llvm::SmallVector<llvm::StringRef> parameters;
  llvm::SmallVector<llvm::StringRef> constants; ///< buffers and lifted constants
  llvm::StringSet<> parameterSet, constantSet;

  bool isParameter(llvm::StringRef name) const { return parameterSet.contains(name); }
  bool isConstant(llvm::StringRef name) const { return constantSet.contains(name); }
};

/// The signature of `graph`; empty where the exporter wrote none.
GraphSignature readGraphSignature(GraphOp graph);

/// The names that `initializer` was folded from; empty where nothing is known.
llvm::SmallVector<llvm::StringRef> foldedFrom(InitializerOp initializer);

/// What the exporter says the tensor is: PARAMETER, BUFFER, ...; empty where nothing is known.
llvm::StringRef exportedKind(InitializerOp initializer);

} // namespace neap::onnx
