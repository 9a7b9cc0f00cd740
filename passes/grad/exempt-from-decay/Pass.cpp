// neap-exempt-from-decay. See Pass.td.
#include "neap/dialects/neap/Neap.h"
#include "neap/passes/grad/Passes.h"
#include "neap/passes/support/ErrorKind.h"

#include "mlir/IR/Remarks.h"
#include "llvm/Support/GlobPattern.h"

namespace neap {
#define GEN_PASS_DEF_EXEMPTFROMDECAY
#include "neap/passes/grad/Grad.h.inc"
} // namespace neap

using namespace mlir;
using namespace neap;

namespace {

InFlightDiagnostic usageError(ModuleOp module) { return marked(module.emitError("--no-decay: "), ErrorKind::Usage); }

/// Exempts what one glob matches.
LogicalResult exempt(ModuleOp module, StringRef glob) {
  auto pattern = llvm::GlobPattern::create(glob);
  if (!pattern)
    return usageError(module) << "expected a pattern, got '" << glob << "': " << llvm::toString(pattern.takeError());
  bool matched = false;
  for (auto parameter : module.getOps<ParameterOp>()) {
    if (!parameter.getTrained() || !pattern->match(parameter.getSymName()))
      continue;
    parameter.setDecays(false);
    matched = true;
    remark::passed(parameter.getLoc(), remark::RemarkOpts::name("Exempt").category("exempt-from-decay"))
        << ("'" + parameter.getSymName() + "' is not decayed").str();
  }
  if (matched)
    return success();
  return usageError(module) << "expected a pattern that matches a trained parameter, got '" << glob << "'";
}

struct ExemptFromDecay : ::neap::impl::ExemptFromDecayBase<ExemptFromDecay> {
  using Base::Base;

  void runOnOperation() override {
    for (const std::string &glob : patterns)
      if (failed(exempt(getOperation(), glob)))
        return signalPassFailure();
  }
};

} // namespace
