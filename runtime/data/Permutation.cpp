// A Feistel network over the next even number of bits, walked until it lands inside the range (cycle walking: Black and
// Rogaway, "Ciphers with arbitrary finite domains", 2002).
#include "neap/runtime/data/Permutation.h"

#include <bit>

namespace neap::runtime {

namespace {

constexpr int rounds = 6;

/// The finalizer of SplitMix64: every bit of the result depends on every bit of the argument.
uint64_t mix(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

/// One pass of the network over 2 * halfBits bits.
uint64_t encrypt(uint64_t value, int halfBits, uint64_t key) {
  uint64_t mask = (uint64_t(1) << halfBits) - 1;
  uint64_t left = value >> halfBits, right = value & mask;
  for (int round = 0; round < rounds; ++round) {
    uint64_t next = left ^ (mix(key + mix(right + (uint64_t(round) << 48))) & mask);
    left = right;
    right = next;
  }
  return left << halfBits | right;
}

} // namespace

uint64_t permute(uint64_t index, uint64_t count, uint64_t seed, uint64_t epoch) {
  int halfBits = (std::bit_width(count - 1) + 1) / 2;
  uint64_t key = mix(mix(seed) + epoch);
  do
    index = encrypt(index, halfBits, key);
  while (index >= count);
  return index;
}

} // namespace neap::runtime
