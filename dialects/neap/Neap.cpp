// Registration of the neap dialect.
#include "neap/dialects/neap/Neap.h"

#include "neap/dialects/neap/NeapDialect.cpp.inc"
#include "neap/dialects/neap/NeapEnums.cpp.inc"

#include "llvm/ADT/TypeSwitch.h"

#define GET_ATTRDEF_CLASSES
#include "neap/dialects/neap/NeapAttributes.cpp.inc"

using namespace mlir;
using namespace neap;

void NeapDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "neap/dialects/neap/NeapAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "neap/dialects/neap/NeapOps.cpp.inc"
      >();
}

Operation *NeapDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location location) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || elements.getType() != type)
    return nullptr;
  return ConstantOp::create(builder, location, elements);
}

#define GET_OP_CLASSES
#include "neap/dialects/neap/NeapOps.cpp.inc"
