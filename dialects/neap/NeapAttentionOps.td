// Attention without its matrix of probabilities.
#ifndef NEAP_DIALECTS_NEAP_ATTENTION_OPS_TD
#define NEAP_DIALECTS_NEAP_ATTENTION_OPS_TD

include "neap/dialects/neap/NeapDialect.td"

def Neap_AttentionOp : Neap_InferredOp<"attention", [AttrSizedOperandSegments, DeclareOpInterfaceMethods<Differentiable>,
    DeclareOpInterfaceMethods<RandomBlocks>,
    DeclareOpInterfaceMethods<OwnLoops, ["countBatchDimensions"]>, DeclareOpInterfaceMethods<CostModel, ["getFlops"]>]> {
  let summary = "softmax(scale q k^T + bias) v, and the log-sum-exp of each row of scores";
  let description = [{
    Scaled dot-product attention (Vaswani et al., arXiv 1706.03762) over the batch dimensions b...: query [b..., t, d], key
    [b..., s, d], value [b..., s, e]; bias is added to the scores [b..., t, s] and may have size 1 where it repeats. With
    `causal` query i sees the keys up to i. `lse` [b..., t] is kept for the gradient.

    No t x s matrix is ever in memory. Keys are taken in blocks of 64 with a running maximum and sum (Milakov and Gimelshein,
    arXiv 1805.02867; Dao, arXiv 2307.08691); the blocks are part of the op's meaning, as they decide how sums round
    (docs/design/0008). A query that sees no key, all its scores -inf, has NaN, or zeros with `empty_rows_zero`.

    With a `dropout` key (seed_low, seed_high, step and id, as `neap.dropout` has it) probabilities are dropped with
    `dropout_ratio`; the mask is that of a `neap.dropout` of the whole matrix. It is drawn again in the backward. A fifth word
    of the key is `skip` of such a dropout: what is here is then a part of a larger batch, from b elements of all b... on, and
    b * t * ceil(s / 4) blocks of words are skipped.

    C1: query, key, value of one element type, rank 2 or more, equal batch dimensions. C2: query and key of one size d.
    C3: as many keys as values. C4: a bias of the same type and rank whose dimensions are 1 or those of the scores. C5: a
    dropout key of four or five words or none, and a ratio in [0, 1).

    Gradient: with P = e^(scores - lse) / sum(e^(scores - lse)), the mask M of dropout (1 without it), D = sum(P * M dy v^T)
    along rows and dS = P * (M dy v^T - D + dlse): dq = scale dS k, dk = scale dS^T q, dv = (M P)^T dy, dbias = dS summed over where it
    repeats.

    ```mlir
    %y, %lse = neap.attention %q, %k, %v {causal, scale = 1.25e-01 : f32}
        : tensor<4x12x256x64xf32>, tensor<4x12x256x64xf32>, tensor<4x12x256x64xf32>
    ```
  }];
  let arguments = (ins Neap_FloatTensor:$query, Neap_FloatTensor:$key, Neap_FloatTensor:$value,
    Optional<Neap_FloatTensor>:$bias, Variadic<Neap_WordScalar>:$dropout_key, DefaultValuedAttr<F32Attr, "1.0f">:$scale,
    UnitAttr:$causal, UnitAttr:$empty_rows_zero, DefaultValuedAttr<F64Attr, "0.0">:$dropout_ratio);
  let results = (outs Neap_FloatTensor:$result, Neap_FloatTensor:$lse);
  let assemblyFormat = [{
    $query `,` $key `,` $value (`bias` $bias^)? (`dropout` $dropout_key^)? attr-dict `:` type($query)
    `,` type($key) `,` type($value) (`bias` type($bias)^)?
  }];
}

class Neap_AttentionGradientOp<string mnemonic, list<Trait> traits> : Neap_InferredOp<mnemonic,
    !listconcat([AttrSizedOperandSegments], traits)> {
  let arguments = (ins Neap_FloatTensor:$query, Neap_FloatTensor:$key, Neap_FloatTensor:$value, Neap_FloatTensor:$lse,
    Neap_FloatTensor:$cotangent, Optional<Neap_FloatTensor>:$delta, Optional<Neap_FloatTensor>:$reciprocal,
    Optional<Neap_FloatTensor>:$bias,
    Variadic<Neap_WordScalar>:$dropout_key, DefaultValuedAttr<F32Attr, "1.0f">:$scale, UnitAttr:$causal,
    DefaultValuedAttr<F64Attr, "0.0">:$dropout_ratio);
  let assemblyFormat = [{
    $query `,` $key `,` $value `,` $lse `,` $cotangent (`delta` $delta^ `,` $reciprocal)? (`bias` $bias^)?
    (`dropout` $dropout_key^)?
    attr-dict `:` type($query) `,` type($key) `,` type($value) `,` type($lse) `,` type($cotangent)
    (`delta` type($delta)^ `,` type($reciprocal))? (`bias` type($bias)^)?
  }];
}
def Neap_AttentionDeltaOp : Neap_AttentionGradientOp<"attention_delta", [DeclareOpInterfaceMethods<RandomBlocks>,
    DeclareOpInterfaceMethods<OwnLoops, ["countBatchDimensions"]>,
    DeclareOpInterfaceMethods<CostModel, ["getFlops"]>]> {
  let summary = "what attention's gradient needs of each whole row: D, and 1 / sum(e^(scores - lse))";
  let description = [{
    `result` is D, the mean of M dy v^T under a query's probabilities, `sum_reciprocal` what e^(scores - lse) must be multiplied by to
    be probabilities; both 0 where a query sees no key.

    In exact arithmetic D is sum(dy * y), the usual form, and `sum_reciprocal` is 1. Taken from the same probabilities as dS, the
    rounding of D cancels, and rows of dS sum to 0 as closely as a written-out softmax's do: what is left over is the gradient
    of a key bias, which Adam scales up whatever its size. And lse cannot tell n hidden keys from one, where their scores are
    numbers beside which log(n) is nothing, such as -3.4e38 (docs/design/0008).

    C1: no `delta`.
  }];
  let results = (outs Neap_FloatTensor:$result, Neap_FloatTensor:$sum_reciprocal);
  let hasVerifier = 1;
}
def Neap_AttentionBackwardOp : Neap_AttentionGradientOp<"attention_backward", [DeclareOpInterfaceMethods<RandomBlocks>,
    DeclareOpInterfaceMethods<OwnLoops, ["countBatchDimensions"]>,
    DeclareOpInterfaceMethods<CostModel, ["getFlops"]>]> {
  let summary = "gradients of attention for query, key and value, by blocks";
  let description = [{
    `cotangent` is dy; `delta`, which is D - dlse, and `reciprocal` are those of `neap.attention_delta`, [b..., t]. Without them
    both are computed on the way. Scores are computed again from query and key; no t x s matrix is in memory.

    C1: one number for each query in lse, delta and reciprocal. C2: a cotangent of the result's type. C3: both of delta and
    reciprocal, or none.
  }];
  let results = (outs Neap_FloatTensor:$query_gradient, Neap_FloatTensor:$key_gradient, Neap_FloatTensor:$value_gradient);
}
def Neap_AttentionBiasGradientOp : Neap_AttentionGradientOp<"attention_bias_gradient",
    [DeclareOpInterfaceMethods<Decomposable>]> {
  let summary = "gradient of attention for its bias: dS summed over where the bias repeats";
  let description = [{
    The gradient of a bias of each query's own is a t x s matrix itself; those of the batch elements that share it are summed
    in their order.

    C1: both `delta` and `bias`.
  }];
  let results = (outs Neap_FloatTensor:$bias_gradient);
}

#endif
