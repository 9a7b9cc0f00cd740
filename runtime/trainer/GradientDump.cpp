// The file of gradients is laid out before the step, so writing is positional.
#include "neap/runtime/trainer/GradientDump.h"

#include "neap/runtime/program/Failure.h"

#include <algorithm>

namespace neap::runtime {

namespace {

std::vector<safetensors::Tensor> trainedTensors(const std::vector<Parameter> &parameters) {
  std::vector<safetensors::Tensor> tensors;
  for (const Parameter &parameter : parameters)
    if (parameter.trained)
      tensors.push_back({parameter.name, parameter.type, parameter.shape});
  return tensors;
}

} // namespace

GradientDump::GradientDump(const std::string &path, const std::vector<Parameter> &parameters)
    : writer_(path, trainedTensors(parameters)) {
  for (size_t i = 0; i < parameters.size(); ++i)
    if (parameters[i].trained)
      entries_.push_back({int64_t(i), false});
}

void GradientDump::observe(int64_t index, const void *data) {
  auto entry = std::find_if(entries_.begin(), entries_.end(), [&](const Entry &e) { return e.parameter == index; });
  if (entry == entries_.end())
    throw Failure(ExitCode::Internal,
                  "the step reports a gradient of parameter " + std::to_string(index) + ", which is not trained");
  writer_.write(size_t(entry - entries_.begin()), data);
  entry->written = true;
}

void GradientDump::commit() {
  for (size_t i = 0; i < entries_.size(); ++i)
    if (!entries_[i].written)
      throw Failure(ExitCode::Internal, "the step reports no gradient of '" + writer_.tensors()[i].name + "'");
  writer_.commit();
}

} // namespace neap::runtime
