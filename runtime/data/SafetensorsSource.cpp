// Matches the tensors of the file with the inputs, and reads one slice of each per step.
#include "neap/runtime/data/SafetensorsSource.h"

#include "neap/runtime/data/Widen.h"
#include "neap/runtime/program/Failure.h"

#include <algorithm>

namespace neap::runtime {

namespace {

bool isWidened(const Input &input, const safetensors::Tensor &tensor) {
  return input.type == Type::I64 && tensor.type == Type::I32;
}

/// "input_ids, labels": what the file may hold.
std::string listNames(const std::vector<Input> &inputs) {
  std::string names;
  for (const Input &input : inputs)
    names += (names.empty() ? "" : ", ") + input.name;
  return names;
}

} // namespace

SafetensorsSource::SafetensorsSource(const std::string &path, const std::vector<Input> &inputs)
    : reader_(path), inputs_(inputs) {
  for (const Input &input : inputs)
    tensors_.push_back(&matchTensor(input));
  checkNoExtraTensor();
  for (const safetensors::Tensor *tensor : tensors_)
    checkStepCount(*tensor);
}

const safetensors::Tensor &SafetensorsSource::matchTensor(const Input &input) const {
  const safetensors::Tensor *tensor = reader_.find(input.name);
  if (!tensor)
    throw Failure(ExitCode::Data, reader_.path() + ": no tensor '" + input.name + "'",
                  "the file needs one tensor for each of: " + listNames(inputs_));
  bool typeFits = tensor->type == input.type || isWidened(input, *tensor);
  bool shapeFits = tensor->shape.size() == input.shape.size() + 1 &&
                   std::equal(input.shape.begin(), input.shape.end(), tensor->shape.begin() + 1);
  if (typeFits && shapeFits)
    return *tensor;
  std::string shape = printShape(input.shape);
  throw Failure(ExitCode::Data, reader_.path() + ": tensor '" + input.name + "' is " +
                                    printTensorType(tensor->type, tensor->shape) + ", expected " +
                                    std::string(elementTypeName(input.type)) + " [steps" +
                                    (input.shape.empty() ? "" : ", ") + shape.substr(1));
}

void SafetensorsSource::checkNoExtraTensor() const {
  for (const safetensors::Tensor &tensor : reader_.tensors())
    if (std::none_of(inputs_.begin(), inputs_.end(), [&](const Input &input) { return input.name == tensor.name; }))
      throw Failure(ExitCode::Data, reader_.path() + ": tensor '" + tensor.name + "' is no input of this program",
                    "the inputs are: " + listNames(inputs_));
}

void SafetensorsSource::checkStepCount(const safetensors::Tensor &tensor) {
  uint64_t steps = uint64_t(tensor.shape[0]);
  if (steps == 0)
    throw Failure(ExitCode::Data, reader_.path() + ": tensor '" + tensor.name + "' has no steps");
  if (steps_ != 0 && steps != steps_)
    throw Failure(ExitCode::Data, reader_.path() + ": tensor '" + tensor.name + "' has " + std::to_string(steps) +
                                      " steps, expected " + std::to_string(steps_) + " as '" + tensors_[0]->name +
                                      "' has");
  steps_ = steps;
}

void SafetensorsSource::load(uint64_t step, std::byte *arena) {
  uint64_t slice = step % steps_;
  for (size_t i = 0; i < inputs_.size(); ++i) {
    const Input &input = inputs_[i];
    std::byte *slot = arena + input.offset;
    bool widened = isWidened(input, *tensors_[i]);
    uint64_t bytes = widened ? input.bytes / 2 : input.bytes;
    std::byte *target = widened ? narrowTail<int32_t, int64_t>(slot, input.elements()) : slot;
    try {
      reader_.read(*tensors_[i], slice * bytes, target, bytes);
    } catch (const files::Error &error) {
      throw Failure(ExitCode::Data, error.what());
    }
    if (widened)
      widenTail<int32_t, int64_t>(slot, input.elements());
  }
}

} // namespace neap::runtime
