// Streams parameters; no copy is made on the way where the host can use the device's memory.
#include "neap/runtime/trainer/Weights.h"

#include "neap/runtime/program/Failure.h"

#include <filesystem>

namespace neap::runtime {

namespace {

safetensors::Reader openReader(const std::string &path) {
  try {
    return safetensors::Reader(path);
  } catch (const files::Error &error) {
    throw Failure(ExitCode::Storage, std::string("initial weights: ") + error.what(),
                  "--weights FILE names another file");
  }
}

} // namespace

std::string findBinary() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error).string();
}

std::string defaultWeightsPath() {
  std::string binary = findBinary();
  if (binary.empty())
    throw Failure(ExitCode::Storage, "cannot find this binary through /proc/self/exe",
                  "--weights FILE names the initial weights");
  return binary + ".safetensors";
}

safetensors::Reader openWeights(const std::string &path, const std::vector<Parameter> &parameters) {
  safetensors::Reader reader = openReader(path);
  for (const Parameter &parameter : parameters) {
    const safetensors::Tensor *tensor = reader.find(parameter.name);
    if (!tensor)
      throw Failure(ExitCode::Storage, path + ": no parameter '" + parameter.name + "'",
                    "the weights must be of the model that this binary was compiled from");
    if (tensor->type != parameter.type || tensor->shape != parameter.shape)
      throw Failure(ExitCode::Storage, path + ": parameter '" + parameter.name + "' is " +
                                           printTensorType(tensor->type, tensor->shape) + ", expected " +
                                           printTensorType(parameter.type, parameter.shape));
  }
  return reader;
}

void readWeights(const safetensors::Reader &reader, const std::vector<Parameter> &parameters, Device &device) {
  std::vector<std::byte> buffer;
  for (const Parameter &parameter : parameters) {
    const safetensors::Tensor &tensor = *reader.find(parameter.name);
    if (std::byte *memory = device.memory()) {
      reader.read(tensor, memory + parameter.offset);
      continue;
    }
    buffer.resize(parameter.bytes);
    reader.read(tensor, buffer.data());
    device.write(parameter.offset, buffer.data(), parameter.bytes);
  }
}

safetensors::Writer beginWeights(const std::string &path, const std::vector<Parameter> &parameters) {
  std::vector<safetensors::Tensor> tensors;
  for (const Parameter &parameter : parameters)
    tensors.push_back({parameter.name, parameter.type, parameter.shape});
  return safetensors::Writer(path, std::move(tensors));
}

void saveWeights(const std::string &path, const std::vector<Parameter> &parameters, Device &device) {
  safetensors::Writer writer = beginWeights(path, parameters);
  std::vector<std::byte> buffer;
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (const std::byte *memory = device.memory()) {
      writer.write(i, memory + parameters[i].offset);
      continue;
    }
    buffer.resize(parameters[i].bytes);
    device.read(parameters[i].offset, buffer.data(), buffer.size());
    writer.write(i, buffer.data());
  }
  writer.commit();
}

} // namespace neap::runtime
