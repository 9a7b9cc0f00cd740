// Checks that a program does what it means: each value lies in its bytes, complete, whenever it is used, in every order
// that its streams and events allow. See docs/design/0013-plan-verifier.md.
//
// The program is executed once in the order it is written in, loops round by round, with three things kept:
//   what each value is       Contents      (SSA: what is meant)
//   what each byte holds     ByteHistory   (offsets: what is done)
//   what is surely over      Streams       (order)
#pragma once

#include "neap/dialects/sched/Sched.h"
#include "neap/passes/verify/plan/ByteHistory.h"
#include "neap/passes/verify/plan/Contents.h"

namespace neap::plan {

class PlanVerifier {
public:
  /// `maxSteps`: how many ops may be executed.
  explicit PlanVerifier(int64_t maxSteps) : stepsLeft(maxSteps) {}

  /// Emits an error for the first entry that may go wrong. May be asked about one program. The program need not be one that the
  /// dialect's verifier takes, but operations must be well formed and values must dominate their uses.
  mlir::LogicalResult verify(sched::ProgramOp program);

private:
  /// One execution of an op: the op and the rounds of the loops around it.
  struct Entry {
    mlir::Operation *op;
    llvm::SmallVector<int64_t, 2> rounds;
  };
  /// What made bytes: the value, null for what a library leaves behind, and the entry; -1 before the step.
  struct Writer {
    mlir::Value value;
    int32_t entry;
  };
  /// An entry that is being executed.
  struct Running {
    mlir::Operation *op;
    Access access;
    Clock before;
  };

  // What is there when the step begins.
  mlir::LogicalResult placeSlots(sched::ProgramOp program);
  mlir::LogicalResult placeSlot(sched::SlotOp slot, int64_t arenaBytes);

  // Ops.
  mlir::LogicalResult execute(mlir::Block &block);
  mlir::LogicalResult execute(mlir::Operation &op);
  mlir::LogicalResult executeView(sched::ViewOp view);
  mlir::LogicalResult executeMerge(sched::MergeOp merge);
  mlir::LogicalResult executeLaunch(sched::LaunchOp launch);
  mlir::LogicalResult executeCopy(sched::CopyOp copy);
  mlir::LogicalResult executeObserve(sched::ObserveOp observe);
  mlir::LogicalResult checkCarried(sched::YieldOp yield, mlir::ValueRange arguments);
  mlir::LogicalResult executeLoop(sched::LoopOp loop);
  mlir::LogicalResult executeReturn(sched::ReturnOp result);
  void rename(mlir::ValueRange from, mlir::ValueRange to);

  // Accesses.
  Running begin(mlir::Operation *op, sched::Stream stream, mlir::ValueRange after);
  mlir::LogicalResult checkOrder(const Running &entry, sched::SlotOp slot, Range range, bool writes);
  mlir::LogicalResult checkContents(mlir::Operation *op, const Contents &meant);
  mlir::LogicalResult read(const Running &entry, const Contents &meant);
  mlir::LogicalResult write(const Running &entry, mlir::Value target, mlir::Value result);
  mlir::LogicalResult checkOverlap(sched::LaunchOp launch);

  // Messages.
  mlir::InFlightDiagnostic emitError(mlir::Operation *op) const;
  std::string describe(int32_t writer) const;
  std::string describeRounds(llvm::ArrayRef<int64_t> rounds) const;
  void attachWriter(mlir::Diagnostic &error, int32_t writer, llvm::StringRef what) const;

  ByteHistory &historyOf(sched::SlotOp slot);
  int32_t addWriter(mlir::Value value, int32_t entry);

  int64_t stepsLeft;
  Streams streams;
  std::array<ByteHistory, 2> arenas;    // by space
  llvm::SmallVector<int64_t, 2> rounds; // of the loops around, outermost first
  std::vector<Entry> entries;
  std::vector<Writer> writers;
  llvm::DenseMap<mlir::Value, Contents> contents;
  llvm::DenseMap<mlir::Value, Clock> events;
  llvm::DenseMap<mlir::Value, int64_t> indices; // of the loops around
  mlir::SymbolTableCollection symbols;
};

} // namespace neap::plan
