// The program around the tensors: parameters, state, the step, what it reads, writes and shows.
#ifndef NEAP_DIALECTS_NEAP_PROGRAM_OPS_TD
#define NEAP_DIALECTS_NEAP_PROGRAM_OPS_TD

include "neap/dialects/neap/NeapDialect.td"

def Neap_ParameterOp : Neap_Op<"parameter", [Symbol]> {
  let summary = "a tensor of the model that outlives the step";
  let description = [{
    Its initial bytes are `value`, or lie in `file` from byte `offset` on (dense, row-major, little-endian; the path is
    relative to the model's folder, empty for the model file). `trained` parameters get a gradient and an update.
    `decays` is false where weight decay leaves it alone. `torch_name` is PyTorch's name for it, where the file knows.

    ```mlir
    neap.parameter @wte : tensor<256x64xf32> trained {file = "model.onnx.data", offset = 0 : i64}
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<Neap_Tensor>:$type, UnitAttr:$trained,
    DefaultValuedAttr<BoolAttr, "true">:$decays, OptionalAttr<StrAttr>:$file, OptionalAttr<I64Attr>:$offset,
    OptionalAttr<ElementsAttr>:$value, OptionalAttr<StrAttr>:$torch_name);
  let assemblyFormat = "$sym_name `:` $type (`trained` $trained^)? attr-dict";
  let hasVerifier = 1;
}

def Neap_StateOp : Neap_Op<"state", [Symbol]> {
  let summary = "optimizer state of a parameter; zeros before the first step";
  let description = [{
    A `far` state lies in far memory from step to step: what is read of it must be reloaded, and what is written to it is offloaded.

    ```mlir
    neap.state @wte.m : tensor<256x64xf32> of @wte far
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<Neap_Tensor>:$type, FlatSymbolRefAttr:$parameter, UnitAttr:$far);
  let assemblyFormat = "$sym_name `:` $type `of` $parameter (`far` $far^)? attr-dict";
}

def Neap_StepOp : Neap_Op<"step", [IsolatedFromAbove, AutomaticAllocationScope, FunctionOpInterface]> {
  let summary = "one training step, or a model's forward pass before it is made into one";
  let description = [{
    C1: arguments and results are static tensors within the limits of dialects/TensorLimits.h.

    Arguments are the inputs of a step; each has `neap.name`, its name in the ONNX file. Results have `neap.name` too. In
    the finished step they are `loss` and `gradient_norm`.

    ```mlir
    neap.step @train(%ids: tensor<4x64xi64> {neap.name = "input_ids"}) -> (tensor<f32> {neap.name = "loss"}) {
      ...
      neap.return %loss : tensor<f32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<FunctionType>:$function_type,
    OptionalAttr<DictArrayAttr>:$arg_attrs, OptionalAttr<DictArrayAttr>:$res_attrs);
  let regions = (region AnyRegion:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::llvm::ArrayRef<::mlir::Type> getArgumentTypes() { return getFunctionType().getInputs(); }
    ::llvm::ArrayRef<::mlir::Type> getResultTypes() { return getFunctionType().getResults(); }
    ::mlir::Region *getCallableRegion() { return &getBody(); }
    /// Name of an input or output in the ONNX file; empty where none was given.
    ::llvm::StringRef getInputName(unsigned index);
    ::llvm::StringRef getOutputName(unsigned index);
  }];
}

def Neap_ReturnOp : Neap_Op<"return", [Pure, Terminator, ReturnLike, HasParent<"StepOp">]> {
  let summary = "the results of a step";
  let arguments = (ins Variadic<Neap_Tensor>:$results_);
  let assemblyFormat = "($results_^ `:` type($results_))? attr-dict";
  let hasVerifier = 1;
}

def Neap_ReadOp : Neap_Op<"read", [Pure, DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "the value a parameter or state has when the step begins";
  let arguments = (ins FlatSymbolRefAttr:$symbol);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = "$symbol attr-dict `:` type($result)";
}

def Neap_WriteOp : Neap_Op<"write", [DeclareOpInterfaceMethods<SymbolUserOpInterface>, MemoryEffects<[MemWrite]>]> {
  let summary = "the value a parameter or state has when the step ends";
  let arguments = (ins FlatSymbolRefAttr:$symbol, Neap_Tensor:$value);
  let assemblyFormat = "$symbol `,` $value attr-dict `:` type($value)";
}

def Neap_ObserveOp : Neap_Op<"observe", [MemoryEffects<[MemWrite]>]> {
  let summary = "shows a parameter's gradient to whoever runs the step, before clipping";
  let arguments = (ins FlatSymbolRefAttr:$parameter, Neap_Tensor:$gradient);
  let assemblyFormat = "$parameter `,` $gradient attr-dict `:` type($gradient)";
}

def Neap_StepValueOp : Neap_Op<"step_value", [Pure, Rematerializable]> {
  let summary = "a scalar of the step block";
  let description = [{
    C1: `step`, `micro_step` and the two halves of the seed are ui32, all other fields f32.

    ```mlir
    %lr = neap.step_value learning_rate : tensor<f32>
    ```
  }];
  let arguments = (ins Neap_StepFieldAttr:$field);
  let results = (outs 0DTensorOf<[F32, UI32]>:$result);
  let assemblyFormat = "`` $field attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Neap_ConstantOp : Neap_Op<"constant", [Pure, ConstantLike, AllTypesMatch<["value", "result"]>, Rematerializable]> {
  let summary = "a tensor known at compile time";
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
}

def Neap_FusedOp : Neap_Op<"fused", [Pure, IsolatedFromAbove, SingleBlock,
    DeclareOpInterfaceMethods<CostModel, ["getFlops", "countElementsRead", "countElementsWritten"]>]> {
  let summary = "ops that run as one kernel";
  let description = [{
    The body says in tensors what the kernel computes; only what it yields is written to memory. `kind` is the shape of
    its loops: *pointwise*; *row*, with reductions along the last axis; *column*, with reductions along the others;
    *gemm*, a matmul and what follows it point by point; *concat*, one pointwise nest per part; *scatter*; *scan*; *attention*.
    A gemm marked `library` is a product as a library of the device computes it: at most a bias or an addend follows
    (docs/design/0007).

    ```mlir
    %r = neap.fused row (%x) {
    ^bb0(%a: tensor<8x64xf32>):
      %s = neap.reduce sum %a axes [1] : tensor<8x64xf32>
      neap.yield %s : tensor<8xf32>
    } : (tensor<8x64xf32>) -> tensor<8xf32>
    ```
  }];
  let arguments = (ins Neap_GroupKindAttr:$kind, UnitAttr:$library, Variadic<Neap_Tensor>:$inputs);
  let results = (outs Variadic<Neap_Tensor>:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "`` $kind (`library` $library^)? `(` $inputs `)` $body attr-dict `:` functional-type($inputs, $outputs)";
  let hasVerifier = 1;
}

def Neap_YieldOp : Neap_Op<"yield", [Pure, Terminator, ReturnLike]> {
  let summary = "the results of a region";
  let arguments = (ins Variadic<Neap_Tensor>:$results_);
  let assemblyFormat = "($results_^ `:` type($results_))? attr-dict";
}

#endif
