// Whether two blocks compute the same, asked of many.
#pragma once

#include "mlir/IR/Block.h"
#include "llvm/ADT/Hashing.h"

#include <vector>

namespace neap {

/// What the ops of a block compute, on what types: equal where that is. Names, attributes and types are unique in their context, and
/// values are numbered; where ops come from does not count.
using BlockStructure = std::vector<const void *>;
/// Ops may have no regions, and read nothing from outside of the block.
BlockStructure getStructure(mlir::Block &block);

struct BlockStructureHash {
  size_t operator()(const BlockStructure &structure) const { return llvm::hash_combine_range(structure); }
};

} // namespace neap
