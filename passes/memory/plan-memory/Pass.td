#ifndef NEAP_PASSES_MEMORY_PLAN_MEMORY_PASS_TD
#define NEAP_PASSES_MEMORY_PLAN_MEMORY_PASS_TD

include "neap/passes/fuse/LibraryOptions.td"
include "neap/passes/lower/TargetOptions.td"

def PlanMemoryPass : Pass<"neap-plan-memory", "::mlir::ModuleOp"> {
  let summary = "Decide which values are kept, made in tiles, computed again or moved, so that the step fits a budget";
  let description = [{
    1. Carries a copy of the step through fusion and scheduling with everything kept: what its groups store, in which order they
       run, what each is expected to take (docs/design/0009).
    2. Describes it as a retention problem (planning/Retention.h): values that the forward pass, or that of a loop's round, stores and
       something behind it reads, what they can be computed from, and what that would take as it will be fused; optimizer states; the link to far
       memory, unless `offload` is false.
    3. Finds the smallest number of bytes that a plan was seen to need, as fused, scheduled and packed; a budget below
       it is an error, which says what is alive at the peak.
    4. Rounds the budget down to a rung of a ladder that starts there (each 0.5 % above the one before) and takes the fastest plan of that
       rung and of all below, so that more memory never gives a slower plan. Every plan is carried through on a copy; one that
       comes out too large is made again for a smaller capacity.
    5. Puts a `neap.recompute` where each value that is computed again is read first, which `neap-rematerialize` carries out; `neap.offload`,
       `neap.await` and `neap.reload` for what moves. States that move are declared `far`.

    All of that is done for the step as it is and, unless `tiles` is false, for versions of it whose largest value is made in tiles
    (neap-tile): the smallest and the fastest of all plans win.

    A plan file says the same for every value (docs/reference/plan.md); one that was written before, or edited, can take the
    place of steps 3 and 4.

    Without a budget and without files it does nothing.

    ```mlir
    %y = neap.exp %x : tensor<8x64xf32>      // read here, and in the backward pass
    // becomes, if that is cheaper than anything else that fits
    %y = neap.exp %x : tensor<8x64xf32>
    ...
    %y2 = neap.recompute %y from(%x) after %dz : tensor<8x64xf32> from(tensor<8x64xf32>) after tensor<64xf32>
    ```

    Requires neap-decompose, and that the stages behind get the same options. What must not come between here and fusion:
    canonicalization and CSE, after which it would fuse otherwise than was planned.
  }];
  let dependentDialects = !listconcat(["::neap::NeapDialect", "::neap::sched::SchedDialect"], kernelDialects);
  let options = !listconcat([
    Option<"budget", "budget", "int64_t", "0", "Bytes that the program may allocate; 0 for no limit">,
    Option<"minimum", "minimum", "bool", "false", "Take the smallest budget that has a plan">,
    Option<"plan", "plan", "std::string", "\"\"", "Plan file whose actions are taken instead of searched for">,
    Option<"report", "report", "std::string", "\"\"", "Plan file to write; - for standard output">,
    Option<"curvePoints", "curve-points", "int64_t", "0", "Budgets that the plan file has a plan's bytes and time for">,
    Option<"offload", "offload", "bool", "true", "Values and optimizer state may be moved to far memory">,
    Option<"tiles", "tiles", "bool", "true", "Large values may be made in tiles">,
    Option<"maxWorkers", "max-workers", "int64_t", "1", "Threads whose scratch counts">,
    Option<"libraryWorkspace", "library-workspace", "int64_t", "33554432", "Bytes that libraries of the device may work in">,
    Option<"machineProfile", "machine-profile", "std::string", "\"\"", "A file of `neap calibrate` for a CPU">,
    Option<"deviceModel", "device-model", "std::string", "\"\"", "Device that times are estimated for (default: a CPU of these lanes)">
  ], targetOptions, libraryOptions);
}

#endif
