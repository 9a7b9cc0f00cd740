// Whether two declarations of one function of a C library agree.
#ifndef NEAP_TEST_RUNTIME_CUDA_CALLEDALIKE_H
#define NEAP_TEST_RUNTIME_CUDA_CALLEDALIKE_H

#include <type_traits>

namespace neap::test {

/// Whether two types are passed alike: as a pointer, as an integer of one size and sign, or not at all.
template <class Ours, class Theirs> constexpr bool isPassedAlike() {
  if constexpr (std::is_void_v<Ours> || std::is_void_v<Theirs>)
    return std::is_void_v<Ours> && std::is_void_v<Theirs>;
  else if constexpr (std::is_pointer_v<Ours> || std::is_pointer_v<Theirs>)
    return std::is_pointer_v<Ours> && std::is_pointer_v<Theirs>;
  else if constexpr (std::is_enum_v<Ours> || std::is_enum_v<Theirs>)
    return sizeof(Ours) == sizeof(Theirs);
  else
    return sizeof(Ours) == sizeof(Theirs) && std::is_signed_v<Ours> == std::is_signed_v<Theirs>;
}

template <class Ours, class Theirs> struct IsCalledAlike : std::false_type {};
template <class R, class... As, class S, class... Bs>
  requires(sizeof...(As) == sizeof...(Bs))
struct IsCalledAlike<R (*)(As...), S (*)(Bs...)>
    : std::bool_constant<isPassedAlike<R, S>() && (isPassedAlike<As, Bs>() && ...)> {};

} // namespace neap::test

#endif
