#ifndef NEAP_PASSES_ONNX_FREEZE_DIMS_PASS_TD
#define NEAP_PASSES_ONNX_FREEZE_DIMS_PASS_TD

include "mlir/Pass/PassBase.td"

def FreezeDims : Pass<"neap-freeze-dims", "::mlir::ModuleOp"> {
  let summary = "Give every symbolic dimension of an input its value";
  let description = [{
    Each dimension of a graph input that has a name gets the value that `dims` gives it; one that is an expression
    (`sequence*batch`, `batch*residues**2`, `sequence - 1`, `Min(64, sequence)`) gets what the expression evaluates to.
    A name that is missing, and one that no input has, is an error. Afterwards all block arguments are static and all
    `dim_params` empty; the types of other values are hints and stay as they are.

    ```mlir
    // dims=batch=4
    ^bb0(%x: tensor<?x8xf32>):  // dim_params = [["batch", ""]]
    // becomes
    ^bb0(%x: tensor<4x8xf32>):
    ```
  }];
  let options = [
    ListOption<"dims", "dims", "std::string", "Values as NAME=N">
  ];
}

#endif
