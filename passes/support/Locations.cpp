// See Locations.h.
#include "neap/passes/support/Locations.h"

#include "mlir/IR/Location.h"

using namespace mlir;

StringRef neap::findNodeName(Operation *op) {
  auto name = op->getLoc()->findInstanceOf<NameLoc>();
  return name ? name.getName().getValue() : op->getName().getStringRef();
}

Location neap::markOrigin(Location location, StringRef origin) {
  return FusedLoc::get(location.getContext(), {location}, StringAttr::get(location.getContext(), origin));
}

StringRef neap::findOrigin(Operation *op) {
  StringRef origin;
  op->getLoc()->walk([&](Location location) {
    auto fused = dyn_cast<FusedLoc>(location);
    auto name = fused ? dyn_cast_or_null<StringAttr>(fused.getMetadata()) : StringAttr();
    if (!name)
      return WalkResult::advance();
    origin = name.getValue();
    return WalkResult::interrupt();
  });
  return origin;
}
