// A thin writer of loop nests: scf loops, i64 index arithmetic and fp32 loads and stores on opaque pointers, at a
// builder's place. It exists so that a generator reads like the loops it emits.
#pragma once

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace neap::lower {

/// How the vectorised loops of a kernel are written.
struct VectorStyle {
  /// Neighbouring elements computed at once.
  int64_t lanes = 16;
  /// Whether reads and writes that are sure to start at a multiple of `lanes` elements may assume the vector's alignment;
  /// buffers must then have it.
  bool aligned = false;
};

/// Emits at `builder`'s insertion point. Index values are i64, element offsets count fp32 elements.
class Code {
public:
  Code(mlir::OpBuilder &builder, mlir::Location location, VectorStyle style = {})
      : builder(builder), location(location), style(style) {}

  mlir::Value integer(int64_t value);
  mlir::Value flag(bool value);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, int64_t b) { return mul(a, integer(b)); }
  mlir::Value min(mlir::Value a, mlir::Value b);
  /// Quotient and remainder of non-negative integers.
  std::pair<mlir::Value, mlir::Value> divide(mlir::Value a, int64_t b);
  mlir::Value less(mlir::Value a, mlir::Value b);
  mlir::Value equal(mlir::Value a, mlir::Value b);

  /// The address of the element `offset` fp32 elements behind `base`.
  mlir::Value address(mlir::Value base, mlir::Value offset);
  mlir::Value address(mlir::Value base, int64_t offset);
  /// An unaligned (4-byte aligned) load or store of fp32 or a vector of it.
  mlir::Value load(mlir::Type type, mlir::Value pointer, unsigned alignment = 4);
  void store(mlir::Value value, mlir::Value pointer, unsigned alignment = 4);

  mlir::VectorType vectorType(int64_t lanes);
  mlir::Value zero(mlir::Type type);
  mlir::Value broadcast(mlir::Value scalar, int64_t lanes);
  mlir::Value fma(mlir::Value a, mlir::Value b, mlir::Value c);
  /// A vector<`lanes`xi1> whose first `count` (i64) lanes are set.
  mlir::Value mask(mlir::Value count, int64_t lanes);

  /// for (i = begin; i < end; i += step) body(i)
  void loop(mlir::Value begin, mlir::Value end, int64_t step, llvm::function_ref<void(mlir::Value)> body);
  /// As `loop`, carrying values: `body` returns those of the next iteration.
  mlir::SmallVector<mlir::Value>
  loop(mlir::Value begin, mlir::Value end, int64_t step, mlir::ValueRange carried,
       llvm::function_ref<mlir::SmallVector<mlir::Value>(mlir::Value, mlir::ValueRange)> body);
  void when(mlir::Value condition, llvm::function_ref<void()> then, llvm::function_ref<void()> otherwise = nullptr);
  /// What `then` computes, only where the condition holds; elsewhere `otherwise`.
  mlir::Value choose(mlir::Value condition, llvm::function_ref<mlir::Value()> then, mlir::Value otherwise);

  mlir::OpBuilder &builder;
  mlir::Location location;
  VectorStyle style;
};

} // namespace neap::lower
