// mlir-opt with the dialects and passes of the house, for tests and for people who write passes.
#include "neap/dialects/neap/Neap.h"
#include "neap/dialects/onnx/Onnx.h"
#include "neap/passes/fuse/Passes.h"
#include "neap/passes/grad/Passes.h"
#include "neap/passes/graph/Passes.h"
#include "neap/passes/onnx/Passes.h"

#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<neap::onnx::OnnxDialect, neap::NeapDialect>();
  neap::registerOnnxPasses();
  neap::registerGraphPasses();
  neap::registerGradPasses();
  neap::registerFusePasses();
  mlir::registerTransformsPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Neap's optimizer driver\n", registry));
}
