// Segments, cut and put together. See Contents.h.
#include "neap/passes/verify/plan/Contents.h"

using namespace mlir;
using namespace neap;
using namespace neap::plan;

/// Appends the bytes of `segments` that lie in a range.
static void appendWithin(ArrayRef<Segment> segments, Range range, SmallVectorImpl<Segment> &result) {
  const Segment *segment =
      llvm::partition_point(segments, [&](const Segment &s) { return s.range.end <= range.begin; });
  for (; segment != segments.end() && segment->range.begin < range.end; ++segment)
    result.push_back(
        {{std::max(segment->range.begin, range.begin), std::min(segment->range.end, range.end)}, segment->writer});
}

Contents Contents::whole(sched::SlotOp slot, Range range, int32_t writer) {
  Contents contents{slot, range, {}};
  if (range.begin < range.end)
    contents.segments.push_back({range, writer});
  return contents;
}

Contents Contents::slice(Range part) const {
  Contents result{slot, part, {}};
  appendWithin(segments, part, result.segments);
  return result;
}

Contents Contents::merge(const Contents &part) const {
  Contents result{slot, range, {}};
  appendWithin(segments, {range.begin, part.range.begin}, result.segments);
  llvm::append_range(result.segments, part.segments);
  appendWithin(segments, {part.range.end, range.end}, result.segments);
  return result;
}
