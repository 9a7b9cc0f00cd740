// Blocks of positions with changes that are pending for all of a block.
#include "neap/passes/planning/LiveBytes.h"

#include <algorithm>

using namespace neap::planning;

LiveBytes::LiveBytes(const std::vector<int64_t> &bytes, int64_t capacity)
    : capacity(capacity), values(bytes), pending((bytes.size() + blockSize - 1) / blockSize, 0) {
  for (size_t first = 0; first < values.size(); first += blockSize) {
    auto begin = values.begin() + static_cast<int64_t>(first);
    highest.push_back(*std::max_element(begin, begin + std::min<int64_t>(blockSize, values.end() - begin)));
  }
  for (int64_t value : values)
    excessBytes += excessOf(value);
}

void LiveBytes::add(int first, int last, int64_t bytes) {
  for (int block = first / blockSize; block * blockSize <= last; ++block) {
    int blockFirst = block * blockSize;
    int blockLast = std::min(blockFirst + blockSize, static_cast<int>(values.size())) - 1;
    bool isWhole = first <= blockFirst && blockLast <= last;
    bool isBelow = highest[block] <= capacity && highest[block] + bytes <= capacity;
    if (isWhole && isBelow) {
      pending[block] += bytes;
      highest[block] += bytes;
    } else {
      addInBlock(block, std::max(first, blockFirst), std::min(last, blockLast), bytes);
    }
  }
}

void LiveBytes::addInBlock(int block, int first, int last, int64_t bytes) {
  int blockFirst = block * blockSize;
  int blockEnd = std::min(blockFirst + blockSize, static_cast<int>(values.size()));
  for (int position = first; position <= last; ++position) {
    int64_t before = at(position);
    values[position] += bytes;
    excessBytes += excessOf(before + bytes) - excessOf(before);
  }
  highest[block] = pending[block] + *std::max_element(values.begin() + blockFirst, values.begin() + blockEnd);
}

int LiveBytes::findPeak() const {
  auto block = static_cast<int>(std::max_element(highest.begin(), highest.end()) - highest.begin());
  int position = block * blockSize;
  while (at(position) != highest[block])
    ++position;
  return position;
}
