// A table of names and not an interface of ops: when a group is there, compound ops are gone, and only locations know of them.
#include "neap/passes/fuse/KernelClass.h"

#include "neap/dialects/neap/TensorBuilder.h"
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

/// Whether a factor is the same matrix for the whole batch, as a weight is. Keys that a few heads share are not.
static bool isOneMatrix(Value factor) {
  int64_t matrix = ShapedType::getNumElements(shapeOf(factor).take_back(2)), seen = countElements(factor.getType());
  while (factor.getDefiningOp() && isView(factor.getDefiningOp())) {
    factor = factor.getDefiningOp()->getOperand(0);
    seen = std::min(seen, countElements(factor.getType()));
  }
  return seen <= matrix;
}

/// A batch of products of two activations: scores, or their sums over values, and the gradients of both.
static bool isAttentionProduct(Operation &op) {
  return isContraction(&op) && llvm::none_of(op.getOperands().take_front(2), isOneMatrix);
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
