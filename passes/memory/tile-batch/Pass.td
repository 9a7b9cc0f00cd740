#ifndef NEAP_PASSES_MEMORY_TILE_BATCH_PASS_TD
#define NEAP_PASSES_MEMORY_TILE_BATCH_PASS_TD

include "mlir/Pass/PassBase.td"

def TileBatchPass : Pass<"neap-tile-batch", "::neap::StepOp"> {
  let summary = "Compute forward and backward pass for a part of the batch at a time";
  let description = [{
    Gradient accumulation (micro-batches): one `neap.tile_loop` of `count` rounds around all that is made for each element
    of the batch, from the embeddings to the gradients. Gradients are sums that go on from round to round; what is as small as
    the labels, such as their number, which divides the loss, is computed for the whole batch, outside. So loss, gradients and
    updates have the bits that they have without the pass, and activations take a part of the memory.

    ```mlir
    %x = neap.gather %wte, %ids : tensor<50x16xf32>, tensor<8x4xi64>
    ...                                                             // layers, loss of each token, gradients
    // becomes, for count = 2
    %dw, %losses = neap.tile_loop 2 slices(%ids, %labels) wholes(%wte, %count) carried(%zeros) {
    ^bb0(%ids_i: tensor<4x4xi64>, ...
    ```

    Requires neap-decompose. A batch that cannot be split so (its size, or a sum that would round otherwise) is an error
    that names what stands in the way. 1 does nothing.
  }];
  let options = [Option<"count", "count", "int64_t", "1", "Parts of the batch">];
  let dependentDialects = ["::neap::NeapDialect"];
}

#endif
