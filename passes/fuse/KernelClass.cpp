// A table of names and not an interface of ops: when a group is there, compound ops are gone, and only locations know of them.
#include "neap/passes/fuse/KernelClass.h"

#include "neap/dialects/neap/Neap.h"
#include "neap/passes/fuse/Group.h"
#include "neap/passes/support/Locations.h"

using namespace mlir;
using namespace neap;
using planning::KernelClass;

namespace {
struct Heading {
  StringLiteral prefix; // of the name of an op, or of what it was made for
  KernelClass kernelClass;
};
} // namespace

/// In order of precedence.
static constexpr Heading headings[] = {
    {"attention", KernelClass::Attention}, {"matmul", KernelClass::Product},
    {"cross_entropy", KernelClass::Loss},  {"loss", KernelClass::Loss},
    {"softmax", KernelClass::Softmax},     {"layer_norm", KernelClass::Norm},
    {"rms_norm", KernelClass::Norm},       {"clip_gradient_norm", KernelClass::Optimizer},
    {"optimizer", KernelClass::Optimizer}, {"gather", KernelClass::Embedding},
    {"scatter", KernelClass::Embedding},
};

/// Whether a view repeats elements along some dimension: a weight that every matrix of a batch is multiplied with.
static bool isStretched(Value operand) {
  int64_t elements = countElements(operand.getType());
  while (operand.getDefiningOp() && isView(operand.getDefiningOp()))
    operand = operand.getDefiningOp()->getOperand(0);
  return countElements(operand.getType()) < elements;
}

/// A batch of products of two activations: scores, or their sums over values, and the gradients of both.
static bool isAttentionProduct(Operation &op) {
  if (!isContraction(&op))
    return false;
  ArrayRef<int64_t> batch = cast<RankedTensorType>(op.getResult(0).getType()).getShape().drop_back(2);
  return ShapedType::getNumElements(batch) > 1 && llvm::none_of(op.getOperands(), isStretched);
}

KernelClass neap::classifyGroup(Block &body) {
  if (llvm::any_of(body, isAttentionProduct))
    return KernelClass::Attention;
  for (const Heading &heading : headings)
    for (Operation &op : body.without_terminator())
      if (op.getName().stripDialect().starts_with(heading.prefix) || findOrigin(&op).starts_with(heading.prefix))
        return heading.kernelClass;
  return KernelClass::Pointwise;
}
