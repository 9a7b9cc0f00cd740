// The table of element types.
#include "neap/runtime/safetensors/Safetensors.h"

#include <array>

namespace neap::safetensors {

namespace {

struct TypeEntry {
  Type type;
  std::string_view name;
  uint64_t bytes;
};

constexpr std::array<TypeEntry, 15> typeTable{{{Type::Bool, "BOOL", 1},
                                               {Type::U8, "U8", 1},
                                               {Type::I8, "I8", 1},
                                               {Type::F8E4M3, "F8_E4M3", 1},
                                               {Type::F8E5M2, "F8_E5M2", 1},
                                               {Type::U16, "U16", 2},
                                               {Type::I16, "I16", 2},
                                               {Type::F16, "F16", 2},
                                               {Type::BF16, "BF16", 2},
                                               {Type::U32, "U32", 4},
                                               {Type::I32, "I32", 4},
                                               {Type::F32, "F32", 4},
                                               {Type::U64, "U64", 8},
                                               {Type::I64, "I64", 8},
                                               {Type::F64, "F64", 8}}};

} // namespace

std::string_view typeName(Type type) { return typeTable[size_t(type)].name; }

uint64_t elementBytes(Type type) { return typeTable[size_t(type)].bytes; }

std::optional<Type> parseType(std::string_view name) {
  for (const TypeEntry &entry : typeTable)
    if (entry.name == name)
      return entry.type;
  return std::nullopt;
}

std::optional<uint64_t> tensorBytes(Type type, const std::vector<int64_t> &shape) {
  // A zero anywhere makes the tensor empty, whatever the other dimensions would overflow to.
  bool empty = false;
  for (int64_t size : shape) {
    if (size < 0)
      return std::nullopt;
    empty |= size == 0;
  }
  int64_t bytes = int64_t(elementBytes(type));
  for (int64_t size : shape)
    if (!empty && __builtin_mul_overflow(bytes, size, &bytes))
      return std::nullopt;
  return empty ? 0 : uint64_t(bytes);
}

} // namespace neap::safetensors
