// The onnx dialect: an ONNX file as it was written, node by node, before anything is understood.
#ifndef NEAP_DIALECTS_ONNX_ONNX_TD
#define NEAP_DIALECTS_ONNX_ONNX_TD

include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Onnx_Dialect : Dialect {
  let name = "onnx";
  let cppNamespace = "::neap::onnx";
  let summary = "an ONNX file, node by node";
  let description = [{
    One `onnx.node` stands for every node of the file, whatever its operator; what the operators mean is the business of
    the conversion to the neap dialect. So a file with an operator that Neap does not know can still be read, counted,
    printed and asked what would be trained.

    Weights never enter the IR: an `onnx.initializer` names the place in the file where its bytes are. Only values that
    shape arithmetic needs (small or integral tensors) are carried as attributes.
  }];
  let dependentDialects = [];
}

def Onnx_TrainedAttr : I32EnumAttr<"Trained", "whether an initializer is trained", [
    I32EnumAttrCase<"Undecided", 0, "undecided">,
    I32EnumAttrCase<"Trained", 1, "trained">,
    I32EnumAttrCase<"Constant", 2, "constant">]> {
  let cppNamespace = "::neap::onnx";
}

class Onnx_Op<string mnemonic, list<Trait> traits = []> : Op<Onnx_Dialect, mnemonic, traits>;

def Onnx_InitializerOp : Onnx_Op<"initializer", [Symbol]> {
  let summary = "declares a named tensor of the file";
  let description = [{
    The bytes are either `value` (small or integral tensors), or lie in `file` (as written in the model, relative to its
    folder; empty for the model file itself) from byte `offset` on, dense, row-major and little-endian.

    `trained` and `reason` are filled in by `neap-decide-trained`; `metadata` holds what the exporter wrote beside the
    tensor: `kind` (PARAMETER, BUFFER, ...) and `folded_from`, the names of the values it was computed from.

    ```mlir
    onnx.initializer @"wte.weight" : tensor<256x64xf32> {file = "model.onnx.data", offset = 4096 : i64}
    onnx.initializer @val_3 : tensor<2xi64> {value = dense<[1, 2]> : tensor<2xi64>}
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypeAttrOf<AnyStaticShapeTensor>:$type,
    OptionalAttr<StrAttr>:$file, OptionalAttr<I64Attr>:$offset, OptionalAttr<ElementsAttr>:$value,
    DefaultValuedAttr<Onnx_TrainedAttr, "Trained::Undecided">:$trained, OptionalAttr<StrAttr>:$reason,
    OptionalAttr<DictionaryAttr>:$metadata);
  let assemblyFormat = "$sym_name `:` $type attr-dict";
  let hasVerifier = 1;
}

def Onnx_GraphOp : Onnx_Op<"graph", [IsolatedFromAbove, NoTerminator, SingleBlock]> {
  let summary = "the main graph of the file";
  let description = [{
    Block arguments are the graph's inputs. `input_names` and `output_names` are theirs in the file, `opsets` maps each
    operator domain to its version (the standard one as `ai.onnx`), `metadata` is the graph's `metadata_props`. A dimension with a name is dynamic in the
    type and stands in `dim_params` of its input: one string per dimension, empty where it is fixed, an expression such as
    `sequence - 1` where the exporter wrote one. `source` is the path of the model file as the user gave it; `file` of an
    initializer is relative to its folder, and errors begin with it.
  }];
  let arguments = (ins StrArrayAttr:$input_names, StrArrayAttr:$output_names,
    ArrayAttr:$dim_params, DictionaryAttr:$opsets, OptionalAttr<DictionaryAttr>:$metadata, OptionalAttr<StrAttr>:$source);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "attr-dict-with-keyword $body";
  let hasVerifier = 1;
}

def Onnx_FunctionOp : Onnx_Op<"function", [IsolatedFromAbove, NoTerminator, SingleBlock, Symbol]> {
  let summary = "a local function of the file";
  let description = [{
    The symbol is `DOMAIN::NAME`, with `:OVERLOAD` behind it where there is one; a node of that domain, type and overload
    calls it. Block arguments are the inputs, of type `none` since functions are not typed. `parameter_names` are the
    parameters without a default, `parameter_defaults` those with one; a node in the body reads them by `attribute_refs`.
    `neap-inline-functions` removes all of these.

    ```mlir
    onnx.function @"custom::Scaled" attributes {parameter_names = ["factor"], parameter_defaults = {}} {
    ^bb0(%x: none):
      %0 = onnx.node "Elu"(%x) {attribute_refs = {alpha = "factor"}, domain = "", name = "", node_attributes = {},
        version = 20 : i64} : (none) -> none
      onnx.return %0 : none
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, StrArrayAttr:$parameter_names, DictionaryAttr:$parameter_defaults);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name attr-dict-with-keyword $body";
  let hasVerifier = 1;
}

def Onnx_ReadOp : Onnx_Op<"read", [Pure]> {
  let summary = "the value of an initializer";
  let arguments = (ins FlatSymbolRefAttr:$initializer);
  let results = (outs AnyType:$result);
  let assemblyFormat = "$initializer attr-dict `:` type($result)";
}

def Onnx_AbsentOp : Onnx_Op<"absent", [Pure]> {
  let summary = "an optional input that the file leaves out";
  let results = (outs NoneType:$result);
  let assemblyFormat = "attr-dict";
}

def Onnx_NodeOp : Onnx_Op<"node", []> {
  let summary = "one node of the file, untouched";
  let description = [{
    Result types are what the file's value_info says, `tensor<*xT>` or `none` where it says nothing; nobody may rely on
    them. Attributes are kept under their ONNX names: ints as `i64`, floats as `f32`, strings, tensors as elements, lists as
    arrays. Attributes that hold graphs become regions, in the order of `region_names`. Within a function `attribute_refs`
    maps attributes to the function's own. `metadata` keeps the module path that the exporter wrote (`namespace`). The
    location is the node's name over the line of Python that it comes from. Not pure by default: random and
    unknown nodes must survive until they are understood; dead ones are removed by the conversion.

    ```mlir
    %1 = onnx.node "Gemm"(%x, %w, %b) {node_attributes = {transB = 1 : i64}, domain = "", name = "linear", version = 20 : i64}
      : (tensor<?x4xf32>, tensor<8x4xf32>, tensor<8xf32>) -> tensor<?x8xf32>
    ```
  }];
  let arguments = (ins StrAttr:$op_type, Variadic<AnyType>:$inputs, StrAttr:$domain, I64Attr:$version, StrAttr:$name,
    DictionaryAttr:$node_attributes, OptionalAttr<StrArrayAttr>:$region_names, OptionalAttr<StrAttr>:$overload,
    OptionalAttr<DictionaryAttr>:$attribute_refs, OptionalAttr<DictionaryAttr>:$metadata);
  let results = (outs Variadic<AnyType>:$outputs);
  let regions = (region VariadicRegion<AnyRegion>:$subgraphs);
  let extraClassDeclaration = [{
    /// The symbol that a local function called by this node would have.
    std::string getFunctionName();

    /// Starts an error `FILE: node 'NAME' (Op, opset N): `, to be continued with what was expected and what was got.
    ::mlir::InFlightDiagnostic emitNodeError();
  }];
  let assemblyFormat = "$op_type `(` $inputs `)` attr-dict `:` functional-type($inputs, $outputs) (`with` $subgraphs^)?";
}

def Onnx_ReturnOp : Onnx_Op<"return", [Terminator, ReturnLike]> {
  let summary = "the outputs of a graph or subgraph";
  let arguments = (ins Variadic<AnyType>:$outputs);
  let assemblyFormat = "($outputs^ `:` type($outputs))? attr-dict";
}

#endif
