// From the plan's order to tasks of three streams.
#include "neap/passes/memory/plan-memory/StepClock.h"

#include "neap/dialects/neap/TensorBuilder.h"
#include "neap/passes/planning/Streams.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

namespace neap {
namespace {

class StepClock {
public:
  StepClock(const StepPlan &plan, const FarCosts &far) : plan(plan), far(far) {}

  void add(Operation *op, double seconds) {
    llvm::TypeSwitch<Operation *>(op)
        .Case([&](OffloadOp offload) { addOffload(offload); })
        .Case([&](AwaitOp await) { addAwait(await); })
        .Case([&](ReloadOp reload) { addReload(reload); })
        .Default([&](Operation *op) { addCompute(op, seconds); });
  }

  double getEnd() const {
    std::vector<double> ends = planning::simulateStreams(tasks);
    return ends.empty() ? 0 : *llvm::max_element(ends);
  }

private:
  enum Stream { Compute, Offload, Reload };

  int addTask(Stream stream, double seconds, std::vector<int> after) {
    tasks.push_back({stream, seconds, std::move(after)});
    return static_cast<int>(tasks.size()) - 1;
  }

  void addCompute(Operation *op, double seconds) {
    std::vector<int> after = std::exchange(awaitedByCompute, {});
    for (Value operand : op->getOperands())
      if (auto copy = reloaded.find(plan.getUnmergedStorage(operand)); copy != reloaded.end())
        after.push_back(copy->second);
    lastCompute = addTask(Compute, seconds, std::move(after));
  }

  void addOffload(OffloadOp offload) {
    std::vector<int> after;
    if (lastCompute >= 0)
      after.push_back(lastCompute);
    if (auto copy = reloaded.find(plan.getUnmergedStorage(offload.getValue())); copy != reloaded.end())
      after.push_back(copy->second);
    offloaded[plan.getStorage(offload)] = addTask(Offload, bytesOf(offload.getValue()) / far.offloadRate, after);
  }

  void addAwait(AwaitOp await) {
    int copy = offloaded.at(plan.getStorage(await));
    awaitedByCompute.push_back(copy);
    awaitedByReload.push_back(copy);
  }

  void addReload(ReloadOp reload) {
    std::vector<int> after = std::exchange(awaitedByReload, {});
    if (lastCompute >= 0)
      after.push_back(lastCompute);
    if (auto copy = offloaded.find(plan.getStorage(reload.getValue())); copy != offloaded.end())
      after.push_back(copy->second);
    reloaded[plan.getUnmergedStorage(reload)] = addTask(Reload, bytesOf(reload) / far.reloadRate, std::move(after));
  }

  static double bytesOf(Value value) { return static_cast<double>(storageBytes(elementOf(value), shapeOf(value))); }

  const StepPlan &plan;
  const FarCosts &far;
  std::vector<planning::StreamTask> tasks;
  int lastCompute = -1;
  llvm::DenseMap<int, int> offloaded, reloaded; // copies, by storage
  std::vector<int> awaitedByCompute, awaitedByReload;
};

} // namespace

double simulateStep(const StepPlan &plan, ArrayRef<double> seconds, const FarCosts &far) {
  StepClock clock(plan, far);
  for (auto [task, taskSeconds] : llvm::zip_equal(plan.order, seconds))
    clock.add(plan.tasks[task], taskSeconds);
  return clock.getEnd();
}

} // namespace neap
