// Counters for lanes, and lanes from the words of counters.
#include "neap/passes/lower/kernels/RandomWords.h"

#include "neap/passes/lower/kernels/Elements.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace neap::lower {
namespace {

using Words = std::array<Value, wordsPerCounter>;

/// A scalar as wide as the lanes of `like`.
Value stretch(Code &code, Value scalar, Type like) {
  Type type = matchWidth(scalar.getType(), like);
  return type == scalar.getType() ? scalar : vector::BroadcastOp::create(code.builder, code.location, type, scalar);
}

/// A word in the lower half of an i64.
Value widen(Code &code, Value word) {
  return arith::ExtUIOp::create(code.builder, code.location, code.builder.getI64Type(), word);
}

/// The stream with all its words changed.
RandomStream<Value> change(const RandomStream<Value> &stream, llvm::function_ref<Value(Value)> word) {
  return {word(stream.seedLow), word(stream.seedHigh), word(stream.step), word(stream.id),
          stream.skipped ? word(stream.skipped) : Value()};
}

/// The words of one counter, or of a vector of them.
Words drawCounters(Code &code, const RandomStream<Value> &stream, Value counters) {
  auto stretched = [&](Value scalar) { return stretch(code, scalar, counters.getType()); };
  return buildRandomWords(neap::Body(code.builder, code.location), change(stream, stretched), counters);
}

/// Two words in one i64.
Value pack(Code &code, Value low, Value high) {
  neap::Body body(code.builder, code.location);
  Value lower = body.make<arith::AndIOp>(low, body.like(low, 0xFFFFFFFF));
  return body.make<arith::OrIOp>(lower, body.make<arith::ShLIOp>(high, body.like(high, 32)));
}

/// The words of several counters in their order, from vectors of i64 with a word of each.
Value interleave(Code &code, const Words &words) {
  Value pairs = vector::InterleaveOp::create(code.builder, code.location, pack(code, words[0], words[1]),
                                             pack(code, words[2], words[3]));
  auto type = VectorType::get({code.style.lanes}, code.builder.getI32Type());
  return vector::BitCastOp::create(code.builder, code.location, type, pairs);
}

} // namespace

/// One counter on CUDA, whose registers have 32 bits; vectors of them in 64 bits each on the CPU.
Value drawNeighbouringWords(Code &code, const RandomStream<Value> &stream, Value first) {
  int64_t counters = code.style.lanes / wordsPerCounter;
  Value counter = code.divide(first, wordsPerCounter).first;
  if (counters == 1) {
    Words words = drawCounters(code, stream, counter);
    auto type = VectorType::get({wordsPerCounter}, words[0].getType());
    return vector::FromElementsOp::create(code.builder, code.location, type, ValueRange(words));
  }
  Value all =
      code.add(stretch(code, counter, VectorType::get({counters}, counter.getType())), laneNumbers(code, counters));
  RandomStream<Value> wide = change(stream, [&](Value word) { return widen(code, word); });
  return interleave(code, drawCounters(code, wide, all));
}

Value drawWords(Code &code, const RandomStream<Value> &stream, Value numbers) {
  neap::Body body(code.builder, code.location);
  Value counters = body.make<arith::ShRUIOp>(numbers, body.like(numbers, 2));
  Value which = body.make<arith::AndIOp>(numbers, body.like(numbers, wordsPerCounter - 1));
  Words words = drawCounters(code, stream, counters);
  Value chosen = words[0];
  for (int64_t i = 1; i < wordsPerCounter; ++i)
    chosen = body.select(body.compare(arith::CmpIPredicate::eq, which, body.like(which, i)), words[i], chosen);
  return chosen;
}

} // namespace neap::lower
