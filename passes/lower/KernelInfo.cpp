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

static int64_t findInteger(DictionaryAttr fields, StringRef name, int64_t absent = 0) {
  auto value = fields.getAs<IntegerAttr>(name);
  return value ? value.getInt() : absent;
}

static std::optional<planning::KernelCost> readCost(StringRef kernel, DictionaryAttr fields) {
  auto name = fields.getAs<StringAttr>("class");
  auto kernelClass = name ? planning::findKernelClass(name.str()) : std::nullopt;
  if (!kernelClass)
    return std::nullopt;
  planning::KernelCost cost{kernel.str(), *kernelClass};
  cost.flops = findInteger(fields, "flops");
  cost.bytesRead = findInteger(fields, "bytes_read");
  cost.bytesWritten = findInteger(fields, "bytes_written");
  return cost;
}

std::optional<lower::KernelInfo> lower::getKernelInfo(Operation *function) {
  auto fields = function->getAttrOfType<DictionaryAttr>(attributeName);
  if (!fields)
    return std::nullopt;
  KernelInfo info;
  info.items = findInteger(fields, "items");
  info.grain = findInteger(fields, "grain", 1);
  info.scratchBytes = findInteger(fields, "scratch");
  info.blocks = findInteger(fields, "blocks");
  info.blockThreads = findInteger(fields, "block_threads");
  info.cost = readCost(SymbolTable::getSymbolName(function).getValue(), fields);
  if (auto kind = fields.getAs<GroupKindAttr>("kind"))
    info.kind = kind.getValue();
  if (auto ops = fields.getAs<ArrayAttr>("ops"))
    for (auto op : ops.getAsRange<StringAttr>())
      info.ops.push_back(op.getValue());
  return info;
}
