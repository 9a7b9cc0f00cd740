// Ops that move elements: views, joins, index reads and writes.
#ifndef NEAP_DIALECTS_NEAP_SHAPE_OPS_TD
#define NEAP_DIALECTS_NEAP_SHAPE_OPS_TD

include "neap/dialects/neap/NeapDialect.td"

// Loops over the result's shape; the op supplies the map to its operand's elements, which pass unchanged.
class Neap_ViewOp<string mnemonic, list<Trait> traits = []> : Neap_ValueOp<mnemonic, !listconcat(
    [DeclareOpInterfaceMethods<Fusible, ["isView"]>, DeclareOpInterfaceMethods<Differentiable>], traits)> {
  let hasFolder = 1;
  let extraClassDefinition = [{
    ::neap::IterationSpace $cppClass::getIterationSpace() { return ::neap::elementwiseSpace(getOperation()); }
    ::mlir::Value $cppClass::buildBody(::mlir::OpBuilder &, ::mlir::Location, ::mlir::ValueRange elements,
                                       ::mlir::ValueRange) {
      return elements.front();
    }
    bool $cppClass::isView() { return true; }
  }];
}

def Neap_ReshapeOp : Neap_ViewOp<"reshape"> {
  let summary = "the same elements in row-major order under another shape; gradient reshape(dy)";
  let arguments = (ins Neap_Tensor:$operand);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
  let hasVerifier = 1;
}
def Neap_TransposeOp : Neap_ViewOp<"transpose", [DeclareOpInterfaceMethods<InferTypeOpInterface>]> {
  let summary = "result dimension i is operand dimension permutation[i]; gradient: the inverse permutation";
  let arguments = (ins Neap_Tensor:$operand, DenseI64ArrayAttr:$permutation);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = "$operand $permutation attr-dict `:` type($operand)";
  let hasCanonicalizer = 1;
}
def Neap_BroadcastOp : Neap_ViewOp<"broadcast"> {
  let summary = "stretches dimensions of size 1 and adds leading ones (numpy); gradient: sum over what was stretched";
  let arguments = (ins Neap_Tensor:$operand);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
  let hasVerifier = 1;
  let hasCanonicalizer = 1;
}
def Neap_SliceOp : Neap_ViewOp<"slice", [DeclareOpInterfaceMethods<InferTypeOpInterface>]> {
  let summary = "element start + i * stride of every dimension; gradient: scatter into zeros (neap.unslice)";
  let description = [{
    `sizes` are the result's; strides may be negative. C1: every index read lies inside the operand.
  }];
  let arguments = (ins Neap_Tensor:$operand, DenseI64ArrayAttr:$starts, DenseI64ArrayAttr:$sizes, DenseI64ArrayAttr:$strides);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = "$operand `starts` $starts `sizes` $sizes `strides` $strides attr-dict `:` type($operand)";
  let hasCanonicalizer = 1;
}
def Neap_UnsliceOp : Neap_ValueOp<"unslice", [DeclareOpInterfaceMethods<Differentiable>,
    DeclareOpInterfaceMethods<OwnLoops, ["countBatchDimensions"]>, DeclareOpInterfaceMethods<CostModel, ["getFlops"]>]> {
  let summary = "zeros of the result's shape with the operand written at start + i * stride; the transpose of slice";
  let arguments = (ins Neap_Tensor:$operand, DenseI64ArrayAttr:$starts, DenseI64ArrayAttr:$strides);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = "$operand `starts` $starts `strides` $strides attr-dict `:` type($operand) `->` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
}
def Neap_ConcatOp : Neap_InferredOp<"concat", [DeclareOpInterfaceMethods<Differentiable>,
    DeclareOpInterfaceMethods<OwnLoops, ["countBatchDimensions"]>, DeclareOpInterfaceMethods<CostModel, ["getFlops"]>]> {
  let summary = "the operands one after the other along an axis; gradient: slices";
  let arguments = (ins Variadic<Neap_Tensor>:$inputs, I64Attr:$axis);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = "$inputs `axis` $axis attr-dict `:` type($inputs)";
  let hasFolder = 1;
}
def Neap_GatherOp : Neap_InferredOp<"gather", [DeclareOpInterfaceMethods<Differentiable>,
    DeclareOpInterfaceMethods<Fusible, ["getIndirectIndex"]>, DeclareOpInterfaceMethods<IndexReader>,
    DeclareOpInterfaceMethods<CostModel, ["countElementsRead"]>]> {
  let summary = "rows of a table: result[i..., j...] = table[indices[i...], j...]";
  let description = [{
    Indices count along the table's first dimension and lie in [0, size). Gradient to the table: `neap.scatter_add`.
  }];
  let arguments = (ins Neap_Tensor:$table, Neap_IntTensor:$indices);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = "$table `,` $indices attr-dict `:` type($table) `,` type($indices)";
  let hasFolder = 1;
}
def Neap_ScatterAddOp : Neap_ValueOp<"scatter_add", [AllTypesMatch<["base", "result"]>,
    DeclareOpInterfaceMethods<IndexReader>, DeclareOpInterfaceMethods<OwnLoops>,
    DeclareOpInterfaceMethods<CostModel, ["getFlops", "countElementsRead", "countElementsWritten"]>]> {
  let summary = "base with updates[i..., j...] added to row indices[i...], in the order of i";
  let arguments = (ins Neap_FloatTensor:$base, Neap_IntTensor:$indices, Neap_FloatTensor:$updates);
  let results = (outs Neap_FloatTensor:$result);
  let assemblyFormat = "$base `,` $indices `,` $updates attr-dict `:` type($base) `,` type($indices) `,` type($updates)";
  let hasVerifier = 1;
}
def Neap_GatherNdOp : Neap_ValueOp<"gather_nd"> {
  let summary = "result[b..., i..., j...] = data[b..., indices[b..., i..., :]..., j...]; constants and integers only so far";
  let arguments = (ins Neap_Tensor:$data, Neap_IntTensor:$indices, DefaultValuedAttr<I64Attr, "0">:$batch_dims);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = "$data `,` $indices attr-dict `:` type($data) `,` type($indices) `->` type($result)";
  let hasFolder = 1;
  let hasVerifier = 1;
}
def Neap_CumsumOp : Neap_ValueOp<"cumsum", [AllTypesMatch<["operand", "result"]>, DeclareOpInterfaceMethods<Differentiable>,
    DeclareOpInterfaceMethods<OwnLoops, ["countBatchDimensions"]>]> {
  let summary = "running sum along an axis; gradient: the running sum of dy from the other end";
  let description = [{
    Element i is the sum of the elements up to i, itself included unless `exclusive`, or of those from i on with `reverse`.
    They are added one after the other, into one accumulator of the element type.
  }];
  let arguments = (ins Neap_Tensor:$operand, I64Attr:$axis, UnitAttr:$exclusive, UnitAttr:$reverse);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = "$operand `axis` $axis attr-dict `:` type($operand)";
  let hasFolder = 1;
  let hasVerifier = 1;
}
def Neap_IotaOp : Neap_ValueOp<"iota", [DeclareOpInterfaceMethods<Fusible>]> {
  let summary = "each element's own index along an axis";
  let arguments = (ins I64Attr:$axis);
  let results = (outs Neap_IntTensor:$result);
  let assemblyFormat = "$axis attr-dict `:` type($result)";
  let hasVerifier = 1;
}

#endif
