// Philox 4x32-10: the counter-based random numbers of a step, on the host and as arith.
//
// A counter of 128 bits and a key of 64 give four words of 32 bits (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2,
// 3", SC'11). Nothing is remembered from one word to the next, so any element's word can be computed anywhere, again, and in
// any order. How seeds, steps, ops and elements become keys and counters is said in docs/design/0006-random-numbers.md.
#pragma once

#include "neap/dialects/neap/Body.h"

#include <array>

namespace neap {

/// Words that one counter gives.
inline constexpr int64_t wordsPerCounter = 4;

using PhiloxCounter = std::array<uint32_t, wordsPerCounter>;
using PhiloxKey = std::array<uint32_t, 2>;

/// The four words of a counter, computed plainly: the reference.
PhiloxCounter philox4x32(PhiloxCounter counter, PhiloxKey key);

/// The same in arith, for scalars or vectors of i32 or i64; all eight values have one type, and so have the four words. In
/// an i64 a word is the lower half, and what stands in the upper one does not matter: x86 then makes a lane's product in one
/// instruction.
std::array<mlir::Value, wordsPerCounter> buildPhilox4x32(Body body, std::array<mlir::Value, wordsPerCounter> counter,
                                                         std::array<mlir::Value, 2> key);

/// A stream of random words: those that one op of one step draws under one seed.
template <typename Word> struct RandomStream {
  Word seedLow, seedHigh, step, id;
  /// Counters that come before the first one of the tensor at hand, which is a part of another; 0 or null for a whole one.
  Word skipped = {};
};

/// The stream of a key of four words, or of five where some counters are skipped (RandomReader::getKey).
template <typename Word> RandomStream<Word> streamOf(llvm::ArrayRef<Word> key) {
  return {key[0], key[1], key[2], key[3], key.size() > 4 ? key[4] : Word()};
}

/// Word `number` of a stream, counted from its first counter that is not skipped, on the host.
uint32_t randomWord(const RandomStream<uint32_t> &stream, uint64_t number);

/// The four words of counter `block` (i64, or a vector of it), behind those skipped, of a stream whose parts are i32 or i64, or
/// vectors as wide.
std::array<mlir::Value, wordsPerCounter> buildRandomWords(Body body, const RandomStream<mlir::Value> &stream,
                                                          mlir::Value block);

} // namespace neap
