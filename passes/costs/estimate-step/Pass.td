#ifndef NEAP_PASSES_COSTS_ESTIMATE_STEP_PASS_TD
#define NEAP_PASSES_COSTS_ESTIMATE_STEP_PASS_TD

include "neap/passes/lower/TargetOptions.td"

def EstimateStep : Pass<"neap-estimate-step", "::mlir::ModuleOp"> {
  let summary = "Say how long a scheduled step is expected to take on the CPU";
  let description = [{
    Adds up the launches of the program, each priced by the work of its kernel and the rates of `machine-profile` (without one, of
    typical machines), and what copies to and from far memory take of the memory's bandwidth: they run beside kernels. The sum is
    an attribute of the program, which `neap-write-manifest` hands on, so that the training program can show it beside what it
    measures. docs/design/0009 has the formulas. For other devices it does nothing.

    ```mlir
    sched.program @train arenas [#sched.arena<device, 512>] { ... }
    // becomes
    sched.program @train arenas [#sched.arena<device, 512>] { ... }
      {neap.expectation = {costs = "built-in", seconds = 1.25e-5 : f64, threads = 2 : i64}}
    ```

    An analysis remark for each kernel has what one launch is expected to take.
  }];
  let options = !listconcat([
    Option<"machineProfile", "machine-profile", "std::string", "\"\"", "A file of `neap calibrate` for a CPU">
  ], targetOptions);
}

#endif
