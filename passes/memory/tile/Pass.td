#ifndef NEAP_PASSES_MEMORY_TILE_PASS_TD
#define NEAP_PASSES_MEMORY_TILE_PASS_TD

include "mlir/Pass/PassBase.td"

def TilePass : Pass<"neap-tile", "::neap::StepOp"> {
  let summary = "Compute large values in rounds, a tile of rows in each";
  let description = [{
    An op marked `neap.tiles = N` makes a value that is not to exist whole. The pass puts into one `neap.tile_loop` of N
    rounds what makes the value and what reads it, and so on through all values at least half as large, and whatever lies
    between:

    ```mlir
    %logits = neap.matmul %h, %w {neap.tiles = 4 : i64} : tensor<64x16xf32>, tensor<16x256xf32>
    %p = neap.exp %logits : tensor<64x256xf32>
    %dh = neap.matmul %p, %wt : tensor<64x256xf32>, tensor<256x16xf32>
    // becomes a loop whose rounds have 16 rows of %h, %logits, %p and %dh; only %h and %dh exist whole
    ```

    What rounds need all of, such as %w, is read by every one. A sum over rows, such as a weight's gradient, goes on from
    round to round. Tiles are cut along leading dimensions of the marked value.

    Requires neap-decompose. Guarantees: every result has the bits that it had. Where something cannot be tiled (a tile would
    need what other tiles make; a sum in parts would round otherwise; sizes do not divide) the step stays as it was, with a remark.
  }];
  let dependentDialects = ["::neap::NeapDialect"];
}

#endif
