// Whether a fusion group may write a result over one of its operands.
#pragma once

#include "neap/dialects/neap/Neap.h"

namespace neap {

/// True if, however the group's items are handed out, every element of the operand is read before that element of the result
/// is written: both have one type, and element i of every result depends on nothing of the operand but element i.
/// Conservative: false where it is not certain.
bool canRunInPlace(FusedOp group, unsigned operand, unsigned result);

} // namespace neap
