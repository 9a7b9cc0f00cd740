// The reference interpreter. See Evaluate.h.
#include "neap/dialects/neap/Evaluate.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace neap {

SmallVector<HostTensor> Evaluator::get(ValueRange range) const {
  return llvm::map_to_vector(range, [&](Value value) { return get(value); });
}

/// Integers wrap to their width, which is part of their arithmetic; floats keep all their bits.
static void wrapIntegers(HostTensor &tensor) {
  if (!tensor.isFloat())
    tensor.round();
}

LogicalResult Evaluator::runEvaluable(Operation *op) {
  auto evaluable = dyn_cast<Evaluable>(op);
  if (!evaluable)
    return op->emitOpError("cannot be evaluated");
  SmallVector<HostTensor> operands = get(op->getOperands()), results;
  for (Type type : op->getResultTypes())
    results.push_back(HostTensor::zeros(cast<RankedTensorType>(type)));
  evaluable.evaluate(operands, results);
  for (auto [value, result] : llvm::zip_equal(op->getResults(), results)) {
    wrapIntegers(result);
    set(value, std::move(result));
  }
  return success();
}

static LogicalResult bindConstant(Evaluator &evaluator, ConstantOp op) {
  auto tensor = HostTensor::fromAttribute(op.getValue());
  if (!tensor)
    return op.emitOpError("has elements that are not numbers");
  evaluator.set(op.getResult(), std::move(*tensor));
  return success();
}

LogicalResult Evaluator::runFused(FusedOp op) {
  Block &body = op.getBody().front();
  for (auto [argument, input] : llvm::zip_equal(body.getArguments(), op.getInputs()))
    set(argument, HostTensor(get(input)));
  if (failed(run(body)))
    return failure();
  for (auto [result, yielded] : llvm::zip_equal(op.getResults(), body.getTerminator()->getOperands()))
    set(result, HostTensor(get(yielded)));
  return success();
}

/// Elements [first, first + rows) of the first dimension go from one tensor to another.
static void copyRows(const HostTensor &from, int64_t fromRow, HostTensor &to, int64_t toRow, int64_t rows) {
  int64_t rowSize = from.shape().front() == 0 ? 0 : from.size() / from.shape().front();
  auto copy = [&](const auto &source, auto &target) {
    if (!source.empty())
      std::copy_n(source.begin() + fromRow * rowSize, rows * rowSize, target.begin() + toRow * rowSize);
  };
  copy(from.floats, to.floats);
  copy(from.integers, to.integers);
}

LogicalResult Evaluator::runTileLoop(TileLoopOp op) {
  for (auto [argument, whole] : llvm::zip_equal(op.getWholeArguments(), op.getWholes()))
    set(argument, HostTensor(get(whole)));
  for (auto [argument, initial] : llvm::zip_equal(op.getCarriedArguments(), op.getCarried()))
    set(argument, HostTensor(get(initial)));
  for (Value result : op.getTiledResults())
    set(result, HostTensor::zeros(cast<RankedTensorType>(result.getType())));
  for (int64_t round = 0; round < static_cast<int64_t>(op.getCount()); ++round) {
    for (auto [argument, slice] : llvm::zip_equal(op.getTileArguments(), op.getSlices())) {
      HostTensor tile = HostTensor::zeros(cast<RankedTensorType>(argument.getType()));
      int64_t rows = tile.shape().front();
      copyRows(get(slice), round * rows, tile, 0, rows);
      set(argument, std::move(tile));
    }
    if (failed(run(op.getBody().front())))
      return failure();
    for (auto [result, tile] : llvm::zip_equal(op.getTiledResults(), op.getYieldedTiles())) {
      int64_t rows = get(tile).shape().front();
      copyRows(get(tile), 0, values.at(result), round * rows, rows);
    }
    SmallVector<HostTensor> next = get(op.getYieldedCarried()); // all, before any is replaced
    for (auto [argument, value] : llvm::zip_equal(op.getCarriedArguments(), next))
      set(argument, std::move(value));
  }
  for (auto [result, argument] : llvm::zip_equal(op.getCarriedResults(), op.getCarriedArguments()))
    set(result, HostTensor(get(argument)));
  return success();
}

LogicalResult Evaluator::runRead(ReadOp op) {
  auto found = context.symbols.find(op.getSymbol());
  if (found == context.symbols.end())
    return op.emitOpError("reads @") << op.getSymbol() << ", which has no value";
  set(op.getResult(), found->second);
  return success();
}

LogicalResult Evaluator::runStepValue(StepValueOp op) {
  auto found = context.fields.find(op.getField());
  if (found == context.fields.end())
    return op.emitOpError("reads ") << stringifyStepField(op.getField()) << ", which has no value";
  HostTensor scalar = HostTensor::zeros(cast<RankedTensorType>(op.getType()));
  if (scalar.isFloat())
    scalar.floats.front() = found->second;
  else
    scalar.integers.front() = static_cast<int64_t>(found->second);
  set(op.getResult(), std::move(scalar));
  return success();
}

LogicalResult Evaluator::runRandomId(RandomIdOp op) {
  HostTensor scalar = HostTensor::zeros(cast<RankedTensorType>(op.getType()));
  scalar.integers.front() = static_cast<int64_t>(op.getNumber());
  set(op.getResult(), std::move(scalar));
  return success();
}

LogicalResult Evaluator::run(Operation *op) {
  return TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](ConstantOp constant) { return bindConstant(*this, constant); })
      .Case([&](FusedOp fused) { return runFused(fused); })
      .Case([&](TileLoopOp loop) { return runTileLoop(loop); })
      .Case([&](ReadOp read) { return runRead(read); })
      .Case([&](StepValueOp value) { return runStepValue(value); })
      .Case([&](RandomIdOp id) { return runRandomId(id); })
      .Case([&](WriteOp write) {
        outcome.written[write.getSymbol()] = get(write.getValue());
        return success();
      })
      .Case([&](ObserveOp observe) {
        outcome.observed[observe.getParameter()] = get(observe.getGradient());
        return success();
      })
      .Default([&](Operation *other) { return runEvaluable(other); });
}

LogicalResult Evaluator::run(Block &block) {
  for (Operation &op : block.without_terminator())
    if (failed(run(&op)))
      return failure();
  return success();
}

FailureOr<StepOutcome> evaluate(StepOp step, ArrayRef<HostTensor> inputs, const StepContext &context) {
  Block &body = step.getBody().front();
  Evaluator evaluator(context);
  for (auto [argument, input] : llvm::zip_equal(body.getArguments(), inputs))
    evaluator.set(argument, input);
  if (failed(evaluator.run(body)))
    return failure();
  StepOutcome outcome = evaluator.getOutcome();
  for (Value result : body.getTerminator()->getOperands())
    outcome.results.push_back(evaluator.get(result));
  return outcome;
}

} // namespace neap
