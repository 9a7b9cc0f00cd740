// Compiles an MLIR module to machine code and loads it into the test: lower -> object -> shared library -> dlopen. Goes
// through the same functions as the compiler, so what is tested is what ships.
#pragma once

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"

#include <string>

namespace neap::testing {

/// As neap_kernel of runtime/abi/neap_runtime.h.
using Kernel = void (*)(void *const *buffers, int64_t begin, int64_t end, void *scratch);

/// Loads the dialects that kernels are written in.
void loadKernelDialects(mlir::MLIRContext &context);

/// A loaded shared library; unloads it and deletes its files at the end.
class CompiledModule {
public:
  /// Lowers `module` in place. Stops the program with a message if anything fails: a test cannot go on without its
  /// code.
  CompiledModule(mlir::ModuleOp module, const std::string &cpu);
  ~CompiledModule();
  CompiledModule(const CompiledModule &) = delete;

  Kernel kernel(const std::string &name) const { return reinterpret_cast<Kernel>(symbol(name)); }
  void *symbol(const std::string &name) const;
  /// Where the object file is, for a look at its code.
  const std::string &objectPath() const { return object; }

private:
  std::string object, library;
  void *handle = nullptr;
};

/// Lowers a module of CUDA kernels in place and returns its PTX. Stops the program as CompiledModule does.
std::string compileToPtx(mlir::ModuleOp module, const std::string &architecture);

/// A 64-byte aligned block of `bytes`, filled with NaN patterns so that reading before writing shows.
class Scratch {
public:
  explicit Scratch(int64_t bytes);
  ~Scratch();
  Scratch(const Scratch &) = delete;
  void *data() const { return block; }

private:
  void *block;
};

} // namespace neap::testing
