// Adam with decoupled weight decay, in the order of operations of torch.optim.AdamW.
#include "neap/passes/grad/build-optimizer/Optimizer.h"

using namespace mlir;
using namespace neap;

namespace {

struct AdamW : Optimizer {
  SmallVector<StringRef> getStateNames() const override { return {"m", "v"}; }

  Updated build(const Update &u) const override {
    Value m = u.state[0], v = u.state[1], g = u.gradient;
    Value p = u.decays ? u.mul(u.parameter, u.value(StepField::DecayFactor)) : u.parameter;
    Value newM = u.add(m, u.mul(u.sub(g, m), u.value(StepField::OneMinusBeta1)));
    Value newV = u.add(u.mul(v, u.value(StepField::Beta2)), u.mul(u.mul(u.value(StepField::OneMinusBeta2), g), g));
    Value root = u.mul(u.b.make<SqrtOp>(newV), u.value(StepField::InverseSqrtCorrection2));
    Value step = u.div(u.mul(u.value(StepField::StepSize), newM), u.add(root, u.value(StepField::Epsilon)));
    return {u.sub(p, step), {newM, newV}};
  }
};

} // namespace

std::unique_ptr<Optimizer> neap::createAdamW() { return std::make_unique<AdamW>(); }
