// Copies in pieces, so that memory does not grow with the model.
#include "neap/compiler/emit/Weights.h"

#include "neap/dialects/neap/Neap.h"
#include "neap/passes/lower/lower-step/ConstantData.h"
#include "neap/passes/onnx/weight-files/WeightFiles.h"
#include "neap/runtime/safetensors/Safetensors.h"

using namespace mlir;
using namespace neap;

static constexpr uint64_t pieceBytes = 4 << 20;

static llvm::Error makeError(const Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

static std::optional<safetensors::Type> getElementType(Type type) {
  using enum safetensors::Type;
  if (type.isInteger(1))
    return Bool;
  if (type.isBF16())
    return BF16;
  std::string name = (isa<FloatType>(type)       ? "F"
                      : type.isUnsignedInteger() ? "U"
                                                 : "I") +
                     std::to_string(type.getIntOrFloatBitWidth());
  return safetensors::parseType(name);
}

namespace {
class WeightsFile : public emit::PendingWeights {
public:
  WeightsFile(const std::string &path, std::vector<safetensors::Tensor> tensors) : writer(path, std::move(tensors)) {}

  llvm::Error commit() override try {
    writer.commit();
    return llvm::Error::success();
  } catch (const std::exception &failure) {
    return makeError(failure.what());
  }

  safetensors::Writer writer;
};
} // namespace

static llvm::Error copyFromFile(weights::Files &files, ParameterOp parameter, safetensors::Writer &writer,
                                size_t index) {
  auto file = files.open(*parameter.getFile());
  if (!file)
    return file.takeError();
  uint64_t bytes = writer.tensors()[index].bytes();
  std::vector<char> piece(std::min(bytes, pieceBytes));
  for (uint64_t done = 0; done < bytes; done += piece.size()) {
    piece.resize(std::min(bytes - done, pieceBytes));
    if (llvm::Error failure = (*file)->read(*parameter.getOffset() + done, piece))
      return failure;
    writer.write(index, done, piece.data(), piece.size());
  }
  return llvm::Error::success();
}

static llvm::Error copyValue(ParameterOp parameter, safetensors::Writer &writer, size_t index) {
  std::optional<std::string> bytes = lower::getRawBytes(*parameter.getValue());
  if (!bytes || bytes->size() != writer.tensors()[index].bytes())
    return makeError("the value of parameter '" + parameter.getSymName() + "' has no dense bytes");
  writer.write(index, bytes->data());
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<emit::PendingWeights>> emit::writeWeights(ModuleOp module, StringRef modelPath,
                                                                         bool trustLinks, StringRef output) try {
  std::vector<safetensors::Tensor> tensors;
  for (auto parameter : module.getOps<ParameterOp>()) {
    auto type = cast<RankedTensorType>(parameter.getType());
    auto elementType = getElementType(type.getElementType());
    if (!elementType)
      return makeError("parameter '" + parameter.getSymName() + "' has a type that safetensors cannot hold");
    tensors.push_back({parameter.getSymName().str(), *elementType, type.getShape().vec()});
  }
  auto pending = std::make_unique<WeightsFile>(output.str(), std::move(tensors));
  weights::Files files(modelPath, trustLinks);
  for (auto [index, parameter] : llvm::enumerate(module.getOps<ParameterOp>()))
    if (llvm::Error failure = parameter.getValue() ? copyValue(parameter, pending->writer, index)
                                                   : copyFromFile(files, parameter, pending->writer, index))
      return std::move(failure);
  return pending;
} catch (const std::exception &failure) {
  return makeError(failure.what());
}
