// The lanes of a warp, grouped into paths: lanes that are at the same instruction and run together.
//
// A branch that lanes take differently splits a path in two, which meet again at the branch's meeting point (the
// immediate post-dominator): there each waits for the others of its junction, and one path goes on.
//
//        path p ---- branch ----+---- path q ----+
//                               |                |
//                               +---- path p ----+---- meeting point ---- one path
//
// A path may also stand still at an instruction that needs further lanes (a barrier, a shuffle) until another path
// comes to the same instruction and joins it, as lanes of a device do.
#ifndef NEAP_RUNTIME_SIM_MACHINE_PATHS_H
#define NEAP_RUNTIME_SIM_MACHINE_PATHS_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace neap::sim {

struct Path {
  uint32_t pc = 0;
  /// Its lanes, never none.
  uint32_t mask = 0;
  /// Where it meets others, neverMeet at the outermost level.
  uint32_t meetingPoint = 0;
  /// Index of its junction, -1 at the outermost level.
  int junction = -1;
  /// Stands still for lack of lanes.
  bool waits = false;
};

class Paths {
public:
  /// One path of the lanes `mask`, at instruction 0.
  void start(uint32_t mask);

  bool empty() const { return paths_.empty(); }
  size_t count() const { return paths_.size(); }
  Path &at(size_t i) { return paths_[i]; }
  const Path &at(size_t i) const { return paths_[i]; }
  /// The lanes of all paths and of those that wait at meeting points.
  uint32_t alive() const { return alive_; }

  /// Lets the lanes `taken` of path `i` go to `target` on a new path, which is the last one then. Some but not all of
  /// its lanes.
  void split(size_t i, uint32_t taken, uint32_t target, uint32_t meetingPoint);
  /// Path `i` is at its meeting point. Invalidates indices.
  void meet(size_t i);
  /// The lanes `mask` of path `i` end. Invalidates indices if it has no others.
  void exit(size_t i, uint32_t mask);
  /// Joins path `i`, which is about to wait, with another that waits at the same instruction. Returns the index of the
  /// path that then has the lanes of both, or `i` if there is none. Invalidates indices.
  size_t joinWaiting(size_t i);

private:
  struct Junction {
    uint32_t pc = 0;
    /// Lanes that have arrived.
    uint32_t arrived = 0;
    /// Paths still to come.
    uint32_t expected = 0;
    uint32_t outerMeetingPoint = 0;
    int outer = -1;
    bool isFree = false;
  };
  int makeJunction(const Path &path, uint32_t pc);
  void remove(size_t i) {
    paths_[i] = paths_.back();
    paths_.pop_back();
  }
  /// One path less is to come to `junction`; the last lets the arrived lanes go on.
  void arrive(int junction, uint32_t mask);

  std::vector<Path> paths_;
  std::vector<Junction> junctions_;
  uint32_t alive_ = 0;
};

} // namespace neap::sim

#endif
