// Pieces and their histories. See ByteHistory.h.
#include "neap/passes/verify/plan/ByteHistory.h"

#include <cassert>

using namespace neap::plan;

ByteHistory::ByteHistory(int64_t bytes) {
  if (bytes > 0)
    pieces.emplace(0, Piece{.end = bytes, .write = {}, .reads = {}});
}

ByteHistory::Pieces::iterator ByteHistory::cutAt(int64_t byte) {
  auto next = pieces.lower_bound(byte);
  if (next == pieces.begin() || (next != pieces.end() && next->first == byte))
    return next;
  Piece &piece = std::prev(next)->second;
  if (piece.end <= byte)
    return next;
  Piece rest = piece;
  piece.end = byte;
  return pieces.emplace_hint(next, byte, rest);
}

std::pair<ByteHistory::Pieces::iterator, ByteHistory::Pieces::iterator> ByteHistory::cut(Range range) {
  if (range.begin >= range.end) // a tensor without elements
    return {pieces.end(), pieces.end()};
  auto first = cutAt(range.begin);
  auto behind = cutAt(range.end);
  assert(first != pieces.end() && first->first == range.begin && std::prev(behind)->second.end == range.end &&
         "expected bytes of the arena");
  return {first, behind};
}

std::optional<ByteHistory::Unordered> ByteHistory::findUnordered(Range range, int32_t entry, const Clock &before,
                                                                 bool writes) {
  auto mayStillRun = [&](const Access &other) {
    return other.entry >= 0 && other.entry != entry && !before.includes(other.ticket);
  };
  auto [piece, behind] = cut(range);
  for (; piece != behind; ++piece) {
    Range bytes{piece->first, piece->second.end};
    if (mayStillRun(piece->second.write))
      return Unordered{bytes, piece->second.write, true};
    if (!writes)
      continue;
    for (const Access &read : piece->second.reads)
      if (mayStillRun(read))
        return Unordered{bytes, read, false};
  }
  return std::nullopt;
}

std::optional<ByteHistory::Other> ByteHistory::findOther(Range range, int32_t writer) {
  auto [piece, behind] = cut(range);
  for (; piece != behind; ++piece)
    if (piece->second.writer != writer)
      return Other{{piece->first, piece->second.end}, piece->second.writer};
  return std::nullopt;
}

void ByteHistory::read(Range range, Access access) {
  auto [piece, behind] = cut(range);
  for (; piece != behind; ++piece)
    piece->second.reads[access.ticket.stream] = access;
}

void ByteHistory::write(Range range, Access access, int32_t writer) {
  auto [first, behind] = cut(range);
  if (first == behind)
    return;
  first->second = {.end = range.end, .writer = writer, .write = access, .reads = {}};
  pieces.erase(std::next(first), behind);
}
