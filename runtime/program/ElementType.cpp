// The manifest's names of element types.
#include "neap/runtime/program/ElementType.h"

#include <array>

namespace neap::runtime {

namespace {

/// In the order of safetensors::Type.
constexpr std::array<std::string_view, 15> names{"bool",   "uint8",   "int8",    "float8_e4m3", "float8_e5m2",
                                                 "uint16", "int16",   "float16", "bfloat16",    "uint32",
                                                 "int32",  "float32", "uint64",  "int64",       "float64"};

} // namespace

std::string_view elementTypeName(Type type) { return names[size_t(type)]; }

std::optional<Type> parseElementType(std::string_view name) {
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i] == name)
      return Type(i);
  return std::nullopt;
}

std::string printTensorType(Type type, const std::vector<int64_t> &shape) {
  return std::string(elementTypeName(type)) + " " + printShape(shape);
}

std::string printShape(const std::vector<int64_t> &shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

} // namespace neap::runtime
