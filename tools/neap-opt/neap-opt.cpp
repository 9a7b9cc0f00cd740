// mlir-opt with the dialects and passes of the house, for tests and for people who write passes.
#include "neap/compiler/emit/Passes.h"
#include "neap/dialects/neap/Neap.h"
#include "neap/dialects/onnx/Onnx.h"
#include "neap/dialects/sched/Sched.h"
#include "neap/passes/fuse/Passes.h"
#include "neap/passes/grad/Passes.h"
#include "neap/passes/graph/Passes.h"
#include "neap/passes/lower/Program.h"
#include "neap/passes/lower/ToLlvm.h"
#include "neap/passes/onnx/Passes.h"
#include "neap/passes/schedule/Passes.h"
#include "neap/passes/verify/Passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<neap::onnx::OnnxDialect, neap::NeapDialect, neap::sched::SchedDialect>();
  registry
      .insert<mlir::func::FuncDialect, mlir::LLVM::LLVMDialect, mlir::scf::SCFDialect, mlir::vector::VectorDialect>();
  neap::registerOnnxPasses();
  neap::registerGraphPasses();
  neap::registerGradPasses();
  neap::registerFusePasses();
  neap::registerSchedulePasses();
  neap::registerVerifyPasses();
  neap::registerLowerProgramPasses();
  neap::lower::registerLowerPasses();
  neap::emit::registerEmitPasses();
  mlir::registerConversionPasses(); // the lower stage has some: its crash reproducers name them
  mlir::registerTransformsPasses();
  return mlir::asMainReturnCode(mlir::MlirOptMain(argc, argv, "Neap's optimizer driver\n", registry));
}
