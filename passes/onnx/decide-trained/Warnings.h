// What an export did to the weights that a user should know before training: merged, lost and untied parameters, evaluation
// mode. Each function returns complete sentences.
#pragma once

#include "neap/passes/onnx/decide-trained/EqualWeights.h"
#include "neap/passes/onnx/decide-trained/GradientPaths.h"
#include "neap/passes/onnx/decide-trained/GraphSignature.h"

#include <string>
#include <vector>

namespace neap::onnx {

/// Trained vectors that several norms share: separate parameters that were equal when the model was exported.
std::vector<std::string> warnMerged(llvm::ArrayRef<InitializerOp> trained, GraphOp graph);

/// Parameters of the PyTorch module without a tensor in the file. Names of a tied embedding are no loss.
std::vector<std::string> warnLost(llvm::ArrayRef<InitializerOp> all, llvm::ArrayRef<InitializerOp> trained, GraphOp graph);

/// Trained matrices with equal contents.
std::vector<std::string> warnUntied(llvm::ArrayRef<EqualPair> pairs);

/// Signs of an export in evaluation mode that change what is trained.
std::vector<std::string> warnEvaluationMode(llvm::ArrayRef<InitializerOp> trained, GraphOp graph);

/// What may come of an export in evaluation mode, and may as well be how the model is.
std::vector<std::string> noteEvaluationMode(GraphOp graph);

/// The uses of an initializer, each the first node behind Identity nodes.
llvm::SmallVector<mlir::OpOperand *> usesBehindIdentity(llvm::ArrayRef<ReadOp> reads);

/// Whether `use` is a scale or bias of a norm.
bool isNormWeight(mlir::OpOperand &use);

} // namespace neap::onnx
