// neap-build-backward. See Pass.td.
//   1. find the values that depend on a trained parameter
//   2. seed the loss with gradient 1 and visit the ops backwards, adding up the gradients of each value
//   3. show each parameter's gradient where it is complete
//   4. drop what the products did not need
#include "neap/passes/grad/Passes.h"
#include "neap/passes/support/ErrorKind.h"
#include "neap/passes/support/GraphBuilder.h"
#include "neap/passes/support/Step.h"

#include "mlir/IR/Remarks.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringSet.h"

namespace neap {
#define GEN_PASS_DEF_BUILDBACKWARD
#include "neap/passes/grad/Grad.h.inc"
} // namespace neap

using namespace mlir;
using namespace neap;

namespace {

bool isFloat(Value value) { return isa<FloatType>(elementOf(value)); }

/// Differentiates one step.
class Differentiator {
public:
  Differentiator(ModuleOp module, StepOp step)
      : module(module), step(step), body(step.getBody().front()), builder(body.getTerminator()) {}

  LogicalResult run();

private:
  void findVarying();
  LogicalResult visit(Operation &op);
  void accumulate(Value value, Value gradient);
  void observeGradients();
  void leaveOut(ParameterOp parameter);

  ModuleOp module;
  StepOp step;
  Block &body;
  OpBuilder builder;
  /// Values that change when a trained parameter does.
  llvm::DenseSet<Value> varying;
  /// The sum of the gradients found so far.
  DenseMap<Value, Value> gradients;
};

FailureOr<Value> findLoss(StepOp step) {
  std::optional<unsigned> index = findOutput(step, "loss");
  if (!index)
    return step.emitError("expected a step with a result named 'loss', got none");
  Value loss = getReturn(step).getOperand(*index);
  if (!isFloat(loss) || rankOf(loss) != 0)
    return step.emitError() << "expected a floating-point scalar as the loss, got " << loss.getType();
  return loss;
}

LogicalResult Differentiator::run() {
  FailureOr<Value> loss = findLoss(step);
  if (failed(loss))
    return failure();
  findVarying();
  SmallVector<Operation *> forward = llvm::map_to_vector(body.without_terminator(), [](Operation &op) { return &op; });
  if (varying.contains(*loss))
    gradients[*loss] = GraphBuilder(builder, loss->getLoc()).splatLike(*loss, 1.0);
  for (Operation *op : llvm::reverse(forward))
    if (failed(visit(*op)))
      return failure();
  observeGradients();
  unsigned erased = eraseDeadOps(step);
  remark::analysis(step.getLoc(), remark::RemarkOpts::name("BuildBackward").category("build-backward"))
      << remark::metric("forward_ops", forward.size())
      << remark::metric("backward_ops", body.getOperations().size() - 1 - forward.size())
      << remark::metric("erased", erased);
  return success();
}

/// Only floating-point values vary smoothly: what goes through an integer or a bool ends there.
void Differentiator::findVarying() {
  llvm::StringSet<> trained;
  for (auto parameter : module.getOps<ParameterOp>())
    if (parameter.getTrained())
      trained.insert(parameter.getSymName());
  for (Operation &op : body) {
    auto read = dyn_cast<ReadOp>(op);
    bool varies = read ? trained.contains(read.getSymbol())
                       : llvm::any_of(op.getOperands(), [&](Value operand) { return varying.contains(operand); });
    if (varies)
      varying.insert_range(llvm::make_filter_range(op.getResults(), isFloat));
  }
}

LogicalResult Differentiator::visit(Operation &op) {
  auto cotangents = llvm::map_to_vector(op.getResults(), [&](Value result) { return gradients.lookup(result); });
  bool reached = llvm::any_of(cotangents, [](Value cotangent) { return static_cast<bool>(cotangent); });
  if (!reached || llvm::none_of(op.getOperands(), [&](Value operand) { return varying.contains(operand); }))
    return success();
  auto differentiable = dyn_cast<Differentiable>(op);
  if (!differentiable)
    return marked(op.emitError(), ErrorKind::Unsupported)
           << "expected an op with a gradient between a trained parameter and the loss, got " << op.getName();
  SmallVector<Value> products(op.getNumOperands());
  differentiable.buildVjp(builder, cotangents, products);
  for (auto [operand, product] : llvm::zip_equal(op.getOperands(), products))
    if (product && varying.contains(operand))
      accumulate(operand, product);
  return success();
}

void Differentiator::accumulate(Value value, Value gradient) {
  Value &sum = gradients[value];
  sum = sum ? Value(AddOp::create(builder, gradient.getLoc(), sum, gradient)) : gradient;
}

/// Several reads of a parameter are one variable: their gradients are added, the last read's first.
void Differentiator::observeGradients() {
  llvm::StringMap<Value> totals;
  SmallVector<ReadOp> reads = llvm::to_vector(body.getOps<ReadOp>());
  for (ReadOp read : llvm::reverse(reads)) {
    Value gradient = gradients.lookup(read);
    if (!gradient)
      continue;
    Value &total = totals[read.getSymbol()];
    total = total ? Value(AddOp::create(builder, gradient.getLoc(), total, gradient)) : gradient;
  }
  for (auto parameter : module.getOps<ParameterOp>()) {
    if (!parameter.getTrained())
      continue;
    Value gradient = totals.lookup(parameter.getSymName());
    if (!gradient) {
      leaveOut(parameter);
      continue;
    }
    OpBuilder place(step.getContext());
    place.setInsertionPointAfterValue(gradient);
    ObserveOp::create(place, gradient.getLoc(), parameter.getSymName(), gradient);
  }
}

void Differentiator::leaveOut(ParameterOp parameter) {
  parameter.setTrained(false);
  parameter.emitWarning() << "parameter '" << parameter.getSymName()
                          << "' is not trained: the loss does not depend on it";
}

struct BuildBackward : ::neap::impl::BuildBackwardBase<BuildBackward> {
  void runOnOperation() override {
    StepOp step = findStep(getOperation());
    if (step && failed(Differentiator(getOperation(), step).run()))
      signalPassFailure();
  }
};

} // namespace
