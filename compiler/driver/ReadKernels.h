// What is known of a step's kernels, from a training program or from IR that is scheduled and not lowered yet.
#pragma once

#include "neap/passes/planning/KernelCost.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace neap {

struct KernelReport {
  planning::KernelCost cost;
  std::string kind;             ///< of the group's loops, as `neap.fused` has it
  std::vector<std::string> ops; ///< of the body, each once
  bool isLeftToLibrary = false; ///< where that is installed and can; the kernel is for elsewhere
  /// CUDA: of a launch. What ptxas said of the kernel, where it was there to ask.
  std::optional<int64_t> blocks, blockThreads, registers, sharedBytes, spillBytes;
};

struct StepReport {
  std::string name;
  std::vector<KernelReport> kernels;
  int64_t items = 0;        ///< that a step processes
  std::string item;         ///< what they are: token or row
  int64_t plannedBytes = 0; ///< of IR: the arena's
  std::string architecture; ///< sm_NN; empty where nobody said
};

/// The kernels of a manifest. Fails on a program of a compiler that did not count costs.
llvm::Expected<StepReport> readStep(const llvm::json::Object &manifest);

/// The step of a training program, or of IR as `neap compile --compile-to schedule` writes it. Errors name the file.
llvm::Expected<StepReport> readStep(llvm::StringRef path);

} // namespace neap
