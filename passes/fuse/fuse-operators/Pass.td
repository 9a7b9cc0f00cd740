#ifndef NEAP_PASSES_FUSE_FUSE_OPERATORS_TD
#define NEAP_PASSES_FUSE_FUSE_OPERATORS_TD

include "neap/passes/fuse/LibraryOptions.td"

def FuseOperatorsPass : Pass<"neap-fuse-operators", "::neap::StepOp"> {
  let summary = "Fuse ops that can share a loop nest into groups";
  let description = [{
    Groups are found by the structure of loops and index maps; no pass or kernel knows a model or an operator.

    1. Every matmul opens a *gemm* group and takes the pointwise ops after it, as long as this does not add bytes to be
       written: the op is the only reader of what the group would otherwise store, or its own result must be stored anyway
       (another matmul reads it). Reshapes and transposes that keep rows contiguous go along, so a result is stored in
       the layout its readers want.
       Attention opens an *attention* group and takes such views of each of its results.
    2. All other ops are visited last to first. An op whose readers all sit in one group joins it. An op with readers in
       several groups joins the first as one more result, or is repeated in each if it is cheap and reads at most one
       tensor of its own size that is in memory anyway. What nobody can take opens a group of its own: *row* for a reduction
       along the last axis, *column* along leading axes, else *pointwise*; a reduction joins an existing group over the
       same tensor if it can, and so do pointwise ops one of rows that are many and short: an update and its gradient's norm
       are one sweep. A pointwise group that takes a reduction along its rows becomes a row group.
    3. Splats become part of the code. What reads whole tensors from memory, products and ops that only move elements, gets one
       element of a splat in memory, stretched by a view.
    4. Views are repeated in every group that reads through them. A view that is not linear in the reader's loops is
       materialised by a group of its own.

    5. With `matrix-products=library`, a matmul whose operands lie as a library of the device wants them takes no more than one
       addition that a library can be told: a bias or an addend (docs/design/0007). Its group is marked `library`. Products
       of less than `library-depth` are not left to it, as their epilogue would cost more than the library saves; for shapes
       that
       the profile knows, it decides.

    Joining never makes a cycle: a group is refused where another reader of the op leads back into it.

    ```mlir
    %0 = neap.matmul %x, %w : tensor<8x16xf32>, tensor<16x32xf32>
    %1 = neap.broadcast %bias : tensor<32xf32> -> tensor<8x32xf32>
    %2 = neap.add %0, %1 : tensor<8x32xf32>
    ```
    becomes
    ```mlir
    %2 = neap.fused gemm (%x, %w, %bias) {
    ^bb0(%a: tensor<8x16xf32>, %b: tensor<16x32xf32>, %c: tensor<32xf32>):
      %0 = neap.matmul %a, %b : tensor<8x16xf32>, tensor<16x32xf32>
      %1 = neap.broadcast %c : tensor<32xf32> -> tensor<8x32xf32>
      %2 = neap.add %0, %1 : tensor<8x32xf32>
      neap.yield %2 : tensor<8x32xf32>
    } : (tensor<8x16xf32>, tensor<16x32xf32>, tensor<32xf32>) -> tensor<8x32xf32>
    ```

    Requires neap-decompose. Guarantees: what remains at the top level is fused groups, parameters and step values read,
    constants, reshapes, writes, observations, the ops of a memory plan and the return; every value of a group is accessed linearly in the group's loops.
  }];
  let dependentDialects = ["::neap::NeapDialect"];
  let options = libraryOptions;
}

#endif
