// The rules for one granule, then pages of granules.
#include "neap/runtime/sim/memory/AccessShadow.h"

#include <algorithm>
#include <bit>

namespace neap::sim {

namespace {

bool isForgotten(uint64_t stamp, const Clock &clock) { return stamp::eraOf(stamp) < clock.oldest; }
bool isOtherBlock(uint64_t stamp, const Clock &clock) { return stamp::eraOf(stamp) < clock.block; }

/// Whether one thread's access at `other`, in this launch, is unordered with the one at `mine`.
bool isUnordered(uint64_t other, uint64_t mine, const Clock &clock) {
  if (isOtherBlock(other, clock))
    return true;
  if (stamp::eraOf(other) != clock.now || stamp::threadOf(other) == stamp::threadOf(mine))
    return false;
  return stamp::warpOf(other) != stamp::warpOf(mine) || stamp::syncsOf(other) == stamp::syncsOf(mine);
}

/// The same for reads, of which a stamp may sum up several.
bool areUnordered(uint64_t reads, uint64_t mine, const Clock &clock) {
  if (reads & stamp::otherBlock || isOtherBlock(reads, clock))
    return true;
  if (stamp::eraOf(reads) != clock.now)
    return false;
  bool sameWarp = stamp::warpOf(reads) == stamp::warpOf(mine) && !(reads & stamp::severalWarps);
  if (sameWarp && stamp::syncsOf(reads) != stamp::syncsOf(mine))
    return false;
  return !sameWarp || reads & stamp::severalThreads || stamp::threadOf(reads) != stamp::threadOf(mine);
}

/// The stamp of reads after one more, at `mine`.
uint64_t joinReads(uint64_t reads, uint64_t mine, const Clock &clock) {
  if (isForgotten(reads, clock))
    return mine;
  uint64_t kept = reads & (stamp::otherBlock | stamp::nonCoherent);
  if (isOtherBlock(reads, clock))
    return mine | kept | stamp::otherBlock;
  if (stamp::eraOf(reads) != clock.now)
    return mine | kept;
  if (stamp::warpOf(reads) != stamp::warpOf(mine) || reads & stamp::severalWarps)
    return mine | kept | stamp::severalWarps;
  if (stamp::syncsOf(reads) != stamp::syncsOf(mine))
    return mine | kept;
  bool several = stamp::threadOf(reads) != stamp::threadOf(mine) || reads & stamp::severalThreads;
  return mine | kept | (several ? stamp::severalThreads : 0);
}

Conflict judgeRead(uint64_t written, uint64_t mine, const Clock &clock, bool nonCoherent) {
  if (isForgotten(written, clock))
    return {};
  if (nonCoherent)
    return {Conflict::Kind::NonCoherent, written};
  if (isUnordered(written, mine, clock))
    return {Conflict::Kind::ReadAfterWrite, written};
  return {};
}

Conflict judgeWrite(uint64_t read, uint64_t written, uint64_t mine, const Clock &clock) {
  if (!isForgotten(written, clock) && isUnordered(written, mine, clock))
    return {Conflict::Kind::WriteAfterWrite, written};
  if (isForgotten(read, clock))
    return {};
  if (read & stamp::nonCoherent)
    return {Conflict::Kind::NonCoherent, read};
  if (areUnordered(read, mine, clock))
    return {Conflict::Kind::WriteAfterRead, read};
  return {};
}

} // namespace

void AccessShadow::Stamps::resize(uint64_t granules) {
  values.assign(granules, 0);
  recent = FlagArray(granules);
}

/// Replaces each granule by `factor` smaller ones.
void AccessShadow::Stamps::refine(uint64_t factor) {
  std::vector<uint64_t> finer;
  FlagArray finerRecent(values.size() * factor);
  for (uint64_t i = 0; i < values.size(); ++i) {
    finer.insert(finer.end(), factor, values[i]);
    if (recent.at(i))
      finerRecent.set(i * factor, factor);
  }
  values = std::move(finer);
  recent = std::move(finerRecent);
}

AccessShadow::Page &AccessShadow::makePage(uint64_t index) {
  owned_.push_back(std::make_unique<Page>());
  Page &page = *owned_.back();
  uint64_t covered = std::min(pageBytes, (bytes_ + 3) / 4 * 4 - index * pageBytes);
  page.index = index;
  page.reads.resize(covered >> page.shift);
  page.writes.resize(covered >> page.shift);
  pages_[index] = &page;
  return page;
}

inline AccessShadow::Span AccessShadow::granules(uint64_t offset, uint64_t bytes, uint32_t elementBytes) {
  Page *found = pages_[offset / pageBytes];
  Page &page = found ? *found : makePage(offset / pageBytes);
  int shift = std::min(2, std::countr_zero(elementBytes));
  if (shift < page.shift) {
    page.reads.refine(uint64_t(1) << (page.shift - shift));
    page.writes.refine(uint64_t(1) << (page.shift - shift));
    page.shift = shift;
  }
  return {&page, offset % pageBytes >> page.shift, bytes >> page.shift};
}

inline void AccessShadow::touch(Stamps &stamps, const Span &span, const Clock &clock) {
  if (stamps.since != clock.oldest) {
    if (touchedSince_ != clock.oldest)
      touched_.clear();
    touchedSince_ = clock.oldest;
    touched_.push_back(span.page);
    stamps.recent.clearAll();
    stamps.since = clock.oldest;
  }
  stamps.recent.set(span.first, span.count);
}

Conflict AccessShadow::read(uint64_t offset, uint32_t bytes, uint64_t stamp, const Clock &clock, bool nonCoherent) {
  Span span = granules(offset, bytes, bytes);
  Stamps &reads = span.page->reads;
  Conflict conflict;
  uint64_t mine = stamp | (nonCoherent ? stamp::nonCoherent : 0);
  touch(reads, span, clock);
  for (uint64_t i = span.first; i < span.first + span.count; ++i) {
    if (!conflict)
      conflict = judgeRead(span.page->writes.values[i], mine, clock, nonCoherent);
    reads.values[i] = joinReads(reads.values[i], mine, clock);
  }
  return conflict;
}

Conflict AccessShadow::write(uint64_t offset, uint32_t bytes, uint64_t stamp, const Clock &clock) {
  Span span = granules(offset, bytes, bytes);
  Stamps &writes = span.page->writes;
  Conflict conflict;
  touch(writes, span, clock);
  for (uint64_t i = span.first; i < span.first + span.count; ++i) {
    if (!conflict)
      conflict = judgeWrite(span.page->reads.values[i], writes.values[i], stamp, clock);
    writes.values[i] = stamp;
  }
  return conflict;
}

namespace {

/// Calls `access(lane)` for each lane of `mask` and keeps the first conflict.
template <class Access> Conflict forLanes(uint32_t mask, uint32_t &lane, Access access) {
  Conflict first;
  for (; mask != 0; mask &= mask - 1) {
    uint32_t current = uint32_t(std::countr_zero(mask));
    Conflict conflict = access(current);
    if (conflict && !first) {
      first = conflict;
      lane = current;
    }
  }
  return first;
}

uint64_t stampOfLane(uint64_t stamp, uint32_t lane) { return stamp + (uint64_t(lane) << stamp::threadShift); }

} // namespace

Conflict AccessShadow::readLanes(const uint64_t (&offsets)[32], uint32_t mask, uint32_t bytes, uint64_t stamp,
                                 const Clock &clock, bool nonCoherent, uint32_t &lane) {
  // Of neighbours that read the same bytes two are enough: they say that several threads do, and a write by one of them
  // conflicts with the other.
  uint64_t previous = ~uint64_t(0);
  bool isRepeated = false;
  return forLanes(mask, lane, [&](uint32_t current) {
    bool isSame = offsets[current] == previous, isThird = isSame && isRepeated;
    previous = offsets[current];
    isRepeated = isSame;
    return isThird ? Conflict() : read(offsets[current], bytes, stampOfLane(stamp, current), clock, nonCoherent);
  });
}

Conflict AccessShadow::writeLanes(const uint64_t (&offsets)[32], uint32_t mask, uint32_t bytes, uint64_t stamp,
                                  const Clock &clock, uint32_t &lane) {
  return forLanes(mask, lane,
                  [&](uint32_t current) { return write(offsets[current], bytes, stampOfLane(stamp, current), clock); });
}

/// Calls `visit(span, lanes before it)` for the part of a run in each page, until it returns false. Returns whether all
/// returned true.
template <class Visit> bool AccessShadow::forSpans(uint64_t offset, uint32_t bytes, Visit visit) {
  uint64_t end = offset + 32 * bytes;
  for (uint64_t start = offset, next; start < end; start = next) {
    next = std::min(end, (start / pageBytes + 1) * pageBytes);
    if (!visit(granules(start, next - start, bytes), (start - offset) / bytes))
      return false;
  }
  return true;
}

bool AccessShadow::isForgotten(const Span &span, const Clock &clock) {
  return span.page->writes.isForgotten(span.first, span.count, clock) &&
         span.page->reads.isForgotten(span.first, span.count, clock);
}

/// Stamps the granules of a span for the lanes from `lane` on.
void AccessShadow::stampRun(Stamps &stamps, const Span &span, uint32_t bytes, uint64_t stamp, uint64_t lane,
                            const Clock &clock) {
  touch(stamps, span, clock);
  uint64_t perLane = bytes >> span.page->shift, current = stampOfLane(stamp, uint32_t(lane));
  uint64_t *value = &stamps.values[span.first], *end = value + span.count;
  for (; value < end; current += uint64_t(1) << stamp::threadShift)
    for (uint64_t granule = 0; granule < perLane; ++granule)
      *value++ = current;
}

bool AccessShadow::readRun(uint64_t offset, uint32_t bytes, uint64_t stamp, const Clock &clock, bool nonCoherent) {
  uint64_t mine = stamp | (nonCoherent ? stamp::nonCoherent : 0);
  return forSpans(offset, bytes, [&](const Span &span, uint64_t) { return isForgotten(span, clock); }) &&
         forSpans(offset, bytes, [&](const Span &span, uint64_t lane) {
           stampRun(span.page->reads, span, bytes, mine, lane, clock);
           return true;
         });
}

bool AccessShadow::writeRun(uint64_t offset, uint32_t bytes, uint64_t stamp, const Clock &clock) {
  return forSpans(offset, bytes, [&](const Span &span, uint64_t) { return isForgotten(span, clock); }) &&
         forSpans(offset, bytes, [&](const Span &span, uint64_t lane) {
           stampRun(span.page->writes, span, bytes, stamp, lane, clock);
           return true;
         });
}

void AccessShadow::Stamps::collect(uint64_t start, int shift, IntervalSet &set) const {
  for (uint64_t i = 0; i < values.size();) {
    uint64_t end = recent.firstClear(i, values.size() - i);
    set.add({start + (i << shift), start + (end << shift)});
    for (i = end; i < values.size() && !recent.at(i);)
      i += recent.none(i, std::min<uint64_t>(64, values.size() - i)) ? 64 : 1;
  }
}

void AccessShadow::collect(uint64_t base, const Clock &clock, IntervalSet &reads, IntervalSet &writes) const {
  if (touchedSince_ != clock.oldest)
    return;
  std::vector<const Page *> touched = touched_;
  std::sort(touched.begin(), touched.end(), [](const Page *a, const Page *b) { return a->index < b->index; });
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  for (const Page *page : touched) {
    uint64_t start = base + page->index * pageBytes;
    if (page->reads.since == clock.oldest)
      page->reads.collect(start, page->shift, reads);
    if (page->writes.since == clock.oldest)
      page->writes.collect(start, page->shift, writes);
  }
}

} // namespace neap::sim
