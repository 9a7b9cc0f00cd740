// The sched dialect: order and places decided. See Sched.td.
#pragma once

#include "neap/dialects/neap/Neap.h"

#include "neap/dialects/sched/SchedDialect.h.inc"
#include "neap/dialects/sched/SchedEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "neap/dialects/sched/SchedAttributes.h.inc"
#define GET_TYPEDEF_CLASSES
#include "neap/dialects/sched/SchedTypes.h.inc"

#define GET_OP_CLASSES
#include "neap/dialects/sched/SchedOps.h.inc"

namespace neap::sched {

/// Where a value lies: `bytes` bytes of `slot` from `begin` on, which moves with the induction variables of the loops
/// around; [low, high) covers all of its positions. All three count from the beginning of the arena.
struct Place {
  SlotOp slot;
  int64_t begin, bytes;
  int64_t low, high;
  struct Term {
    mlir::Value index;
    int64_t stride;
  };
  llvm::SmallVector<Term, 2> terms;

  bool isFixed() const { return terms.empty(); }
  Space getSpace() const;
  /// Whether the two may have a byte in common.
  bool mayOverlap(const Place &other) const;
  /// Whether the two are the same bytes in every round.
  bool isSameAs(const Place &other) const;
};

/// Where a value of slot type lies, followed through whatever wrote it and whatever renames it. Fails on a value that no op
/// of this dialect has made: verifiers meet such.
mlir::FailureOr<Place> findPlace(mlir::Value value);
/// The same for IR that verifies.
Place getPlace(mlir::Value value);

/// How often an op runs in a step: in every round of the loops around it. The largest integer if that is more.
int64_t countRuns(mlir::Operation *op);

} // namespace neap::sched
