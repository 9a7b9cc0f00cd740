// neap-write-object. See Pass.td; the work is in Object.cpp.
#include "neap/compiler/emit/LlvmModule.h"
#include "neap/compiler/emit/Object.h"
#include "neap/compiler/emit/Passes.h"

namespace neap::emit {
#define GEN_PASS_DEF_WRITEOBJECT
#include "neap/compiler/emit/Emit.h.inc"
} // namespace neap::emit

using namespace mlir;
using namespace neap;

namespace {

struct WriteObject : emit::impl::WriteObjectBase<WriteObject> {
  using WriteObjectBase::WriteObjectBase;

  void getDependentDialects(DialectRegistry &registry) const override { emit::registerTranslations(registry); }

  void runOnOperation() override {
    markAllAnalysesPreserved();
    if (failed(emit::emitObject(getOperation(), {cpu.getValue(), features.getValue()}, output)))
      signalPassFailure();
  }
};

} // namespace
