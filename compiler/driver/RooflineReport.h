// What `neap roofline` shows: where the time of a step goes on a device, if kernels are as fast as the device lets them.
#pragma once

#include "neap/compiler/driver/ReadKernels.h"
#include "neap/passes/planning/Roofline.h"

#include "llvm/Support/raw_ostream.h"

namespace neap {

/// A step on a device, twice: at the peaks of the data sheet, which nothing beats, and at what good kernels reach.
struct RooflineReport {
  const planning::DeviceModel &device;
  planning::Arithmetic arithmetic;
  planning::StepEstimate bound, expected;
  int64_t items;
  std::string item;
  int64_t plannedBytes;
  std::vector<planning::KernelCost> kernels;
};

RooflineReport estimateRoofline(const StepReport &step, const planning::DeviceModel &device,
                                planning::Arithmetic arithmetic);

void printRoofline(const RooflineReport &report, llvm::raw_ostream &os);
void printRooflineJson(const RooflineReport &report, llvm::raw_ostream &os);

/// Every kernel with the time that its launches are expected to take, longest first.
void printKernelTimes(const RooflineReport &report, llvm::raw_ostream &os);
void printKernelTimesJson(const RooflineReport &report, llvm::raw_ostream &os);

/// Every device that can be asked for, with the source of its figures.
void printDevices(llvm::raw_ostream &os);
void printDevicesJson(llvm::raw_ostream &os);

} // namespace neap
