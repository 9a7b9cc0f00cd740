// Splitting and joining.
#include "neap/runtime/sim/machine/Paths.h"

#include "neap/runtime/sim/machine/ControlFlow.h"

namespace neap::sim {

void Paths::start(uint32_t mask) {
  paths_ = {{0, mask, neverMeet, -1, false}};
  junctions_.clear();
  alive_ = mask;
}

int Paths::makeJunction(const Path &path, uint32_t pc) {
  size_t index = 0;
  while (index < junctions_.size() && !junctions_[index].isFree)
    ++index;
  if (index == junctions_.size())
    junctions_.emplace_back();
  junctions_[index] = {pc, 0, 1, path.meetingPoint, path.junction, false};
  return int(index);
}

void Paths::split(size_t i, uint32_t taken, uint32_t target, uint32_t meetingPoint) {
  // A branch inside a loop meets where the loop's path does: no junction of its own, or junctions would pile up.
  if (meetingPoint != paths_[i].meetingPoint) {
    int junction = makeJunction(paths_[i], meetingPoint);
    paths_[i].junction = junction;
    paths_[i].meetingPoint = meetingPoint;
  }
  if (paths_[i].junction >= 0)
    ++junctions_[size_t(paths_[i].junction)].expected;
  Path other = paths_[i];
  other.mask = taken;
  other.pc = target;
  paths_[i].mask &= ~taken;
  paths_.push_back(other);
}

void Paths::arrive(int junction, uint32_t mask) {
  while (junction >= 0) {
    Junction &entry = junctions_[size_t(junction)];
    entry.arrived |= mask;
    if (--entry.expected > 0)
      return;
    entry.isFree = true;
    if (entry.arrived != 0) {
      paths_.push_back({entry.pc, entry.arrived, entry.outerMeetingPoint, entry.outer, false});
      return;
    }
    // Nobody is left to go on, so the junction around this one has one path less to wait for.
    junction = entry.outer;
    mask = 0;
  }
}

void Paths::meet(size_t i) {
  Path path = paths_[i];
  remove(i);
  arrive(path.junction, path.mask);
}

void Paths::exit(size_t i, uint32_t mask) {
  alive_ &= ~mask;
  paths_[i].mask &= ~mask;
  if (paths_[i].mask != 0)
    return;
  int junction = paths_[i].junction;
  remove(i);
  arrive(junction, 0);
}

size_t Paths::joinWaiting(size_t i) {
  for (size_t other = 0; other < paths_.size(); ++other) {
    if (other == i || !paths_[other].waits || paths_[other].pc != paths_[i].pc)
      continue;
    paths_[other].mask |= paths_[i].mask;
    paths_[other].waits = false;
    int junction = paths_[i].junction;
    uint32_t moved = paths_[other].mask;
    remove(i);
    arrive(junction, 0);
    for (size_t found = 0; found < paths_.size(); ++found)
      if (paths_[found].mask == moved)
        return found;
  }
  return i;
}

} // namespace neap::sim
