// Asks the kernel generator and the cost model once for each structure.
#include "neap/passes/memory/plan-memory/KernelMemo.h"

#include "neap/passes/costs/GroupWork.h"
#include "neap/passes/fuse/KernelClass.h"
#include "neap/passes/planning/Roofline.h"

using namespace mlir;

namespace neap {

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
  BlockStructure structure = getStructure(group.getBody().front());
  structure.push_back(group->getAttrDictionary().getAsOpaquePointer());
  if (auto entry = known.find(structure); entry != known.end())
    return entry->second;
  FailureOr<int64_t> scratch = lower::countScratchBytes(group.getKind(), group.getBody().front(), settings.target);
  FailureOr<double> seconds = estimate(group);
  if (failed(scratch) || failed(seconds))
    return failure();
  return known[std::move(structure)] = {*scratch, *seconds};
}

} // namespace neap
