// The way of a model through the compiler: a table of named stages, each a list of passes. Everything that names a stage
// (--compile-to, --compile-from, --print-stages, --dump-stages, --at) reads this table.
#pragma once

#include "neap/compiler/emit/Passes.h"
#include "neap/passes/costs/Passes.h"
#include "neap/passes/fuse/Passes.h"
#include "neap/passes/grad/Passes.h"
#include "neap/passes/graph/Passes.h"
#include "neap/passes/lower/Program.h"
#include "neap/passes/memory/Passes.h"
#include "neap/passes/onnx/Passes.h"
#include "neap/passes/schedule/Passes.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

namespace neap {

/// What each stage can be told; the defaults compile nothing in particular.
struct StageOptions {
  struct {
    std::vector<std::string> dims;
    DecideTrainedOptions trained;
  } import;
  struct {
    AttachLossOptions loss;
  } graph;
  struct {
    ExemptFromDecayOptions exempt;
    ClipGradientNormOptions clip;
    BuildOptimizerOptions optimizer;
  } grad;
  struct {
    PlanMemoryPassOptions plan;
    TileBatchPassOptions batch;
    bool lossyStash = false; ///< what waits for the backward pass does so in bf16
  } memory;
  struct {
    FuseOperatorsPassOptions operators;
  } fuse;
  struct {
    ScheduleStepOptions step;
    EstimateStepOptions estimate;
  } schedule;
  struct {
    LowerKernelsOptions kernels;
    emit::WriteManifestOptions manifest;
    emit::EmitPtxOptions ptx;
    emit::AssemblePtxOptions assembly;
  } lower;
  struct {
    emit::WriteObjectOptions object;
  } emit;
};

struct Stage {
  llvm::StringLiteral name;
  llvm::StringLiteral description;
  /// Adds the stage's passes.
  void (*build)(mlir::OpPassManager &manager, const StageOptions &options);
  /// Dialects of which an op may be left when the stage is done; `builtin` always may.
  std::vector<llvm::StringRef> dialects;
};

/// All stages, in order.
llvm::ArrayRef<Stage> getStages();

/// The position of a stage; nothing if there is none of that name.
std::optional<size_t> findStage(llvm::StringRef name);

/// Checks that nothing is left that the stage should have replaced; the first such op gets an error.
mlir::LogicalResult verifyAfter(const Stage &stage, mlir::ModuleOp module);

} // namespace neap
