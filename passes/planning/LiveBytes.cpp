// Blocks of positions with changes that are pending for all of a block.
#include "neap/passes/planning/LiveBytes.h"

#include <algorithm>

using namespace neap::planning;

LiveBytes::LiveBytes(const std::vector<int64_t> &bytes, int64_t capacity)
    : capacity(capacity), values(bytes), pending((bytes.size() + blockSize - 1) / blockSize, 0), lowest(pending),
      highest(pending) {
  for (int block = 0; block < static_cast<int>(pending.size()); ++block)
    updateExtremes(block);
  for (int64_t value : values)
    excessBytes += excessOf(value);
}

int LiveBytes::countPositions(int block) const {
  return std::min(blockSize, static_cast<int>(values.size()) - block * blockSize);
}

void LiveBytes::updateExtremes(int block) {
  auto first = values.begin() + block * blockSize;
  auto [low, high] = std::minmax_element(first, first + countPositions(block));
  lowest[block] = *low + pending[block];
  highest[block] = *high + pending[block];
}

void LiveBytes::add(int first, int last, int64_t bytes) {
  for (int block = first / blockSize; block * blockSize <= last; ++block) {
    ++workDone;
    int blockFirst = block * blockSize, blockLast = blockFirst + countPositions(block) - 1;
    bool isWhole = first <= blockFirst && blockLast <= last;
    bool isBelow = std::max(highest[block], highest[block] + bytes) <= capacity;
    bool isAbove = std::min(lowest[block], lowest[block] + bytes) >= capacity;
    if (!isWhole || (!isBelow && !isAbove)) {
      addInBlock(block, std::max(first, blockFirst), std::min(last, blockLast), bytes);
      continue;
    }
    pending[block] += bytes;
    lowest[block] += bytes;
    highest[block] += bytes;
    if (isAbove)
      excessBytes += bytes * countPositions(block);
  }
}

void LiveBytes::addInBlock(int block, int first, int last, int64_t bytes) {
  for (int position = first; position <= last; ++position) {
    int64_t before = at(position);
    values[position] += bytes;
    excessBytes += excessOf(before + bytes) - excessOf(before);
  }
  updateExtremes(block);
  workDone += blockSize;
}

int LiveBytes::findPeak() const {
  auto block = static_cast<int>(std::max_element(highest.begin(), highest.end()) - highest.begin());
  int position = block * blockSize;
  while (at(position) != highest[block])
    ++position;
  return position;
}
