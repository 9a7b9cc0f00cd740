// Pairs of entries, latest first, so that what one dependency implies is known when an earlier one is looked at. Quadratic in
// the entries: 800 take milliseconds, 5,000 about a second.
#include "neap/runtime/cuda/Dependencies.h"

#include <algorithm>

namespace neap::runtime {

namespace {

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
  std::vector<std::vector<bool>> ancestors(program.size(), std::vector<bool>(program.size()));
  for (uint32_t entry = 0; entry < program.size(); ++entry) {
    if (program[entry].kind == ProgramEntry::Kind::Observe)
      continue;
    for (uint32_t earlier = entry; earlier-- > 0;) {
      if (program[earlier].kind == ProgramEntry::Kind::Observe || ancestors[entry][earlier] ||
          !mustWait(program, entry, earlier))
        continue;
      dependencies[entry].push_back(earlier);
      ancestors[entry][earlier] = true;
      for (uint32_t i = 0; i < earlier; ++i)
        if (ancestors[earlier][i])
          ancestors[entry][i] = true;
    }
  }
  return dependencies;
}

} // namespace neap::runtime
