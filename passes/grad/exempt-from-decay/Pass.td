#ifndef NEAP_PASSES_GRAD_EXEMPT_FROM_DECAY_PASS_TD
#define NEAP_PASSES_GRAD_EXEMPT_FROM_DECAY_PASS_TD

include "mlir/Pass/PassBase.td"

def ExemptFromDecay : Pass<"neap-exempt-from-decay", "::mlir::ModuleOp"> {
  let summary = "Take parameters out of weight decay by their names";
  let description = [{
    Every trained parameter whose name matches one of `patterns` (globs: `*`, `?`, `[...]`, `{a,b}`) gets `decays = false`, which
    `neap-build-optimizer`, later, obeys. A pattern that matches no trained parameter is the user's mistake and an error.

    ```mlir
    neap.parameter @ln.bias : tensor<64xf32> trained
    // with patterns=*.bias becomes
    neap.parameter @ln.bias : tensor<64xf32> trained {decays = false}
    ```
  }];
  let options = [
    ListOption<"patterns", "patterns", "std::string", "Globs of names of trained parameters">
  ];
  let dependentDialects = ["::neap::NeapDialect"];
}

#endif
