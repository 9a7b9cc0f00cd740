// Windows of copies on the host's memory.
#include "neap/runtime/sim/driver/HostMemory.h"

#include <cstring>
#include <sys/mman.h>

namespace neap::sim::driver {

namespace {

constexpr uint64_t pageBytes = 4096;

std::byte *pointerTo(uint64_t address) { return reinterpret_cast<std::byte *>(address & ~hostBit); }

Interval overlap(Interval left, Interval right) {
  return {std::max(left.begin, right.begin), std::min(left.end, right.end)};
}

bool isEmpty(Interval interval) { return interval.begin >= interval.end; }

void fillWithPattern(Interval bytes) {
  std::memset(pointerTo(bytes.begin), DeviceMemory::uninitialisedByte, bytes.end - bytes.begin);
}

} // namespace

HostBlock::HostBlock(std::string name, uint64_t bytes)
    : name_(std::move(name)), bytes_(bytes), mappedBytes_((bytes / pageBytes + 2) * pageBytes) {
  void *data = mmap(nullptr, mappedBytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (data == MAP_FAILED)
    throw CallError{cuda::Result::OutOfMemory, {}};
  data_ = static_cast<std::byte *>(data);
  mprotect(data_ + mappedBytes_ - pageBytes, pageBytes, PROT_NONE);
}

HostBlock::~HostBlock() { munmap(data_, mappedBytes_); }

void HostBlock::free() {
  isFreed_ = true;
  madvise(data_, mappedBytes_, MADV_DONTNEED);
  mprotect(data_, mappedBytes_, PROT_NONE);
}

void *HostMemory::allocate(uint64_t bytes) {
  auto block = std::make_unique<HostBlock>("host " + std::to_string(blocks_.size() + 1), bytes);
  std::byte *data = block->data();
  std::memset(data, DeviceMemory::uninitialisedByte, bytes);
  blocks_[data] = std::move(block);
  return data;
}

const HostBlock *HostMemory::find(const void *address) const {
  auto *wanted = static_cast<const std::byte *>(address);
  auto after = blocks_.upper_bound(wanted);
  if (after == blocks_.begin())
    return nullptr;
  const HostBlock *block = std::prev(after)->second.get();
  return wanted < block->data() + block->bytes() ? block : nullptr;
}

void HostMemory::free(void *address) {
  auto found = blocks_.find(static_cast<std::byte *>(address));
  if (found == blocks_.end())
    throw CallError{cuda::Result::InvalidValue, "no host allocation starts at this address"};
  HostBlock &block = *found->second;
  if (block.isFreed())
    throw CallError{cuda::Result::InvalidValue, "'" + block.name() + "' was freed before"};
  for (const Window &window : windows_)
    if (!isEmpty(overlap(window.bytes, block.interval())))
      throw CallError{cuda::Result::InvalidValue, "'" + block.name() + "' is freed while " +
                                                      window.task->text(window.node) +
                                                      " may still use it: nothing has waited for its end"};
  block.free();
}

std::string HostMemory::describe(uint64_t address) const {
  const HostBlock *block = find(pointerTo(address));
  if (!block)
    return "in no host allocation";
  return std::to_string(pointerTo(address) - block->data()) + " bytes into '" + block->name() + "' (" +
         std::to_string(block->bytes()) + " bytes of the host)" + (block->isFreed() ? ", which was freed" : "");
}

void HostMemory::open(const TaskPointer &task) {
  // Sources first: what a copy of the same graph reads must not be overwritten for another one that writes there later.
  for (bool isWritten : {false, true})
    for (uint32_t node = 0; node < task->program->size(); ++node) {
      const Operation &operation = task->program->operation(node);
      if (Interval bytes = isWritten ? hostWrites(operation) : hostReads(operation); !isEmpty(bytes))
        openWindow(task, node, bytes, isWritten);
    }
}

bool HostMemory::isInWindow(Interval bytes) const {
  for (const Window &window : windows_)
    if (!isEmpty(overlap(window.bytes, bytes)))
      return true;
  return false;
}

void HostMemory::openWindow(const TaskPointer &task, uint32_t node, Interval bytes, bool isWritten) {
  if (isWritten && !isInWindow(bytes))
    fillWithPattern(bytes);
  windows_.push_back({task, node, bytes, {pointerTo(bytes.begin), pointerTo(bytes.end)}});
}

void HostMemory::compare(Window &window) {
  const std::byte *actual = pointerTo(window.bytes.begin);
  auto different = std::mismatch(window.expected.begin(), window.expected.end(), actual).first;
  if (different == window.expected.end())
    return;
  errors_.fail(cuda::Result::IllegalAddress,
               "host race: the host has written the byte " +
                   describe(window.bytes.begin + uint64_t(different - window.expected.begin())) + " between queueing " +
                   window.task->text(window.node) + " and waiting for its end");
  window.expected.assign(actual, actual + window.expected.size());
}

void HostMemory::check(const Task &task, uint32_t node) {
  for (Window &window : windows_)
    if (window.task.get() == &task && window.node == node)
      compare(window);
}

void HostMemory::poison(Interval bytes) {
  fillWithPattern(bytes);
  poisoned_.add(bytes);
}

std::optional<uint64_t> HostMemory::findPoisoned(Interval bytes) const {
  IntervalSet wanted;
  wanted.add(bytes);
  std::optional<Interval> common = poisoned_.intersection(wanted);
  return common ? std::optional(common->begin) : std::nullopt;
}

void HostMemory::wrote(Interval bytes) {
  IntervalSet left;
  for (Interval part : poisoned_.intervals())
    for (Interval rest : {overlap(part, {0, bytes.begin}), overlap(part, {bytes.end, ~uint64_t(0)})})
      if (!isEmpty(rest))
        left.add(rest);
  poisoned_ = std::move(left);
  for (Window &window : windows_)
    if (Interval common = overlap(window.bytes, bytes); !isEmpty(common))
      std::memcpy(&window.expected[common.begin - window.bytes.begin], pointerTo(common.begin),
                  common.end - common.begin);
}

void HostMemory::close(const VectorClock &known) {
  for (auto window = windows_.begin(); window != windows_.end();) {
    bool isKnown = window->task->isBefore(known);
    if (isKnown)
      compare(*window);
    window = isKnown ? windows_.erase(window) : std::next(window);
  }
}

} // namespace neap::sim::driver
