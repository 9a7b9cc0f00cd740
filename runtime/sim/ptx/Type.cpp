// Names and widths.
#include "neap/runtime/sim/ptx/Type.h"

#include <array>
#include <utility>

namespace neap::sim::ptx {

namespace {

struct TypeEntry {
  std::string_view name;
  uint32_t bytes;
};

/// In the order of Type.
constexpr std::array<TypeEntry, 22> types = {
    {{"pred", 4}, {"b8", 1},    {"b16", 2},    {"b32", 4},   {"b64", 8},   {"u8", 1},   {"u16", 2},  {"u32", 4},
     {"u64", 8},  {"s8", 1},    {"s16", 2},    {"s32", 4},   {"s64", 8},   {"f16", 2},  {"bf16", 2}, {"f32", 4},
     {"f64", 8},  {"f16x2", 4}, {"bf16x2", 4}, {"f32x2", 8}, {"u16x2", 4}, {"s16x2", 4}}};

/// In the order of Special.
constexpr std::array<std::string_view, specialCount> specials = {
    "%tid.x",   "%tid.y",       "%tid.z",       "%ntid.x",      "%ntid.y",      "%ntid.z",     "%ctaid.x",
    "%ctaid.y", "%ctaid.z",     "%nctaid.x",    "%nctaid.y",    "%nctaid.z",    "%laneid",     "%warpid",
    "%nwarpid", "%lanemask_eq", "%lanemask_lt", "%lanemask_le", "%lanemask_gt", "%lanemask_ge"};

constexpr std::array<std::string_view, 6> spaces = {"generic", "global", "shared", "local", "const", "param"};

} // namespace

std::optional<Type> typeNamed(std::string_view name) {
  for (size_t i = 0; i < types.size(); ++i)
    if (types[i].name == name)
      return Type(i);
  return std::nullopt;
}

std::string_view nameOf(Type type) { return types[size_t(type)].name; }
uint32_t bytesOf(Type type) { return types[size_t(type)].bytes; }
bool isSigned(Type type) { return (type >= Type::S8 && type <= Type::S64) || type == Type::S16x2; }
bool isFloat(Type type) { return type >= Type::F16 && type <= Type::F64; }
std::string_view nameOf(Space space) { return spaces[size_t(space)]; }

std::optional<Special> specialNamed(std::string_view name) {
  for (size_t i = 0; i < specials.size(); ++i)
    if (specials[i] == name)
      return Special(i);
  return std::nullopt;
}

} // namespace neap::sim::ptx
