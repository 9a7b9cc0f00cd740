// Who read and who wrote each byte of a region last, and when: what finds races.
//
// Time is counted in eras: a block gets a new one when it starts and at each barrier, from one counter for all blocks
// and launches, and blocks run one after the other. So with the eras of the launch's and the block's beginning at hand,
// the era of an earlier access says all there is to know:
//
//      earlier launch  |  another block of this launch  |  this block, before a barrier  |  since the last barrier
//   -------------------+--------------------------------+--------------------------------+------------------------> era
//        forgotten    launch         a race           block           ordered            now   a race if of another
//                                                                                              thread, see below
//
// Threads of one warp are also ordered by bar.warp.sync, which each warp counts.
#ifndef NEAP_RUNTIME_SIM_MEMORY_ACCESSSHADOW_H
#define NEAP_RUNTIME_SIM_MEMORY_ACCESSSHADOW_H

#include "neap/runtime/sim/memory/FlagArray.h"
#include "neap/runtime/sim/memory/IntervalSet.h"
#include "neap/runtime/sim/memory/ZeroedArray.h"

#include <memory>
#include <vector>

namespace neap::sim {

/// The eras that judge an access.
struct Clock {
  /// Stamps before this one are forgotten: the first era of the launch, or of the block for its shared memory.
  uint64_t oldest = 1;
  /// First era of the block that runs.
  uint64_t block = 1;
  /// The block's era since its last barrier.
  uint64_t now = 1;
};

/// One thread at one time, in 64 bits: era (34), count of the warp's bar.warp.sync (16), thread in its block (10),
/// flags (4). Larger stamps are later ones.
namespace stamp {
constexpr int eraShift = 30, syncShift = 14, threadShift = 4;
/// Flags of a stamp of reads: threads of one warp, or of several, have read since the last order between them; another
/// block has read in this launch; somebody has read in this launch by ld.global.nc.
constexpr uint64_t severalThreads = 1, severalWarps = 2, otherBlock = 4, nonCoherent = 8;

inline uint64_t make(uint64_t era, uint32_t syncs, uint32_t thread) {
  return era << eraShift | uint64_t(syncs & 0xffff) << syncShift | uint64_t(thread) << threadShift;
}
inline uint64_t eraOf(uint64_t stamp) { return stamp >> eraShift; }
inline uint32_t syncsOf(uint64_t stamp) { return uint32_t(stamp >> syncShift) & 0xffff; }
inline uint32_t threadOf(uint64_t stamp) { return uint32_t(stamp >> threadShift) & 1023; }
inline uint32_t warpOf(uint64_t stamp) { return threadOf(stamp) / 32; }
} // namespace stamp

/// What is wrong with an access.
struct Conflict {
  enum class Kind : uint8_t { None, ReadAfterWrite, WriteAfterRead, WriteAfterWrite, NonCoherent };
  Kind kind = Kind::None;
  /// Of the access it conflicts with.
  uint64_t other = 0;
  explicit operator bool() const { return kind != Kind::None; }
};

/// Memory grows with what is touched: 4 bytes for each, 16 where single bytes are accessed.
class AccessShadow {
public:
  AccessShadow() = default;
  explicit AccessShadow(uint64_t bytes) : bytes_(bytes), pages_((bytes + pageBytes - 1) / pageBytes) {}

  // Aligned accesses of a thread of 1, 2, 4, 8, 16 or 32 bytes. The first conflict is returned; the access counts
  // anyhow.
  Conflict read(uint64_t offset, uint32_t bytes, uint64_t stamp, const Clock &clock, bool nonCoherent);
  Conflict write(uint64_t offset, uint32_t bytes, uint64_t stamp, const Clock &clock);

  // The same for the lanes `mask` of a warp; `stamp` is that of lane 0. `lane` becomes the lane of the conflict.
  Conflict readLanes(const uint64_t (&offsets)[32], uint32_t mask, uint32_t bytes, uint64_t stamp, const Clock &clock,
                     bool nonCoherent, uint32_t &lane);
  Conflict writeLanes(const uint64_t (&offsets)[32], uint32_t mask, uint32_t bytes, uint64_t stamp, const Clock &clock,
                      uint32_t &lane);

  // Accesses of 32 lanes side by side, `bytes` each, the first by the thread of `stamp`. Done and true if nobody else
  // has accessed these bytes in this launch; otherwise nothing is done.
  bool readRun(uint64_t offset, uint32_t bytes, uint64_t stamp, const Clock &clock, bool nonCoherent);
  bool writeRun(uint64_t offset, uint32_t bytes, uint64_t stamp, const Clock &clock);

  /// Adds the bytes read and written since `clock.oldest`, as addresses from `base` on.
  void collect(uint64_t base, const Clock &clock, IntervalSet &reads, IntervalSet &writes) const;

private:
  static constexpr uint64_t pageBytes = 4096;
  /// The reads or the writes of a page, by granule.
  struct Stamps {
    std::vector<uint64_t> values;
    /// Which of the values are of `since` or later; the others need not be looked at.
    FlagArray recent;
    /// Clock::oldest at the last access.
    uint64_t since = 0;

    void resize(uint64_t granules);
    bool isForgotten(uint64_t first, uint64_t count, const Clock &clock) const {
      return since < clock.oldest || recent.none(first, count);
    }
    void refine(uint64_t factor);
    void collect(uint64_t start, int shift, IntervalSet &set) const;
  };
  /// Granules are of 1 << `shift` bytes, at first of four.
  struct Page {
    uint64_t index = 0;
    int shift = 2;
    Stamps reads, writes;
  };
  struct Span {
    Page *page;
    uint64_t first, count;
  };
  /// The granules of an access that lies in one page. Makes the page, and its granules finer if the access needs that.
  Span granules(uint64_t offset, uint64_t bytes, uint32_t elementBytes);
  Page &makePage(uint64_t index);
  /// Flags granules of the span as accessed in the time of the clock.
  void touch(Stamps &stamps, const Span &span, const Clock &clock);
  static bool isForgotten(const Span &span, const Clock &clock);
  void stampRun(Stamps &stamps, const Span &span, uint32_t bytes, uint64_t stamp, uint64_t lane, const Clock &clock);
  template <class Visit> bool forSpans(uint64_t offset, uint32_t bytes, Visit visit);

  uint64_t bytes_ = 0;
  ZeroedArray<Page *> pages_;
  std::vector<std::unique_ptr<Page>> owned_;
  /// Pages accessed since `touchedSince_`, a Clock::oldest. Some may be there twice.
  std::vector<const Page *> touched_;
  uint64_t touchedSince_ = 0;
};

} // namespace neap::sim

#endif
