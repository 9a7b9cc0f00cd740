// A folder of test/models: the model made into a training step, and PyTorch's results to measure it against.
#pragma once

#include "neap/dialects/neap/Evaluate.h"
#include "neap/runtime/safetensors/Safetensors.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <nlohmann/json.hpp>

#include <string>

namespace neap::golden {

/// One of the optimizers in meta.json.
struct Recipe {
  std::string name, kind;
  double learningRate, beta1, beta2, epsilon, weightDecay, momentum;
  std::optional<double> clipNorm;
};

class Model {
public:
  /// Whether the folder has more than the model: the repository keeps the results of some models only.
  static bool hasGolden(const std::string &name);

  /// Reads meta.json and golden.json of test/models/NAME.
  Model(mlir::MLIRContext &context, const std::string &name);

  Recipe getRecipe(const std::string &name) const;
  /// Losses or gradient norms of the fp64 run.
  std::vector<double> getExpected(const std::string &recipe, const std::string &what) const {
    return golden[recipe]["fp64"][what];
  }
  std::vector<std::string> getTrainable() const { return meta["trainable"]; }
  HostTensor getExpectedGradient(const std::string &parameter) const;

  /// Imports the file and runs the stages up to grad; null if one of them fails.
  mlir::OwningOpRef<mlir::ModuleOp> compile(const Recipe &recipe) const;
  /// The initial value of every parameter, and zeros for every state.
  llvm::StringMap<HostTensor> readSymbols(mlir::ModuleOp module) const;
  /// The inputs of one step.
  std::vector<HostTensor> readBatch(StepOp step, int64_t index) const;

private:
  std::string lossOptions() const;
  std::string path(const std::string &file) const { return folder + "/" + file; }

  mlir::MLIRContext &context;
  std::string folder;
  nlohmann::json meta, golden;
};

/// The step block's values at step `step`, from 1, as the runtime derives them.
std::map<StepField, double> stepFields(const Recipe &recipe, int64_t step);

} // namespace neap::golden
