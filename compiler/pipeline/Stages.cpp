// The stages, one function each, in the order of the table at the end.
#include "neap/compiler/pipeline/Stages.h"

#include "neap/dialects/neap/Neap.h"
#include "neap/dialects/sched/Sched.h"
#include "neap/passes/fuse/Passes.h"
#include "neap/passes/lower/ToLlvm.h"
#include "neap/passes/memory/Passes.h"
#include "neap/passes/schedule/Passes.h"
#include "neap/passes/verify/Passes.h"

#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace neap;

static void buildImport(OpPassManager &manager, const StageOptions &options) {
  // First, so that no later pass has to look into functions.
  manager.addPass(createInlineFunctions());
  // Before anything is asked of shapes.
  manager.addPass(createFreezeDims({{options.import.dims.begin(), options.import.dims.end()}}));
  // On the file's own nodes: names and metadata that the rule reads are gone afterwards.
  manager.addPass(createDecideTrained(options.import.trained));
}

static void buildGraph(OpPassManager &manager, const StageOptions &options) {
  manager.addPass(createConvertOnnxToNeap());
  // Before canonicalize: what only other outputs need is dead once the loss is the only one.
  manager.addPass(createAttachLoss(options.graph.loss));
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  // On canonical constants and shapes, as every exporter writes GELU a little differently.
  manager.addPass(createRaiseGelu());
  // Likewise. Before differentiation, which would keep the probabilities.
  manager.addPass(createRaiseAttention());
  manager.addPass(createCanonicalizerPass());
  // Compound ops still say what is an index; fusion takes that apart. Before differentiation: gradients scatter to the same places.
  manager.addPass(createBoundIndices());
  manager.addPass(createDescribeInputs());
}

static void buildGrad(OpPassManager &manager, const StageOptions &options) {
  // First: a pattern that matches nothing is found before any work is done.
  manager.addPass(createExemptFromDecay(options.grad.exempt));
  manager.addPass(createBuildBackward());
  // After all gradients are there, before any is used.
  manager.addPass(createClipGradientNorm(options.grad.clip));
  manager.addPass(createBuildOptimizer(options.grad.optimizer));
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

static void buildPrecision(OpPassManager &manager, const StageOptions &) {
  // Instead of a choice: what is left in another type after canonicalization would need kernels that do not exist.
  manager.addPass(createVerifyTypes());
}

static void buildMemory(OpPassManager &manager, const StageOptions &options) {
  bool isCuda = options.lower.kernels.device == lower::Device::Cuda;
  // Before planning: what becomes a kernel of its own is what can be kept or computed again.
  manager.addPass(createDecomposePass({.separateAttentionDelta = isCuda}));
  // Decomposing several ops of one kind repeats constants and broadcasts. Not behind the plan: it is made for what is fused here.
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  // Before everything that decides how much memory there is: what is rounded must not depend on it.
  if (options.memory.lossyStash)
    manager.addNestedPass<StepOp>(createInsertStashesPass());
  // Before planning, which sees one round of what remains.
  manager.addNestedPass<StepOp>(createTileBatchPass(options.memory.batch));
  manager.addPass(createPlanMemoryPass(options.memory.plan));
  manager.addNestedPass<StepOp>(createRematerializePass());
}

static void buildFuse(OpPassManager &manager, const StageOptions &options) {
  manager.addNestedPass<StepOp>(createFuseOperatorsPass(options.fuse.operators));
}

static void buildSchedule(OpPassManager &manager, const StageOptions &options) {
  manager.addPass(createScheduleStep(options.schedule.step));
  // Right behind what it checks.
  manager.addNestedPass<sched::ProgramOp>(createVerifyPlan());
  // While kernels still say what they compute.
  manager.addPass(createEstimateStep(options.schedule.estimate));
}

static void buildLower(OpPassManager &manager, const StageOptions &options) {
  manager.addPass(createLowerKernels(options.lower.kernels));
  // Between the two: scratch is known once kernels are made, slots until the program is gone.
  manager.addPass(emit::createWriteManifest(options.lower.manifest));
  manager.addPass(createLowerStep({options.lower.manifest.maxWorkers, options.lower.kernels.device}));
  lower::buildLowerToLlvm(manager);
  // Behind it: it takes what belongs to the device out of the module, in the form that LLVM understands.
  manager.addPass(emit::createEmitPtx(options.lower.ptx));
  // Of the text as it will be shipped.
  manager.addPass(emit::createAssemblePtx(options.lower.assembly));
}

static void buildEmit(OpPassManager &manager, const StageOptions &options) {
  // All that LLVM does is in here; the driver links what this wrote.
  manager.addPass(emit::createWriteObject(options.emit.object));
}

ArrayRef<Stage> neap::getStages() {
  static const Stage stages[] = {
      {"import", "read the file, inline functions, freeze dimensions, decide what is trained", buildImport, {"onnx"}},
      {"graph", "convert to neap ops, attach the loss", buildGraph, {"neap"}},
      {"grad", "build the backward pass, clipping and the optimizer", buildGrad, {"neap"}},
      {"precision", "check that everything is in fp32 (choose types: not yet)", buildPrecision, {"neap"}},
      {"memory", "decide which values are kept, computed again or moved", buildMemory, {"neap"}},
      {"fuse", "group ops into kernels", buildFuse, {"neap"}},
      {"schedule", "order launches and place every value in the arena", buildSchedule, {"sched", "neap"}},
      {"lower", "generate kernels and the step function", buildLower, {"llvm"}},
      {"emit", "write object and weights, link with the runtime", buildEmit, {"llvm"}},
  };
  return stages;
}

std::optional<size_t> neap::findStage(StringRef name) {
  for (auto [index, stage] : llvm::enumerate(getStages()))
    if (stage.name == name)
      return index;
  return std::nullopt;
}

LogicalResult neap::verifyAfter(const Stage &stage, ModuleOp module) {
  WalkResult result = module.walk([&](Operation *op) {
    StringRef dialect = op->getName().getDialectNamespace();
    if (dialect == "builtin" || llvm::is_contained(stage.dialects, dialect))
      return WalkResult::advance();
    op->emitOpError("expected to be gone after stage ") << stage.name;
    return WalkResult::interrupt();
  });
  return failure(result.wasInterrupted());
}
