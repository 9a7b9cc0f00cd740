// Options that describe what kernels are made for: of lowering, and of whoever asks beforehand what kernels will need.
#ifndef NEAP_PASSES_LOWER_TARGET_OPTIONS_TD
#define NEAP_PASSES_LOWER_TARGET_OPTIONS_TD

include "mlir/Pass/PassBase.td"

defvar targetOptions = [
  Option<"lanes", "lanes", "int64_t", "8", "fp32 lanes of the widest vector register">,
  Option<"registers", "registers", "int64_t", "16", "Vector registers">,
  Option<"l1", "l1", "int64_t", "32768", "Bytes of the first data cache">,
  Option<"l2", "l2", "int64_t", "524288", "Bytes of the second cache">,
  Option<"workers", "workers", "int64_t", "2", "Threads that matrix products are cut for">,
  Option<"device", "device", "::neap::lower::Device", "::neap::lower::Device::Cpu", "What the program runs on",
    [{::llvm::cl::values(clEnumValN(::neap::lower::Device::Cpu, "cpu", "threads of the CPU"),
                         clEnumValN(::neap::lower::Device::Cuda, "cuda", "a CUDA device"))}]>
];

// What kernels are written in.
defvar kernelDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::func::FuncDialect", "::mlir::scf::SCFDialect",
  "::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::vector::VectorDialect", "::mlir::NVVM::NVVMDialect"];

#endif
