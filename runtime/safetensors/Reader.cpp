// Opens a safetensors file and checks that its tensors cover the data exactly.
#include "neap/runtime/safetensors/Header.h"

#include <algorithm>
#include <bit>
#include <numeric>

static_assert(std::endian::native == std::endian::little, "safetensors data is used as it lies in the file");

namespace neap::safetensors {

namespace {

constexpr uint64_t lengthBytes = 8;

/// Reads the header's text after checking its length against the file.
std::string readHeaderText(const files::File &file) {
  uint64_t size = file.size();
  if (size < lengthBytes)
    throw Error(file.path() + ": not a safetensors file: " + std::to_string(size) + " bytes are too few");
  uint64_t length;
  file.readAt(0, &length, lengthBytes);
  if (length > maxHeaderBytes)
    throw Error(file.path() + ": not a safetensors file: the header would have " + std::to_string(length) +
                " bytes, the limit is " + std::to_string(maxHeaderBytes));
  if (length > size - lengthBytes)
    throw Error(file.path() + ": the header would have " + std::to_string(length) + " bytes, the file has " +
                std::to_string(size));
  std::string text(length, '\0');
  file.readAt(lengthBytes, text.data(), length);
  // The format asks for it; it also keeps other JSON values and byte order marks out.
  if (text.empty() || text.front() != '{')
    throw Error(file.path() + ": not a safetensors file: the header does not begin with '{'");
  return text;
}

/// Indices of `tensors` in the order of `less`.
template <typename Less> std::vector<uint32_t> sortedIndices(const std::vector<Tensor> &tensors, Less less) {
  std::vector<uint32_t> indices(tensors.size());
  std::iota(indices.begin(), indices.end(), 0);
  std::sort(indices.begin(), indices.end(), [&](uint32_t a, uint32_t b) { return less(tensors[a], tensors[b]); });
  return indices;
}

/// Requires that the byte ranges follow each other from 0 to `dataBytes`.
void checkCoverage(const std::vector<Tensor> &tensors, uint64_t dataBytes, const std::string &path) {
  auto byRange = [](const Tensor &a, const Tensor &b) { return std::pair(a.begin, a.end) < std::pair(b.begin, b.end); };
  uint64_t reached = 0;
  for (uint32_t index : sortedIndices(tensors, byRange)) {
    const Tensor &tensor = tensors[index];
    if (tensor.begin != reached)
      throw Error(path + ": tensor '" + tensor.name + "' begins at byte " + std::to_string(tensor.begin) +
                  " of the data, expected " + std::to_string(reached) +
                  (tensor.begin < reached ? " (it overlaps another)" : " (a gap)"));
    reached = tensor.end;
  }
  if (reached != dataBytes)
    throw Error(path + ": the tensors need " + std::to_string(reached) + " bytes of data, the file has " +
                std::to_string(dataBytes));
}

} // namespace

Reader::Reader(const std::string &path) : file_(files::File::openForReading(path)) {
  std::string text = readHeaderText(file_);
  dataBegin_ = lengthBytes + text.size();
  Header header = parseHeader(text, path);
  tensors_ = std::move(header.tensors);
  metadata_ = std::move(header.metadata);
  byName_ = sortedIndices(tensors_, [](const Tensor &a, const Tensor &b) { return a.name < b.name; });
  for (size_t i = 1; i < byName_.size(); ++i)
    if (tensors_[byName_[i]].name == tensors_[byName_[i - 1]].name)
      throw Error(path + ": tensor '" + tensors_[byName_[i]].name + "' is there twice");
  checkCoverage(tensors_, file_.size() - dataBegin_, path);
}

const Tensor *Reader::find(std::string_view name) const {
  auto less = [&](uint32_t index, std::string_view wanted) { return tensors_[index].name < wanted; };
  auto found = std::lower_bound(byName_.begin(), byName_.end(), name, less);
  return found != byName_.end() && tensors_[*found].name == name ? &tensors_[*found] : nullptr;
}

void Reader::read(const Tensor &tensor, uint64_t offset, void *buffer, uint64_t bytes) const {
  if (offset > tensor.bytes() || bytes > tensor.bytes() - offset)
    throw Error(path() + ": tensor '" + tensor.name + "' has " + std::to_string(tensor.bytes()) + " bytes, asked for " +
                std::to_string(bytes) + " at " + std::to_string(offset));
  file_.readAt(dataBegin_ + tensor.begin + offset, buffer, bytes);
}

} // namespace neap::safetensors
