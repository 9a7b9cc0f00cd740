// The attribute `neap.kernel` of lowered kernels.
#include "neap/passes/lower/KernelInfo.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace neap;

static constexpr StringLiteral attributeName = "neap.kernel";

void lower::setKernelInfo(Operation *function, sched::KernelOp kernel, int64_t items, int64_t grain,
                          int64_t scratchBytes) {
  Builder builder(kernel.getContext());
  llvm::SetVector<Attribute> ops;
  for (Operation &op : kernel.getBody().front().without_terminator())
    ops.insert(builder.getStringAttr(op.getName().stripDialect()));
  function->setAttr(attributeName, builder.getDictionaryAttr({
                                       builder.getNamedAttr("items", builder.getI64IntegerAttr(items)),
                                       builder.getNamedAttr("grain", builder.getI64IntegerAttr(grain)),
                                       builder.getNamedAttr("scratch", builder.getI64IntegerAttr(scratchBytes)),
                                       builder.getNamedAttr("kind", kernel.getKindAttr()),
                                       builder.getNamedAttr("ops", builder.getArrayAttr(ops.getArrayRef())),
                                   }));
}

std::optional<lower::KernelInfo> lower::getKernelInfo(Operation *function) {
  auto dictionary = function->getAttrOfType<DictionaryAttr>(attributeName);
  if (!dictionary)
    return std::nullopt;
  auto integer = [&](StringRef name, int64_t absent) {
    auto value = dictionary.getAs<IntegerAttr>(name);
    return value ? value.getInt() : absent;
  };
  KernelInfo info{integer("items", 0), integer("grain", 1), integer("scratch", 0), GroupKind::Pointwise, {}};
  if (auto kind = dictionary.getAs<GroupKindAttr>("kind"))
    info.kind = kind.getValue();
  if (auto ops = dictionary.getAs<ArrayAttr>("ops"))
    for (auto op : ops.getAsRange<StringAttr>())
      info.ops.push_back(op.getValue());
  return info;
}
