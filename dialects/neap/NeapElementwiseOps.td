// Ops that compute each element of the result from the same element of the operands.
#ifndef NEAP_DIALECTS_NEAP_ELEMENTWISE_OPS_TD
#define NEAP_DIALECTS_NEAP_ELEMENTWISE_OPS_TD

include "neap/dialects/neap/NeapDialect.td"

// Loops over the result's shape, identity maps; the op supplies buildBody.
class Neap_ElementwiseOp<string mnemonic, list<Trait> traits = []> : Neap_ValueOp<mnemonic, !listconcat(
    [Elementwise, SameOperandsAndResultShape, DeclareOpInterfaceMethods<Fusible>], traits)> {
  let hasFolder = 1;
  let extraClassDefinition = [{
    ::neap::IterationSpace $cppClass::getIterationSpace() { return ::neap::elementwiseSpace(getOperation()); }
    ::mlir::AffineMap $cppClass::getOperandMap(unsigned) { return ::neap::elementwiseMap(getOperation()); }
    ::mlir::OpFoldResult $cppClass::fold(FoldAdaptor adaptor) {
      return ::neap::foldElementwise(getOperation(), adaptor.getOperands());
    }
  }];
}

class Neap_UnaryOp<string mnemonic, Type type = Neap_FloatTensor, list<Trait> traits = []> : Neap_ElementwiseOp<mnemonic,
    !listconcat([SameOperandsAndResultType, DeclareOpInterfaceMethods<Differentiable>], traits)> {
  let arguments = (ins type:$operand);
  let results = (outs type:$result);
  let assemblyFormat = "$operand attr-dict `:` type($result)";
}

class Neap_BinaryOp<string mnemonic, Type type = Neap_Tensor> : Neap_ElementwiseOp<mnemonic,
    [SameOperandsAndResultType, DeclareOpInterfaceMethods<Differentiable>]> {
  let arguments = (ins type:$lhs, type:$rhs);
  let results = (outs type:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` type($result)";
}

def Neap_NegateOp : Neap_UnaryOp<"negate", Neap_Tensor> { let summary = "-x; gradient -dy"; }
def Neap_AbsOp : Neap_UnaryOp<"abs", Neap_Tensor> { let summary = "|x|; gradient dy * sign(x)"; }
def Neap_SignOp : Neap_UnaryOp<"sign", Neap_Tensor> { let summary = "-1, 0 or 1; gradient 0"; }
def Neap_ExpOp : Neap_UnaryOp<"exp", Neap_FloatTensor, [DeclareOpInterfaceMethods<Precision, ["mustStayFp32"]>]> {
  let summary = "e^x; gradient dy * y; an absolute error of x is a relative one of e^x, so x stays fp32";
}
def Neap_LogOp : Neap_UnaryOp<"log"> { let summary = "natural logarithm; gradient dy / x"; }
def Neap_SqrtOp : Neap_UnaryOp<"sqrt"> { let summary = "square root; gradient dy / (2 y)"; }
def Neap_ReciprocalOp : Neap_UnaryOp<"reciprocal"> { let summary = "1 / x; gradient -dy * y * y"; }
def Neap_TanhOp : Neap_UnaryOp<"tanh"> { let summary = "hyperbolic tangent; gradient dy * (1 - y * y)"; }
def Neap_SigmoidOp : Neap_UnaryOp<"sigmoid"> { let summary = "1 / (1 + e^-x); gradient dy * y * (1 - y)"; }
def Neap_ErfOp : Neap_UnaryOp<"erf"> { let summary = "error function; gradient dy * 2 / sqrt(pi) * e^(-x * x)"; }
def Neap_SinOp : Neap_UnaryOp<"sin"> { let summary = "sine; gradient dy * cos(x)"; }
def Neap_CosOp : Neap_UnaryOp<"cos"> { let summary = "cosine; gradient -dy * sin(x)"; }
def Neap_FloorOp : Neap_UnaryOp<"floor"> { let summary = "largest integer not above x; gradient 0"; }
def Neap_CeilOp : Neap_UnaryOp<"ceil"> { let summary = "smallest integer not below x; gradient 0"; }
def Neap_RoundOp : Neap_UnaryOp<"round"> { let summary = "nearest integer, ties to even; gradient 0"; }
def Neap_ReluOp : Neap_UnaryOp<"relu"> { let summary = "max(x, 0), NaN stays NaN; gradient dy where y > 0"; }
def Neap_NotOp : Neap_UnaryOp<"not", Neap_BoolTensor> { let summary = "logical negation; no gradient"; }

def Neap_GeluOp : Neap_ElementwiseOp<"gelu", [AllTypesMatch<["operand", "result"]>, DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "Gaussian error linear unit";
  let description = [{
    y = x * Phi(x) = x / 2 * (1 + erf(x / sqrt(2))), or with `tanh` x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))
    (Hendrycks and Gimpel, arXiv 1606.08415). Gradient: `neap.gelu_backward`.
  }];
  let arguments = (ins Neap_FloatTensor:$operand, DefaultValuedAttr<Neap_ApproximationAttr, "Approximation::None">:$approximation);
  let results = (outs Neap_FloatTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($result)";
}
def Neap_GeluBackwardOp : Neap_ElementwiseOp<"gelu_backward", [SameOperandsAndResultType]> {
  let summary = "dy times the derivative of GELU at x";
  let description = [{
    dx = dy * (Phi(x) + x * phi(x)) for the exact form, the derivative of the tanh form otherwise.
  }];
  let arguments = (ins Neap_FloatTensor:$operand, Neap_FloatTensor:$cotangent,
    DefaultValuedAttr<Neap_ApproximationAttr, "Approximation::None">:$approximation);
  let results = (outs Neap_FloatTensor:$result);
  let assemblyFormat = "$operand `,` $cotangent attr-dict `:` type($result)";
}

def Neap_AddOp : Neap_BinaryOp<"add"> { let summary = "x + y; gradients dy, dy"; let hasCanonicalizer = 1; }
def Neap_SubOp : Neap_BinaryOp<"sub"> { let summary = "x - y; gradients dy, -dy"; }
def Neap_MulOp : Neap_BinaryOp<"mul"> { let summary = "x * y; gradients dz * y, dz * x"; }
def Neap_DivOp : Neap_BinaryOp<"div"> { let summary = "x / y, integers truncate; gradients dz / y, -dz * z / y"; }
def Neap_ModOp : Neap_BinaryOp<"mod"> {
  let summary = "z = x - n y, remainder with the divisor's sign, or with `fmod` the dividend's; gradients dz and -dz * n";
  let arguments = (ins Neap_Tensor:$lhs, Neap_Tensor:$rhs, UnitAttr:$fmod);
}
def Neap_PowOp : Neap_BinaryOp<"pow", Neap_FloatTensor> {
  let summary = "x ^ y; gradient dz * y * x^(y - 1), and dz * z * log(x) to the exponent";
  let hasCanonicalizer = 1;
}
def Neap_MaximumOp : Neap_BinaryOp<"maximum"> { let summary = "the larger one, NaN if either is; gradient to the larger, halves on a tie"; }
def Neap_MinimumOp : Neap_BinaryOp<"minimum"> { let summary = "the smaller one, NaN if either is; gradient to the smaller, halves on a tie"; }
def Neap_AndOp : Neap_BinaryOp<"and", Neap_BoolTensor> { let summary = "logical and; no gradient"; }
def Neap_OrOp : Neap_BinaryOp<"or", Neap_BoolTensor> { let summary = "logical or; no gradient"; }
def Neap_XorOp : Neap_BinaryOp<"xor", Neap_BoolTensor> { let summary = "logical exclusive or; no gradient"; }

def Neap_CompareOp : Neap_ElementwiseOp<"compare", [SameTypeOperands, DeclareOpInterfaceMethods<InferTypeOpInterface>,
    DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "compares element by element; no gradient";
  let arguments = (ins Neap_PredicateAttr:$predicate, Neap_Tensor:$lhs, Neap_Tensor:$rhs);
  let results = (outs Neap_BoolTensor:$result);
  let assemblyFormat = "`` $predicate $lhs `,` $rhs attr-dict `:` type($lhs)";
}
def Neap_IsNanOp : Neap_ElementwiseOp<"is_nan", [DeclareOpInterfaceMethods<InferTypeOpInterface>,
    DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "true where x is not a number; no gradient";
  let arguments = (ins Neap_FloatTensor:$operand);
  let results = (outs Neap_BoolTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand)";
}
def Neap_SelectOp : Neap_ElementwiseOp<"select", [AllTypesMatch<["on_true", "on_false", "result"]>,
    DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "x where the condition holds, else y; gradients select(c, dz, 0) and select(c, 0, dz)";
  let arguments = (ins Neap_BoolTensor:$condition, Neap_Tensor:$on_true, Neap_Tensor:$on_false);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = "$condition `,` $on_true `,` $on_false attr-dict `:` type($condition) `,` type($result)";
}
def Neap_CastOp : Neap_ElementwiseOp<"cast", [DeclareOpInterfaceMethods<Differentiable>]> {
  let summary = "the same numbers in another element type";
  let description = [{
    Float to integer truncates; anything to bool is x != 0; bool to anything is 0 or 1. A cast to fewer bits is a rounding
    point: it is never removed together with the cast back. Gradient: dy cast back, between floats only.
  }];
  let arguments = (ins Neap_Tensor:$operand);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
}
def Neap_StashOp : Neap_ElementwiseOp<"stash", [DeclareOpInterfaceMethods<Fusible, ["mustBeStored"]>]> {
  let summary = "what waits in memory for the backward pass, rounded to bf16";
  let description = [{
    The nearest number of 8 bits, of two equally near ones the even one; what is too large becomes infinite, NaN stays NaN.
    It is computed where its operand is, and lies in memory; readers `neap.cast` it back. Made by `neap-insert-stashes` behind
    differentiation: it has no gradient.

    ```mlir
    %s = neap.stash %x : tensor<8x64xf32> -> tensor<8x64xbf16>
    ```
  }];
  let arguments = (ins Neap_TensorOf<[F32], "f32">:$operand);
  let results = (outs Neap_TensorOf<[BF16], "bf16">:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
}
def Neap_FmaOp : Neap_ElementwiseOp<"fma", [SameOperandsAndResultType]> {
  let summary = "a * b + c, rounded once";
  let arguments = (ins Neap_FloatTensor:$a, Neap_FloatTensor:$b, Neap_FloatTensor:$c);
  let results = (outs Neap_FloatTensor:$result);
  let assemblyFormat = "$a `,` $b `,` $c attr-dict `:` type($result)";
}

#endif
