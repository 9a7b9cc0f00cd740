#ifndef NEAP_PASSES_VERIFY_PLAN_PASS_TD
#define NEAP_PASSES_VERIFY_PLAN_PASS_TD

include "mlir/Pass/PassBase.td"

def VerifyPlan : Pass<"neap-verify-plan", "::neap::sched::ProgramOp"> {
  let summary = "Check that every value lies in its slot, complete, whenever it is used";
  let description = [{
    Executes a program once, in the order it is written in and with every round of its loops, and keeps three things: for
    every SSA value the write that made each of its bytes; for every byte of both arenas the last write and the reads since;
    for every stream a vector clock of what is surely done. It refuses a program unless

    1. no two entries that streams and events leave unordered touch the same byte, one of them writing, on the device or in
       far memory. A workspace is written. So the order the program is written in shows what every other legal order does;
    2. every byte of a value that is read was last written by what made the value;
    3. within one launch nothing is written where something is read, but for what its kernel can do in place;
    4. slots that hold something when the step begins have bytes of their own, every slot lies in its arena, every view in its
       operand, and carried slots stay where they are;
    5. when the step ends, all streams having run empty, every returned value lies in its slot, every output is among them, and
       parameters, states and constants that are not returned are as they were.

    ```mlir
    %x = sched.launch @gelu stream(compute) in(%y : ...) out(%a : ...)
    %h = sched.copy %x to %far stream(offload) : ...
    // error: 'sched.copy' op expected an event to order it behind what writes bytes 0 to 32 of the device arena, which it reads
    // note: sched.launch @gelu of 'node_gelu' writes them on stream compute
    ```

    Knows nothing of live ranges or of how slots were packed, and shares no code with what made the program.
    docs/design/0013-plan-verifier.md says why this is enough, and how it is tested.
  }];
  let options = [
    Option<"maxSteps", "max-steps", "int64_t", "10000000", "Ops to execute at most, each round of a loop counted">
  ];
}

#endif
