// The bytes of a program's constants as they lie in the binary. The step's lowering writes them, the manifest says where
// each goes.
#pragma once

#include "neap/dialects/sched/Sched.h"

namespace neap::lower {

struct ConstantSource {
  sched::SlotOp slot;
  /// Where its bytes begin in the constants of the binary.
  int64_t source;
};

/// All constant slots with their places, in the program's order, each at a multiple of slotAlignment bytes.
llvm::SmallVector<ConstantSource> layoutConstants(sched::ProgramOp program);

/// The bytes that layoutConstants places.
mlir::FailureOr<std::string> collectConstantBytes(llvm::ArrayRef<ConstantSource> sources);

/// Elements in row-major order, little-endian, a bool as a byte; nothing if the attribute does not hold them.
std::optional<std::string> getRawBytes(mlir::ElementsAttr value);

} // namespace neap::lower
