// What to do where an operator of a file cannot be compiled. Whether its kind can is the conversion's knowledge: OpTable.h.
#pragma once

#include "neap/dialects/onnx/Onnx.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>

namespace neap {

/// For an operator that is not supported: what is missing and what the user can do.
std::string adviceFor(llvm::StringRef domain, llvm::StringRef opType, int64_t version);

/// The values of a graph that its inputs or weights decide. All others fold before anything is judged by its type.
llvm::DenseSet<mlir::Value> findComputedValues(onnx::GraphOp graph);

/// For a node of a supported kind: what is wrong with this one and what the user can do; empty if nothing is. No kernel
/// computes with floats other than fp32 (neap-verify-types), which a cast may ask for.
std::string adviceForNode(onnx::NodeOp node, const llvm::DenseSet<mlir::Value> &computed);

} // namespace neap
