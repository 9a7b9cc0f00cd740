// Parses the JSON header of a safetensors file without building a JSON tree: a hostile header costs no more memory
// than the tensors it names.
#ifndef NEAP_RUNTIME_SAFETENSORS_HEADER_H
#define NEAP_RUNTIME_SAFETENSORS_HEADER_H

#include "neap/runtime/safetensors/Safetensors.h"

namespace neap::safetensors {

struct Header {
  std::vector<Tensor> tensors;
  Metadata metadata;
};

/// Parses `text` and checks each entry alone: known fields, known type, and a byte range of the size that type and
/// shape ask for. `path` begins the messages. Throws Error.
Header parseHeader(std::string_view text, const std::string &path);

/// The header of `tensors`, padded with spaces so that data behind it is aligned to 8 bytes. Throws Error for names
/// that are not UTF-8.
std::string printHeader(const std::vector<Tensor> &tensors, const Metadata &metadata, const std::string &path);

} // namespace neap::safetensors

#endif
