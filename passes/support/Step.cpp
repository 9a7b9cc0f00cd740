// See Step.h.
#include "neap/passes/support/Step.h"

using namespace mlir;
using namespace neap;

static constexpr StringLiteral nameAttribute = "neap.name";

StepOp neap::findStep(ModuleOp module) {
  auto steps = module.getOps<StepOp>();
  return steps.empty() ? nullptr : *steps.begin();
}

ReturnOp neap::getReturn(StepOp step) { return cast<ReturnOp>(step.getBody().front().getTerminator()); }

std::optional<unsigned> neap::findOutput(StepOp step, StringRef name) {
  for (unsigned i = 0; i < step.getNumResults(); ++i)
    if (step.getOutputName(i) == name)
      return i;
  return std::nullopt;
}

std::optional<unsigned> neap::findInput(StepOp step, StringRef name) {
  for (unsigned i = 0; i < step.getNumArguments(); ++i)
    if (step.getInputName(i) == name)
      return i;
  return std::nullopt;
}

llvm::DenseSet<Operation *> neap::collectForward(StepOp step) {
  SmallVector<Value> pending;
  if (step.getNumResults() > 0)
    pending.push_back(getReturn(step)->getOperand(findOutput(step, "loss").value_or(0)));
  llvm::DenseSet<Operation *> forward;
  while (!pending.empty()) {
    auto result = dyn_cast<OpResult>(pending.pop_back_val());
    if (!result)
      continue;
    if (auto loop = dyn_cast<TileLoopOp>(result.getOwner()))
      pending.push_back(loop.getBody().front().getTerminator()->getOperand(result.getResultNumber()));
    if (forward.insert(result.getOwner()).second)
      pending.append(result.getOwner()->operand_begin(), result.getOwner()->operand_end());
  }
  return forward;
}

void neap::setResults(StepOp step, ArrayRef<NamedResult> results) {
  Builder builder(step.getContext());
  SmallVector<Value> values;
  SmallVector<Attribute> names;
  for (const NamedResult &result : results) {
    values.push_back(result.value);
    names.push_back(builder.getDictionaryAttr(builder.getNamedAttr(nameAttribute, builder.getStringAttr(result.name))));
  }
  step.setFunctionType(builder.getFunctionType(step.getArgumentTypes(), ValueRange(values).getTypes()));
  step.setResAttrsAttr(builder.getArrayAttr(names));
  getReturn(step)->setOperands(values);
}

void neap::addResult(StepOp step, NamedResult result, ArrayRef<NamedAttribute> attributes) {
  Builder builder(step.getContext());
  NamedAttrList all(attributes);
  all.set(nameAttribute, builder.getStringAttr(result.name));
  (void)step.insertResult(step.getNumResults(), result.value.getType(), all.getDictionary(step.getContext()));
  getReturn(step).getResults_Mutable().append(result.value);
}

BlockArgument neap::addInput(StepOp step, StringRef name, RankedTensorType type) {
  Builder builder(step.getContext());
  unsigned index = step.getNumArguments();
  auto attributes = builder.getDictionaryAttr(builder.getNamedAttr(nameAttribute, builder.getStringAttr(name)));
  (void)step.insertArgument(index, type, attributes, step.getLoc());
  return step.getArgument(index);
}

unsigned neap::eraseDeadOps(StepOp step) {
  unsigned count = 0;
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(step.getBody().front())))
    if (isOpTriviallyDead(&op)) {
      op.erase();
      ++count;
    }
  return count;
}

SmallVector<ParameterGradient> neap::collectGradients(ModuleOp module, StepOp step) {
  llvm::StringMap<ObserveOp> observed;
  for (auto observe : step.getBody().front().getOps<ObserveOp>())
    observed[observe.getParameter()] = observe;
  SmallVector<ParameterGradient> gradients;
  for (auto parameter : module.getOps<ParameterOp>())
    if (ObserveOp observe = observed.lookup(parameter.getSymName()))
      gradients.push_back({parameter, observe});
  return gradients;
}
