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

std::unique_ptr<AccessShadow::Page> AccessShadow::makePage(uint64_t index) const {
  auto page = std::make_unique<Page>();
  uint64_t covered = std::min(pageBytes, (bytes_ + 3) / 4 * 4 - index * pageBytes);
  page->index = index;
  page->reads.assign(covered >> page->shift, 0);
  page->writes.assign(covered >> page->shift, 0);
  return page;
}

AccessShadow::Span AccessShadow::granules(uint64_t offset, uint64_t bytes, uint32_t elementBytes, const Clock &clock) {
  Page *&page = pages_[offset / pageBytes];
  if (!page) {
    owned_.push_back(makePage(offset / pageBytes));
    page = owned_.back().get();
  }
  int shift = std::min(2, std::countr_zero(elementBytes));
  if (shift < page->shift)
    refine(*page, shift);
  page->touched = clock.oldest;
  return {page, offset % pageBytes >> page->shift, bytes >> page->shift};
}

void AccessShadow::refine(Page &page, int shift) {
  int factor = 1 << (page.shift - shift);
  for (std::vector<uint64_t> *stamps : {&page.reads, &page.writes}) {
    std::vector<uint64_t> finer;
    finer.reserve(stamps->size() * size_t(factor));
    for (uint64_t stamp : *stamps)
      finer.insert(finer.end(), size_t(factor), stamp);
    *stamps = std::move(finer);
  }
  page.shift = shift;
}

Conflict AccessShadow::read(uint64_t offset, uint32_t bytes, uint64_t stamp, const Clock &clock, bool nonCoherent) {
  Span span = granules(offset, bytes, bytes, clock);
  Conflict conflict;
  uint64_t mine = stamp | (nonCoherent ? stamp::nonCoherent : 0);
  for (uint64_t i = span.first; i < span.first + span.count; ++i) {
    if (!conflict)
      conflict = judgeRead(span.page->writes[i], mine, clock, nonCoherent);
    span.page->reads[i] = joinReads(span.page->reads[i], mine, clock);
  }
  return conflict;
}

Conflict AccessShadow::write(uint64_t offset, uint32_t bytes, uint64_t stamp, const Clock &clock) {
  Span span = granules(offset, bytes, bytes, clock);
  Conflict conflict;
  for (uint64_t i = span.first; i < span.first + span.count; ++i) {
    if (!conflict)
      conflict = judgeWrite(span.page->reads[i], span.page->writes[i], stamp, clock);
    span.page->writes[i] = stamp;
  }
  return conflict;
}

/// Visits the run twice, page by page: first to see whether `ready(span)` everywhere, then to `stamp(span, lanes before)`.
template <class Ready, class Stamp>
bool AccessShadow::run(uint64_t offset, uint32_t bytes, const Clock &clock, Ready ready, Stamp stamp) {
  uint64_t end = offset + 32 * bytes;
  for (uint64_t start = offset, next; start < end; start = next) {
    next = std::min(end, (start / pageBytes + 1) * pageBytes);
    if (!ready(granules(start, next - start, bytes, clock)))
      return false;
  }
  for (uint64_t start = offset, next; start < end; start = next) {
    next = std::min(end, (start / pageBytes + 1) * pageBytes);
    stamp(granules(start, next - start, bytes, clock), (start - offset) / bytes);
  }
  return true;
}

namespace {

bool allBelow(const uint64_t *stamps, uint64_t count, uint64_t limit) {
  uint64_t highest = 0;
  for (uint64_t i = 0; i < count; ++i)
    highest = std::max(highest, stamps[i]);
  return highest < limit;
}

/// Stamps `perLane` granules for each lane, from lane `lane` on.
void fill(uint64_t *stamps, uint64_t count, uint64_t perLane, uint64_t stamp, uint64_t lane) {
  uint64_t current = stamp + (lane << stamp::threadShift);
  for (uint64_t i = 0; i < count; current += uint64_t(1) << stamp::threadShift)
    for (uint64_t granule = 0; granule < perLane; ++granule)
      stamps[i++] = current;
}

} // namespace

bool AccessShadow::readRun(uint64_t offset, uint32_t bytes, uint64_t stamp, const Clock &clock, bool nonCoherent) {
  uint64_t limit = clock.oldest << stamp::eraShift, mine = stamp | (nonCoherent ? stamp::nonCoherent : 0);
  auto ready = [&](const Span &span) {
    return allBelow(&span.page->writes[span.first], span.count, limit) && allBelow(&span.page->reads[span.first], span.count, limit);
  };
  return run(offset, bytes, clock, ready, [&](const Span &span, uint64_t lane) {
    fill(&span.page->reads[span.first], span.count, bytes >> span.page->shift, mine, lane);
  });
}

bool AccessShadow::writeRun(uint64_t offset, uint32_t bytes, uint64_t stamp, const Clock &clock) {
  uint64_t limit = clock.oldest << stamp::eraShift;
  auto ready = [&](const Span &span) {
    return allBelow(&span.page->writes[span.first], span.count, limit) && allBelow(&span.page->reads[span.first], span.count, limit);
  };
  return run(offset, bytes, clock, ready, [&](const Span &span, uint64_t lane) {
    fill(&span.page->writes[span.first], span.count, bytes >> span.page->shift, stamp, lane);
  });
}

namespace {

void addRecent(const std::vector<uint64_t> &stamps, uint64_t start, int shift, uint64_t limit, IntervalSet &set) {
  for (size_t i = 0; i < stamps.size();) {
    size_t first = i;
    while (i < stamps.size() && stamps[i] >= limit)
      ++i;
    if (i > first)
      set.add({start + (first << shift), start + (i << shift)});
    else
      ++i;
  }
}

} // namespace

void AccessShadow::collect(uint64_t base, const Clock &clock, IntervalSet &reads, IntervalSet &writes) const {
  std::vector<const Page *> touched;
  for (const std::unique_ptr<Page> &page : owned_)
    if (page->touched == clock.oldest)
      touched.push_back(page.get());
  std::sort(touched.begin(), touched.end(), [](const Page *a, const Page *b) { return a->index < b->index; });
  uint64_t limit = clock.oldest << stamp::eraShift;
  for (const Page *page : touched) {
    addRecent(page->reads, base + page->index * pageBytes, page->shift, limit, reads);
    addRecent(page->writes, base + page->index * pageBytes, page->shift, limit, writes);
  }
}

} // namespace neap::sim
