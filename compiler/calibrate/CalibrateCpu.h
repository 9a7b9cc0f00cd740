// `neap calibrate` for the CPU: times kernels of every kind on this machine, and the file that far memory would be.
#pragma once

#include "neap/passes/planning/CpuCosts.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

#include <string>

namespace neap::calibrate {

struct CpuCalibration {
  /// Where a program would keep far memory; empty: its rates are not measured.
  std::string offloadFolder;
  /// That timing may take, all together. Compiling the probes comes on top.
  double seconds = 20;
};

/// Measures. `progress` gets a text and a share from 0 to 1. The error is a sentence for the user.
llvm::Expected<planning::CpuCosts> calibrateCpu(const CpuCalibration &calibration,
                                                llvm::function_ref<void(llvm::StringRef what, double share)> progress);

/// What the processor of this machine calls itself; empty if the system does not say.
std::string getProcessorModel();

/// Whether rates were measured on a machine like this one: processor, vectors, threads, and what it calls itself.
bool isMeasuredHere(const planning::CpuCosts &costs, llvm::StringRef processor, int64_t lanes, int64_t threads);

} // namespace neap::calibrate
