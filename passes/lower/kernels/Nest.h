// What every loop nest of the kernel generator shares: the loops of a group after neighbours are merged, the place of
// each value in memory, and the computation at a loop point.
#pragma once

#include "neap/dialects/neap/TensorBuilder.h"
#include "neap/passes/fuse/Group.h"
#include "neap/passes/lower/kernels/Cuda.h"
#include "neap/passes/lower/kernels/Elements.h"
#include "neap/passes/lower/kernels/Kernels.h"

#include "llvm/ADT/MapVector.h"

namespace neap::lower {

/// A group's loops and, as forms in them, where its values lie.
struct Nest {
  mlir::SmallVector<int64_t> loops;
  /// Position of each value in its dense tensor, in elements.
  llvm::DenseMap<mlir::Value, LinearForm> positions;
  /// For ops that produce indices: what they produce. For indirect reads: the position apart from the index's part. For
  /// ops that draw random numbers: the number of the word.
  llvm::DenseMap<mlir::Operation *, LinearForm> indexForms;

  static mlir::FailureOr<Nest> create(mlir::Block &body, GroupKind kind);
  /// Merges loop `outer` with the one after it, if all forms allow.
  bool merge(size_t outer);
  /// Merges whatever can be merged among the loops [first, end).
  size_t mergeAll(size_t first, size_t end);
  /// A loop of one iteration, for groups of scalars.
  void addUnitLoop();
  bool dependsOnInnermost(mlir::Value value) const;
};

/// A point of a nest, or a vector of neighbouring ones.
struct LoopPoint {
  mlir::SmallVector<mlir::Value> indices; ///< i64, one per loop; the innermost one is that of the first lane
  mlir::Value mask;                       ///< lanes inside the loop; null if all are
};

/// Computes values of a body at loop points. What does not depend on the innermost loop is a scalar, all else a vector with
/// the lanes of the code's style, whose innermost index is a multiple of them. A child sees what its parent has computed, and computes the rest for itself.
class Body {
public:
  Body(Code &code, const Nest &nest, mlir::Block &block, mlir::ValueRange buffers)
      : code(code), nest(nest), block(block), buffers(buffers.begin(), buffers.end()) {}
  /// For a point further in.
  Body child(LoopPoint point) const;

  /// The value at the point; loads arguments, runs ops.
  mlir::Value compute(mlir::Value value);
  /// Computes everything that is the same along the innermost loop and whose operands are there: before a loop, so that it
  /// is not done at every iteration. `indices` of the innermost loop are not used.
  void computeInvariant();
  /// Makes a value known, such as a finished reduction.
  void define(mlir::Value value, mlir::Value computed) { known[value] = computed; }
  bool isKnown(mlir::Value value) const { return known.contains(value); }
  /// Writes the yielded values that are (`alongInnermost`) or are not elements of the innermost loop.
  void storeResults(bool alongInnermost);
  /// Writes the yielded values that a condition picks.
  void storeResultsIf(llvm::function_ref<bool(mlir::Value)> condition);
  /// One step of a reduction: joins an element with an accumulator.
  mlir::Value combine(mlir::Operation *reduction, mlir::Value element, mlir::Value accumulator);

  const Nest &getNest() const { return nest; }
  mlir::Block &getBlock() const { return block; }

private:
  mlir::Value load(mlir::BlockArgument argument);
  mlir::Value readTable(mlir::Operation *op);
  mlir::Value drawWord(mlir::Operation *op);
  mlir::Value run(mlir::Operation *op);
  mlir::Value evaluate(const LinearForm &form);
  mlir::Value indexVector(const LinearForm &form);
  bool isAvailable(mlir::Value value) const;

  Code &code;
  const Nest &nest;
  mlir::Block &block;
  mlir::SmallVector<mlir::Value> buffers;
  LoopPoint point;
  llvm::DenseMap<mlir::Value, mlir::Value> known;
};

/// What decides a kernel's signature and how it is handed out.
struct KernelShape {
  size_t buffers;
  int64_t items;
  VectorStyle style;
  int64_t itemThreads = 1; ///< CUDA: threads that share an item

  /// CUDA: threads of a block.
  int64_t blockThreads() const { return std::max(itemThreads, cudaBlockThreads); }
  /// One buffer for each argument and result of a body.
  static size_t countBuffers(mlir::Block &body) {
    return body.getNumArguments() + body.getTerminator()->getNumOperands();
  }
};

/// The function a kernel is, opened at its entry: buffers and the range of items at hand. Closed when destroyed. On CUDA the
/// range is the thread's own item, or empty.
class KernelFunction {
public:
  KernelFunction(mlir::ModuleOp module, mlir::Location location, llvm::StringRef name, const KernelShape &shape,
                 const KernelTarget &target);
  ~KernelFunction();
  /// The kernel as a result of the generator.
  Kernel finish(const KernelShape &shape, int64_t grain) const;

  mlir::func::FuncOp function;
  mlir::OpBuilder builder;
  Code code;
  mlir::SmallVector<mlir::Value> buffers;
  mlir::Value begin, end;
  /// CUDA: number of the block, for kernels whose items are blocks.
  mlir::Value block;
};

/// The value of a form at loop indices, one per loop.
mlir::Value evaluate(Code &code, const LinearForm &form, mlir::ArrayRef<mlir::Value> indices);

/// Splits an item number into the indices of loops of the given sizes.
mlir::SmallVector<mlir::Value> delinearize(Code &code, mlir::Value item, mlir::ArrayRef<int64_t> sizes);

/// Runs `body` for vectors from `begin` to `end`, the last one masked if `size`, which bounds `end`, is no multiple of the
/// lanes.
void forEachBlock(Code &code, mlir::Value begin, mlir::Value end, int64_t size,
                  llvm::function_ref<void(mlir::Value index, mlir::Value mask)> body);

/// A dense tensor seen through views: the argument it comes from, and where each element lies there, in loops over the
/// tensor's own shape.
struct ViewedArgument {
  mlir::BlockArgument argument;
  LinearForm position;
};

/// Fails, with an error at the op, where a value is no linear view of an argument.
mlir::FailureOr<ViewedArgument> findViewedArgument(mlir::Value value);

// One per kind of group; see the files of the same names.
mlir::FailureOr<Kernel> buildPointwiseKernel(mlir::ModuleOp, llvm::StringRef name, mlir::Block &body,
                                             const KernelTarget &target);
mlir::FailureOr<Kernel> buildRowKernel(mlir::ModuleOp, llvm::StringRef name, mlir::Block &body,
                                             const KernelTarget &target);
mlir::FailureOr<Kernel> buildColumnKernel(mlir::ModuleOp, llvm::StringRef name, mlir::Block &body,
                                             const KernelTarget &target);
mlir::FailureOr<Kernel> buildGemmKernel(mlir::ModuleOp, llvm::StringRef name, mlir::Block &body, const KernelTarget &target);
mlir::FailureOr<Kernel> buildCudaGemmKernel(mlir::ModuleOp, llvm::StringRef name, mlir::Block &body,
                                              const KernelTarget &target);
mlir::FailureOr<Kernel> buildConcatKernel(mlir::ModuleOp, llvm::StringRef name, mlir::Block &body,
                                             const KernelTarget &target);
mlir::FailureOr<Kernel> buildUnsliceKernel(mlir::ModuleOp, llvm::StringRef name, mlir::Block &body,
                                             const KernelTarget &target);
mlir::FailureOr<Kernel> buildScatterKernel(mlir::ModuleOp, llvm::StringRef name, mlir::Block &body,
                                             const KernelTarget &target);
mlir::FailureOr<Kernel> buildScanKernel(mlir::ModuleOp, llvm::StringRef name, mlir::Block &body,
                                             const KernelTarget &target);

} // namespace neap::lower
