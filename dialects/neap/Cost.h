// What a fusion group costs: the work of the ops in its body, and the memory traffic of what enters and leaves it. Values
// in between stay in registers and cost no traffic.
//
// Traffic is what a kernel cannot do without. An element that is read in several sweeps counts once, as caches hold a row;
// one that is passed as two arguments counts twice, as the group reads it at two different loop points. Read through a view,
// what the view shows counts: a slice's elements, a stretched operand's own.
#pragma once

#include "mlir/IR/Block.h"

namespace neap {

/// Floating-point operations of all ops in a group's body, each counted once.
int64_t countGroupFlops(mlir::Block &body);

/// Elements of an argument that a group's body reads from memory.
int64_t countGroupElementsRead(mlir::BlockArgument argument);

/// Elements that a group's body writes to memory of what it yields at position `result`.
int64_t countGroupElementsWritten(mlir::Block &body, unsigned result);

} // namespace neap
