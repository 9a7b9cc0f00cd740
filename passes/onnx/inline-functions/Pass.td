#ifndef NEAP_PASSES_ONNX_INLINE_FUNCTIONS_PASS_TD
#define NEAP_PASSES_ONNX_INLINE_FUNCTIONS_PASS_TD

include "mlir/Pass/PassBase.td"

def InlineFunctions : Pass<"neap-inline-functions", "::mlir::ModuleOp"> {
  let summary = "Replace calls of local functions by their bodies and remove the functions";
  let description = [{
    A node whose domain, operator and overload name an `onnx.function` becomes the function's body, again and again until
    no call is left. References to the function's attributes become the values at the call, or the defaults; one that is
    in neither is left out. Inputs that the call leaves out become `onnx.absent`. Names of inlined nodes are
    `CALL/NODE`.

    A function that calls itself is an error, and so are calls more than 1,000 deep and a model that grows past
    `max-nodes`: a file is untrusted, and thirty functions that call each other twice are 2^30 nodes.

    ```mlir
    %1 = onnx.node "Twice"(%0) {domain = "custom", name = "t", node_attributes = {}, version = 1 : i64} : (none) -> none
    // becomes, with custom::Twice(x) = Add(x, x):
    %1 = onnx.node "Add"(%0, %0) {domain = "", name = "t/add", node_attributes = {}, version = 20 : i64} : (none, none) -> none
    ```
  }];
  let options = [
    Option<"maxNodes", "max-nodes", "int64_t", "250000", "Most nodes that inlining may make">
  ];
}

#endif
