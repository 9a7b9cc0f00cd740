// A pointwise group visits each element once; an operand that only elementwise ops of the result's shape look at is read
// there and nowhere else.
#include "neap/passes/fuse/InPlace.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace neap;

bool neap::canRunInPlace(FusedOp group, unsigned operand, unsigned result) {
  Type type = group.getInputs()[operand].getType();
  if (group.getKind() != GroupKind::Pointwise || type != group.getOutputs()[result].getType())
    return false;
  llvm::SetVector<Value> reached;
  reached.insert(group.getBody().getArgument(operand));
  for (unsigned i = 0; i < reached.size(); ++i) // grows while it is walked
    for (Operation *user : reached[i].getUsers()) {
      if (isa<YieldOp>(user))
        continue;
      if (!user->hasTrait<OpTrait::Elementwise>())
        return false;
      reached.insert_range(user->getResults());
    }
  return true;
}
