#ifndef NEAP_PASSES_VERIFY_TYPES_PASS_TD
#define NEAP_PASSES_VERIFY_TYPES_PASS_TD

include "mlir/Pass/PassBase.td"

def VerifyTypes : Pass<"neap-verify-types", "::mlir::ModuleOp"> {
  let summary = "Check that all floating-point tensors are fp32 and none that is read is empty";
  let description = [{
    Kernels are generated for fp32 alone; a tensor of another floating-point type, in a parameter or anywhere in the step, is an
    error that names the initializer or node it comes from. Integers and bools are left alone. An op that reads or makes a tensor
    without elements, where folding has left one, is an error too.

    ```mlir
    neap.parameter @w : tensor<64xf16> trained    // error: initializer 'w': expected fp32, got tensor<64xf16>
    ```

    Requires: what the loss does not need is gone. Guarantees: every `FloatType` in the module is f32;
    inputs and constants without elements are not read.
  }];
}

#endif
