// Asks the kernel generator and the cost model once for each structure.
#include "neap/passes/memory/plan-memory/KernelMemo.h"

#include "neap/passes/costs/GroupWork.h"
#include "neap/passes/fuse/KernelClass.h"
#include "neap/passes/planning/Roofline.h"

using namespace mlir;

namespace neap {

KernelMemo::Structure KernelMemo::getStructure(FusedOp group) {
  Structure structure{group->getAttrDictionary().getAsOpaquePointer()};
  llvm::DenseMap<Value, size_t> numbers;
  auto append = [&](size_t number) { structure.push_back(reinterpret_cast<const void *>(number)); };
  auto declare = [&](Value value) {
    numbers.try_emplace(value, numbers.size());
    structure.push_back(value.getType().getAsOpaquePointer());
  };
  Block &body = group.getBody().front();
  llvm::for_each(body.getArguments(), declare);
  for (Operation &op : body) {
    structure.push_back(op.getName().getAsOpaquePointer());
    structure.push_back(op.getAttrDictionary().getAsOpaquePointer());
    append(op.getNumOperands());
    for (Value operand : op.getOperands())
      append(numbers.at(operand));
    llvm::for_each(op.getResults(), declare);
  }
  return structure;
}

FailureOr<double> KernelMemo::estimate(FusedOp group) const {
  if (settings.cpu) {
    FailureOr<planning::CpuWork> work = describeWork(group.getKind(), group.getBody().front(), settings.target);
    if (failed(work))
      return failure();
    return planning::estimateLaunch(*settings.cpu, *work);
  }
  planning::KernelCost cost;
  cost.kernelClass = classifyGroup(group.getBody().front());
  cost.flops = group.getFlops();
  cost.bytesRead = group.getBytesRead();
  cost.bytesWritten = group.getBytesWritten();
  return planning::estimateLaunch(cost, settings.device, planning::Arithmetic::Fp32, {}).seconds;
}

FailureOr<KernelFacts> KernelMemo::describe(FusedOp group) {
  Structure structure = getStructure(group);
  if (auto entry = known.find(structure); entry != known.end())
    return entry->second;
  FailureOr<int64_t> scratch = lower::countScratchBytes(group.getKind(), group.getBody().front(), settings.target);
  FailureOr<double> seconds = estimate(group);
  if (failed(scratch) || failed(seconds))
    return failure();
  return known[std::move(structure)] = {*scratch, *seconds};
}

} // namespace neap
