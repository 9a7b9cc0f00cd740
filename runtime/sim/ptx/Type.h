// The vocabulary of PTX that programs in memory are written in: types, state spaces and the modifiers with a meaning.
#ifndef NEAP_RUNTIME_SIM_PTX_TYPE_H
#define NEAP_RUNTIME_SIM_PTX_TYPE_H

#include <cstdint>
#include <optional>
#include <string_view>

namespace neap::sim::ptx {

/// The type an instruction gives its operands. Registers have a width only.
enum class Type : uint8_t {
  Pred,
  B8,
  B16,
  B32,
  B64,
  U8,
  U16,
  U32,
  U64,
  S8,
  S16,
  S32,
  S64,
  F16,
  BF16,
  F32,
  F64,
  F16x2,
  BF16x2,
  F32x2,
  U16x2,
  S16x2
};

/// The type written `name`, without its dot; nothing if there is none.
std::optional<Type> typeNamed(std::string_view name);
std::string_view nameOf(Type type);
/// Bytes of a value of `type`; 4 for Pred, whose 32 lanes are the bits of one word.
uint32_t bytesOf(Type type);
bool isSigned(Type type);
/// Whether `type` is a floating-point type of one element.
bool isFloat(Type type);

enum class Space : uint8_t { Generic, Global, Shared, Local, Const, Param };
std::string_view nameOf(Space space);

/// Ordered comparisons are false on a NaN, those ending in U true. Lo, Ls, Hi, Hs compare as unsigned and are decoded
/// as Lt, Le, Gt, Ge.
enum class Compare : uint8_t { Eq, Ne, Lt, Le, Gt, Ge, EqU, NeU, LtU, LeU, GtU, GeU, Num, NaN };
/// How setp joins its comparison with a predicate.
enum class Combine : uint8_t { None, And, Or, Xor };
/// To nearest even, towards zero, down, up. The I forms round to an integer.
enum class Rounding : uint8_t { None, Rn, Rz, Rm, Rp, Rni, Rzi, Rmi, Rpi };
enum class Shuffle : uint8_t { Up, Down, Bfly, Idx };
enum class Vote : uint8_t { All, Any, Uni, Ballot };
enum class Reduction : uint8_t { Add, Min, Max, And, Or, Xor };
enum class Property : uint8_t { Finite, Infinite, Number, NotANumber, Normal, Subnormal };

/// The registers that the machine writes.
enum class Special : uint8_t {
  TidX,
  TidY,
  TidZ,
  NtidX,
  NtidY,
  NtidZ,
  CtaidX,
  CtaidY,
  CtaidZ,
  NctaidX,
  NctaidY,
  NctaidZ,
  LaneId,
  WarpId,
  NWarpId,
  LaneMaskEq,
  LaneMaskLt,
  LaneMaskLe,
  LaneMaskGt,
  LaneMaskGe
};
constexpr uint32_t specialCount = uint32_t(Special::LaneMaskGe) + 1;
/// The register written `name` ("%tid.x"); nothing if there is none.
std::optional<Special> specialNamed(std::string_view name);

} // namespace neap::sim::ptx

#endif
