// Reductions, products, and the compound ops that networks are made of.
#ifndef NEAP_DIALECTS_NEAP_NETWORK_OPS_TD
#define NEAP_DIALECTS_NEAP_NETWORK_OPS_TD

include "neap/dialects/neap/NeapDialect.td"

def Neap_ReduceOp : Neap_InferredOp<"reduce", [DeclareOpInterfaceMethods<Differentiable>,
    DeclareOpInterfaceMethods<Accumulating>, DeclareOpInterfaceMethods<Fusible, ["getNeutralElement", "getInitialOperand"]>]> {
  let summary = "joins the elements along some axes, which disappear from the shape";
  let description = [{
    The order of a floating-point sum is fixed by shape, axes and `chunk` alone (docs/design/0001): along the last axis 64
    partial sums and a tree, along the others chunks of neighbouring rows in index order. Gradients: sum: dy broadcast; max,
    min: dy to the elements that equal the result, shared equally.

    A sum that spares the last axis can go on `from` where another stopped: ((initial + chunk 0) + chunk 1) + ... A chunk has
    as many rows as `chunk` says, else as the number of rows gives (`getChunkRows`). So a sum over rows that is taken part by
    part, from zeros on, with the `chunk` of the whole and in parts of whole chunks, has the bits of the whole. Gradient of
    `initial`: dy.

    C1: axes are those of the operand. C2: they increase. C3: `initial` has the result's type. C4: `initial` and `chunk` are
    there only for a sum along at least one axis, the last one not among them. C5: there are at most 64 chunks.

    ```mlir
    %first = neap.reduce sum %x axes [0] : tensor<64x8xf32>
    %both = neap.reduce sum %y axes [0] from %first chunk 32 : tensor<64x8xf32> from tensor<8xf32>
    ```
  }];
  let arguments = (ins Neap_ReductionAttr:$reduction, Neap_Tensor:$operand, DenseI64ArrayAttr:$axes,
    Optional<Neap_Tensor>:$initial, OptionalAttr<I64Attr>:$chunk);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = [{
    `` $reduction $operand `axes` $axes (`from` $initial^)? (`chunk` $chunk^)? attr-dict `:` type($operand)
    (`from` type($initial)^)?
  }];
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let builders = [OpBuilder<(ins "::neap::Reduction":$reduction, "::mlir::Value":$operand,
                                 "::llvm::ArrayRef<int64_t>":$axes), [{
    build($_builder, $_state, reduction, operand, axes, ::mlir::Value(), ::mlir::IntegerAttr());
  }]>];
  let extraClassDeclaration = [{
    /// How many rows (points of the reduced axes, in row-major order) a sum that spares the last axis adds up by themselves
    /// before it adds them to the total.
    int64_t getChunkRows();
  }];
}

def Neap_MatmulOp : Neap_InferredOp<"matmul", [DeclareOpInterfaceMethods<Differentiable>,
    DeclareOpInterfaceMethods<Accumulating>, DeclareOpInterfaceMethods<Fusible, ["getNeutralElement", "getInitialOperand"]>,
    DeclareOpInterfaceMethods<CostModel, ["getFlops"]>]> {
  let summary = "batched matrix product: [b..., m, k] x [b..., k, n] -> [b..., m, n]";
  let description = [{
    The k products are added in order with fused multiply-add into one fp32 accumulator per element, starting from +0.
    Batch dimensions are equal (broadcast first). Transposes are ops of their own: they cost nothing, the kernel reads
    through strides. Gradients: dA = dC B^T, dB = A^T dC.

    With `initial`, of the result's type, each accumulator starts from that element: the product over a part of k goes on
    where the one over the part before stopped, and has the bits of the product over both. Its gradient: dC.

    ```mlir
    %0 = neap.matmul %a, %b : tensor<4x8xf32>, tensor<8x6xf32>
    %1 = neap.matmul %c, %d from %0 : tensor<4x16xf32>, tensor<16x6xf32> from tensor<4x6xf32>
    ```
  }];
  let arguments = (ins Neap_FloatTensor:$lhs, Neap_FloatTensor:$rhs, Optional<Neap_FloatTensor>:$initial);
  let results = (outs Neap_FloatTensor:$result);
  let assemblyFormat = [{
    $lhs `,` $rhs (`from` $initial^)? attr-dict `:` type($lhs) `,` type($rhs) (`from` type($initial)^)?
  }];
  let hasCanonicalizer = 1;
  let builders = [OpBuilder<(ins "::mlir::Value":$lhs, "::mlir::Value":$rhs), [{
    build($_builder, $_state, lhs, rhs, ::mlir::Value());
  }]>];
}

def Neap_SoftmaxOp : Neap_ValueOp<"softmax", [AllTypesMatch<["operand", "result"]>,
    DeclareOpInterfaceMethods<Differentiable>, DeclareOpInterfaceMethods<Decomposable>,
    DeclareOpInterfaceMethods<Precision, ["mustStayFp32"]>]> {
  let summary = "e^(x - max) / sum along the last axis; a row of -inf gives NaN";
  let arguments = (ins Neap_FloatTensor:$operand);
  let results = (outs Neap_FloatTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand)";
  let hasVerifier = 1;
}
def Neap_SoftmaxBackwardOp : Neap_ValueOp<"softmax_backward", [SameOperandsAndResultType, DeclareOpInterfaceMethods<Decomposable>]> {
  let summary = "dx = y * (dy - sum(dy * y)) along the last axis";
  let arguments = (ins Neap_FloatTensor:$output, Neap_FloatTensor:$cotangent);
  let results = (outs Neap_FloatTensor:$result);
  let assemblyFormat = "$output `,` $cotangent attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Neap_LayerNormOp : Neap_InferredOp<"layer_norm", [DeclareOpInterfaceMethods<Differentiable>,
    DeclareOpInterfaceMethods<Decomposable>, DeclareOpInterfaceMethods<Precision, ["mustStayFp32"]>]> {
  let summary = "normalises along the last axis, then scales and shifts";
  let description = [{
    y = (x - mean) * rstd * scale + bias, rstd = 1 / sqrt(mean((x - mean)^2) + epsilon) (Ba et al., arXiv 1607.06450).
    `mean` and `rstd` have the operand's shape without its last axis. Gradient: `neap.layer_norm_backward`.
  }];
  let arguments = (ins Neap_FloatTensor:$operand, Neap_FloatTensor:$scale, Neap_FloatTensor:$bias, F32Attr:$epsilon);
  let results = (outs Neap_FloatTensor:$result, Neap_FloatTensor:$mean, Neap_FloatTensor:$rstd);
  let assemblyFormat = "$operand `,` $scale `,` $bias attr-dict `:` type($operand) `,` type($scale) `,` type($bias)";
}
def Neap_LayerNormBackwardOp : Neap_InferredOp<"layer_norm_backward", [DeclareOpInterfaceMethods<Decomposable>]> {
  let summary = "gradients of layer_norm";
  let description = [{
    With h = (x - mean) * rstd and g = dy * scale along each row of C elements: dx = rstd * (g - mean(g) - h * mean(g * h)),
    dscale = sum over rows of dy * h, dbias = sum over rows of dy.
  }];
  let arguments = (ins Neap_FloatTensor:$operand, Neap_FloatTensor:$scale, Neap_FloatTensor:$mean, Neap_FloatTensor:$rstd,
    Neap_FloatTensor:$cotangent);
  let results = (outs Neap_FloatTensor:$operand_gradient, Neap_FloatTensor:$scale_gradient, Neap_FloatTensor:$bias_gradient);
  let assemblyFormat = [{
    $operand `,` $scale `,` $mean `,` $rstd `,` $cotangent attr-dict `:` type($operand) `,` type($scale) `,` type($mean) `,`
    type($rstd) `,` type($cotangent)
  }];
}

def Neap_CrossEntropyOp : Neap_InferredOp<"cross_entropy", [DeclareOpInterfaceMethods<Differentiable>,
    DeclareOpInterfaceMethods<Decomposable>, DeclareOpInterfaceMethods<Precision, ["mustStayFp32"]>,
    DeclareOpInterfaceMethods<IndexReader, ["getIgnoredIndex"]>]> {
  let summary = "mean over the counted rows of log(sum(e^x)) - x[label]";
  let description = [{
    `logits` [r, c], `labels` [r]. A row whose label is `ignore_index` does not count; the loss is 0 if none counts. `lse` [r]
    is each row's log-sum-exp, kept for the gradient; `count` the number of counted rows as a float.
    Gradient: `neap.cross_entropy_backward`.
  }];
  let arguments = (ins Neap_FloatTensor:$logits, Neap_LabelTensor:$labels, I64Attr:$ignore_index);
  let results = (outs Neap_Scalar:$loss, Neap_FloatTensor:$lse, Neap_Scalar:$count);
  let assemblyFormat = "$logits `,` $labels attr-dict `:` type($logits) `,` type($labels)";
}
def Neap_CrossEntropyBackwardOp : Neap_ValueOp<"cross_entropy_backward", [AllTypesMatch<["logits", "result"]>,
    DeclareOpInterfaceMethods<Decomposable>]> {
  let summary = "dlogits = (softmax(x) - onehot(label)) * dloss / count in counted rows, else 0";
  let arguments = (ins Neap_FloatTensor:$logits, Neap_LabelTensor:$labels, Neap_FloatTensor:$lse, Neap_Scalar:$count,
    Neap_Scalar:$cotangent, I64Attr:$ignore_index);
  let results = (outs Neap_FloatTensor:$result);
  let assemblyFormat = [{
    $logits `,` $labels `,` $lse `,` $count `,` $cotangent attr-dict `:` type($logits) `,` type($labels) `,` type($lse) `,`
    type($count) `,` type($cotangent)
  }];
  let hasVerifier = 1;
}

#endif
