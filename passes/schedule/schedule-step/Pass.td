#ifndef NEAP_PASSES_SCHEDULE_SCHEDULE_STEP_PASS_TD
#define NEAP_PASSES_SCHEDULE_SCHEDULE_STEP_PASS_TD

include "mlir/Pass/PassBase.td"

def ScheduleStep : Pass<"neap-schedule-step", "::mlir::ModuleOp"> {
  let summary = "Decide order and places, and turn the step into a scheduled program";
  let description = [{
    1. Collects the step: groups, observations and copies are tasks, the values between them storages. `neap.reshape`, `neap.barrier`
       and `neap.step_value` are names for bytes that are there already; a barrier puts its readers behind a task as well.
    2. Places updates: a group whose result is written to a parameter or state writes it in place, if the group can
       (canRunInPlace) and nobody needs the old value later; else the new value is copied when the step ends.
    3. Orders the tasks (planning/Order.h).
    4. Reuses operands: a result takes over the storage of an operand that dies with the group, if the group can.
    5. Packs what lives within the step behind what outlives it (planning/Packing.h).
    6. Writes the program. Groups with the same body share one `sched.kernel`; scalars of the step block that a body reads
       become operands of the kernel. Groups marked `library` share one workspace, which lies at offset 0.

    ```mlir
    neap.parameter @w : tensor<4xf32> trained {value = dense<0.0> : tensor<4xf32>}
    neap.step @train(%x: tensor<4xf32> {neap.name = "x"}) {
      %w = neap.read @w : tensor<4xf32>
      %v = neap.fused pointwise (%w, %x) {
      ^bb0(%a: tensor<4xf32>, %b: tensor<4xf32>):
        %c = neap.sub %a, %b : tensor<4xf32>
        neap.yield %c : tensor<4xf32>
      } : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
      neap.write @w, %v : tensor<4xf32>
      neap.return
    }
    // becomes, beside the kernel:
    sched.program @train arenas [#sched.arena<device, 192>] {
      %0 = sched.slot parameter @w at 0 : !sched.slot<tensor<4xf32>>
      %1 = sched.slot input "x" at 64 : !sched.slot<tensor<4xf32>>
      %2 = sched.slot step_block at 128 : !sched.slot<tensor<18xi32>>
      %3 = sched.launch @pointwise_0 stream(compute) in(%0, %1 : ...) out(%0 : ...)
      sched.return %3 : !sched.slot<tensor<4xf32>>
    }
    ```

    Groups run on stream `compute`. `neap.offload` and `neap.reload` become copies on streams of their own, each behind a signal of
    the compute stream; a launch waits for the copies whose results it reads, and for those that a `neap.await` before it names, since their
    bytes may be its results' now. Values in far memory get places of their own there, multiples of 4096 like all slots of a program
    that has any.

    Requires: everything but reads, constants, reshapes, step values, writes, observations and the ops of a memory plan is in a group;
    no `neap.recompute` is left. Guarantees: every slot at a multiple of 64 bytes; what neap-verify-plan checks.
  }];
  let dependentDialects = ["::neap::sched::SchedDialect"];
  let options = [
    Option<"libraryWorkspace", "library-workspace", "int64_t", "33554432", "Bytes that libraries of the device may work in">
  ];
}

#endif
