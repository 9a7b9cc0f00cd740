// What a value is: for each byte of its place, the write that made it.
#pragma once

#include "neap/dialects/sched/Sched.h"
#include "neap/passes/verify/plan/ByteHistory.h"

namespace neap::plan {

/// Bytes of one write.
struct Segment {
  Range range;
  int32_t writer;
};

/// `range` counts from the beginning of the arena that `slot` lies in; the segments cover it without gaps, in order.
struct Contents {
  sched::SlotOp slot;
  Range range;
  llvm::SmallVector<Segment, 1> segments;

  /// All of it made by one write.
  static Contents whole(sched::SlotOp slot, Range range, int32_t writer);
  sched::Space getSpace() const { return sched::SlotOp(slot).getType().getSpace(); }
  bool covers(Range part) const { return range.begin <= part.begin && part.end <= range.end; }
  /// A part of what it covers.
  Contents slice(Range part) const;
  /// The same with a part of what it covers replaced.
  Contents merge(const Contents &part) const;
};

} // namespace neap::plan
