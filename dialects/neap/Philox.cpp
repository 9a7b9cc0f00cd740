// Philox 4x32-10. See Philox.h.
#include "neap/dialects/neap/Philox.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace neap {

// The multipliers of a round, and what the key grows by from round to round (golden ratio and square root of 3, less 1).
static constexpr uint32_t multipliers[] = {0xD2511F53, 0xCD9E8D57};
static constexpr uint32_t increments[] = {0x9E3779B9, 0xBB67AE85};
static constexpr int rounds = 10;

//===--- on the host ----------------------------------------------------------------------------------------------===//

static PhiloxCounter runRound(const PhiloxCounter &counter, const PhiloxKey &key) {
  uint64_t left = uint64_t(multipliers[0]) * counter[0], right = uint64_t(multipliers[1]) * counter[2];
  return {uint32_t(right >> 32) ^ counter[1] ^ key[0], uint32_t(right), uint32_t(left >> 32) ^ counter[3] ^ key[1],
          uint32_t(left)};
}

PhiloxCounter philox4x32(PhiloxCounter counter, PhiloxKey key) {
  for (int round = 0; round < rounds; ++round) {
    counter = runRound(counter, key);
    key[0] += increments[0];
    key[1] += increments[1];
  }
  return counter;
}

uint32_t randomWord(const RandomStream<uint32_t> &stream, uint64_t number) {
  uint64_t block = stream.skipped + number / wordsPerCounter;
  PhiloxCounter counter{uint32_t(block), uint32_t(block >> 32), stream.id, stream.step};
  return philox4x32(counter, {stream.seedLow, stream.seedHigh})[number % wordsPerCounter];
}

//===--- in arith -------------------------------------------------------------------------------------------------===//

static bool isHalf(Value word) { return getElementTypeOrSelf(word.getType()).isInteger(64); }

static Value buildWord(Body body, Value like, uint32_t word) {
  return isHalf(like) ? body.like(like, word) : body.like(like, static_cast<int32_t>(word));
}

/// The lower and the upper word of a product.
static std::pair<Value, Value> multiplyWords(Body body, Value word, uint32_t multiplier) {
  Value factor = buildWord(body, word, multiplier);
  if (!isHalf(word))
    return body.multiplyWide(factor, word);
  Value alone = body.make<arith::AndIOp>(word, body.like(word, 0xFFFFFFFF));
  Value product = body.make<arith::MulIOp>(alone, factor);
  return {product, body.make<arith::ShRUIOp>(product, body.like(product, 32))};
}

std::array<Value, wordsPerCounter> buildPhilox4x32(Body body, std::array<Value, wordsPerCounter> counter,
                                                   std::array<Value, 2> key) {
  auto exclusiveOr = [&](Value a, Value b, Value c) {
    return body.make<arith::XOrIOp>(body.make<arith::XOrIOp>(a, b), c);
  };
  Value increment[] = {buildWord(body, key[0], increments[0]), buildWord(body, key[1], increments[1])};
  for (int round = 0; round < rounds; ++round) {
    auto [leftLow, leftHigh] = multiplyWords(body, counter[0], multipliers[0]);
    auto [rightLow, rightHigh] = multiplyWords(body, counter[2], multipliers[1]);
    counter = {exclusiveOr(rightHigh, counter[1], key[0]), rightLow, exclusiveOr(leftHigh, counter[3], key[1]),
               leftLow};
    if (round + 1 < rounds)
      key = {body.make<arith::AddIOp>(key[0], increment[0]), body.make<arith::AddIOp>(key[1], increment[1])};
  }
  return counter;
}

std::array<Value, wordsPerCounter> buildRandomWords(Body body, const RandomStream<Value> &stream, Value block) {
  Type type = stream.step.getType();
  if (Value skipped = stream.skipped) {
    if (skipped.getType() != block.getType())
      skipped = body.make<arith::ExtUIOp>(block.getType(), skipped);
    block = body.make<arith::AddIOp>(block, skipped);
  }
  auto toWord = [&](Value value) { return value.getType() == type ? value : body.make<arith::TruncIOp>(type, value); };
  Value high = body.make<arith::ShRUIOp>(block, body.like(block, 32));
  return buildPhilox4x32(body, {toWord(block), toWord(high), stream.id, stream.step},
                         {stream.seedLow, stream.seedHigh});
}

} // namespace neap
