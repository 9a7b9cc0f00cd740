// Which ops of a step share a kernel: the decisions of neap-fuse-operators, before any IR is changed.
#pragma once

#include "neap/passes/fuse/ProductProfile.h"

#include "llvm/ADT/SetVector.h"

#include <memory>
#include <vector>

namespace neap {

/// Which matrix products are left to a library of the device.
struct LibraryRules {
  bool usesLibrary = false;
  /// Without a profile: products of at least this depth.
  int64_t leastDepth = 0;
  bool allowsTf32 = false;
  ProductProfile profile;

  /// Why a product that a library can compute is not left to it; empty if it is.
  std::string findObjection(const LibraryProduct &product) const;
};

/// A group in the making: its loops, its ops, and the access of each value that an op of it produces or reads.
struct FusionGroup {
  GroupKind kind;
  mlir::SmallVector<int64_t> loops;
  llvm::SetVector<mlir::Operation *> members; ///< what its kernel produces for others as well
  llvm::SetVector<mlir::Operation *> clones;  ///< what it repeats for itself
  llvm::DenseMap<mlir::Value, Access> accesses;
  llvm::DenseSet<mlir::Value> readTwoWays; ///< values read through more than one access: they cannot be computed here
  size_t number;                           ///< in the order in which groups are opened
  unsigned first, last;                    ///< positions of its first and last member in the block
  bool isLibraryProduct = false;           ///< may take what a library can be told, and no more
  std::string obstacle;                    ///< why a gemm group is no library product
};

/// What an operand of a group's op is once linear views are seen through.
struct ResolvedOperand {
  mlir::Value source; ///< a computed or external value, or a reshape that is not linear in the loops
  Access access;      ///< the loops' access to `source`
};

class Partition {
public:
  /// Decides for all ops of a block.
  Partition(mlir::Block &block, const LibraryRules &rules);

  const std::vector<std::unique_ptr<FusionGroup>> &getGroups() const { return groups; }
  /// The group whose kernel produces an op's results; null for cloned ops and for ops that get no kernel.
  FusionGroup *getGroup(mlir::Operation *op) const { return groupOf.lookup(op); }
  /// Sees through the views that produce `operand`, as far as they are linear in the loops and not computed by a kernel.
  ResolvedOperand resolve(mlir::Value operand, Access access, mlir::ArrayRef<int64_t> loops) const;

private:
  /// Who reads a computed value, as far as decided.
  struct Readers {
    llvm::SetVector<FusionGroup *> atLoopPoints; ///< may take the op that computes it
    llvm::SetVector<FusionGroup *> fromMemory;   ///< need it as a dense tensor
    bool inMemory = false;                       ///< somebody at all does
  };

  void recordOrigins(FusionGroup &group, mlir::Value value);

  // Gemm groups and their epilogues.
  void openGemmGroup(mlir::Operation *matmul);
  void growEpilogue(FusionGroup &group, mlir::Value value);
  bool takeView(FusionGroup &group, mlir::Operation *view, mlir::ArrayRef<int64_t> loops);
  bool takePointwise(FusionGroup &group, mlir::Operation *op, mlir::Value through);
  std::string findObstacle(mlir::Operation *matmul) const;
  bool isLibraryEpilogue(const FusionGroup &group, mlir::Operation *op, mlir::Value through) const;

  void openAttentionGroup(mlir::Operation *attention);

  // Everything else, last op first.
  void assign(mlir::Operation *op);
  bool joinReader(mlir::Operation *op, Readers &readers);
  bool repeatInReaders(mlir::Operation *op, Readers &readers);
  bool joinSibling(mlir::Operation *op);
  FusionGroup &openGroup(mlir::Operation *op);
  FusionGroup &createGroup(GroupKind kind, mlir::ArrayRef<int64_t> loops, mlir::Operation *first);
  bool fits(const FusionGroup &group, mlir::Operation *op) const;
  bool isRowLevel(const FusionGroup &group, mlir::Value value) const;
  void join(FusionGroup &group, mlir::Operation *op, bool asClone);

  // Who reads what.
  void recordOperands(FusionGroup &group, mlir::Operation *op);
  void recordRead(FusionGroup &group, mlir::Value operand, Access access, mlir::ArrayRef<int64_t> loops,
                  bool fromMemory);
  void requireInMemory(mlir::Value value, FusionGroup *reader);

  // Questions.
  /// What an op reads in the end, over its own loops, through elementwise ops and views that no group computes.
  llvm::SmallVector<ResolvedOperand> findSources(mlir::Operation *op, mlir::ArrayRef<int64_t> loops) const;
  llvm::SmallVector<FusionGroup *> findGroupsThatSee(mlir::ArrayRef<ResolvedOperand> values) const;
  bool isInMemoryAnyway(mlir::Value value) const;
  bool isCheapToRepeat(mlir::Operation *op) const;
  bool dependsOn(mlir::ArrayRef<mlir::Value> values, const FusionGroup &group) const;
  bool dependsOn(const FusionGroup &group, const FusionGroup &other) const;
  unsigned farthestFrom(unsigned position) const;
  unsigned position(mlir::Operation *op) const { return positions.lookup(op); }

  const LibraryRules &rules;
  llvm::DenseMap<mlir::Operation *, unsigned> positions;
  std::vector<std::unique_ptr<FusionGroup>> groups;
  /// For each position, the last one of all groups that begin there or before, and at least itself.
  std::vector<unsigned> groupEnds;
  llvm::DenseMap<mlir::Operation *, FusionGroup *> groupOf;
  llvm::DenseMap<mlir::Value, Readers> readersOf;
};

/// No memory and no kernel of its own: repeated wherever it is read.
bool isFree(mlir::Operation *op);
/// Has results that some kernel computes, unless it is a view that all readers see through.
bool isComputing(mlir::Operation *op);
/// Reads whole operands as tensors in memory, over loops of their own.
bool readsMemory(mlir::Operation *op);
/// The access that an op's own loops give an operand: through its index map, composed with how its result is accessed. For
/// an op with reduction loops, `loops` ends with (or starts with) those.
mlir::FailureOr<Access> operandAccess(mlir::Operation *op, unsigned operand, const FusionGroup &group);

} // namespace neap
