#ifndef NEAP_PASSES_FUSE_DECOMPOSE_TD
#define NEAP_PASSES_FUSE_DECOMPOSE_TD

include "mlir/Pass/PassBase.td"

def DecomposePass : Pass<"neap-decompose"> {
  let summary = "Decompose compound ops into primitive ones";
  let description = [{
    Replaces every op that implements Decomposable by what it says, and brings every reduction to one of the two forms
    that kernels have loops for: along the last axis, or along leading axes. A reduction over other axes is transposed (a
    view) or split in two; which of them depends on its shape and axes alone, so the order of its sum is fixed.

    A matmul whose result is only read transposed becomes the product of the transposed operands, so that its kernel writes
    what is read.

    ```mlir
    %y = neap.softmax %x : tensor<8x64xf32>
    ```
    becomes a maximum and a sum along the rows and the elementwise ops between them.

    With `separate-attention-delta` the D of an attention's gradient becomes an op of its own, for devices whose threads cannot
    wait for one another within a kernel.

    Requires: nothing. Guarantees: every remaining value op is Fusible, a constant, or has loops of its own (OwnLoops). Any
    other, such as a gather_nd that did not fold, is an error.
  }];
  let options = [
    Option<"separateAttentionDelta", "separate-attention-delta", "bool", /*default=*/"false",
           "Give neap.attention_backward its delta by a neap.attention_delta.">
  ];
  let dependentDialects = ["::neap::NeapDialect"];
}

#endif
