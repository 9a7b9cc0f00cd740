#ifndef NEAP_PASSES_MEMORY_INSERT_STASHES_PASS_TD
#define NEAP_PASSES_MEMORY_INSERT_STASHES_PASS_TD

include "mlir/Pass/PassBase.td"

def InsertStashesPass : Pass<"neap-insert-stashes", "::neap::StepOp"> {
  let summary = "Keep what waits for the backward pass in bf16";
  let description = [{
    The one pass that may change results, and runs only where that is asked for. The forward pass, which is what leads to the
    loss, stays as it is; behind it, large fp32 values that it made are read rounded:

    1. Collects what other ops read of the forward pass, seen through views.
    2. Leaves alone what is not fp32; what is small beside the largest such value (means and the like); what an op reads in the
       end whose operand must stay fp32 (scores, of which an exponential makes probabilities); and what nothing of half its
       size is made behind, as its bytes are wanted again at once.
    3. What a few elementwise ops make of others of these values is computed again, from their rounded numbers: an activation,
       or what a norm scales. It need not wait at all.
    4. Everything else waits as a `neap.stash`.

    What is done depends on the step alone, never on a budget, so every plan computes the same. A plan keeps, moves or computes
    again a stash as it does any value: from the forward pass's own values, in fp32, so that its bits are what they were.

    ```mlir
    %a = neap.tanh %h : tensor<64x64xf32>
    ...                                             // the loss
    %g = neap.mul %dy, %a : tensor<64x64xf32>
    // becomes
    %a = neap.tanh %h : tensor<64x64xf32>
    %s = neap.stash %a : tensor<64x64xf32> -> tensor<64x64xbf16>
    ...
    %late = neap.cast %s : tensor<64x64xbf16> -> tensor<64x64xf32>
    %g = neap.mul %dy, %late : tensor<64x64xf32>
    ```

    Requires neap-decompose, and stands before neap-tile-batch and neap-plan-memory. Guarantees: the loss of a step is
    computed as before. docs/design/0015.
  }];
  let dependentDialects = ["::neap::NeapDialect"];
}

#endif
