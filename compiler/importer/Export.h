// The way back: trained weights into the model file, for inference, or into a safetensors file with PyTorch's names and layouts.
#pragma once

#include "neap/dialects/onnx/Onnx.h"
#include "neap/passes/onnx/decide-trained/Untie.h"
#include "neap/runtime/safetensors/Safetensors.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace neap::importer {

/// If `weights` has tensors that the imported model lacks, takes the model apart as a compilation with --untie does. Returns the
/// copies that are in `weights`.
std::vector<onnx::UntiedCopy> untieLike(mlir::ModuleOp module, const safetensors::Reader &weights);

/// Writes the model at `model`, which was imported to `module`, with the tensors of `weights` to `output`, all of them inside the
/// file. Weights of the model that `weights` lacks stay as they are, but for a copy of a tied matrix, which follows it; `untied`
/// become initializers of their own. A tensor that the model lacks, or of another shape, is an error. Float32 weights are
/// rounded to the model's 16-bit types. Throws what the safetensors reader and the file system throw.
llvm::Error exportOnnx(mlir::ModuleOp module, llvm::ArrayRef<onnx::UntiedCopy> untied, llvm::StringRef model,
                       const safetensors::Reader &weights, llvm::StringRef output, bool trustLinks);

/// How a tensor of the file lies in PyTorch's state dict.
struct TorchPlace {
  std::string name;
  bool transposed = false; ///< the file holds the transpose
  bool known = false;      ///< the file's metadata says so; otherwise the name is the file's
};

TorchPlace torchPlace(onnx::InitializerOp initializer, onnx::GraphOp graph);

/// Writes the tensors of `weights` with PyTorch's names and layouts. Returns what the file's metadata does not tell.
llvm::Expected<std::vector<std::string>> exportTorch(mlir::ModuleOp module, const safetensors::Reader &weights,
                                                     llvm::StringRef output);

} // namespace neap::importer
