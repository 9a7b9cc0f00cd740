// The neap dialect itself, its enums and the classes its ops derive from.
#ifndef NEAP_DIALECTS_NEAP_DIALECT_TD
#define NEAP_DIALECTS_NEAP_DIALECT_TD

include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/FunctionInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "neap/dialects/neap/NeapInterfaces.td"

def Neap_Dialect : Dialect {
  let name = "neap";
  let cppNamespace = "::neap";
  let summary = "the training graph";
  let description = [{
    One training step as tensors in SSA form. All shapes are static. Parameters and optimizer state are symbols: `neap.read`
    is a parameter's value when the step begins, `neap.write` its value when the step ends.

    Elementwise ops take operands of one shape; stretching is an op of its own (`neap.broadcast`). Primitive ops implement
    Fusible and become loops; compound ones (softmax, layer norm, cross-entropy) implement Decomposable.
  }];
  let hasConstantMaterializer = 1;
  let hasCanonicalizer = 1;
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
}

class Neap_I32Enum<string name, string summary, list<I32EnumAttrCase> cases> : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::neap";
  let genSpecializedAttr = 0;
}
class Neap_EnumAttr<Neap_I32Enum e, string mnemonic> : EnumAttr<Neap_Dialect, e, mnemonic> {
  let assemblyFormat = "$value";
}

def Neap_Predicate : Neap_I32Enum<"Predicate", "how two elements are compared; a NaN differs from everything and has no order", [
  I32EnumAttrCase<"Equal", 0, "eq">, I32EnumAttrCase<"NotEqual", 1, "ne">, I32EnumAttrCase<"Less", 2, "lt">,
  I32EnumAttrCase<"LessOrEqual", 3, "le">, I32EnumAttrCase<"Greater", 4, "gt">, I32EnumAttrCase<"GreaterOrEqual", 5, "ge">]>;
def Neap_PredicateAttr : Neap_EnumAttr<Neap_Predicate, "predicate">;

def Neap_Approximation : Neap_I32Enum<"Approximation", "the form of GELU", [
  I32EnumAttrCase<"None", 0, "none">, I32EnumAttrCase<"Tanh", 1, "tanh">]>;
def Neap_ApproximationAttr : Neap_EnumAttr<Neap_Approximation, "approximation">;

def Neap_Reduction : Neap_I32Enum<"Reduction", "how elements are joined", [
  I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Maximum", 1, "max">, I32EnumAttrCase<"Minimum", 2, "min">]>;
def Neap_ReductionAttr : Neap_EnumAttr<Neap_Reduction, "reduction">;

// The fields of neap_step_block (runtime/abi), in its order; every one is four bytes. A test compares the two.
def Neap_StepField : Neap_I32Enum<"StepField", "a field of the step block", [
  I32EnumAttrCase<"LearningRate", 0, "learning_rate">, I32EnumAttrCase<"Beta1", 1, "beta1">,
  I32EnumAttrCase<"Beta2", 2, "beta2">, I32EnumAttrCase<"OneMinusBeta1", 3, "one_minus_beta1">,
  I32EnumAttrCase<"OneMinusBeta2", 4, "one_minus_beta2">, I32EnumAttrCase<"Epsilon", 5, "epsilon">,
  I32EnumAttrCase<"DecayFactor", 6, "decay_factor">, I32EnumAttrCase<"WeightDecay", 7, "weight_decay">,
  I32EnumAttrCase<"Momentum", 8, "momentum">, I32EnumAttrCase<"StepSize", 9, "step_size">,
  I32EnumAttrCase<"InverseSqrtCorrection2", 10, "inverse_sqrt_correction2">, I32EnumAttrCase<"ClipNorm", 11, "clip_norm">,
  I32EnumAttrCase<"LossScale", 12, "loss_scale">,
  I32EnumAttrCase<"Step", 13, "step">, I32EnumAttrCase<"MicroStep", 14, "micro_step">,
  I32EnumAttrCase<"SeedLow", 15, "seed_low">, I32EnumAttrCase<"SeedHigh", 16, "seed_high">]>;
def Neap_StepFieldAttr : Neap_EnumAttr<Neap_StepField, "step_field">;

def Neap_GroupKind : Neap_I32Enum<"GroupKind", "the shape of a fusion group's loops", [
  I32EnumAttrCase<"Pointwise", 0, "pointwise">, I32EnumAttrCase<"Row", 1, "row">, I32EnumAttrCase<"Column", 2, "column">,
  I32EnumAttrCase<"Gemm", 3, "gemm">, I32EnumAttrCase<"Concat", 4, "concat">, I32EnumAttrCase<"Scatter", 5, "scatter">,
  I32EnumAttrCase<"Scan", 6, "scan">, I32EnumAttrCase<"Attention", 7, "attention">]>;
def Neap_GroupKindAttr : Neap_EnumAttr<Neap_GroupKind, "group_kind">;

// Sizes are bounded (dialects/TensorLimits.h), so that nobody who multiplies some of them has to think of overflow.
class Neap_TensorOf<list<Type> elements, string text> : ConfinedType<StaticShapeTensorOf<elements>,
  [CPred<"::neap::isWithinLimits(::llvm::cast<::mlir::ShapedType>($_self).getShape())">],
  "static tensor of " # text # " with at most 2^45 elements and 64 dimensions", "::mlir::RankedTensorType">;
def Neap_Tensor : Neap_TensorOf<[AnyType], "any type">;
def Neap_FloatTensor : Neap_TensorOf<[AnyFloat], "floats">;
def Neap_IntTensor : Neap_TensorOf<[AnyInteger], "integers">;
def Neap_LabelTensor : Neap_TensorOf<[I64], "64-bit labels">;
def Neap_BoolTensor : Neap_TensorOf<[I1], "bools">;
def Neap_Scalar : 0DTensorOf<[AnyFloat]>;
def Neap_WordScalar : Type<0DTensorOf<[UI32]>.predicate, "scalar of type ui32", "::mlir::RankedTensorType">,
  BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getIntegerType(32, /*isSigned=*/false))">;

class Neap_Op<string mnemonic, list<Trait> traits = []> : Op<Neap_Dialect, mnemonic, traits>;

// An op that computes values from values: infers its result types, folds on constants, can be evaluated and priced.
class Neap_ValueOp<string mnemonic, list<Trait> traits = []> : Neap_Op<mnemonic, !listconcat([Pure,
    DeclareOpInterfaceMethods<Evaluable>, CostModel, Precision, Rematerializable], traits)>;

// A value op whose result types follow from operands and attributes by a rule in C++ (inferReturnTypes).
class Neap_InferredOp<string mnemonic, list<Trait> traits = []> : Neap_ValueOp<mnemonic,
  !listconcat([DeclareOpInterfaceMethods<InferTypeOpInterface>], traits)>;

#endif
