// Operands for tests of instructions: edge cases and some random ones, alone and as all pairs.
#ifndef NEAP_TEST_RUNTIME_SIM_VALUES_H
#define NEAP_TEST_RUNTIME_SIM_VALUES_H

#include <bit>
#include <cstdint>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

namespace neap::test {

template <class T> std::vector<T> randomBits(size_t count) {
  std::mt19937_64 generator(7);
  std::vector<T> values;
  for (size_t i = 0; i < count; ++i)
    values.push_back(T(generator() >> (i % 3 == 0 ? generator() % 64 : 0)));
  return values;
}

/// Integers around 0 and around the ends of the range.
template <class T> std::vector<T> integerValues() {
  using Limits = std::numeric_limits<T>;
  std::vector<T> values = {0,
                           1,
                           2,
                           3,
                           5,
                           7,
                           31,
                           32,
                           33,
                           100,
                           T(-1),
                           T(-2),
                           T(-7),
                           Limits::max(),
                           Limits::min(),
                           T(Limits::max() - 1),
                           T(Limits::min() + 1),
                           T(Limits::max() / 2)};
  for (T value : randomBits<T>(14))
    values.push_back(value);
  return values;
}

/// Zeros, units, halves, extremes, subnormals, infinities, NaNs, and random bit patterns.
template <class T> std::vector<T> floatValues() {
  using Limits = std::numeric_limits<T>;
  using Bits = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;
  std::vector<T> values = {T(0),
                           T(-0.0),
                           T(1),
                           T(-1),
                           T(0.5),
                           T(1.5),
                           T(2.5),
                           T(-2.5),
                           T(3),
                           T(1) / 3,
                           T(1e10),
                           T(-7e9),
                           Limits::max(),
                           Limits::lowest(),
                           Limits::min(),
                           Limits::denorm_min(),
                           -Limits::denorm_min(),
                           Limits::infinity(),
                           -Limits::infinity(),
                           Limits::quiet_NaN(),
                           Limits::epsilon(),
                           T(2147483647.5),
                           T(65504),
                           T(65519.996),
                           T(65520),
                           T(6e-8),
                           T(1.0000001),
                           T(9.2233720368547758e18)};
  for (Bits bits : randomBits<Bits>(20))
    values.push_back(std::bit_cast<T>(bits));
  return values;
}

/// All pairs: the first of each in `first`, the second in `second`.
template <class A, class B> struct Pairs {
  std::vector<A> first;
  std::vector<B> second;
};
template <class A, class B> Pairs<A, B> pairsOf(const std::vector<A> &a, const std::vector<B> &b) {
  Pairs<A, B> pairs;
  for (const A &x : a)
    for (const B &y : b) {
      pairs.first.push_back(x);
      pairs.second.push_back(y);
    }
  return pairs;
}

} // namespace neap::test

#endif
