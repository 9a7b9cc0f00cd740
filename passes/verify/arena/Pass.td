#ifndef NEAP_PASSES_VERIFY_ARENA_PASS_TD
#define NEAP_PASSES_VERIFY_ARENA_PASS_TD

include "mlir/Pass/PassBase.td"

def VerifyArena : Pass<"neap-verify-arena", "::neap::sched::ProgramOp"> {
  let summary = "Check that every value still lies in its slot when it is used";
  let description = [{
    Walks a program on one stream in order and keeps, for every byte of the arena, the value that was written there last. Every
    value that is read, and every one that the program returns, must be the last writer of all of its bytes. Slots that
    hold something from the start must not overlap. After a launch its workspace holds no value.

    Knows nothing of live ranges or of how slots were packed. Loops, far memory and other streams are refused.
  }];
}

#endif
