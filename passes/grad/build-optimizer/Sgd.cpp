// Stochastic gradient descent with momentum, in the order of operations of torch.optim.SGD.
#include "neap/passes/grad/build-optimizer/Optimizer.h"

using namespace mlir;
using namespace neap;

namespace {

struct Sgd : Optimizer {
  explicit Sgd(bool momentum) : momentum(momentum) {}

  SmallVector<StringRef> getStateNames() const override {
    return momentum ? SmallVector<StringRef>{"momentum"} : SmallVector<StringRef>();
  }

  Updated build(const Update &u) const override {
    Value g = u.gradient;
    if (u.decays)
      g = u.add(g, u.mul(u.value(StepField::WeightDecay), u.parameter));
    SmallVector<Value> state;
    if (momentum) {
      // The buffer starts with zeros, so the first step gives g itself, as PyTorch does.
      g = u.add(u.mul(u.state[0], u.value(StepField::Momentum)), g);
      state.push_back(g);
    }
    return {u.sub(u.parameter, u.mul(u.value(StepField::LearningRate), g)), state};
  }

  bool momentum;
};

} // namespace

std::unique_ptr<Optimizer> neap::createSgd(bool momentum) { return std::make_unique<Sgd>(momentum); }
