// Loops over parts of tensors.
#ifndef NEAP_DIALECTS_NEAP_LOOP_OPS_TD
#define NEAP_DIALECTS_NEAP_LOOP_OPS_TD

include "neap/dialects/neap/NeapDialect.td"

def Neap_TileLoopOp : Neap_Op<"tile_loop", [Pure, AttrSizedOperandSegments, IsolatedFromAbove, SingleBlock]> {
  let summary = "computes a part of the graph in rounds, a tile of rows in each";
  let description = [{
    Runs its body `count` times. In round i the body sees rows [i n / count, (i + 1) n / count) of the first dimension (n rows) of each of
    `slices`, all of `wholes`, and what the round before yielded for each of `carried`: the operand itself in the first round.
    It yields the carried values and then one tile for each of the other results, which are the tiles one after the other.

    What is read through tiles alone never exists whole. Rounds come in order and carried values hold sums that go on from round to
    round, so a result has the bits that it would have without the loop (docs/design/0014-tile-loops.md).

    C1: `count` is positive and divides the first dimension of every slice and of every result that is not carried.
    C2: the body has an argument for each operand: tiles, wholes and carried values, in this order.
    C3: it yields a value for each result: carried values, which have the types of the operands, then tiles.
    C4: ops of the body write and read no memory.

    ```mlir
    %sum, %y = neap.tile_loop 4 slices(%x) wholes(%w) carried(%zero) {
    ^bb0(%x_i: tensor<2x16xf32>, %all: tensor<16x3xf32>, %s: tensor<16x3xf32>):
      %y_i = neap.matmul %x_i, %all : tensor<2x16xf32>, tensor<16x3xf32>
      %xt = neap.transpose %x_i [1, 0] : tensor<2x16xf32>
      %t = neap.matmul %xt, %y_i from %s : tensor<16x2xf32>, tensor<2x3xf32>
      neap.yield %t, %y_i : tensor<16x3xf32>, tensor<2x3xf32>
    } : (tensor<8x16xf32>, tensor<16x3xf32>, tensor<16x3xf32>) -> (tensor<16x3xf32>, tensor<8x3xf32>)
    ```
  }];
  let arguments = (ins I64Attr:$count, Variadic<Neap_Tensor>:$slices, Variadic<Neap_Tensor>:$wholes,
    Variadic<Neap_Tensor>:$carried);
  let results = (outs Variadic<Neap_Tensor>:$results_);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $count `slices` `(` $slices `)` `wholes` `(` $wholes `)` `carried` `(` $carried `)` $body attr-dict `:`
    functional-type(operands, results)
  }];
  let hasRegionVerifier = 1;
  let extraClassDeclaration = [{
    /// The results that are carried, and those whose tiles lie one after the other.
    ::mlir::ResultRange getCarriedResults() { return getResults().take_front(getCarried().size()); }
    ::mlir::ResultRange getTiledResults() { return getResults().drop_front(getCarried().size()); }
    /// The body's arguments, by what they stand for.
    ::mlir::Block::BlockArgListType getTileArguments() { return getBody().getArguments().take_front(getSlices().size()); }
    ::mlir::Block::BlockArgListType getWholeArguments() {
      return getBody().getArguments().slice(getSlices().size(), getWholes().size());
    }
    ::mlir::Block::BlockArgListType getCarriedArguments() { return getBody().getArguments().take_back(getCarried().size()); }
    /// What the body yields, by what becomes of it.
    ::mlir::OperandRange getYieldedCarried();
    ::mlir::OperandRange getYieldedTiles();
  }];
}

#endif
