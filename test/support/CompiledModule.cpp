// Implementation of the compile-and-load helper.
#include "neap/test/support/CompiledModule.h"

#include "neap/compiler/emit/Object.h"
#include "neap/compiler/emit/Ptx.h"
#include "neap/passes/lower/ToLlvm.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Program.h"

#include <cstdlib>
#include <cstring>
#include <dlfcn.h>

using namespace mlir;

namespace neap::testing {
namespace {

[[noreturn]] void stop(const std::string &message) {
  llvm::errs() << "cannot compile the module under test: " << message << "\n";
  std::abort();
}

std::string temporaryFile(const char *suffix) {
  llvm::SmallString<128> path;
  if (std::error_code error = llvm::sys::fs::createTemporaryFile("neap-test", suffix, path))
    stop(error.message());
  return std::string(path);
}

} // namespace

void loadKernelDialects(MLIRContext &context) {
  context.loadDialect<arith::ArithDialect, func::FuncDialect, LLVM::LLVMDialect, math::MathDialect, NVVM::NVVMDialect, scf::SCFDialect,
                      vector::VectorDialect>();
}

CompiledModule::CompiledModule(ModuleOp module, const std::string &cpu)
    : object(temporaryFile("o")), library(temporaryFile("so")) {
  PassManager manager(module.getContext());
  lower::buildLowerToLlvm(manager);
  if (failed(manager.run(module)))
    stop("lowering");
  if (failed(emit::emitObject(module, {cpu}, object)))
    stop("emitting the object");
  if (llvm::sys::ExecuteAndWait(NEAP_TEST_LINKER, {NEAP_TEST_LINKER, "-shared", "-o", library, object}) != 0)
    stop("linking " + object);
  handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    stop(dlerror());
}

std::string compileToPtx(ModuleOp module, const std::string &architecture) {
  PassManager manager(module.getContext());
  lower::buildLowerToLlvm(manager);
  if (failed(manager.run(module)))
    stop("lowering for CUDA");
  llvm::Expected<std::string> ptx = emit::emitPtx(module, architecture);
  if (!ptx)
    stop(llvm::toString(ptx.takeError()));
  return *ptx;
}

CompiledModule::~CompiledModule() {
  dlclose(handle);
  llvm::sys::fs::remove(object);
  llvm::sys::fs::remove(library);
}

void *CompiledModule::symbol(const std::string &name) const {
  void *address = dlsym(handle, name.c_str());
  if (!address)
    stop(dlerror());
  return address;
}

Scratch::Scratch(int64_t bytes) : block(std::aligned_alloc(64, (std::max<int64_t>(bytes, 1) + 63) / 64 * 64)) {
  std::memset(block, 0xff, std::max<int64_t>(bytes, 1));
}

Scratch::~Scratch() { std::free(block); }

} // namespace neap::testing
