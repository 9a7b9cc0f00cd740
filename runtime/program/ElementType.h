// Element types by the names that manifests and messages use, and the printing of shapes.
#ifndef NEAP_RUNTIME_PROGRAM_ELEMENTTYPE_H
#define NEAP_RUNTIME_PROGRAM_ELEMENTTYPE_H

#include "neap/runtime/safetensors/Safetensors.h"

namespace neap::runtime {

using safetensors::Type;

/// "float32", "int64", ...: the names of ONNX and NumPy.
std::string_view elementTypeName(Type type);
/// Inverse of elementTypeName; nothing for an unknown name.
std::optional<Type> parseElementType(std::string_view name);

/// A type with its shape, as in "int64 [4, 64]".
std::string printTensorType(Type type, const std::vector<int64_t> &shape);
/// Numbers in brackets, as in "[4, 64]".
std::string printShape(const std::vector<int64_t> &shape);

} // namespace neap::runtime

#endif
