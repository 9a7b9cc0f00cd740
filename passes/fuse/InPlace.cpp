// In-place safety of fused groups, from their accesses.
#include "neap/passes/fuse/InPlace.h"

using namespace mlir;

namespace neap {

/// Whether a value, or a view of it, is read elsewhere than at the loop point itself: as a matrix or as a table.
static bool isReadAsAWhole(Value value) {
  return llvm::any_of(value.getUses(), [](OpOperand &use) {
    Operation *user = use.getOwner();
    if (isView(user))
      return isReadAsAWhole(user->getResult(0));
    if (isInitial(use))
      return false;
    return isContraction(user) || (isIndirect(user) && use.getOperandNumber() == 0);
  });
}

/// Whether sums start from a value, or from a view of it, and nobody reads it otherwise.
static bool isReadAsInitialOnly(Value value) {
  return llvm::all_of(value.getUses(), [](OpOperand &use) {
    return isInitial(use) || (isView(use.getOwner()) && isReadAsInitialOnly(use.getOwner()->getResult(0)));
  });
}

/// A scatter adds onto its base: it may run on the base's own bytes, unless they are the updates too, and on no other's.
static bool isScatterBase(Block &body, unsigned operand) {
  BlockArgument argument = body.getArgument(operand);
  for (Operation &op : body)
    if (isa<ScatterAddOp>(op))
      return op.getOperand(0) == argument && argument.hasOneUse();
  return false;
}

bool InPlaceAnalysis::canRunInPlace(unsigned operand, unsigned result) {
  BlockArgument argument = body.getArgument(operand);
  Value yielded = body.getTerminator()->getOperand(result);
  if (argument.getType() != yielded.getType())
    return false;
  if (kind == GroupKind::Scatter)
    return isScatterBase(body, operand);
  bool hasLoopsOfItsOwn = kind == GroupKind::Concat || kind == GroupKind::Scan || kind == GroupKind::Attention;
  if (hasLoopsOfItsOwn || isReadAsAWhole(argument))
    return false;
  // Whoever stores a column's sum reads what that starts from, before it does. Rows are read by others too.
  if (kind == GroupKind::Column && !isReadAsInitialOnly(argument))
    return false;
  if (!accesses)
    accesses = analyzeGroup(body, kind);
  FailureOr<GroupAccesses> &group = *accesses;
  if (failed(group) || !group->accesses.contains(argument) || !group->accesses.contains(yielded))
    return false;
  if (group->position(argument) != group->position(yielded))
    return false;
  // A row's results are stored in its last sweep, so earlier sweeps never see them; a row-level result is not an element
  // of the row and would be stored while other elements are still to be read.
  return kind != GroupKind::Row || !group->isRowLevel(yielded);
}

bool canRunInPlace(Block &body, GroupKind kind, unsigned operand, unsigned result) {
  return InPlaceAnalysis(body, kind).canRunInPlace(operand, result);
}

} // namespace neap
