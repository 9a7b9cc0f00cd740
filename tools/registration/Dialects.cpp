// The dialects. See Registration.h.
#include "neap/tools/registration/Registration.h"

#include "neap/dialects/neap/Neap.h"
#include "neap/dialects/onnx/Onnx.h"
#include "neap/dialects/sched/Sched.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

void neap::registerAllDialects(DialectRegistry &registry) {
  registry.insert<onnx::OnnxDialect, NeapDialect, sched::SchedDialect>();
  registry.insert<arith::ArithDialect, func::FuncDialect, LLVM::LLVMDialect, math::MathDialect, NVVM::NVVMDialect, scf::SCFDialect,
                  vector::VectorDialect>();
}
