// What a memory plan says about values. All of these are their operand, element for element: a program means the same with
// and without them.
#ifndef NEAP_DIALECTS_NEAP_MEMORY_OPS_TD
#define NEAP_DIALECTS_NEAP_MEMORY_OPS_TD

include "neap/dialects/neap/NeapDialect.td"

def Neap_RecomputeOp : Neap_Op<"recompute", [Pure, AllTypesMatch<["value", "result"]>]> {
  let summary = "a value that is to be computed again instead of being kept";
  let description = [{
    Stands for `value` where it is read next after a long time. It will be computed again, not before `after` is there, by the
    ops that lead from `sources` to it. A source that is itself a `neap.recompute` stands for what it computes again; what
    the ops read beside sources must be there all the time: inputs, parameters, constants.

    `neap-plan-memory` makes these, or a person; `neap-rematerialize` carries them out.

    C1: there is at least one source, and no op that leads to `value` writes or reads memory.

    ```mlir
    %y2 = neap.recompute %y from(%x) after %dz : tensor<8x64xf32> from(tensor<8x64xf32>) after tensor<64xf32>
    ```
  }];
  let arguments = (ins Neap_Tensor:$value, Variadic<Neap_Tensor>:$sources, Neap_Tensor:$after);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = "$value `from` `(` $sources `)` `after` $after attr-dict `:` type($result) `from` `(` type($sources) `)` `after` type($after)";
  let hasVerifier = 1;
}

def Neap_BarrierOp : Neap_Op<"barrier", [Pure, AllTypesMatch<["value", "result"]>]> {
  let summary = "the same bytes, readable only after something else was computed";
  let description = [{
    What reads the result runs after `after` was computed, so it cannot share a kernel with what ran before. Neither copies
    anything; both operands lie in memory.

    ```mlir
    %late = neap.barrier %x after %dz : tensor<8x64xf32> after tensor<64xf32>
    ```
  }];
  let arguments = (ins Neap_Tensor:$value, Neap_Tensor:$after);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = "$value `after` $after attr-dict `:` type($result) `after` type($after)";
}

def Neap_OffloadOp : Neap_Op<"offload", [Pure, AllTypesMatch<["value", "result"]>]> {
  let summary = "a value's copy in far memory";
  let description = [{
    The copy starts as soon as `value` was computed, and is complete when the step ends, or at a `neap.await`.

    C1: the result lies in far memory: only `neap.await`, `neap.reload`, and `neap.write` to a far state read it.

    ```mlir
    %far = neap.offload %x : tensor<8x64xf32>
    ```
  }];
  let arguments = (ins Neap_Tensor:$value);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = "$value attr-dict `:` type($result)";
  let hasVerifier = 1;
}

def Neap_AwaitOp : Neap_Op<"await", [Pure, AllTypesMatch<["value", "result"]>]> {
  let summary = "the place where a copy to far memory must be complete";
  let description = [{
    What runs behind the task that computes `after` waits for the copy. From there on the bytes on the device are free, if nothing else
    needs them.

    C1: `value` is a `neap.offload`.

    ```mlir
    %done = neap.await %far after %t : tensor<8x64xf32> after tensor<64xf32>
    ```
  }];
  let arguments = (ins Neap_Tensor:$value, Neap_Tensor:$after);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = "$value `after` $after attr-dict `:` type($result) `after` type($after)";
  let hasVerifier = 1;
}

def Neap_ReloadOp : Neap_Op<"reload", [Pure, AllTypesMatch<["value", "result"]>]> {
  let summary = "what lies in far memory, back on the device";
  let description = [{
    The copy starts once `after` was computed; who reads the result waits for it.

    C1: `value` lies in far memory: a `neap.offload`, a `neap.await`, or a `neap.read` of a state that lies there.

    ```mlir
    %x2 = neap.reload %done after %t : tensor<8x64xf32> after tensor<64xf32>
    ```
  }];
  let arguments = (ins Neap_Tensor:$value, Neap_Tensor:$after);
  let results = (outs Neap_Tensor:$result);
  let assemblyFormat = "$value `after` $after attr-dict `:` type($result) `after` type($after)";
  let hasVerifier = 1;
}

#endif
