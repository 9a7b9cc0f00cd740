// What targets ask of a program that uses far memory, beyond what the sched dialect says.
#pragma once

#include "neap/dialects/sched/Sched.h"
#include "neap/passes/support/SlotAlignment.h"

namespace neap::lower {

/// Bytes of far memory that a program needs: whole blocks.
int64_t getFarBytes(sched::ProgramOp program);

/// Checks the streams of all entries, and the places of far slots and copies. Emits an error at what does not hold:
///
/// F1: in far memory lie activations and states, at multiples of farAlignment.
/// F2: launches and copies within the device are on stream compute, copies from the device on stream offload, copies to the device
///     on stream reload.
/// F3: both ends of a copy to or from far memory begin at multiples of farAlignment, in every round of the loops around.
/// F4: a copy to far memory ends at such a multiple, or where its slot ends: whole blocks are written.
mlir::LogicalResult checkFarMemory(sched::ProgramOp program);

} // namespace neap::lower
