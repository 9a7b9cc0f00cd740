// neap-attach-loss. See Pass.td.
//   1. find the output that the options name
//   2. write the loss, with labels as an input
//   3. return it alone and drop what nothing needs any more
#include "neap/passes/graph/Passes.h"
#include "neap/passes/support/ErrorKind.h"
#include "neap/passes/support/GraphBuilder.h"
#include "neap/passes/support/Locations.h"
#include "neap/passes/support/NearestName.h"
#include "neap/passes/support/Step.h"

#include "mlir/IR/Remarks.h"

namespace neap {
#define GEN_PASS_DEF_ATTACHLOSS
#include "neap/passes/graph/Graph.h.inc"
} // namespace neap

using namespace mlir;
using namespace neap;

namespace {

constexpr int64_t ignoredLabel = -100;

InFlightDiagnostic usageError(StepOp step) { return marked(step.emitError(), ErrorKind::Usage); }

SmallVector<StringRef> outputNames(StepOp step) {
  SmallVector<StringRef> names;
  for (unsigned i = 0; i < step.getNumResults(); ++i)
    names.push_back(step.getOutputName(i));
  return names;
}

std::string quotedList(ArrayRef<StringRef> names) {
  return llvm::join(llvm::map_range(names, [](StringRef name) { return ("'" + name + "'").str(); }), ", ");
}

/// The returned value of this name.
FailureOr<Value> findResult(StepOp step, StringRef name) {
  if (auto index = findOutput(step, name))
    return getReturn(step).getOperand(*index);
  SmallVector<StringRef> names = outputNames(step);
  InFlightDiagnostic diagnostic = usageError(step);
  diagnostic << "expected the name of an output, got '" << name << "'";
  if (StringRef nearest = findNearestName(name, names); !nearest.empty())
    diagnostic.attachNote() << "the nearest is '" << nearest << "'";
  else
    diagnostic.attachNote() << "the outputs are " << quotedList(names);
  return diagnostic;
}

FailureOr<Value> findScored(StepOp step, StringRef name) {
  if (!name.empty())
    return findResult(step, name);
  if (step.getNumResults() == 1)
    return getReturn(step).getOperand(0);
  InFlightDiagnostic diagnostic = usageError(step);
  diagnostic << "expected the name of the output to attach the loss to, got none for a model with "
             << step.getNumResults() << " outputs";
  diagnostic.attachNote() << "the outputs are " << quotedList(outputNames(step));
  return diagnostic;
}

/// The input of this name: a new one, or one of the model that has the right type.
FailureOr<Value> findOrAddLabels(StepOp step, StringRef name, RankedTensorType type) {
  std::optional<unsigned> index = findInput(step, name);
  if (!index)
    return Value(addInput(step, name, type));
  Value input = step.getArgument(*index);
  if (input.getType() == type)
    return input;
  return usageError(step) << "expected labels of type " << type << ", got input '" << name << "' of type "
                          << input.getType();
}

/// Moves every label to the position before it; the last position has none, so it does not count. Dropping its scores instead would
/// copy all others, forward and backward.
FailureOr<Value> shift(StepOp step, GraphBuilder &b, Value labels) {
  int64_t axis = rankOf(labels) - 1;
  if (axis < 0 || shapeOf(labels)[axis] < 2)
    return usageError(step) << "expected at least two positions to shift the labels by one, got labels of type "
                            << labels.getType();
  auto shape = llvm::to_vector(shapeOf(labels));
  Value kept = b.sliceDimension(labels, axis, 1, shape[axis] - 1);
  shape[axis] = 1;
  auto type = RankedTensorType::get(shape, elementOf(labels));
  Value none = b.make<ConstantOp>(DenseElementsAttr::get(type, ignoredLabel));
  return b.make<ConcatOp>(ValueRange{kept, none}, axis);
}

FailureOr<Value> buildCrossEntropy(StepOp step, GraphBuilder &b, Value scores, StringRef labelsName, bool shiftLabels) {
  if (rankOf(scores) < 1)
    return usageError(step) << "expected scores with the classes on the last axis, got " << scores.getType();
  auto labelsType = RankedTensorType::get(shapeOf(scores).drop_back(), b.getBuilder().getI64Type());
  FailureOr<Value> labels = findOrAddLabels(step, labelsName, labelsType);
  if (failed(labels))
    return failure();
  if (shiftLabels)
    labels = shift(step, b, *labels);
  if (failed(labels))
    return failure();
  Value rows = b.cast(b.collapseToRows(scores), b.getBuilder().getF32Type());
  Value flat = b.reshape(*labels, {tensorType(*labels).getNumElements()});
  return CrossEntropyOp::create(b.getBuilder(), b.getLoc(), rows, flat, ignoredLabel).getLoss();
}

FailureOr<Value> buildMeanSquaredError(StepOp step, GraphBuilder &b, Value prediction, StringRef labelsName) {
  FailureOr<Value> labels = findOrAddLabels(step, labelsName, tensorType(prediction));
  if (failed(labels))
    return failure();
  Type f32 = b.getBuilder().getF32Type();
  Value difference = b.make<SubOp>(b.cast(prediction, f32), b.cast(*labels, f32));
  Value sum = b.sumAll(b.make<MulOp>(difference, difference));
  return b.make<DivOp>(sum, b.splatLike(sum, static_cast<double>(tensorType(prediction).getNumElements())));
}

struct AttachLoss : ::neap::impl::AttachLossBase<AttachLoss> {
  using Base::Base;

  FailureOr<Value> findLoss(StepOp step, GraphBuilder &b) {
    FailureOr<Value> loss = findResult(step, lossOutput);
    if (failed(loss))
      return failure();
    if (!isa<FloatType>(elementOf(*loss)) || tensorType(*loss).getNumElements() != 1)
      return usageError(step) << "expected a loss of one floating-point element, got output '" << lossOutput
                              << "' of type " << loss->getType();
    return b.reshape(*loss, {});
  }

  FailureOr<Value> buildLoss(StepOp step, GraphBuilder &b) {
    FailureOr<Value> scored = findScored(step, output);
    if (failed(scored))
      return failure();
    if (!isa<FloatType>(elementOf(*scored)))
      return usageError(step) << "expected a floating-point output to attach the loss to, got " << scored->getType();
    if (kind == LossKind::MeanSquaredError && shiftLabels)
      return usageError(step) << "expected shift-labels with cross-entropy, got it with mse";
    return kind == LossKind::CrossEntropy ? buildCrossEntropy(step, b, *scored, labels, shiftLabels)
                                          : buildMeanSquaredError(step, b, *scored, labels);
  }

  void runOnOperation() override {
    StepOp step = findStep(getOperation());
    if (!step)
      return;
    OpBuilder builder(getReturn(step));
    GraphBuilder b(builder, markOrigin(step.getLoc(), "loss"));
    FailureOr<Value> loss = lossOutput.empty() ? buildLoss(step, b) : findLoss(step, b);
    if (failed(loss))
      return signalPassFailure();
    Value result = b.cast(*loss, builder.getF32Type());
    setResults(step, {{"loss", result}});
    unsigned erased = eraseDeadOps(step);
    remark::passed(step.getLoc(), remark::RemarkOpts::name("AttachLoss").category("attach-loss"))
        << "the step returns its loss; ops that only other outputs needed: " << remark::metric("erased", erased);
  }
};

} // namespace
