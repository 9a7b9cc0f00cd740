// What `neap ops` tells about a model: its operators, its weights, and whether it can be trained.
#pragma once

#include "neap/dialects/onnx/Onnx.h"

#include <string>
#include <vector>

namespace neap {

struct OperatorKind {
  std::string domain, name;
  int64_t version = 0;
  int64_t count = 0;
  bool supported = false;
  bool needed = false; ///< the loss depends on one of them
  std::string advice;  ///< empty if supported
};

struct WeightReport {
  std::string name, type, reason;
  bool trained = false;
  std::string advice; ///< empty if tensors of this type can be trained
};

struct ModelReport {
  std::vector<OperatorKind> operators; ///< by domain, name, version
  std::vector<WeightReport> weights;   ///< in the order of the file
  std::vector<std::string> warnings;

  /// All operators that the loss depends on are supported, and something is trained, all of it of supported types.
  bool trainable() const;
};

/// Describes a module on which neap-decide-trained has run.
ModelReport describeModel(mlir::ModuleOp module, mlir::Value loss, std::vector<std::string> warnings);

void printText(const ModelReport &report, llvm::raw_ostream &os);
void printJson(const ModelReport &report, llvm::raw_ostream &os);

} // namespace neap
