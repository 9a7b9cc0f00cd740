// See Locations.h.
#include "neap/passes/support/Locations.h"

#include "mlir/IR/Location.h"

using namespace mlir;

StringRef neap::findNodeName(Operation *op) {
  auto name = op->getLoc()->findInstanceOf<NameLoc>();
  return name ? name.getName().getValue() : op->getName().getStringRef();
}
