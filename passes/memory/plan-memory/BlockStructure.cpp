// See BlockStructure.h.
#include "neap/passes/memory/plan-memory/BlockStructure.h"

#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"

using namespace mlir;

namespace neap {

BlockStructure getStructure(Block &block) {
  BlockStructure structure;
  llvm::DenseMap<Value, size_t> numbers;
  auto append = [&](size_t number) { structure.push_back(reinterpret_cast<const void *>(number)); };
  auto declare = [&](Value value) {
    numbers.try_emplace(value, numbers.size());
    structure.push_back(value.getType().getAsOpaquePointer());
  };
  append(block.getNumArguments());
  llvm::for_each(block.getArguments(), declare);
  for (Operation &op : block) {
    structure.push_back(op.getName().getAsOpaquePointer());
    structure.push_back(op.getAttrDictionary().getAsOpaquePointer());
    append(op.getNumOperands());
    for (Value operand : op.getOperands())
      append(numbers.at(operand));
    llvm::for_each(op.getResults(), declare);
  }
  return structure;
}

} // namespace neap
