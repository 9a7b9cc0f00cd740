#ifndef NEAP_PASSES_MEMORY_REMATERIALIZE_PASS_TD
#define NEAP_PASSES_MEMORY_REMATERIALIZE_PASS_TD

include "mlir/Pass/PassBase.td"

def RematerializePass : Pass<"neap-rematerialize", "::neap::StepOp"> {
  let summary = "Compute values again where the plan says so";
  let description = [{
    Replaces every `neap.recompute` by clones of the ops that lead from its sources to its value. A source is read through
    a `neap.barrier`, so that fusion and scheduling cannot undo the pass: without it, a clone might share a kernel with the op
    that it is a clone of, and its result would wait for its readers as long as the original did. A source that was itself
    computed again needs none, as it has one behind it.

    Clones that read the same sources behind the same barrier are made once.

    ```mlir
    %y = neap.exp %x : tensor<8x64xf32>
    %y2 = neap.recompute %y from(%x) after %dz : tensor<8x64xf32> from(tensor<8x64xf32>) after tensor<64xf32>
    // becomes
    %y = neap.exp %x : tensor<8x64xf32>
    %late = neap.barrier %x after %dz : tensor<8x64xf32> after tensor<64xf32>
    %y2 = neap.exp %late : tensor<8x64xf32>
    ```

    Requires: a source that is to be computed again is one before what is computed from it, as SSA has it anyway. Guarantees: no
    `neap.recompute` is left; every result has the bits that it had, since ops are pure and random numbers have counters.
    What must not follow before fusion: canonicalization and CSE, after which it would fuse otherwise than was planned.
  }];
  let dependentDialects = ["::neap::NeapDialect"];
}

#endif
