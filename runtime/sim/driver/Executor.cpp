// Kernels go to the machine, copies to the memories.
#include "neap/runtime/sim/driver/Executor.h"

#include <cstring>

namespace neap::sim::driver {

namespace {

/// What the real device answers to a fault of a kernel.
cuda::Result resultOf(Fault fault) {
  switch (fault) {
  case Fault::Misaligned: return cuda::Result::MisalignedAddress;
  case Fault::OutOfBounds:
  case Fault::Uninitialised:
  case Fault::Undeclared:
  case Fault::ReadOnly:
  case Fault::NonCoherent:
  case Fault::Race: return cuda::Result::IllegalAddress;
  default: return cuda::Result::LaunchFailed;
  }
}

Interval deviceInterval(uint64_t address, uint64_t bytes) { return {address, address + bytes}; }

FaultPoint pointOf(const Operation &operation) {
  constexpr FaultPoint points[] = {FaultPoint::Launch, FaultPoint::Copy, FaultPoint::Fill, FaultPoint::Library};
  return points[operation.work.index()];
}

} // namespace

Accesses Executor::execute(const Task &task, uint32_t node) {
  const Operation &operation = task.program->operation(node);
  host_.check(task, node);
  if (errors_.isStopped() || injectFault(operation))
    return {};
  std::string text = task.text(node);
  try {
    return std::visit([&](const auto &work) { return run(work, text); }, operation.work);
  } catch (const MemoryError &error) {
    errors_.fail(cuda::Result::IllegalAddress, text + ": " + error.what());
    return {};
  }
}

bool Executor::injectFault(const Operation &operation) {
  auto any = faults_.count(FaultPoint::Operation), own = faults_.count(pointOf(operation), operation.kernelName());
  if (!any && !own)
    return false;
  errors_.stop(any ? *any : *own);
  return true;
}

/// Results begin unreadable: what lay there before is not to be read through them.
void Executor::poisonResults(const Launch &launch) {
  if (!launch.ranges)
    return;
  IntervalSet read;
  for (const DeclaredRange &range : *launch.ranges)
    if (!range.isResult)
      read.add(deviceInterval(range.address, range.bytes));
  for (const DeclaredRange &range : *launch.ranges)
    if (range.isResult)
      for (const Interval &result : read.gapsIn(deviceInterval(range.address, range.bytes)))
        memory_.poison(result.begin, result.end - result.begin);
}

Accesses Executor::run(const KernelWork &work, const std::string &text) {
  Launch launch = work.launch;
  poisonResults(launch);
  launch.seed = random_.next();
  launch.maxReports = errors_.failuresLeft();
  LaunchResult result = sim::run(*work.executable, launch, memory_, settings_.device);
  for (const Report &report : result.reports)
    errors_.fail(resultOf(report.fault), report.message() + "\n  in " + text);
  ++statistics_.launches;
  statistics_.threadInstructions += result.threadInstructions;
  return {std::move(result.reads), std::move(result.writes)};
}

void Executor::copy(const CopyWork &work) {
  if (work.target.host)
    memory_.copyOut(work.target.host, work.source.device, work.bytes);
  else if (work.source.host)
    memory_.copyIn(work.target.device, work.source.host, work.bytes);
  else
    memory_.copy(work.target.device, work.source.device, work.bytes);
}

/// What is poisoned on the host.
void Executor::requireWritten(const CopyWork &work, const std::string &text) {
  if (!work.source.host || work.staged)
    return;
  if (auto address = host_.findPoisoned(hostInterval(work.source.host, work.bytes)))
    errors_.fail(cuda::Result::IllegalAddress,
                 text + ": uninitialised memory: no copy has written the byte " + host_.describe(*address));
}

Accesses Executor::run(const CopyWork &work, const std::string &text) {
  requireWritten(work, text);
  copy(work);
  ++statistics_.copies;
  statistics_.copiedBytes += work.bytes;
  Accesses accesses;
  auto touch = [&](IntervalSet &set, const Place &place) {
    set.add(place.host ? hostInterval(place.host, work.bytes) : deviceInterval(place.device, work.bytes));
  };
  touch(accesses.reads, work.source);
  touch(accesses.writes, work.target);
  if (work.target.host)
    host_.wrote(hostInterval(work.target.host, work.bytes));
  return accesses;
}

Accesses Executor::run(const FillWork &work, const std::string &) {
  memory_.fill(work.target, work.value, work.bytes);
  ++statistics_.fills;
  Accesses accesses;
  accesses.writes.add(deviceInterval(work.target, work.bytes));
  return accesses;
}

Accesses Executor::run(const LibraryWork &work, const std::string &) {
  work.run(memory_);
  ++statistics_.libraryCalls;
  return {work.reads, work.writes};
}

} // namespace neap::sim::driver
