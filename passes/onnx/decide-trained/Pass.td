#ifndef NEAP_PASSES_ONNX_DECIDE_TRAINED_PASS_TD
#define NEAP_PASSES_ONNX_DECIDE_TRAINED_PASS_TD

include "mlir/Pass/PassBase.td"

def DecideTrained : Pass<"neap-decide-trained", "::mlir::ModuleOp"> {
  let summary = "Decide which floating-point initializers are trained";
  let description = [{
    Sets `trained` and `reason` of every floating-point initializer: by the user's options where they say something, else by
    the rule in TrainedRule.h, clause by clause:

    1. only tensors that a gradient reaches;
    2. what the exporter calls a PARAMETER is one, what it calls a BUFFER or CONSTANT is none;
    3. a tensor folded from one PARAMETER by moving elements about is that parameter;
    4. names such as `val_3` and `onnx::MatMul_12` were made up by the exporter;
    5. a tensor of several elements in a weight slot (MatMul, Conv, Gather, norms, ...) is a parameter, unless it leads to Sin
       and Cos only;
    6. an exponent, a bound or a divisor is a number;
    7. in other slots only one with a real name that is no known buffer's.

    Warns about parameters that the export merged, lost or untied. `tie` makes tied weights that were written twice one again;
    `untie` gives every norm that shares a vector its own.

    ```mlir
    onnx.initializer @w : tensor<4x4xf32> {file = "", offset = 0 : i64}
    // becomes, where @w is the second operand of a MatMul:
    onnx.initializer @w : tensor<4x4xf32> {file = "", offset = 0 : i64, reason = "a weight of MatMul 'm'", trained = 1 : i32}
    ```
  }];
  let options = [
    ListOption<"train", "train", "std::string", "Globs of what is trained; replaces the rule">,
    ListOption<"freeze", "freeze", "std::string", "Globs of what is not trained">,
    Option<"trainList", "train-list", "std::string", "\"\"", "File with the names of what is trained, one a line">,
    Option<"output", "output", "std::string", "\"\"", "Output that is the loss or that one is attached to">,
    Option<"tie", "tie", "bool", "false", "Make equal matrices one parameter">,
    Option<"untie", "untie", "bool", "false", "Give norms that share a vector one each">,
    Option<"trustLinks", "trust-external-links", "bool", "false", "External data may be symbolic or hard links">
  ];
}

#endif
