// neap-write-manifest. See Pass.td.
#include "neap/compiler/emit/Manifest.h"
#include "neap/compiler/emit/ProgramEntries.h"

#include "neap/dialects/sched/Sched.h"
#include "neap/passes/support/ErrorKind.h"
#include "neap/passes/support/SlotAlignment.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/Support/JSON.h"

namespace neap::emit {
#define GEN_PASS_DEF_WRITEMANIFEST
#include "neap/compiler/emit/Emit.h.inc"
} // namespace neap::emit

using namespace mlir;
using namespace neap;

namespace {

struct WriteManifest : emit::impl::WriteManifestBase<WriteManifest> {
  using WriteManifestBase::WriteManifestBase;

  emit::WriteManifestOptions collectOptions() {
    emit::WriteManifestOptions collected;
    collected.name = name;
    collected.optimizer = optimizer;
    collected.learningRate.assign(learningRate.begin(), learningRate.end());
    collected.beta1 = beta1;
    collected.beta2 = beta2;
    collected.epsilon = epsilon;
    collected.weightDecay = weightDecay;
    collected.momentum = momentum;
    collected.clipGradNorm.assign(clipGradNorm.begin(), clipGradNorm.end());
    collected.maxWorkers = maxWorkers;
    collected.device = device;
    collected.allowTf32 = allowTf32;
    collected.commandLine.assign(commandLine.begin(), commandLine.end());
    return collected;
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto programs = module.getOps<sched::ProgramOp>();
    if (!llvm::hasSingleElement(programs)) {
      module.emitError("expected one scheduled program, got ") << std::distance(programs.begin(), programs.end());
      return signalPassFailure();
    }
    int64_t entries = emit::countEntries(*programs.begin());
    if (device == lower::Device::Cuda && entries > emit::maxProgramEntries) {
      (*programs.begin()).emitOpError("expected at most ")
          << emit::maxProgramEntries << " launches and copies with all rounds of loops, got " << entries
          << ": a CUDA program lists each of them";
      return signalPassFailure();
    }
    llvm::Expected<ProductProfile> known = ProductProfile::read(profile);
    if (!known) {
      marked(module.emitError(llvm::toString(known.takeError())), ErrorKind::Usage);
      return signalPassFailure();
    }
    llvm::json::Object manifest = emit::buildManifest(module, collectOptions(), *known);
    int64_t planned = manifest.getInteger("planned_bytes").value_or(0);
    if (budget != 0 && planned > budget) { // scratch and all: what was planned must be what came out
      module.emitError("expected a program within its budget of ") << budget << " bytes, got one of " << planned;
      return signalPassFailure();
    }
    std::string text;
    llvm::raw_string_ostream(text) << llvm::json::Value(std::move(manifest));
    OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
    auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), text.size());
    LLVM::GlobalOp::create(builder, module.getLoc(), type, /*isConstant=*/true, LLVM::Linkage::Internal,
                           "neap_manifest", builder.getStringAttr(text), slotAlignment);
  }
};

} // namespace
