// neap-clip-gradient-norm. See Pass.td.
//   1. sum each gradient's squares where it is complete
//   2. join the sums in the order of the parameters and take the root
//   3. scale the gradients if they are to be clipped
//   4. return the norm as the last result
#include "neap/passes/grad/Passes.h"
#include "neap/passes/support/GraphBuilder.h"
#include "neap/passes/support/Locations.h"
#include "neap/passes/support/Step.h"

#include "mlir/IR/Remarks.h"

namespace neap {
#define GEN_PASS_DEF_CLIPGRADIENTNORM
#include "neap/passes/grad/Grad.h.inc"
} // namespace neap

using namespace mlir;
using namespace neap;

namespace {

/// What torch.nn.utils.clip_grad_norm_ adds to the norm.
constexpr double clipEpsilon = 1e-6;

/// What all ops made here are for.
constexpr StringLiteral origin = "clip_gradient_norm";

remark::RemarkOpts remarkNamed(StringRef name) { return remark::RemarkOpts::name(name).category("clip-gradient-norm"); }

/// The sum of squares in fp32, right behind the place where the gradient is shown.
Value sumSquares(ObserveOp observe) {
  OpBuilder builder(observe->getContext());
  builder.setInsertionPointAfter(observe);
  GraphBuilder b(builder, markOrigin(observe.getLoc(), origin));
  Value gradient = b.cast(observe.getGradient(), builder.getF32Type());
  return b.sumAll(b.make<MulOp>(gradient, gradient));
}

/// sqrt of the sums added from the left; 0 without any gradient.
Value buildNorm(GraphBuilder &b, ArrayRef<Value> sums) {
  if (sums.empty())
    return b.splat(RankedTensorType::get({}, b.getBuilder().getF32Type()), 0.0);
  Value total = sums.front();
  for (Value sum : sums.drop_front())
    total = b.make<AddOp>(total, sum);
  return b.make<SqrtOp>(total);
}

/// min(1, clip_norm / (norm + 1e-6))
Value buildFactor(GraphBuilder &b, Value norm) {
  Value bound = b.make<StepValueOp>(norm.getType(), StepField::ClipNorm);
  Value ratio = b.make<DivOp>(bound, b.make<AddOp>(norm, b.splatLike(norm, clipEpsilon)));
  return b.make<MinimumOp>(ratio, b.splatLike(norm, 1.0));
}

/// Never folded: the mark must stand on an op of its own.
void buildClipped(OpBuilder &builder, ParameterGradient gradient, Value factor) {
  Value value = gradient.observe.getGradient();
  GraphBuilder b(builder, markOrigin(gradient.observe.getLoc(), origin));
  Value scale = b.broadcast(b.cast(factor, elementOf(value)), shapeOf(value));
  auto clipped = MulOp::create(builder, b.getLoc(), value, scale);
  clipped->setDiscardableAttr(gradientOfAttribute, FlatSymbolRefAttr::get(gradient.parameter));
}

struct ClipGradientNorm : ::neap::impl::ClipGradientNormBase<ClipGradientNorm> {
  using Base::Base;

  void runOnOperation() override {
    StepOp step = findStep(getOperation());
    if (!step)
      return;
    SmallVector<ParameterGradient> gradients = collectGradients(getOperation(), step);
    auto sums = llvm::map_to_vector(gradients, [](const ParameterGradient &g) { return sumSquares(g.observe); });

    OpBuilder builder(getReturn(step));
    GraphBuilder b(builder, markOrigin(step.getLoc(), origin));
    Value norm = buildNorm(b, sums);
    if (clip && !gradients.empty()) {
      Value factor = buildFactor(b, norm);
      for (const ParameterGradient &gradient : gradients)
        buildClipped(builder, gradient, factor);
      remark::passed(step.getLoc(), remarkNamed("Clip"))
          << "gradients clipped: " << remark::metric("tensors", gradients.size());
    } else {
      remark::missed(step.getLoc(), remarkNamed("Clip"))
          << (clip ? "gradients not clipped: there are none" : "gradients not clipped: clipping is off");
    }
    addResult(step, {"gradient_norm", norm});
  }
};

} // namespace
