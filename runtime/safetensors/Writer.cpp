// Lays out and writes a safetensors file.
#include "neap/runtime/safetensors/Header.h"

#include <set>

namespace neap::safetensors {

namespace {

/// Gives each tensor its byte range, one behind the other. Returns the bytes of all.
uint64_t assignRanges(std::vector<Tensor> &tensors, const std::string &path) {
  std::set<std::string_view> names;
  uint64_t reached = 0;
  for (Tensor &tensor : tensors) {
    std::optional<uint64_t> bytes = tensorBytes(tensor.type, tensor.shape);
    tensor.begin = reached;
    if (!bytes || __builtin_add_overflow(reached, *bytes, &reached))
      throw Error(path + ": the shape of tensor '" + tensor.name + "' overflows");
    tensor.end = reached;
    if (!names.insert(tensor.name).second)
      throw Error(path + ": tensor '" + tensor.name + "' is there twice");
  }
  return reached;
}

} // namespace

Writer::Writer(const std::string &path, std::vector<Tensor> tensors, const Metadata &metadata)
    : replacement_(path), tensors_(std::move(tensors)) {
  uint64_t dataBytes = assignRanges(tensors_, path);
  std::string header = printHeader(tensors_, metadata, path);
  uint64_t length = header.size();
  if (length > maxHeaderBytes)
    throw Error(path + ": the header would have " + std::to_string(length) + " bytes, the limit is " +
                std::to_string(maxHeaderBytes));
  dataBegin_ = sizeof(length) + length;
  files::File &file = replacement_.file();
  file.reserve(dataBegin_ + dataBytes);
  file.writeAt(0, &length, sizeof(length));
  file.writeAt(sizeof(length), header.data(), length);
}

void Writer::write(size_t index, uint64_t offset, const void *data, uint64_t bytes) {
  const Tensor &tensor = tensors_.at(index);
  if (offset > tensor.bytes() || bytes > tensor.bytes() - offset)
    throw Error(replacement_.path() + ": tensor '" + tensor.name + "' has " + std::to_string(tensor.bytes()) +
                " bytes, got " + std::to_string(bytes) + " at " + std::to_string(offset));
  replacement_.file().writeAt(dataBegin_ + tensor.begin + offset, data, bytes);
}

} // namespace neap::safetensors
