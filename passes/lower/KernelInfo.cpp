// The attribute `neap.kernel` of lowered kernels.
#include "neap/passes/lower/KernelInfo.h"

#include "neap/passes/fuse/KernelClass.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace neap;

static constexpr StringLiteral attributeName = "neap.kernel";

SmallVector<StringRef> lower::listOps(sched::KernelOp kernel) {
  llvm::SetVector<StringRef> ops;
  for (Operation &op : kernel.getBody().front().without_terminator())
    ops.insert(op.getName().stripDialect());
  return llvm::to_vector(ops);
}

planning::KernelCost lower::describeCost(sched::KernelOp kernel) {
  planning::KernelCost cost;
  cost.name = kernel.getSymName().str();
  cost.kernelClass = classifyGroup(kernel.getBody().front());
  cost.flops = kernel.getFlops();
  cost.bytesRead = kernel.getBytesRead();
  cost.bytesWritten = kernel.getBytesWritten();
  return cost;
}

llvm::StringMap<int64_t> lower::countLaunches(sched::ProgramOp program) {
  llvm::StringMap<int64_t> launches;
  program.walk([&](sched::LaunchOp launch) {
    int64_t times = 1;
    for (auto loop = launch->getParentOfType<sched::LoopOp>(); loop; loop = loop->getParentOfType<sched::LoopOp>())
      times *= loop.getCount();
    launches[launch.getKernel()] += times;
  });
  return launches;
}

void lower::setKernelInfo(const Kernel &lowered, sched::KernelOp kernel) {
  Builder builder(kernel.getContext());
  auto integer = [&](StringRef name, int64_t value) {
    return builder.getNamedAttr(name, builder.getI64IntegerAttr(value));
  };
  SmallVector<NamedAttribute> fields{integer("items", lowered.items), integer("grain", lowered.grain),
                                     integer("scratch", lowered.scratchBytes),
                                     builder.getNamedAttr("kind", kernel.getKindAttr()),
                                     builder.getNamedAttr("ops", builder.getStrArrayAttr(listOps(kernel)))};
  planning::KernelCost cost = describeCost(kernel);
  llvm::append_values(fields, integer("flops", cost.flops), integer("bytes_read", cost.bytesRead),
                      integer("bytes_written", cost.bytesWritten),
                      builder.getNamedAttr("class", builder.getStringAttr(planning::getName(cost.kernelClass))));
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
                  {},
                  {}};
  if (auto kind = dictionary.getAs<GroupKindAttr>("kind"))
    info.kind = kind.getValue();
  if (auto ops = dictionary.getAs<ArrayAttr>("ops"))
    for (auto op : ops.getAsRange<StringAttr>())
      info.ops.push_back(op.getValue());
  if (auto name = dictionary.getAs<StringAttr>("class"))
    if (auto kernelClass = planning::findKernelClass(name.str()))
      info.cost = planning::KernelCost{SymbolTable::getSymbolName(function).str(), *kernelClass, 0, integer("flops", 0),
                                       integer("bytes_read", 0), integer("bytes_written", 0)};
  return info;
}
