// Where the inputs of each step come from. A source reads straight into the input slots of the arena, so that no step
// allocates; slots are filled anew every step, because the compiled step may reuse them.
#ifndef NEAP_RUNTIME_DATA_DATASOURCE_H
#define NEAP_RUNTIME_DATA_DATASOURCE_H

#include "neap/runtime/program/Manifest.h"

#include <memory>

namespace neap::runtime {

class DataSource {
public:
  virtual ~DataSource() = default;
  /// Fills every input slot for `step` (from 0). Throws Failure with ExitCode::Data.
  virtual void load(uint64_t step, std::byte *arena) = 0;
};

struct DataOptions {
  std::string path;
  /// The token file has no header and holds 16-bit tokens.
  bool headerless = false;
  /// Permutes the windows of a token file, differently in each epoch.
  bool shuffle = false;
  uint64_t seed = 0;
};

/// Opens `options.path` and checks that it fits `inputs`, which the source keeps a reference to.
/// `.safetensors`: one tensor per input, whose first axis is the step. `.bin`: tokens. Both start over at their end.
/// Throws Failure with ExitCode::Data, or ExitCode::Usage for an option that does not apply.
std::unique_ptr<DataSource> openDataSource(const DataOptions &options, const std::vector<Input> &inputs);

} // namespace neap::runtime

#endif
