// neap-build-optimizer. See Pass.td.
//   1. find each parameter's gradient, clipped where that was asked for
//   2. declare its state
//   3. write its update where gradient and old value are no longer needed by others
#include "neap/passes/grad/Passes.h"
#include "neap/passes/grad/build-optimizer/Optimizer.h"
#include "neap/passes/support/Locations.h"
#include "neap/passes/support/Step.h"

#include "mlir/IR/Remarks.h"

namespace neap {
#define GEN_PASS_DEF_BUILDOPTIMIZER
#include "neap/passes/grad/Grad.h.inc"
} // namespace neap

using namespace mlir;
using namespace neap;

Value Update::value(StepField field) const {
  auto scalar = RankedTensorType::get({}, b.getBuilder().getF32Type());
  Value value = b.cast(b.make<StepValueOp>(scalar, field), elementOf(parameter));
  return b.broadcast(value, shapeOf(parameter));
}

namespace {

/// Clipped gradients by parameter.
llvm::StringMap<Value> findClipped(StepOp step) {
  llvm::StringMap<Value> clipped;
  for (Operation &op : step.getBody().front())
    if (auto parameter = op.getAttrOfType<FlatSymbolRefAttr>(gradientOfAttribute))
      clipped[parameter.getValue()] = op.getResult(0);
  return clipped;
}

SmallVector<ReadOp> findReads(StepOp step, StringRef symbol) {
  return llvm::to_vector(llvm::make_filter_range(step.getBody().front().getOps<ReadOp>(),
                                                 [&](ReadOp read) { return read.getSymbol() == symbol; }));
}

/// Calls `visit` for every op that reads the value, also through views of it.
void forEachReader(Value value, function_ref<void(Operation *)> visit) {
  for (Operation *user : value.getUsers()) {
    visit(user);
    if (auto view = dyn_cast<Fusible>(user); view && view.isView())
      forEachReader(user->getResult(0), visit);
  }
}

/// The last op that computes or shows the gradient or uses the parameter's old value.
Operation *findPlace(StepOp step, ParameterGradient gradient, Value value) {
  Operation *last = gradient.observe;
  auto consider = [&](Operation *op) {
    if (op && !isa<ReturnOp>(op) && last->isBeforeInBlock(op))
      last = op;
  };
  consider(value.getDefiningOp());
  for (ReadOp read : findReads(step, gradient.parameter.getSymName()))
    forEachReader(read, consider);
  return last;
}

/// fp32 for anything smaller.
Type updateType(Type elementType) {
  return elementType.getIntOrFloatBitWidth() < 32 ? Float32Type::get(elementType.getContext()) : elementType;
}

/// Writes one parameter's update and state.
class UpdateWriter {
public:
  UpdateWriter(const Optimizer &optimizer, StepOp step, ParameterOp parameter)
      : optimizer(optimizer), step(step), parameter(parameter),
        type(cast<RankedTensorType>(parameter.getType())
                 .clone(updateType(cast<RankedTensorType>(parameter.getType()).getElementType()))) {}

  void write(OpBuilder &builder, Location location, Value gradient) {
    GraphBuilder b(builder, location);
    SmallVector<std::string> names = declareStates();
    Value old = ReadOp::create(builder, location, parameter.getType(), parameter.getSymName());
    auto state = llvm::map_to_vector(
        names, [&](StringRef name) -> Value { return ReadOp::create(builder, location, type, name); });
    Update update{b, b.cast(old, type.getElementType()), b.cast(gradient, type.getElementType()), state,
                  parameter.getDecays()};
    Updated updated = optimizer.build(update);
    WriteOp::create(builder, location, parameter.getSymName(), b.cast(updated.parameter, elementOf(old)));
    for (auto [name, value] : llvm::zip_equal(names, updated.state))
      WriteOp::create(builder, location, name, value);
  }

private:
  SmallVector<std::string> declareStates() {
    OpBuilder builder(step);
    return llvm::map_to_vector(optimizer.getStateNames(), [&](StringRef suffix) {
      std::string name = (parameter.getSymName() + "." + suffix).str();
      StateOp::create(builder, parameter.getLoc(), name, type, parameter.getSymName());
      return name;
    });
  }

  const Optimizer &optimizer;
  StepOp step;
  ParameterOp parameter;
  RankedTensorType type;
};

struct BuildOptimizer : ::neap::impl::BuildOptimizerBase<BuildOptimizer> {
  using Base::Base;

  std::unique_ptr<Optimizer> createOptimizer() const {
    switch (optimizer) {
    case OptimizerKind::AdamW: return createAdamW();
    case OptimizerKind::Sgd: return createSgd(momentum);
    }
    llvm_unreachable("no other optimizer");
  }

  void runOnOperation() override {
    StepOp step = findStep(getOperation());
    if (!step)
      return;
    std::unique_ptr<Optimizer> rule = createOptimizer();
    llvm::StringMap<Value> clipped = findClipped(step);
    for (ParameterGradient gradient : collectGradients(getOperation(), step)) {
      Value value = clipped.lookup(gradient.parameter.getSymName());
      if (!value)
        value = gradient.observe.getGradient();
      OpBuilder builder(step.getContext());
      builder.setInsertionPointAfter(findPlace(step, gradient, value));
      UpdateWriter(*rule, step, gradient.parameter)
          .write(builder, markOrigin(gradient.observe.getLoc(), "optimizer"), value);
      remark::passed(gradient.parameter.getLoc(), remark::RemarkOpts::name("Update").category("build-optimizer"))
          << ("parameter '" + gradient.parameter.getSymName() + "' is updated" +
              (gradient.parameter.getDecays() ? "" : " without weight decay"))
                 .str();
    }
  }
};

} // namespace
