// What happened to every byte of an arena: who wrote it last, and who has read it since.
//
//   bytes    0       64          192       256
//            | A     | B         | nothing |      A piece is a run of bytes with one history.
//   read by  | #4 #7 | #5        |         |      The last reader of each stream: it is done after all before it there.
//
// If each access is ordered behind those it conflicts with, then also behind all that those were ordered behind. So the
// last write and the reads since are all that has to be kept, and every byte sees its writes in one order, whatever order
// the entries run in.
#pragma once

#include "neap/passes/verify/plan/Streams.h"

#include <map>
#include <optional>

namespace neap::plan {

/// An entry that touches bytes. `entry` is the caller's name for it.
struct Access {
  Ticket ticket;
  int32_t entry = -1;
};

struct Range {
  int64_t begin, end;
};

/// The writer of bytes that nobody has written.
inline constexpr int32_t nobody = -1;

class ByteHistory {
public:
  explicit ByteHistory(int64_t bytes = 0);

  /// An earlier access that may run at the same time as this one or after it.
  struct Unordered {
    Range range;
    Access other;
    bool otherWrites;
  };
  /// The first of `range` that a reader, or a writer, which begins at `before` conflicts with; its own accesses do not count.
  std::optional<Unordered> findUnordered(Range range, int32_t entry, const Clock &before, bool writes);

  /// Bytes whose last writer is another than expected.
  struct Other {
    Range range;
    int32_t writer;
  };
  std::optional<Other> findOther(Range range, int32_t writer);

  void read(Range range, Access access);
  void write(Range range, Access access, int32_t writer);

private:
  struct Piece {
    int64_t end;
    int32_t writer = nobody;
    Access write;
    std::array<Access, streamCount> reads;
  };
  using Pieces = std::map<int64_t, Piece>; // by first byte

  /// Cuts pieces at the ends of a range, and returns the first in it and the first behind it.
  std::pair<Pieces::iterator, Pieces::iterator> cut(Range range);
  Pieces::iterator cutAt(int64_t byte);

  Pieces pieces;
};

} // namespace neap::plan
