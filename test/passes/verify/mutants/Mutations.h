// Changes to a program, of the kinds that a wrong planner, scheduler or packer makes.
#ifndef NEAP_TEST_PASSES_VERIFY_MUTANTS_MUTATIONS_H
#define NEAP_TEST_PASSES_VERIFY_MUTANTS_MUTATIONS_H

#include "neap/dialects/sched/Sched.h"

#include <random>

namespace neap::test {

class Mutations {
public:
  explicit Mutations(uint64_t seed) : random(seed) {}

  /// What there is, by name.
  static llvm::ArrayRef<const char *> kinds();

  /// Changes something of a program, at random. Values still dominate their uses; the dialect's verifier may have
  /// objections. False if this kind finds nothing to change.
  bool apply(size_t kind, sched::ProgramOp program);

private:
  uint64_t draw(uint64_t limit) { return random() % limit; }
  template <class Value> const Value &pick(llvm::ArrayRef<Value> values) { return values[draw(values.size())]; }
  template <class Op> Op pickOp(sched::ProgramOp program, llvm::function_ref<bool(Op)> isWanted);
  mlir::Value pickOther(mlir::Operation *user, mlir::Value value);

  mlir::Value slotBeside(sched::ProgramOp program, mlir::Value value);
  bool shiftSlot(sched::ProgramOp program);
  bool overlaySlot(sched::ProgramOp program);
  bool overlayInput(sched::ProgramOp program);
  bool shrinkArena(sched::ProgramOp program);
  bool dropEvent(sched::ProgramOp program);
  bool hurrySignal(sched::ProgramOp program);
  bool changeStream(sched::ProgramOp program);
  bool keepCarriedEvent(sched::ProgramOp program);
  bool swapEntries(sched::ProgramOp program);
  bool delayEntry(sched::ProgramOp program);
  bool dropCopy(sched::ProgramOp program);
  bool dropLaunch(sched::ProgramOp program);
  bool dropMerge(sched::ProgramOp program);
  bool mergeOther(sched::ProgramOp program);
  bool yieldOther(sched::ProgramOp program);
  bool redirectCopy(sched::ProgramOp program);
  bool copyOntoSource(sched::ProgramOp program);
  bool useOtherValue(sched::ProgramOp program);
  bool changeReturn(sched::ProgramOp program);
  bool dropInPlacePair(sched::ProgramOp program);
  bool workInPlace(sched::ProgramOp program);
  bool shiftInPlace(sched::ProgramOp program);
  bool moveWorkspace(sched::ProgramOp program);
  bool shiftView(sched::ProgramOp program);
  bool changeCount(sched::ProgramOp program);
  bool changeStride(sched::ProgramOp program);

  struct Kind {
    const char *name;
    bool (Mutations::*apply)(sched::ProgramOp);
  };
  static llvm::ArrayRef<Kind> table();

  std::mt19937_64 random;
};

} // namespace neap::test

#endif
