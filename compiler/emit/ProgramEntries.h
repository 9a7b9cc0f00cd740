// The manifest's "program": a step as data, for devices that are told what to do.
#pragma once

#include "neap/dialects/sched/Sched.h"

#include "llvm/Support/JSON.h"

namespace neap::emit {

/// Most entries that a manifest's program may have: every round of a loop is written out, and a device keeps all of them.
constexpr int64_t maxProgramEntries = 50'000;

/// What a step does, in order: launches, copies, and gradients shown, with every round of a loop by itself. Operands are
/// [offset, bytes, slot], the slot by its position in the program.
llvm::json::Array describeProgram(sched::ProgramOp program);

/// How many entries describeProgram gives; the largest integer if they are more.
int64_t countEntries(sched::ProgramOp program);

} // namespace neap::emit
