// Counters for lanes, and lanes from the words of counters.
#include "neap/passes/lower/kernels/RandomWords.h"

#include "neap/passes/lower/kernels/Elements.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace neap::lower {
namespace {

using Words = std::array<Value, wordsPerCounter>;

Value stretch(Code &code, Value scalar, Type like) {
  Type type = matchWidth(scalar.getType(), like);
  return type == scalar.getType() ? scalar : vector::BroadcastOp::create(code.builder, code.location, type, scalar);
}

/// The words of one counter, or of a vector of them.
Words drawCounters(Code &code, const RandomStream<Value> &stream, Value counters) {
  auto stretched = [&](Value scalar) { return stretch(code, scalar, counters.getType()); };
  return buildRandomWords(neap::Body(code.builder, code.location),
                          {stretched(stream.seedLow), stretched(stream.seedHigh), stretched(stream.step), stretched(stream.id)},
                          counters);
}

/// The elements of two vectors in turn.
Value interleave(Code &code, Value even, Value odd) {
  return vector::InterleaveOp::create(code.builder, code.location, even, odd);
}

} // namespace

Value drawNeighbouringWords(Code &code, const RandomStream<Value> &stream, Value first) {
  int64_t counters = code.style.lanes / wordsPerCounter;
  Value counter = code.divide(first, wordsPerCounter).first;
  if (counters == 1) {
    Words words = drawCounters(code, stream, counter);
    auto type = VectorType::get({wordsPerCounter}, words[0].getType());
    return vector::FromElementsOp::create(code.builder, code.location, type, ValueRange(words));
  }
  Value all = code.add(stretch(code, counter, VectorType::get({counters}, counter.getType())), laneNumbers(code, counters));
  Words words = drawCounters(code, stream, all);
  return interleave(code, interleave(code, words[0], words[2]), interleave(code, words[1], words[3]));
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
