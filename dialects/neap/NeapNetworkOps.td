// Reductions, products, and the compound ops that networks are made of.
#ifndef NEAP_DIALECTS_NEAP_NETWORK_OPS_TD
#define NEAP_DIALECTS_NEAP_NETWORK_OPS_TD

include "neap/dialects/neap/NeapDialect.td"

def Neap_ReduceOp : Neap_InferredOp<"reduce", [DeclareOpInterfaceMethods<Differentiable>,
    DeclareOpInterfaceMethods<Fusible, ["getNeutralElement"]>]> {
  let summary = "joins the elements along some axes, which disappear from the shape";
  let description = [{
    The order of a floating-point sum is fixed by shape and axes alone (docs/design/0001): along the last axis 64 partial
    sums and a tree, along the others chunks of neighbouring rows in index order. Gradients: sum: dy broadcast; max, min: dy to the elements that equal
    the result, shared equally.
  }];
  let arguments = (ins Neap_ReductionAttr:$reduction, Neap_Tensor:$operand, DenseI64ArrayAttr:$axes);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = "`` $reduction $operand `axes` $axes attr-dict `:` type($operand)";
  let hasFolder = 1;
}

def Neap_MatmulOp : Neap_InferredOp<"matmul", [DeclareOpInterfaceMethods<Differentiable>,
    DeclareOpInterfaceMethods<Fusible, ["getNeutralElement"]>, DeclareOpInterfaceMethods<CostModel, ["getFlops"]>]> {
  let summary = "batched matrix product: [b..., m, k] x [b..., k, n] -> [b..., m, n]";
  let description = [{
    The k products are added in order with fused multiply-add into one fp32 accumulator per element, starting from +0.
    Batch dimensions are equal (broadcast first). Transposes are ops of their own: they cost nothing, the kernel reads
    through strides. Gradients: dA = dC B^T, dB = A^T dC.
  }];
  let arguments = (ins Neap_FloatTensor:$lhs, Neap_FloatTensor:$rhs);
  let results = (outs Neap_FloatTensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs)";
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
