// The attribute `neap.kernel` of lowered kernels.
#include "neap/passes/lower/KernelInfo.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace neap;

static constexpr StringLiteral attributeName = "neap.kernel";

void lower::setKernelInfo(const Kernel &lowered, sched::KernelOp kernel) {
  Builder builder(kernel.getContext());
  auto integer = [&](StringRef name, int64_t value) {
    return builder.getNamedAttr(name, builder.getI64IntegerAttr(value));
  };
  llvm::SetVector<Attribute> ops;
  for (Operation &op : kernel.getBody().front().without_terminator())
    ops.insert(builder.getStringAttr(op.getName().stripDialect()));
  SmallVector<NamedAttribute> fields{integer("items", lowered.items), integer("grain", lowered.grain),
                                     integer("scratch", lowered.scratchBytes),
                                     builder.getNamedAttr("kind", kernel.getKindAttr()),
                                     builder.getNamedAttr("ops", builder.getArrayAttr(ops.getArrayRef()))};
  if (lowered.blockThreads != 0)
    llvm::append_values(fields, integer("blocks", lowered.blocks()), integer("block_threads", lowered.blockThreads));
  lowered.function->setAttr(attributeName, builder.getDictionaryAttr(fields));
}

std::optional<lower::KernelInfo> lower::getKernelInfo(Operation *function) {
  auto dictionary = function->getAttrOfType<DictionaryAttr>(attributeName);
  if (!dictionary)
    return std::nullopt;
  auto integer = [&](StringRef name, int64_t absent) {
    auto value = dictionary.getAs<IntegerAttr>(name);
    return value ? value.getInt() : absent;
  };
  KernelInfo info{integer("items", 0),  integer("grain", 1),         integer("scratch", 0),
                  integer("blocks", 0), integer("block_threads", 0), GroupKind::Pointwise,
                  {}};
  if (auto kind = dictionary.getAs<GroupKindAttr>("kind"))
    info.kind = kind.getValue();
  if (auto ops = dictionary.getAs<ArrayAttr>("ops"))
    for (auto op : ops.getAsRange<StringAttr>())
      info.ops.push_back(op.getValue());
  return info;
}
