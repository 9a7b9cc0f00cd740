// neap-assemble-ptx. See Pass.td; what runs ptxas is Ptxas.cpp.
#include "neap/compiler/emit/Passes.h"
#include "neap/compiler/emit/Ptxas.h"
#include "neap/passes/lower/lower-step/ProgramInstance.h"
#include "neap/passes/support/SlotAlignment.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/Support/JSON.h"

namespace neap::emit {
#define GEN_PASS_DEF_ASSEMBLEPTX
#include "neap/compiler/emit/Emit.h.inc"
} // namespace neap::emit

using namespace mlir;
using namespace neap;
namespace json = llvm::json;

namespace {

struct AssemblePtx : emit::impl::AssemblePtxBase<AssemblePtx> {
  using AssemblePtxBase::AssemblePtxBase;

  /// The bytes of a constant; nothing if the module has no such, or only declares it.
  std::optional<StringRef> findBytes(StringRef name) {
    auto global = getOperation().lookupSymbol<LLVM::GlobalOp>(name);
    auto text = global ? dyn_cast_or_null<StringAttr>(global.getValueOrNull()) : StringAttr();
    return text ? std::optional(text.getValue()) : std::nullopt;
  }

  void define(StringRef name, StringRef bytes) {
    if (Operation *old = getOperation().lookupSymbol(name))
      old->erase();
    OpBuilder builder = OpBuilder::atBlockEnd(getOperation().getBody());
    auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), bytes.size());
    LLVM::GlobalOp::create(builder, getOperation().getLoc(), type, /*isConstant=*/true, LLVM::Linkage::Internal, name,
                           builder.getStringAttr(bytes), slotAlignment);
  }

  void embed(StringRef cubin) {
    define("neap_cubin", cubin);
    lower::setProgramField(getOperation(), lower::ProgramField::Cubin,
                           [](OpBuilder &builder, Location location) -> Value {
                             return LLVM::AddressOfOp::create(
                                 builder, location, LLVM::LLVMPointerType::get(builder.getContext()), "neap_cubin");
                           });
  }

  void describe(json::Object &manifest, const emit::Assembly &assembly) {
    manifest["cubin"] =
        json::Object{{"architecture", architecture.getValue()}, {"bytes", static_cast<int64_t>(assembly.cubin.size())}};
    for (json::Value &value : *manifest.getArray("kernels")) {
      json::Object &kernel = *value.getAsObject();
      auto found = assembly.kernels.find(*kernel.getString("name"));
      if (found == assembly.kernels.end())
        continue;
      kernel["registers"] = found->second.registers;
      kernel["shared_bytes"] = found->second.sharedBytes;
      kernel["spill_bytes"] = found->second.spillBytes;
    }
  }

  void completeManifest(json::Value manifest, const emit::Assembly &assembly) {
    describe(*manifest.getAsObject(), assembly);
    std::string text;
    llvm::raw_string_ostream(text) << manifest;
    define("neap_manifest", text);
    lower::setProgramField(getOperation(), lower::ProgramField::ManifestBytes,
                           [&](OpBuilder &builder, Location location) -> Value {
                             return LLVM::ConstantOp::create(builder, location, builder.getI64IntegerAttr(text.size()));
                           });
  }

  void runOnOperation() override {
    std::optional<StringRef> ptx = findBytes("neap_ptx"), manifest = findBytes("neap_manifest");
    if (ptxas.empty() || !ptx || !manifest || !getOperation().lookupSymbol("neap_program_instance"))
      return;
    llvm::Expected<emit::Assembly> assembly = emit::assemblePtx(ptx->drop_back(), architecture, ptxas);
    if (!assembly) {
      getOperation().emitWarning("no cubin, the program has its PTX alone: ") << llvm::toString(assembly.takeError());
      return;
    }
    llvm::Expected<json::Value> parsed = json::parse(*manifest);
    if (!parsed || !parsed->getAsObject() || !parsed->getAsObject()->getArray("kernels")) {
      llvm::consumeError(parsed.takeError());
      getOperation().emitError("expected a manifest with kernels");
      return signalPassFailure();
    }
    embed(assembly->cubin);
    completeManifest(std::move(*parsed), *assembly);
  }
};

} // namespace
