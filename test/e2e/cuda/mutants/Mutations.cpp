// Changes of the graph on its way to the driver first, then of the plan, then of the kernels' text.
#include "Mutations.h"

#include <algorithm>
#include <regex>
#include <sstream>

namespace neap::test {

using runtime::ArenaSlot;
using runtime::Manifest;
using runtime::Operand;
using runtime::ProgramEntry;
using runtime::Space;

const std::vector<Mutations::Kind> Mutations::table = {{"remove an edge", &Mutations::removeEdge},
                                                       {"drop a launch", &Mutations::dropLaunch},
                                                       {"move an argument", &Mutations::moveArgument},
                                                       {"change the blocks of a launch", &Mutations::changeBlocks},
                                                       {"move a slot", &Mutations::moveSlot},
                                                       {"shorten a slot", &Mutations::shortenSlot},
                                                       {"drop a barrier", &Mutations::dropBarrier},
                                                       {"misalign an access", &Mutations::misalignAccess},
                                                       {"shuffle without some lanes", &Mutations::parkLanes}};

const std::vector<const char *> &Mutations::kinds() {
  static const std::vector<const char *> names = [] {
    std::vector<const char *> list;
    for (const Kind &kind : table)
      list.push_back(kind.name);
    return list;
  }();
  return names;
}

Mutations::Mutations(const CompiledProgram &program, std::vector<size_t> edges, uint32_t seed)
    : program_(program), random_(seed), edges_(std::move(edges)) {
  for (size_t entry = 0; entry < program.manifest.program.size(); ++entry)
    if (program.manifest.program[entry].kind != ProgramEntry::Kind::Observe)
      nodes_.push_back(entry);
  std::istringstream stream(program.ptx);
  for (std::string line; std::getline(stream, line);)
    lines_.push_back(line);
}

std::optional<Mutant> Mutations::next(size_t kind) {
  constexpr int tries = 500;
  for (int attempt = 0; attempt < tries; ++attempt) {
    Mutant mutant{{program_.manifest, program_.ptx, {}}, {}};
    if ((this->*table[kind].apply)(mutant) && made_.insert(mutant.description).second)
      return mutant;
  }
  return std::nullopt;
}

bool Mutations::isBiasOfLibrary(uint32_t node, uint32_t operand) const {
  const auto &product = program_.manifest.kernels[entryOf(node).kernel].product;
  return product && product->bias && product->bias->argument == operand;
}

// The graph ----------------------------------------------------------------------------------------------------------

bool Mutations::removeEdge(Mutant &mutant) {
  auto node = uint32_t(below(nodes_.size()));
  size_t edges = edges_[node];
  if (edges == 0)
    return false;
  mutant.change = {GraphChange::Kind::DropEdge, node, uint32_t(below(edges))};
  mutant.description =
      "node " + std::to_string(node) + " does not wait for its dependency " + std::to_string(mutant.change.index);
  return true;
}

/// Of a launch all of whose results are new. One in place leaves a value behind that was right a moment before.
bool Mutations::dropLaunch(Mutant &mutant) {
  auto node = uint32_t(below(nodes_.size()));
  const ProgramEntry &entry = entryOf(node);
  auto isGiven = [&](const Operand &operand) { return program_.manifest.slots[operand.slot].aliveBefore; };
  for (size_t result = entry.inputs; result < entry.operands.size(); ++result)
    for (size_t input = 0; input < entry.inputs; ++input)
      if (isGiven(entry.operands[result]) || entry.operands[input].slot == entry.operands[result].slot)
        return false;
  mutant.change = {GraphChange::Kind::DropNode, node};
  mutant.description = "node " + std::to_string(node) + " is missing";
  return true;
}

/// Away from the launch's other operands: into one of them is a legal program with another meaning.
bool Mutations::moveArgument(Mutant &mutant) {
  auto node = uint32_t(below(nodes_.size()));
  if (!isLaunch(node))
    return false;
  constexpr int64_t distances[] = {1, 4, 8, 16, 64, 256, 1024};
  int64_t distance = distances[below(std::size(distances))];
  const std::vector<Operand> &operands = entryOf(node).operands;
  mutant.change = {GraphChange::Kind::MoveArgument, node, uint32_t(below(operands.size())),
                   below(2) ? distance : -distance};
  const Operand &moved = operands[mutant.change.index];
  mutant.change.offset = moved.offset;
  mutant.change.bytes = moved.bytes;
  if (isBiasOfLibrary(node, mutant.change.index)) // no argument of the call: part of what was planned
    return false;
  uint64_t begin = moved.offset + uint64_t(mutant.change.delta), end = begin + moved.bytes;
  for (const Operand &other : operands)
    if (other.slot != moved.slot && other.offset < end && begin < other.offset + other.bytes)
      return false;
  for (const Operand &other : operands)
    if (other.slot == moved.slot && other.offset != moved.offset) // fields of the step block
      return false;
  mutant.description = "argument " + std::to_string(mutant.change.index) + " of node " + std::to_string(node) +
                       " moved by " + std::to_string(mutant.change.delta);
  return true;
}

bool Mutations::changeBlocks(Mutant &mutant) {
  auto node = uint32_t(below(nodes_.size()));
  if (!isLaunch(node) || isOfLibrary(node))
    return false;
  int64_t blocks = program_.manifest.kernels[entryOf(node).kernel].blocks;
  int64_t changed = below(2) ? blocks + 1 + int64_t(below(3)) : int64_t(below(uint64_t(blocks)));
  if (changed == 0)
    return false;
  mutant.change = {GraphChange::Kind::ChangeBlocks, node, 0, changed - blocks};
  mutant.description =
      std::to_string(changed) + " blocks of node " + std::to_string(node) + " instead of " + std::to_string(blocks);
  return true;
}

// The plan -----------------------------------------------------------------------------------------------------------

namespace {

uint64_t &bytesOf(Manifest &manifest, Space space) {
  return space == Space::Far ? manifest.farBytes : manifest.arenaBytes;
}

/// Workspaces included.
template <class Change> void forEachOperand(Manifest &manifest, Change change) {
  for (ProgramEntry &entry : manifest.program) {
    for (Operand &operand : entry.operands)
      change(operand);
    if (entry.workspace.bytes > 0)
      change(entry.workspace);
  }
}

} // namespace

/// A slot laid where another one may be alive.
bool Mutations::moveSlot(Mutant &mutant) {
  size_t number = below(mutant.manifest.slots.size());
  ArenaSlot &slot = mutant.manifest.slots[number];
  if (slot.aliveBefore || slot.bytes == 0)
    return false;
  constexpr uint64_t alignment = NEAP_ALIGNMENT;
  uint64_t offset = below((bytesOf(mutant.manifest, slot.space) - slot.bytes) / alignment + 1) * alignment;
  if (offset == slot.offset)
    return false;
  mutant.description =
      "slot " + std::to_string(number) + " moved from " + std::to_string(slot.offset) + " to " + std::to_string(offset);
  auto move = [&](uint64_t &place) { place += offset - slot.offset; };
  forEachOperand(mutant.manifest, [&](Operand &operand) {
    if (operand.slot == number)
      move(operand.offset);
  });
  for (runtime::Slot *output : {&mutant.manifest.loss, &mutant.manifest.gradientNorm})
    if (slot.space == Space::Device && output->offset == slot.offset)
      move(output->offset);
  slot.offset = offset;
  return true;
}

namespace {

/// Applies a change to all that the manifest places in one of the memories.
template <class Change> void changeOffsets(Manifest &manifest, Space space, Change change) {
  auto changePlace = [&](auto &place) {
    if (place.space == space)
      change(place.offset);
  };
  for (ArenaSlot &slot : manifest.slots)
    changePlace(slot);
  for (Operand &state : manifest.states)
    changePlace(state);
  forEachOperand(manifest, changePlace);
  if (space == Space::Far)
    return;
  for (runtime::Slot *slot : {&manifest.loss, &manifest.gradientNorm})
    change(slot->offset);
  for (runtime::Input &input : manifest.inputs)
    change(input.offset);
  for (runtime::Parameter &parameter : manifest.parameters)
    change(parameter.offset);
  for (runtime::Constant &constant : manifest.constants)
    change(constant.offset);
  for (runtime::BoundedOutput &output : manifest.boundedOutputs)
    change(output.offset);
  change(manifest.stepBlock);
}

} // namespace

/// A slot with too few bytes, and everything behind it moved up.
bool Mutations::shortenSlot(Mutant &mutant) {
  Manifest &manifest = mutant.manifest;
  size_t number = below(manifest.slots.size());
  constexpr uint64_t alignment = NEAP_ALIGNMENT;
  uint64_t bytes = manifest.slots[number].bytes, end = manifest.slots[number].offset + bytes;
  if (bytes <= alignment)
    return false;
  uint64_t missing = (1 + below((bytes - 1) / alignment)) * alignment;
  auto isBehind = [&](uint64_t offset) { return offset >= end; };
  forEachOperand(manifest, [&](Operand &operand) {
    if (operand.slot == number && operand.offset + operand.bytes > end - missing)
      operand.bytes = operand.offset < end - missing ? end - missing - operand.offset : 0;
  });
  manifest.slots[number].bytes -= missing;
  changeOffsets(manifest, manifest.slots[number].space,
                [&](uint64_t &offset) { offset -= isBehind(offset) ? missing : 0; });
  bytesOf(manifest, manifest.slots[number].space) -= missing;
  mutant.description = "slot " + std::to_string(number) + " lacks " + std::to_string(missing) + " of " +
                       std::to_string(bytes) + " bytes";
  return true;
}

// The kernels --------------------------------------------------------------------------------------------------------

/// A line of an instruction that the pattern matches.
std::optional<size_t> Mutations::drawLine(const char *pattern) {
  std::vector<size_t> found;
  std::regex expression(pattern);
  for (size_t line = 0; line < lines_.size(); ++line)
    if (std::regex_search(lines_[line], expression))
      found.push_back(line);
  return found.empty() ? std::nullopt : std::optional(found[below(found.size())]);
}

void Mutations::replaceLine(Mutant &mutant, size_t line, const std::string &by) {
  mutant.description = "line " + std::to_string(line + 1) + ": " + lines_[line] + " -> " + by;
  mutant.ptx.clear();
  for (size_t i = 0; i < lines_.size(); ++i)
    mutant.ptx += (i == line ? by : lines_[i]) + "\n";
}

bool Mutations::dropBarrier(Mutant &mutant) {
  auto line = drawLine("^\t(bar|barrier)\\.sync");
  if (!line)
    return false;
  replaceLine(mutant, *line, "");
  return true;
}

/// By less than its size, so that the address is no multiple of it.
bool Mutations::misalignAccess(Mutant &mutant) {
  auto line = drawLine("^\t(@!?%p[0-9]+ )?(ld|st)\\.(global|shared).*\\.[bfsu](32|64).*\\[");
  if (!line)
    return false;
  const std::string &text = lines_[*line];
  size_t close = text.find(']'), plus = text.find('+', text.find('['));
  long displacement = plus < close ? std::stol(text.substr(plus + 1)) : 0;
  uint64_t size = text.find(".v4") != text.npos                                       ? 16
                  : text.find(".v2") != text.npos || text.find("64") < text.find('[') ? 8
                                                                                      : 4;
  long shift = long(1 + below(size - 1));
  replaceLine(mutant, *line,
              text.substr(0, std::min(plus, close)) + "+" + std::to_string(displacement + shift) + text.substr(close));
  return true;
}

/// Some lanes go around a shuffle that names them.
bool Mutations::parkLanes(Mutant &mutant) {
  auto line = drawLine("^\tshfl\\.sync");
  if (!line)
    return false;
  std::string bound = std::to_string(1 + below(31));
  std::string comparison = below(2) ? "lt" : "ge";
  replaceLine(mutant, *line,
              "\t{ .reg .pred %parked; .reg .b32 %lane; mov.u32 %lane, %laneid; setp." + comparison +
                  ".u32 %parked, %lane, " + bound + "; @%parked " + lines_[*line].substr(1) + " }");
  return true;
}

} // namespace neap::test
