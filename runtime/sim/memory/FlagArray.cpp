// Ranges of bits, a word at a time.
#include "neap/runtime/sim/memory/FlagArray.h"

#include <algorithm>
#include <bit>

namespace neap::sim {

/// Calls `visit(word, mask)` for each word of 64 bits that [offset, offset + count) touches, until it returns false.
template <class Visit> void FlagArray::forEachWord(uint64_t offset, uint64_t count, Visit visit) {
  while (count > 0) {
    uint64_t bit = offset % 64, taken = std::min<uint64_t>(64 - bit, count);
    if (!visit(offset / 64, maskOf(bit, taken)))
      return;
    offset += taken;
    count -= taken;
  }
}

void FlagArray::setRange(uint64_t offset, uint64_t count) {
  forEachWord(offset, count, [&](uint64_t word, uint64_t mask) { return words_[word] |= mask, true; });
}

void FlagArray::clear(uint64_t offset, uint64_t count) {
  forEachWord(offset, count, [&](uint64_t word, uint64_t mask) { return words_[word] &= ~mask, true; });
}

bool FlagArray::none(uint64_t offset, uint64_t count) const {
  uint64_t found = 0;
  forEachWord(offset, count, [&](uint64_t word, uint64_t mask) { return (found |= words_[word] & mask) == 0; });
  return found == 0;
}

void FlagArray::clearAll() { std::fill_n(words_.data(), words_.size(), 0); }

uint64_t FlagArray::firstClear(uint64_t offset, uint64_t count) const {
  uint64_t found = offset + count;
  forEachWord(offset, count, [&](uint64_t word, uint64_t mask) {
    uint64_t missing = mask & ~words_[word];
    if (missing == 0)
      return true;
    found = word * 64 + uint64_t(std::countr_zero(missing));
    return false;
  });
  return found;
}

} // namespace neap::sim
