// Pairs of entries, latest first, so that what one dependency implies is known when an earlier one is looked at. Quadratic in
// the entries, but 64 at a time where one implies the other, as most do: 5,000 take 2 ms, 50,000 a second.
#include "neap/runtime/cuda/Dependencies.h"

#include <algorithm>
#include <bit>
#include <optional>

namespace neap::runtime {

namespace {

/// Some of the entries before one: a bit for each.
class EntrySet {
public:
  explicit EntrySet(size_t end) : words_(end / 64 + 1) {}

  void add(size_t entry) { words_[entry / 64] |= uint64_t(1) << entry % 64; }
  /// Adds a set of no later entries.
  void add(const EntrySet &other) {
    for (size_t i = 0; i < other.words_.size(); ++i)
      words_[i] |= other.words_[i];
  }
  /// The last entry before `end` that is not in the set.
  std::optional<uint32_t> findAbsentBefore(size_t end) const {
    for (size_t word = end / 64 + 1; word-- > 0;) {
      uint64_t inside = word == end / 64 ? (uint64_t(1) << end % 64) - 1 : ~uint64_t(0);
      if (uint64_t absent = ~words_[word] & inside)
        return uint32_t(word * 64 + 63 - size_t(std::countl_zero(absent)));
    }
    return std::nullopt;
  }

private:
  std::vector<uint64_t> words_;
};

bool overlap(const Operand &a, const Operand &b) {
  return a.space == b.space && a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}

bool isWritten(const ProgramEntry &entry, size_t operand) { return operand >= entry.inputs; }

bool conflict(const ProgramEntry &a, const ProgramEntry &b) {
  for (size_t i = 0; i < a.operands.size(); ++i)
    for (size_t j = 0; j < b.operands.size(); ++j)
      if ((isWritten(a, i) || isWritten(b, j)) && overlap(a.operands[i], b.operands[j]))
        return true;
  return false;
}

/// A copy engine takes its copies in the order of the plan, which has the most urgent first. Launches are not bound to their
/// stream's order: of these, bytes decide.
bool isOfOneCopyStream(const ProgramEntry &a, const ProgramEntry &b) {
  return a.stream == b.stream && a.stream != StreamId::Compute;
}

bool mustWait(const std::vector<ProgramEntry> &program, uint32_t entry, uint32_t earlier) {
  const std::vector<size_t> &after = program[entry].after;
  return std::find(after.begin(), after.end(), earlier) != after.end() ||
         isOfOneCopyStream(program[earlier], program[entry]) || conflict(program[earlier], program[entry]);
}

} // namespace

std::vector<std::vector<uint32_t>> findDependencies(const std::vector<ProgramEntry> &program) {
  std::vector<std::vector<uint32_t>> dependencies(program.size());
  std::vector<EntrySet> ancestors;
  for (uint32_t entry = 0; entry < program.size(); ++entry) {
    EntrySet &own = ancestors.emplace_back(entry);
    if (program[entry].kind == ProgramEntry::Kind::Observe)
      continue;
    for (auto earlier = own.findAbsentBefore(entry); earlier; earlier = own.findAbsentBefore(*earlier)) {
      if (program[*earlier].kind == ProgramEntry::Kind::Observe || !mustWait(program, entry, *earlier))
        continue;
      dependencies[entry].push_back(*earlier);
      own.add(*earlier);
      own.add(ancestors[*earlier]);
    }
  }
  return dependencies;
}

} // namespace neap::runtime
