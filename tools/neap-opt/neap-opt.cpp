// mlir-opt with the dialects and passes of the house, for tests and for people who write passes.
#include "neap/dialects/onnx/Onnx.h"
#include "neap/passes/Passes.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<neap::onnx::OnnxDialect>();
  neap::registerNeapPasses();
  mlir::registerTransformsPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Neap's optimizer driver\n", registry));
}
