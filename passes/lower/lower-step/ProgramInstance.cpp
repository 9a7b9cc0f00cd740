// See ProgramInstance.h.
#include "neap/passes/lower/lower-step/ProgramInstance.h"

using namespace mlir;

void neap::lower::setProgramField(ModuleOp module, ProgramField field,
                                  llvm::function_ref<Value(OpBuilder &, Location)> make) {
  auto instance = module.lookupSymbol<LLVM::GlobalOp>("neap_program_instance");
  for (auto insert : instance.getInitializerRegion().getOps<LLVM::InsertValueOp>()) {
    if (insert.getPosition() != ArrayRef<int64_t>(static_cast<int64_t>(field)))
      continue;
    OpBuilder builder(insert);
    insert.getValueMutable().assign(make(builder, insert.getLoc()));
  }
}
