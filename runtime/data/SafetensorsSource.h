// Batches from a safetensors file: one tensor per input with the step as its first axis.
#ifndef NEAP_RUNTIME_DATA_SAFETENSORSSOURCE_H
#define NEAP_RUNTIME_DATA_SAFETENSORSSOURCE_H

#include "neap/runtime/data/DataSource.h"

namespace neap::runtime {

class SafetensorsSource final : public DataSource {
public:
  /// Requires exactly one tensor per input, of its type (int32 serves for int64) and of shape [steps, ...input shape].
  SafetensorsSource(const std::string &path, const std::vector<Input> &inputs);
  void load(uint64_t step, std::byte *arena) override;

private:
  const safetensors::Tensor &matchTensor(const Input &input) const;
  void checkNoExtraTensor() const;
  void checkStepCount(const safetensors::Tensor &tensor);

  safetensors::Reader reader_;
  const std::vector<Input> &inputs_;
  std::vector<const safetensors::Tensor *> tensors_; // one per input
  uint64_t steps_ = 0;
};

} // namespace neap::runtime

#endif
