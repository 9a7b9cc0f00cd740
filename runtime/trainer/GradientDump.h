// Writes the gradients of one step as they become complete, each to its place in the file, without keeping any.
#ifndef NEAP_RUNTIME_TRAINER_GRADIENTDUMP_H
#define NEAP_RUNTIME_TRAINER_GRADIENTDUMP_H

#include "neap/runtime/program/Manifest.h"

namespace neap::runtime {

class GradientDump {
public:
  /// Begins a file with a tensor for each trained parameter. Throws files::Error or safetensors::Error.
  GradientDump(const std::string &path, const std::vector<Parameter> &parameters);

  /// Takes the gradient of parameter `index` of the manifest.
  void observe(int64_t index, const void *data);
  /// Puts the file in place. Throws Failure with ExitCode::Internal if the step left a gradient out.
  void commit();

private:
  struct Entry {
    int64_t parameter;
    bool written;
  };
  std::vector<Entry> entries_; // one per tensor of the file
  safetensors::Writer writer_;
};

} // namespace neap::runtime

#endif
