// The functions that GEMM kernels of a module share: the register tile and the packing of operand blocks into panels.
#pragma once

#include "neap/passes/lower/gemm/Gemm.h"

namespace neap::lower {

/// The internal function `name` of `module`, made with an empty entry block if it is new (the second result says so).
/// It is never inlined: sharing is what keeps code size and compile time small.
std::pair<mlir::func::FuncOp, bool> getSharedFunction(mlir::ModuleOp module, llvm::StringRef name,
                                                      mlir::TypeRange arguments);

/// void(i64 depth, ptr lhs, i64 lhsStride, ptr rhsPanel, ptr sums, i1 first): adds `depth` products to each of the
/// tileRows x tileColumns sums at `sums` (row-major, contiguous), which start at +0 when `first`. `lhsStride` is the
/// distance of the rows or columns of an lhs that is read in place; a packed panel needs none.
mlir::func::FuncOp getRegisterTile(mlir::ModuleOp module, const GemmTiling &tiling);

/// How the elements of an operand lie in relation to its panels.
enum class Packing {
  copy,      ///< contiguous across the panel: copied in vectors
  transpose, ///< contiguous along k: transposed in registers
  strided,   ///< neither: one by one
};

/// void(ptr source, i64 acrossStride, i64 depthStride, i64 extent, i64 depth, ptr panels): packs `extent` x `depth`
/// elements into panels of `width`: panels[p][d][lane] = source[(p * width + lane) * acrossStride + d * depthStride].
/// The last panel is padded by anything finite or by copies. Up to 16 elements behind the last panel are overwritten.
mlir::func::FuncOp getPacking(mlir::ModuleOp module, Packing kind, int64_t width, int64_t lanes);

/// The fastest packing for these strides.
Packing choosePacking(int64_t acrossStride, int64_t depthStride);

} // namespace neap::lower
