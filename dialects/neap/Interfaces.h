// The questions that passes ask neap ops (NeapInterfaces.td), and the small types of their answers.
#pragma once

#include "neap/dialects/TensorLimits.h"
#include "neap/dialects/neap/HostTensor.h"

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "neap/dialects/neap/NeapEnums.h.inc"

namespace neap {

enum class LoopKind { Parallel, Reduction };

/// The loops of a primitive op, outermost first.
struct IterationSpace {
  llvm::SmallVector<int64_t> sizes;
  llvm::SmallVector<LoopKind> kinds;
};

/// Loops over a result's shape, all parallel.
IterationSpace elementwiseSpace(mlir::Operation *op);
/// The identity over a result's dimensions.
mlir::AffineMap elementwiseMap(mlir::Operation *op);
/// All loops to the parallel ones, in order.
mlir::AffineMap projectParallelLoops(const IterationSpace &space, mlir::MLIRContext *context);

/// The index map of a random op's operand: the key's scalars are the same at all loop points, other operands are read there.
mlir::AffineMap randomOperandMap(mlir::Operation *op, unsigned operand);
/// The number of each element's word, as a stride for each of its indices (0 where there is one) and as a map of them: in
/// row-major order, but every row (along the last dimension that has more than one element) begins with a new counter. A vector
/// of neighbours then needs whole counters only.
llvm::SmallVector<int64_t> randomWordStrides(llvm::ArrayRef<int64_t> shape);
/// Blocks of four words that all rows of a tensor take.
int64_t countRandomBlocks(llvm::ArrayRef<int64_t> shape);
mlir::AffineMap randomWordMap(llvm::ArrayRef<int64_t> shape, mlir::MLIRContext *context);
/// What a random op costs: Philox is integer arithmetic, counted as if it were floating-point.
int64_t countRandomFlops(mlir::Operation *op);

/// Bytes that a tensor's elements occupy: a bool takes a byte, sub-byte integers are packed.
int64_t storageBytes(mlir::Type elementType, llvm::ArrayRef<int64_t> shape);
/// Bytes that so many elements of a tensor type occupy.
int64_t countBytes(mlir::Type tensor, int64_t elements);
/// Elements of a tensor type; none of any other type.
int64_t countElements(mlir::Type type);
/// One operation for each loop point that computes a float; none for moving elements (CostModel::getFlops).
int64_t countLoopFlops(mlir::Operation *op);

/// Folds an elementwise op on constants and on broadcasts of constants: evaluated in double, rounded once
/// (docs/design/0001, "One evaluator"). Also drops what does nothing bit for bit, such as x - 0 and x * 1.
mlir::OpFoldResult foldElementwise(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute> operands);
/// Folds a single-result op on constants of any type by evaluating it, up to a size; for ops that move elements.
mlir::OpFoldResult foldByEvaluation(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute> operands);

} // namespace neap

#include "neap/dialects/neap/NeapInterfaces.h.inc"
