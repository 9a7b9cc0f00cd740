// Chooses the reader by the name of the file.
#include "neap/runtime/data/DataSource.h"

#include "neap/runtime/data/SafetensorsSource.h"
#include "neap/runtime/data/TokenSource.h"
#include "neap/runtime/program/Failure.h"

namespace neap::runtime {

namespace {

std::unique_ptr<DataSource> open(const DataOptions &options, const std::vector<Input> &inputs) {
  if (options.path.ends_with(".bin"))
    return std::make_unique<TokenSource>(options, inputs);
  if (!options.path.ends_with(".safetensors"))
    throw Failure(ExitCode::Data, options.path + ": unknown kind of data", "name it .safetensors or .bin");
  if (options.headerless)
    throw Failure(ExitCode::Usage, "--dtype is for token files, got " + options.path);
  if (options.shuffle)
    throw Failure(ExitCode::Usage, "--shuffle is for token files, got " + options.path);
  return std::make_unique<SafetensorsSource>(options.path, inputs);
}

} // namespace

std::unique_ptr<DataSource> openDataSource(const DataOptions &options, const std::vector<Input> &inputs) {
  try {
    return open(options, inputs);
  } catch (const safetensors::Error &error) {
    throw Failure(ExitCode::Data, error.what());
  } catch (const files::Error &error) {
    throw Failure(ExitCode::Data, error.what());
  }
}

} // namespace neap::runtime
