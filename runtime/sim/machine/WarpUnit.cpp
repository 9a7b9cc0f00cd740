// Member masks first, then the instructions.
#include "neap/runtime/sim/machine/WarpUnit.h"

#include <algorithm>
#include <bit>

namespace neap::sim {

using ptx::Instruction;
using ptx::Opcode;
using ptx::Reduction;
using ptx::Shuffle;
using ptx::Vote;

namespace {

bool has(uint32_t mask, uint32_t lane) { return mask >> lane & 1; }

/// The operand that names the lanes which take part: the last one.
const auto *membersOf(Warp &warp, const Instruction &instruction) {
  return warp.file().lanes<uint32_t>(instruction.sources[instruction.sourceCount - 1]);
}

} // namespace

std::string lanesText(uint32_t mask) {
  if (mask == allLanes)
    return "all lanes";
  std::string text = std::popcount(mask) == 1 ? "lane " : "lanes ";
  for (uint32_t lane = 0, count = 0; lane < 32; ++lane)
    if (has(mask, lane))
      text += (count++ ? ", " : "") + std::to_string(lane);
  return text;
}

void WarpUnit::report(Warp &warp, const Instruction &instruction, uint32_t lanes, std::string detail) {
  reporter_.add(Fault::WarpDivergence, instruction, warp.index(), uint32_t(std::countr_zero(lanes)), 0,
                std::move(detail));
}

bool WarpUnit::hasLanes(Warp &warp, const Instruction &instruction, uint32_t path, uint32_t mask) {
  const auto *members = membersOf(warp, instruction);
  uint32_t named = 0;
  for (uint32_t lane = 0; lane < 32; ++lane)
    named |= has(mask, lane) ? members[lane] : 0;
  if (uint32_t gone = named & ~warp.paths.alive())
    report(warp, instruction, mask, "the mask names " + lanesText(gone) + ", which has ended or never was");
  else if (named & ~path)
    return false;
  else if (uint32_t off = named & ~mask)
    report(warp, instruction, mask, "the mask names " + lanesText(off) + ", for which the predicate is false");
  checkMembers(warp, instruction, mask);
  return true;
}

/// Each lane must be in its own mask, and lanes that name each other must have the same one.
void WarpUnit::checkMembers(Warp &warp, const Instruction &instruction, uint32_t mask) {
  const auto *members = membersOf(warp, instruction);
  uint32_t first = members[std::countr_zero(mask)];
  for (uint32_t lane = 0; lane < 32; ++lane) {
    if (!has(mask, lane))
      continue;
    if (!has(members[lane], lane))
      return report(warp, instruction, 1u << lane,
                    "the mask " + hex(members[lane]) + " does not name this lane, which executes it");
    if (members[lane] == first)
      continue;
    for (uint32_t other = 0; other < 32; ++other)
      if (has(members[lane] & mask, other) && members[other] != members[lane])
        return report(warp, instruction, 1u << lane,
                      "the mask is " + hex(members[lane]) + " here but " + hex(members[other]) + " in lane " +
                          std::to_string(other));
  }
}

void WarpUnit::execute(Warp &warp, const Instruction &instruction, uint32_t mask) {
  switch (instruction.opcode) {
  case Opcode::Shfl: return shuffle(warp, instruction, mask);
  case Opcode::Vote: return vote(warp, instruction, mask);
  case Opcode::Redux: return reduce(warp, instruction, mask);
  default: break;
  }
  uint32_t values[32];
  std::fill_n(values, 32, mask);
  warp.file().store<uint32_t>(instruction.results[0], values, mask);
}

namespace {

struct Source {
  uint32_t lane;
  bool inRange;
};

/// What a lane gets that reads from one which takes no part: as bytes that nobody has written.
constexpr uint32_t undefinedValue = 0x01010101u * DeviceMemory::uninitialisedByte;

/// Where a lane reads from: `b` is a lane or a distance; `c` has the last lane of a segment in its bits 0 to 4 and the
/// bits of a lane number that stay fixed in 8 to 12.
Source sourceOf(Shuffle mode, int lane, uint32_t b, uint32_t c) {
  int distance = int(b & 31), clamp = int(c & 31), segment = int(c >> 8 & 31);
  int maxLane = (lane & segment) | (clamp & ~segment), minLane = lane & segment;
  int source = 0;
  bool inRange = false;
  switch (mode) {
  case Shuffle::Up: inRange = (source = lane - distance) >= maxLane; break;
  case Shuffle::Down: inRange = (source = lane + distance) <= maxLane; break;
  case Shuffle::Bfly: inRange = (source = lane ^ distance) <= maxLane; break;
  case Shuffle::Idx: inRange = (source = minLane | (distance & ~segment)) <= maxLane; break;
  }
  return {uint32_t(inRange ? source : lane), inRange};
}

} // namespace

void WarpUnit::shuffle(Warp &warp, const Instruction &instruction, uint32_t mask) {
  LaneFile &file = warp.file();
  const auto *a = file.lanes<uint32_t>(instruction.sources[0]), *b = file.lanes<uint32_t>(instruction.sources[1]),
             *c = file.lanes<uint32_t>(instruction.sources[2]), *members = membersOf(warp, instruction);
  uint32_t values[32], inRange = 0;
  for (uint32_t lane = 0; lane < 32; ++lane) {
    Source source = sourceOf(instruction.shuffle, int(lane), b[lane], c[lane]);
    values[lane] = a[source.lane];
    inRange |= uint32_t(source.inRange) << lane;
    if (!has(mask, lane) || has(mask & members[lane], source.lane))
      continue;
    values[lane] = undefinedValue;
    report(warp, instruction, 1u << lane, "reads from lane " + std::to_string(source.lane) + ", which takes no part");
  }
  file.store<uint32_t>(instruction.results[0], values, mask);
  if (instruction.resultCount == 2)
    file.setPredicate(instruction.results[1], inRange, mask);
}

void WarpUnit::vote(Warp &warp, const Instruction &instruction, uint32_t mask) {
  uint32_t votes = warp.file().predicate(instruction.sources[0]), ballots[32], result = 0;
  const auto *members = membersOf(warp, instruction);
  for (uint32_t lane = 0; lane < 32; ++lane) {
    uint32_t group = members[lane] & mask, yes = votes & group;
    ballots[lane] = yes;
    bool holds = instruction.vote == Vote::All   ? yes == group
                 : instruction.vote == Vote::Any ? yes != 0
                                                 : yes == group || yes == 0;
    result |= uint32_t(holds) << lane;
  }
  if (instruction.vote == Vote::Ballot)
    warp.file().store<uint32_t>(instruction.results[0], ballots, mask);
  else
    warp.file().setPredicate(instruction.results[0], result, mask);
}

namespace {

uint32_t combine(Reduction reduction, bool isSigned, uint32_t a, uint32_t b) {
  switch (reduction) {
  case Reduction::Add: return a + b;
  case Reduction::Min: return isSigned ? uint32_t(std::min(int32_t(a), int32_t(b))) : std::min(a, b);
  case Reduction::Max: return isSigned ? uint32_t(std::max(int32_t(a), int32_t(b))) : std::max(a, b);
  case Reduction::And: return a & b;
  case Reduction::Or: return a | b;
  case Reduction::Xor: return a ^ b;
  }
  return 0;
}

} // namespace

void WarpUnit::reduce(Warp &warp, const Instruction &instruction, uint32_t mask) {
  const auto *a = warp.file().lanes<uint32_t>(instruction.sources[0]), *members = membersOf(warp, instruction);
  uint32_t values[32] = {};
  for (uint32_t lane = 0; lane < 32; ++lane) {
    uint32_t group = members[lane] & mask;
    if (!has(group, lane))
      continue;
    uint32_t result = a[lane];
    for (uint32_t other = 0; other < 32; ++other)
      if (other != lane && has(group, other))
        result = combine(instruction.reduction, isSigned(instruction.type), result, a[other]);
    values[lane] = result;
  }
  warp.file().store<uint32_t>(instruction.results[0], values, mask);
}

} // namespace neap::sim
