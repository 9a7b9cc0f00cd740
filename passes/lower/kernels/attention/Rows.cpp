// See Rows.h.
#include "neap/passes/lower/kernels/attention/Rows.h"

#include "neap/dialects/neap/Dropout.h"
#include "neap/passes/lower/kernels/Elements.h"
#include "neap/passes/lower/kernels/RandomWords.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

#include <limits>

using namespace mlir;

namespace neap::lower {

static constexpr double infinity = std::numeric_limits<double>::infinity();

AttentionRows::AttentionRows(Device device, Code &code, const AttentionProblem &problem, ValueRange buffers,
                             ValueRange batch)
    : code(code), problem(problem), buffers(buffers), batch(batch),
      team(RowTeam::create(device, code, attentionBlock)) {
  if (!problem.dropout)
    return;
  auto words = llvm::map_to_vector(problem.dropout->key, [&](const OperandLayout &word) {
    return code.load(code.builder.getI32Type(), operandAddress(code, word, buffers, {}));
  });
  stream = streamOf<Value>(words);
}

Value AttentionRows::number(double value) {
  return arith::ConstantOp::create(code.builder, code.location, code.builder.getF32FloatAttr(value));
}

static Value select(Code &code, Value condition, Value x, Value y) {
  return arith::SelectOp::create(code.builder, code.location, condition, x, y);
}

static Value compare(Code &code, arith::CmpFPredicate predicate, Value x, Value y) {
  return arith::CmpFOp::create(code.builder, code.location, predicate, x, y);
}

template <typename OpTy> static Value make(Code &code, Value x, Value y) {
  return OpTy::create(code.builder, code.location, x, y);
}

static Value exponential(Code &code, Value x) { return math::ExpOp::create(code.builder, code.location, x); }

/// The bias of neighbouring keys. A row beyond the queries, which a tile may have, takes that of the last.
Value AttentionRows::loadBias(Value row, Value column, Value mask) {
  const OperandLayout &layout = *problem.bias;
  int64_t multiple = std::gcd(code.style.lanes, std::gcd(layout.offset, layout.rowStride));
  for (int64_t stride : layout.batchStrides)
    multiple = std::gcd(multiple, stride);
  Value base = operandAddress(code, layout, buffers, batch);
  Value offset = code.add(code.mul(code.min(row, code.integer(problem.queries - 1)), layout.rowStride),
                          code.mul(column, layout.columnStride));
  return Elements(code, code.builder.getF32Type()).loadVector(base, offset, layout.columnStride, mask, multiple);
}

Value AttentionRows::finishScores(Value sums, Value row, Value column, bool inside) {
  Value scores = sums, mask;
  if (problem.scale != 1.0)
    scores = make<arith::MulFOp>(code, scores, splat(code, number(problem.scale)));
  Value end = code.integer(problem.keys);
  if (problem.causal)
    end = code.min(end, code.add(row, code.integer(1)));
  if (problem.causal || !inside)
    mask = code.mask(code.sub(end, column), code.style.lanes);
  if (problem.bias)
    scores = make<arith::AddFOp>(code, scores, loadBias(row, column, mask));
  return mask ? select(code, mask, scores, splat(code, number(-infinity))) : scores;
}

Value AttentionRows::drop(Value elements, Value row, Value column) {
  if (!stream)
    return elements;
  ArrayRef<int64_t> strides = problem.dropout->wordStrides;
  Value number = code.mul(row, strides[strides.size() - 2]);
  for (auto [index, stride] : llvm::zip_equal(batch, strides.drop_back(2)))
    number = code.add(number, code.mul(index, stride));
  // Keys begin with a counter, unless there is only one.
  Value words = strides.back() == 1 ? drawNeighbouringWords(code, *stream, code.add(number, column))
                                    : drawWords(code, *stream, splat(code, number));
  neap::Body body(code.builder, code.location);
  return body.mul(elements, buildKeepFactor(body, words, code.builder.getF32Type(), problem.dropout->ratio));
}

SoftmaxState AttentionRows::start() { return {number(-infinity), number(0.0)}; }

/// 0 in place of a maximum of nothing but -inf, whose difference from a score would be no number.
static Value referenceOf(Code &code, Value maximum, Value minusInfinity, Value zero) {
  return select(code, compare(code, arith::CmpFPredicate::OEQ, maximum, minusInfinity), zero, maximum);
}

SoftmaxUpdate AttentionRows::update(ArrayRef<Value> scores, const SoftmaxState &state) {
  auto larger = [&](Value x, Value y) { return select(code, compare(code, arith::CmpFPredicate::OGT, x, y), x, y); };
  auto sum = [&](Value element, Value accumulator) { return make<arith::AddFOp>(code, accumulator, element); };
  SoftmaxUpdate update;
  update.state.maximum = larger(team->join(larger, scores), state.maximum);
  Value reference = referenceOf(code, update.state.maximum, number(-infinity), number(0.0));
  for (Value part : scores)
    update.weights.push_back(exponential(code, make<arith::SubFOp>(code, part, splat(code, reference))));
  update.rescale = exponential(code, make<arith::SubFOp>(code, state.maximum, reference));
  update.state.sum = code.fma(state.sum, update.rescale, team->join(sum, update.weights));
  return update;
}

SoftmaxEnd AttentionRows::finish(const SoftmaxState &state, bool emptyRowsZero) {
  Value factor = make<arith::DivFOp>(code, number(1.0), state.sum);
  Value reference = referenceOf(code, state.maximum, number(-infinity), number(0.0));
  Value logarithm = math::LogOp::create(code.builder, code.location, state.sum);
  Value lse = make<arith::AddFOp>(code, reference, logarithm);
  if (!emptyRowsZero)
    return {factor, lse};
  Value isEmpty = compare(code, arith::CmpFPredicate::OEQ, state.sum, number(0.0));
  return {select(code, isEmpty, number(0.0), factor), select(code, isEmpty, number(infinity), lse)};
}

Value AttentionRows::weigh(Value scores, Value lse) {
  return exponential(code, make<arith::SubFOp>(code, scores, splat(code, lse)));
}

DeltaState AttentionRows::startDelta() { return {number(0.0), number(0.0)}; }

DeltaState AttentionRows::updateDelta(ArrayRef<Value> weights, ArrayRef<Value> products, const DeltaState &state) {
  auto add = [&](Value element, Value accumulator) { return make<arith::AddFOp>(code, accumulator, element); };
  SmallVector<Value> weighted;
  for (auto [weight, product] : llvm::zip_equal(weights, products))
    weighted.push_back(make<arith::MulFOp>(code, weight, product));
  return {add(team->join(add, weights), state.sum), add(team->join(add, weighted), state.weighted)};
}

RowGradient AttentionRows::finishDelta(const DeltaState &state) {
  Value isEmpty = compare(code, arith::CmpFPredicate::OEQ, state.sum, number(0.0));
  auto divideBySum = [&](Value x) {
    return select(code, isEmpty, number(0.0), make<arith::DivFOp>(code, x, state.sum));
  };
  return {divideBySum(state.weighted), divideBySum(number(1.0))};
}

Value AttentionRows::normalize(Value weights, const RowGradient &row) {
  return make<arith::MulFOp>(code, weights, splat(code, row.reciprocal));
}

Value AttentionRows::scoreGradient(Value probabilities, Value products, const RowGradient &row) {
  Value centered = make<arith::SubFOp>(code, products, splat(code, row.delta));
  Value gradient = make<arith::MulFOp>(code, probabilities, centered);
  return problem.scale == 1.0 ? gradient : make<arith::MulFOp>(code, gradient, splat(code, number(problem.scale)));
}

} // namespace neap::lower
