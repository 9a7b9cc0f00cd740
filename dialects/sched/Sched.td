// The sched dialect: a training step with its order and its places in memory decided.
#ifndef NEAP_DIALECTS_SCHED_SCHED_TD
#define NEAP_DIALECTS_SCHED_SCHED_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinTypeInterfaces.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/RegionKindInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "neap/dialects/neap/NeapInterfaces.td"

def Sched_Dialect : Dialect {
  let name = "sched";
  let cppNamespace = "::neap::sched";
  let summary = "the scheduled program";
  let description = [{
    A step as a list of launches and copies on streams, over slots: byte ranges of one arena per memory space.

    Two things are said side by side. What is *meant* is SSA: an op that writes a slot returns the slot's new contents, and
    whoever needs these contents uses that value. What is *done* is offsets, order on streams, and events. A program is right
    if every value still lies in its slot, complete, when it is used; so a verifier needs nothing but the program.
  }];
  let dependentDialects = ["::neap::NeapDialect"];
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
}

// Enums, attributes and types -----------------------------------------------------------------------------------------

class Sched_Enum<string name, string summary, list<I32EnumAttrCase> cases> : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::neap::sched";
  let genSpecializedAttr = 0;
}
class Sched_EnumAttr<Sched_Enum e, string mnemonic> : EnumAttr<Sched_Dialect, e, mnemonic> {
  let assemblyFormat = "$value";
}

def Sched_Space : Sched_Enum<"Space", "a memory space; each has one arena", [
  I32EnumAttrCase<"Device", 0, "device">, I32EnumAttrCase<"Far", 1, "far">]>;
def Sched_Stream : Sched_Enum<"Stream", "a queue whose entries run in order", [
  I32EnumAttrCase<"Compute", 0, "compute">, I32EnumAttrCase<"Offload", 1, "offload">,
  I32EnumAttrCase<"Reload", 2, "reload">, I32EnumAttrCase<"Communicate", 3, "communicate">]>;
def Sched_StreamAttr : Sched_EnumAttr<Sched_Stream, "stream">;

def Sched_Role : Sched_Enum<"Role", "what a slot holds", [
  I32EnumAttrCase<"Parameter", 0, "parameter">, I32EnumAttrCase<"State", 1, "state">,
  I32EnumAttrCase<"Constant", 2, "constant">, I32EnumAttrCase<"Input", 3, "input">,
  I32EnumAttrCase<"Output", 4, "output">, I32EnumAttrCase<"Activation", 5, "activation">,
  I32EnumAttrCase<"StepBlock", 6, "step_block">, I32EnumAttrCase<"Workspace", 7, "workspace">]>;
def Sched_RoleAttr : Sched_EnumAttr<Sched_Role, "role">;

class Sched_Attr<string name, string attrMnemonic> : AttrDef<Sched_Dialect, name> {
  let mnemonic = attrMnemonic;
}
// neap's own enum attribute; including its .td would define the enums of that dialect a second time.
def Sched_GroupKindAttr : Attr<CPred<"::llvm::isa<::neap::GroupKindAttr>($_self)">, "kind of a fusion group"> {
  let storageType = "::neap::GroupKindAttr";
  let returnType = "::neap::GroupKind";
  let convertFromStorage = "$_self.getValue()";
  let constBuilderCall = "::neap::GroupKindAttr::get($_builder.getContext(), $0)";
}

def Sched_ArenaAttr : Sched_Attr<"Arena", "arena"> {
  let summary = "size of a memory space's arena in bytes";
  let parameters = (ins EnumParameter<Sched_Space>:$space, "int64_t":$bytes);
  let assemblyFormat = "`<` $space `,` $bytes `>`";
}
def Sched_InPlaceAttr : Sched_Attr<"InPlace", "in_place"> {
  let summary = "a result that may be written over an operand";
  let parameters = (ins "int64_t":$result, "int64_t":$operand);
  let assemblyFormat = "`<` $result `over` $operand `>`";
}

class Sched_Type<string name, string typeMnemonic> : TypeDef<Sched_Dialect, name> {
  let mnemonic = typeMnemonic;
}
def Sched_SlotType : Sched_Type<"Slot", "slot"> {
  let summary = "a tensor at a place in an arena";
  let description = [{
    ```mlir
    !sched.slot<tensor<8x64xf32>>        // on the device
    !sched.slot<tensor<8x64xf32>, far>   // in far memory
    ```
  }];
  let parameters = (ins "::mlir::RankedTensorType":$tensor,
    DefaultValuedParameter<"::neap::sched::Space", "::neap::sched::Space::Device">:$space);
  let assemblyFormat = "`<` $tensor (`,` $space^)? `>`";
  let builders = [TypeBuilderWithInferredContext<(ins "::mlir::RankedTensorType":$tensor,
      CArg<"Space", "Space::Device">:$space), [{ return $_get(tensor.getContext(), tensor, space); }]>];
  let extraClassDeclaration = [{
    /// Bytes the tensor's elements occupy; slots are padded to more by the packer alone.
    int64_t getBytes() const;
  }];
  let genVerifyDecl = 1;
}
def Sched_EventType : Sched_Type<"Event", "event"> {
  let summary = "a point in a stream that others can wait for";
}

// Ops -----------------------------------------------------------------------------------------------------------------

class Sched_Op<string mnemonic, list<Trait> traits = []> : Op<Sched_Dialect, mnemonic, traits>;

def Sched_KernelOp : Sched_Op<"kernel", [Symbol, IsolatedFromAbove, SingleBlock,
    DeclareOpInterfaceMethods<CostModel, ["getFlops", "getBytesRead", "getBytesWritten"]>]> {
  let summary = "what a kernel computes, on tensors";
  let description = [{
    The body of a fusion group, shared by every launch of an equal group; `kind` and `library` as in `neap.fused`. `in_place` lists
    the results that may share their slot with an operand: every element of the operand is read before that element of the
    result is written, whatever way the items are handed out.

    C1: block arguments and yielded values have the types of the signature.
    C2: `in_place` pairs name existing results and operands of one type.

    ```mlir
    sched.kernel @scale pointwise (tensor<64xf32>, tensor<64xf32>) -> tensor<64xf32> in_place [#sched.in_place<0 over 1>] {
    ^bb0(%a: tensor<64xf32>, %b: tensor<64xf32>):
      %c = neap.mul %a, %b : tensor<64xf32>
      neap.yield %c : tensor<64xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, Sched_GroupKindAttr:$kind, TypeAttrOf<FunctionType>:$function_type,
    OptionalAttr<TypedArrayAttrBase<Sched_InPlaceAttr, "in-place pairs">>:$in_place, UnitAttr:$library);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name `` $kind (`library` $library^)? $function_type (`in_place` $in_place^)? $body attr-dict";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Whether a result may be written over an operand.
    bool mayShare(unsigned result, unsigned operand);
  }];
}

def Sched_ProgramOp : Sched_Op<"program", [Symbol, IsolatedFromAbove, NoRegionArguments, SingleBlock]> {
  let summary = "a scheduled training step";
  let description = [{
    One block: slots, then what happens, ended by `sched.return`. `arenas` has the size of each memory space in use.

    Launches, copies and observations are entries of streams. Those of one stream run one after the other, in the order they are
    written in; those of different streams at any time, side by side, unless an event orders them. An entry may read its operands
    and write its results whenever it pleases between its beginning and its end.

    The host writes inputs and the step block before every step, constants before the first. A step ends when all streams have run
    empty, so whatever the next one does comes after everything that this one does.

    C1: there is one arena at most per memory space.

    ```mlir
    sched.program @train arenas [#sched.arena<device, 512>] {
      %w = sched.slot parameter @w at 0 : !sched.slot<tensor<64xf32>>
      %x = sched.slot input "x" at 256 : !sched.slot<tensor<64xf32>>
      %v = sched.launch @scale stream(compute) in(%x, %w : !sched.slot<tensor<64xf32>>, !sched.slot<tensor<64xf32>>)
        out(%w : !sched.slot<tensor<64xf32>>)
      sched.return %v : !sched.slot<tensor<64xf32>>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, TypedArrayAttrBase<Sched_ArenaAttr, "arenas">:$arenas);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name `arenas` $arenas $body attr-dict";
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// Size of a memory space's arena; 0 if the program has none.
    int64_t getArenaBytes(Space space);
  }];
}

def Sched_SlotOp : Sched_Op<"slot", [Pure, HasParent<"ProgramOp">]> {
  let summary = "reserves bytes of an arena";
  let description = [{
    The result is what lies there when the step begins: the current value of parameters, states, inputs, constants and the
    step block, nothing yet for the others. A workspace is bytes for the libraries of the device, with nothing in them. Two slots may lie on the same bytes when their contents are never needed at
    the same time.

    C1: the slot lies within its arena.
    C2: parameters and states have the `symbol` of a declaration of their type; inputs and outputs a `name`; constants a
    `value` of their type.

    ```mlir
    %a = sched.slot activation at 4096 : !sched.slot<tensor<8x64xf32>>
    ```
  }];
  let arguments = (ins Sched_RoleAttr:$role, OptionalAttr<FlatSymbolRefAttr>:$symbol, OptionalAttr<StrAttr>:$name,
    OptionalAttr<ElementsAttr>:$value, I64Attr:$offset);
  let results = (outs Sched_SlotType:$result);
  let assemblyFormat = "`` $role ($symbol^)? ($name^)? `at` custom<Bytes>($offset) attr-dict (`value` $value^)? `:` type($result)";
  let hasVerifier = 1;
}

def Sched_ViewOp : Sched_Op<"view", [Pure]> {
  let summary = "the same bytes, or a part of them, under another type";
  let description = [{
    Starts `offset` bytes into the operand, plus `stride` bytes for every step of an enclosing loop's induction variable.
    Nothing happens at run time.

    C1: the view lies within its operand for every value of the induction variables.
    C2: operand and result are in one memory space.
    C3: indices are induction variables of enclosing loops, one stride for each.

    ```mlir
    %r = sched.view %a : !sched.slot<tensor<8x64xf32>> -> !sched.slot<tensor<512xf32>>
    %t = sched.view %a at 128 + [%i] * [256] : !sched.slot<tensor<8x64xf32>> -> !sched.slot<tensor<32xf32>>
    ```
  }];
  let arguments = (ins Sched_SlotType:$operand, DefaultValuedAttr<I64Attr, "0">:$offset, Variadic<Index>:$indices,
    DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$strides);
  let results = (outs Sched_SlotType:$result);
  let assemblyFormat = [{
    $operand (`at` custom<Bytes>($offset)^)? (`+` `[` $indices^ `]` `*` $strides)? attr-dict `:` type($operand) `->` type($result)
  }];
  let hasVerifier = 1;
}

def Sched_MergeOp : Sched_Op<"merge", [Pure, AllTypesMatch<["whole", "result"]>]> {
  let summary = "a slot's contents after a part of it was written";
  let description = [{
    `part` was written through a view of `whole`; the result is the whole with it. Nothing happens at run time.

    C1: the part lies in the same slot as the whole.
  }];
  let arguments = (ins Sched_SlotType:$whole, Sched_SlotType:$part);
  let results = (outs Sched_SlotType:$result);
  let assemblyFormat = "$whole `with` $part attr-dict `:` type($whole) `with` type($part)";
  let hasVerifier = 1;
}

def Sched_LaunchOp : Sched_Op<"launch", [AttrSizedOperandSegments, InferTypeOpAdaptor,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "runs a kernel";
  let description = [{
    Runs after everything before it on its stream and after the events of `after`. Results are the new contents of the
    `out` slots. What lies in the `workspace` is lost.

    C1: `in` and `out` have the kernel's operand and result types and lie on the device.
    C2: no two `out` slots overlap.
    C3: an `out` slot overlaps an `in` slot only if they are the same bytes and the kernel's `in_place` has the pair.
    C4: the `workspace` lies on the device and overlaps no other slot of the launch.
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Sched_StreamAttr:$stream, Variadic<Sched_SlotType>:$inputs,
    Variadic<Sched_SlotType>:$outputs, Optional<Sched_SlotType>:$workspace, Variadic<Sched_EventType>:$after);
  let results = (outs Variadic<Sched_SlotType>:$results_);
  let assemblyFormat = [{
    $kernel `stream` `` custom<Stream>($stream) `in` `(` ($inputs^ `:` type($inputs))? `)` `out` `(` ($outputs^ `:` type($outputs))? `)`
    (`workspace` `(` $workspace^ `:` type($workspace) `)`)? (`after` `(` $after^ `)`)? attr-dict
  }];
}

def Sched_CopyOp : Sched_Op<"copy", [AllTypesMatch<["destination", "result"]>]> {
  let summary = "copies a slot's contents to another slot";
  let description = [{
    Runs like a launch. Copies from the device to far memory and back are what a swap consists of. Targets transfer whole blocks of 4096
    bytes and ask for places accordingly when they lower a program (docs/design/0012).

    C1: source and destination hold the same tensor type and do not overlap.

    ```mlir
    %h = sched.copy %a to %far stream(offload) after(%ready) : !sched.slot<tensor<8xf32>> to !sched.slot<tensor<8xf32>, far>
    ```
  }];
  let arguments = (ins Sched_SlotType:$source, Sched_SlotType:$destination, Sched_StreamAttr:$stream,
    Variadic<Sched_EventType>:$after);
  let results = (outs Sched_SlotType:$result);
  let assemblyFormat = [{
    $source `to` $destination `stream` `` custom<Stream>($stream) (`after` `(` $after^ `)`)? attr-dict `:` type($source) `to`
    type($destination)
  }];
  let hasVerifier = 1;
}

def Sched_SignalOp : Sched_Op<"signal", []> {
  let summary = "an event that happens when everything before it on a stream is done";
  let arguments = (ins Sched_StreamAttr:$stream);
  let results = (outs Sched_EventType:$event);
  let assemblyFormat = "`stream` `` custom<Stream>($stream) attr-dict";
}

def Sched_ObserveOp : Sched_Op<"observe", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "shows a parameter's gradient to whoever runs the step, before clipping";
  let description = [{
    Runs like a launch on the compute stream. C1: `parameter` is declared with the gradient's type.
  }];
  let arguments = (ins Sched_SlotType:$gradient, FlatSymbolRefAttr:$parameter);
  let assemblyFormat = "$gradient `of` $parameter attr-dict `:` type($gradient)";
}

def Sched_LoopOp : Sched_Op<"loop", [SingleBlock]> {
  let summary = "repeats its body a fixed number of times";
  let description = [{
    The first block argument is the induction variable, 0 to `count` - 1; the others are the carried values: `initial` in
    the first round, what the body yields in the next ones, the loop's results after the last. Carried slots stay where
    they are; carried events let a round wait for the one before it.

    On the CPU the loop is one; programs for CUDA list every round by itself (docs/design/0005).

    C1: `count` is positive.
    C2: initial values, block arguments, yielded values and results have the same types.
    C3: a carried slot is yielded at the place it came in.

    ```mlir
    %all = sched.loop 16 carries(%out) {
    ^bb0(%i: index, %whole: !sched.slot<tensor<16x64xf32>>):
      %row = sched.view %whole at 0 + [%i] * [256] : !sched.slot<tensor<16x64xf32>> -> !sched.slot<tensor<64xf32>>
      %done = sched.launch @fill stream(compute) in() out(%row : !sched.slot<tensor<64xf32>>)
      %next = sched.merge %whole with %done : !sched.slot<tensor<16x64xf32>> with !sched.slot<tensor<64xf32>>
      sched.yield %next : !sched.slot<tensor<16x64xf32>>
    } : (!sched.slot<tensor<16x64xf32>>) -> !sched.slot<tensor<16x64xf32>>
    ```
  }];
  let arguments = (ins I64Attr:$count, Variadic<AnyType>:$initial);
  let results = (outs Variadic<AnyType>:$results_);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    custom<Bytes>($count) `carries` `(` $initial `)` $body attr-dict `:` functional-type($initial, $results_)
  }];
  let hasRegionVerifier = 1;
}

def Sched_YieldOp : Sched_Op<"yield", [Pure, Terminator, ReturnLike, HasParent<"LoopOp">]> {
  let summary = "the values carried into the next round";
  let arguments = (ins Variadic<AnyType>:$carried);
  let assemblyFormat = "($carried^ `:` type($carried))? attr-dict";
}

def Sched_ReturnOp : Sched_Op<"return", [Pure, Terminator, ReturnLike, HasParent<"ProgramOp">]> {
  let summary = "what must lie in its slot when the step ends";
  let description = [{
    The new contents of parameters and states, and the outputs: what lies in their slots when all streams have run empty. Every
    output is returned; a parameter or state that is not is what it was before the step, as constants are.

    C1: every value lies in a parameter, state or output slot and covers it.
  }];
  let arguments = (ins Variadic<Sched_SlotType>:$kept);
  let assemblyFormat = "($kept^ `:` type($kept))? attr-dict";
  let hasVerifier = 1;
}

#endif
