// See Untie.h.
#include "neap/passes/onnx/decide-trained/Untie.h"

#include "neap/passes/onnx/decide-trained/GradientPaths.h"
#include "neap/passes/onnx/decide-trained/GraphSignature.h"
#include "neap/passes/onnx/decide-trained/Warnings.h"

using namespace mlir;
using namespace neap::onnx;

/// The module of PyTorch that a node comes from: of `: m.GPT2/h.0: m.Block/h.0.ln_1: nn.LayerNorm/layer_norm: aten.layer_norm`
/// it is `h.0.ln_1`.
static StringRef getModulePath(NodeOp node) {
  DictionaryAttr metadata = node.getMetadata().value_or(DictionaryAttr());
  auto path = metadata ? metadata.getAs<StringAttr>("namespace") : nullptr;
  if (!path)
    return "";
  StringRef modules = path.getValue().rsplit('/').first;
  return modules.substr(modules.rfind('/') + 1).split(':').first;
}

/// PyTorch's name of the parameter behind an operand of a norm; empty where the graph's signature has none.
static std::string findTorchName(OpOperand &use, const GraphSignature &signature) {
  if (!isNormWeight(use))
    return "";
  StringRef module = getModulePath(cast<NodeOp>(use.getOwner()));
  std::string name = (module + (use.getOperandNumber() == 1 ? ".weight" : ".bias")).str();
  return signature.isParameter(name) ? name : "";
}

/// Notes what the initializer is in PyTorch, unless its name says so.
static void noteTorchName(InitializerOp initializer, StringRef name) {
  Builder builder(initializer.getContext());
  if (!name.empty() && name != initializer.getSymName())
    initializer.setMetadataAttr(
        builder.getDictionaryAttr(builder.getNamedAttr("folded_from", builder.getStrArrayAttr({name}))));
}

/// A copy of `initializer` under a name of its own, behind `last`.
static InitializerOp cloneInitializer(InitializerOp initializer, InitializerOp last, ModuleOp module) {
  OpBuilder builder(initializer);
  builder.setInsertionPointAfter(last);
  auto copy = cast<InitializerOp>(builder.clone(*initializer));
  std::string name;
  unsigned number = 1;
  do
    name = (initializer.getSymName() + "." + Twine(number++)).str();
  while (SymbolTable::lookupSymbolIn(module, name));
  copy.setSymName(name);
  return copy;
}

SmallVector<UntiedCopy> neap::onnx::untieNorms(ModuleOp module, GraphOp graph) {
  GraphSignature signature = readGraphSignature(graph);
  llvm::DenseMap<Operation *, unsigned> order;
  graph.walk<WalkOrder::PreOrder>([&](Operation *op) { order[op] = order.size(); });
  auto reads = readsOf(graph);
  SmallVector<UntiedCopy> copies;
  for (InitializerOp initializer : llvm::to_vector(module.getOps<InitializerOp>())) {
    SmallVector<OpOperand *> uses = usesBehindIdentity(reads.lookup(initializer.getSymName()));
    if (!isFloatTensor(initializer.getType()) || cast<ShapedType>(initializer.getType()).getRank() != 1 ||
        llvm::count_if(uses, [](auto *use) { return isNormWeight(*use); }) < 2)
      continue;
    auto place = [&](OpOperand *use) { return std::pair(order[use->getOwner()], use->getOperandNumber()); };
    llvm::sort(uses, [&](auto *a, auto *b) { return place(a) < place(b); });
    auto *keeper =
        llvm::find_if(uses, [&](auto *use) { return findTorchName(*use, signature) == initializer.getSymName(); });
    OpOperand *kept = keeper == uses.end() ? uses.front() : *keeper;
    InitializerOp last = initializer;
    for (OpOperand *use : uses) {
      if (use == kept)
        continue;
      InitializerOp copy = last = cloneInitializer(initializer, last, module);
      noteTorchName(copy, findTorchName(*use, signature));
      OpBuilder builder(use->getOwner());
      use->set(ReadOp::create(builder, copy.getLoc(), copy.getType(), copy.getSymName()));
      copies.push_back({initializer, copy, cast<NodeOp>(use->getOwner()), use->getOperandNumber()});
    }
    noteTorchName(initializer, findTorchName(*kept, signature));
  }
  return copies;
}
