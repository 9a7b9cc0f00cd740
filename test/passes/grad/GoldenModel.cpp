// See GoldenModel.h.
#include "neap/test/passes/grad/GoldenModel.h"

#include "neap/compiler/importer/Importer.h"
#include "neap/passes/grad/Passes.h"
#include "neap/passes/graph/Passes.h"
#include "neap/passes/onnx/Passes.h"
#include "neap/passes/onnx/weight-files/WeightFiles.h"
#include "neap/passes/support/Step.h"

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <limits>

using namespace mlir;
using namespace neap;
using namespace neap::golden;

static nlohmann::json readJson(const std::string &path) { return nlohmann::json::parse(std::ifstream(path)); }

static std::string folderOf(const std::string &name) { return std::string(NEAP_TEST_MODELS) + "/" + name; }

bool Model::hasGolden(const std::string &name) { return std::filesystem::exists(folderOf(name) + "/golden.json"); }

Model::Model(MLIRContext &context, const std::string &name)
    : context(context), folder(folderOf(name)), meta(readJson(path("meta.json"))),
      golden(readJson(path("golden.json"))) {}

Recipe Model::getRecipe(const std::string &name) const {
  const nlohmann::json &optimizer = meta["optimizers"][name];
  Recipe recipe{name, optimizer["kind"], optimizer["lr"], 0, 0, 0, optimizer["weight_decay"], 0, std::nullopt};
  if (recipe.kind == "adamw") {
    recipe.beta1 = optimizer["betas"][0];
    recipe.beta2 = optimizer["betas"][1];
    recipe.epsilon = optimizer["eps"];
  } else {
    recipe.momentum = optimizer["momentum"];
  }
  if (!optimizer["clip_norm"].is_null())
    recipe.clipNorm = optimizer["clip_norm"];
  return recipe;
}

std::map<StepField, double> golden::stepFields(const Recipe &r, int64_t step) {
  double correction1 = 1 - std::pow(r.beta1, step), correction2 = 1 - std::pow(r.beta2, step);
  return {{StepField::LearningRate, r.learningRate},
          {StepField::Beta1, r.beta1},
          {StepField::Beta2, r.beta2},
          {StepField::OneMinusBeta1, 1 - r.beta1},
          {StepField::OneMinusBeta2, 1 - r.beta2},
          {StepField::Epsilon, r.epsilon},
          {StepField::DecayFactor, 1 - r.learningRate * r.weightDecay},
          {StepField::WeightDecay, r.weightDecay},
          {StepField::Momentum, r.momentum},
          {StepField::StepSize, r.learningRate / correction1},
          {StepField::InverseSqrtCorrection2, 1 / std::sqrt(correction2)},
          {StepField::ClipNorm, r.clipNorm.value_or(std::numeric_limits<double>::infinity())},
          {StepField::LossScale, 1.0}};
}

//===--- Tensors --------------------------------------------------------------------------------------------------===//

/// Little-endian bytes of a tensor of 32-bit floats or 64-bit integers.
static HostTensor decode(RankedTensorType type, ArrayRef<char> bytes) {
  HostTensor tensor = HostTensor::zeros(type);
  for (int64_t i = 0; i < tensor.size(); ++i) {
    if (tensor.isFloat()) {
      float value;
      std::memcpy(&value, bytes.data() + i * sizeof(value), sizeof(value));
      tensor.floats[i] = value;
    } else {
      std::memcpy(&tensor.integers[i], bytes.data() + i * sizeof(int64_t), sizeof(int64_t));
    }
  }
  return tensor;
}

static int64_t bytesOf(RankedTensorType type) { return storageBytes(type.getElementType(), type.getShape()); }

HostTensor Model::getExpectedGradient(const std::string &parameter) const {
  safetensors::Reader reader(path("grads.safetensors"));
  const safetensors::Tensor &tensor = *reader.find(parameter);
  std::vector<char> bytes(tensor.bytes());
  reader.read(tensor, bytes.data());
  return decode(RankedTensorType::get(tensor.shape, Float32Type::get(&context)), bytes);
}

std::vector<HostTensor> Model::readBatch(StepOp step, int64_t index) const {
  safetensors::Reader reader(path("batches.safetensors"));
  std::vector<HostTensor> inputs;
  for (BlockArgument argument : step.getArguments()) {
    auto type = cast<RankedTensorType>(argument.getType());
    std::vector<char> bytes(bytesOf(type));
    const safetensors::Tensor *tensor = reader.find(step.getInputName(argument.getArgNumber()).str());
    reader.read(*tensor, index * bytes.size(), bytes.data(), bytes.size());
    inputs.push_back(decode(type, bytes));
  }
  return inputs;
}

llvm::StringMap<HostTensor> Model::readSymbols(ModuleOp module) const {
  llvm::StringMap<HostTensor> symbols;
  weights::Files files(path("model.onnx"));
  for (auto parameter : module.getOps<ParameterOp>()) {
    auto type = cast<RankedTensorType>(parameter.getType());
    if (parameter.getValue()) {
      symbols[parameter.getSymName()] = *HostTensor::fromAttribute(*parameter.getValue());
      continue;
    }
    std::vector<char> bytes(bytesOf(type));
    const weights::File *file = llvm::cantFail(files.open(*parameter.getFile()));
    llvm::cantFail(file->read(*parameter.getOffset(), bytes));
    symbols[parameter.getSymName()] = decode(type, bytes);
  }
  for (auto state : module.getOps<StateOp>())
    symbols[state.getSymName()] = HostTensor::zeros(cast<RankedTensorType>(state.getType()));
  return symbols;
}

//===--- Stages ---------------------------------------------------------------------------------------------------===//

std::string Model::lossOptions() const {
  const nlohmann::json &loss = meta["loss"];
  if (loss["where"] == "graph")
    return "loss-output=" + loss["output"].get<std::string>();
  std::string options = "kind=" + loss["kind"].get<std::string>() + " output=" + loss["logits"].get<std::string>();
  return loss.value("shift", false) ? options + " shift-labels" : options;
}

OwningOpRef<ModuleOp> Model::compile(const Recipe &recipe) const {
  FailureOr<OwningOpRef<ModuleOp>> module = importer::importOnnx(context, path("model.onnx"));
  if (failed(module))
    return nullptr;
  std::string dims;
  for (const auto &[name, size] : meta["dims"].items())
    dims += (dims.empty() ? "dims=" : ",") + name + "=" + std::to_string(size.get<int64_t>());
  std::string clip = recipe.clipNorm ? "{clip=true}" : "";
  std::string momentum = recipe.momentum != 0 ? "momentum=true" : "";
  std::string pipeline = "neap-inline-functions,neap-freeze-dims{" + dims + "},neap-decide-trained," +
                         "neap-convert-onnx-to-neap,canonicalize,cse,neap-raise-gelu,neap-attach-loss{" +
                         lossOptions() + "},canonicalize,cse," + "neap-build-backward,neap-clip-gradient-norm" + clip +
                         ",neap-build-optimizer{optimizer=" + recipe.kind + " " + momentum + "},canonicalize,cse";
  PassManager passes(&context);
  if (failed(parsePassPipeline(pipeline, passes)) || failed(passes.run(**module)))
    return nullptr;
  return std::move(*module);
}
