#ifndef NEAP_PASSES_ONNX_CONVERT_ONNX_TO_NEAP_PASS_TD
#define NEAP_PASSES_ONNX_CONVERT_ONNX_TO_NEAP_PASS_TD

include "mlir/Pass/PassBase.td"

def ConvertOnnxToNeap : Pass<"neap-convert-onnx-to-neap", "::mlir::ModuleOp"> {
  let summary = "Convert the graph of an ONNX file to a step of the neap dialect";
  let description = [{
    Replaces the `onnx.graph` by a `neap.step @forward` whose arguments are the graph's inputs and whose results are its
    outputs, by name. Nodes are converted in their order, each by the function that OpTable.h lists for its op and version.
    Ops fold as they are made, so that arithmetic on shapes is gone at the end. Initializers become parameters where they
    are trained or where their bytes lie in a file, else constants. Nodes and initializers that no output needs are left
    out, each with a remark.

    Requires inlined functions, static types of all inputs (`neap-freeze-dims`) and a decision about every floating-point
    initializer in use (`neap-decide-trained`). Guarantees that no op of the onnx dialect is left.

    Errors name file, node, op and opset. Their kind (passes/support/ErrorKind.h) is `Unsupported` for what ONNX allows and
    Neap cannot do, and `InvalidModel` for what breaks a rule of ONNX.

    ```mlir
    onnx.initializer @w : tensor<4x2xf32> {file = "", offset = 0 : i64, trained = 1 : i32}
    onnx.graph attributes {input_names = ["x"], output_names = ["y"], ...} {
    ^bb0(%x: tensor<3x4xf32>):
      %w = onnx.read @w : tensor<4x2xf32>
      %y = onnx.node "MatMul"(%x, %w) {version = 20 : i64, ...} : ...
      onnx.return %y : none
    }
    // becomes
    neap.parameter @w : tensor<4x2xf32> trained {file = "", offset = 0 : i64}
    neap.step @forward(%x: tensor<3x4xf32> {neap.name = "x"}) -> (tensor<3x2xf32> {neap.name = "y"}) {
      %w = neap.read @w : tensor<4x2xf32>
      %y = neap.matmul %x, %w : tensor<3x4xf32>, tensor<4x2xf32>
      neap.return %y : tensor<3x2xf32>
    }
    ```
  }];
  let dependentDialects = ["::neap::NeapDialect"];
}

#endif
