// Ops that draw random numbers. Each word is a function of (seed, step, id, element) alone: docs/design/0006-random-numbers.md.
#ifndef NEAP_DIALECTS_NEAP_RANDOM_OPS_TD
#define NEAP_DIALECTS_NEAP_RANDOM_OPS_TD

include "neap/dialects/neap/NeapDialect.td"

// Loops over the result's shape; one random word at each point. Not Elementwise in MLIR's sense, which lets an op move across
// a broadcast or a reshape: here it matters which element it is. Nor does it fold on constants, whatever its operands.
class Neap_RandomOp<string mnemonic, list<Trait> traits = []> : Neap_ValueOp<mnemonic, !listconcat(
    [DeclareOpInterfaceMethods<Fusible>, DeclareOpInterfaceMethods<RandomReader>, DeclareOpInterfaceMethods<RandomBlocks>,
     DeclareOpInterfaceMethods<CostModel, ["getFlops"]>], traits)> {
  let extraClassDefinition = [{
    ::neap::IterationSpace $cppClass::getIterationSpace() { return ::neap::elementwiseSpace(getOperation()); }
    ::mlir::AffineMap $cppClass::getOperandMap(unsigned operand) { return ::neap::randomOperandMap(getOperation(), operand); }
    ::mlir::AffineMap $cppClass::getWordMap() { return ::neap::randomWordMap(getType().getShape(), getContext()); }
    ::mlir::OperandRange $cppClass::getKey() { return getOperation()->getOperands().take_back(getSkip() ? 5 : 4); }
    int64_t $cppClass::countBlocks() { return ::neap::countRandomBlocks(getType().getShape()); }
    bool $cppClass::skipsBlocks() { return getSkip() != nullptr; }
    void $cppClass::skipBlocks(::mlir::Value blocks) { getSkipMutable().assign(blocks); }
    int64_t $cppClass::getFlops() { return ::neap::countRandomFlops(getOperation()); }
  }];
}

def Neap_RandomIdOp : Neap_Op<"random_id", [Pure, Rematerializable]> {
  let summary = "what tells the random words of an op from those of all others in a step";
  let description = [{
    Given when a model is read, one for each op; the op's gradient and whoever repeats the op use the same. Not a constant:
    a kernel reads it from memory, so that the layers of a model, which differ in nothing else, share their kernels.

    ```mlir
    %id = neap.random_id 17 : tensor<ui32>
    ```
  }];
  let arguments = (ins ConfinedAttr<I64Attr, [IntMinValue<0>, IntMaxValue<4294967295>]>:$number);
  let results = (outs Neap_WordScalar:$result);
  let assemblyFormat = "$number attr-dict `:` type($result)";
}

def Neap_DropoutOp : Neap_RandomOp<"dropout", [AllTypesMatch<["operand", "result"]>,
    DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "zeros some elements by chance and scales the others up";
  let description = [{
    y = x * keep / (1 - ratio), where keep is 0 with probability `ratio` and else 1 (Srivastava et al., JMLR 15, 2014). An
    element is kept if its word is at least ratio * 2^32. NaN and infinity stay what they are where they are kept, and are
    NaN where they are dropped, as in PyTorch. Gradient: dx = dropout(dy) with the same key, so that the mask is drawn again
    and never kept.

    With `skip` the operand is a part of a tensor, neighbours in its row-major order, and the words are those of the part.
    Words come in blocks of four, every row begins with a block, and `skip` counts those before the part's first element: for
    the rows from r on, of c elements each, r * ceil(c / 4). Up to 2^32 blocks can be skipped.

    C1: 0 <= ratio < 1.

    ```mlir
    %s = neap.step_value step : tensor<ui32>
    %l = neap.step_value seed_low : tensor<ui32>
    %h = neap.step_value seed_high : tensor<ui32>
    %id = neap.random_id 17 : tensor<ui32>
    %y = neap.dropout %x ratio 1.000000e-01 key %l, %h, %s, %id : tensor<8x64xf32>
    ```
  }];
  let arguments = (ins Neap_FloatTensor:$operand, Neap_WordScalar:$seed_low, Neap_WordScalar:$seed_high,
    Neap_WordScalar:$step, Neap_WordScalar:$id, Optional<Neap_WordScalar>:$skip, F64Attr:$ratio);
  let results = (outs Neap_FloatTensor:$result);
  let assemblyFormat = [{
    $operand `ratio` $ratio `key` $seed_low `,` $seed_high `,` $step `,` $id (`skip` $skip^)? attr-dict `:` type($result)
  }];
  let builders = [OpBuilder<(ins "::mlir::Value":$operand, "::mlir::ValueRange":$key, "::mlir::FloatAttr":$ratio), [{
    build($_builder, $_state, operand.getType(), operand, key[0], key[1], key[2], key[3],
          key.size() > 4 ? key[4] : ::mlir::Value(), ratio);
  }]>];
  let hasFolder = 1;
  let hasVerifier = 1;
}

def Neap_RandomUniformOp : Neap_RandomOp<"random_uniform"> {
  let summary = "numbers between 0, included, and 1, excluded, all as likely; no gradient";
  let description = [{
    The upper 24 bits of an element's word times 2^-24: every value is exact in fp32. `skip` is that of `neap.dropout`.

    ```mlir
    %u = neap.random_uniform key %l, %h, %s, %id : tensor<8x64xf32>
    ```
  }];
  let arguments = (ins Neap_WordScalar:$seed_low, Neap_WordScalar:$seed_high, Neap_WordScalar:$step, Neap_WordScalar:$id,
    Optional<Neap_WordScalar>:$skip);
  let results = (outs Neap_TensorOf<[F32, F64], "fp32 or fp64 numbers">:$result);
  let assemblyFormat = "`key` $seed_low `,` $seed_high `,` $step `,` $id (`skip` $skip^)? attr-dict `:` type($result)";
}

#endif
