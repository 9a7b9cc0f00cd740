// What to do about operators that the conversion to the neap dialect does not know.
#include "neap/compiler/driver/OperatorSupport.h"

#include "neap/passes/onnx/convert-onnx-to-neap/Node.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;
using namespace neap;

/// Whether a node tells of its operands nothing but their shapes, which are known.
static bool readsShapesOnly(onnx::NodeOp node) {
  return node.getDomain().empty() && (node.getOpType() == "Shape" || node.getOpType() == "Size");
}

/// A read of a weight, or of a constant that the importer left in its file.
static bool readsData(Operation &op, const llvm::StringMap<onnx::InitializerOp> &initializers) {
  auto read = dyn_cast<onnx::ReadOp>(op);
  if (!read)
    return false;
  onnx::InitializerOp initializer = initializers.lookup(read.getInitializer());
  return !initializer || initializer.getTrained() == onnx::Trained::Trained || !initializer.getValue();
}

llvm::DenseSet<Value> neap::findComputedValues(onnx::GraphOp graph) {
  llvm::StringMap<onnx::InitializerOp> initializers;
  for (auto initializer : graph->getParentOfType<ModuleOp>().getOps<onnx::InitializerOp>())
    initializers[initializer.getSymName()] = initializer;
  Block &block = graph.getBody().front();
  llvm::DenseSet<Value> computed(block.args_begin(), block.args_end());
  for (Operation &op : block) {
    auto node = dyn_cast<onnx::NodeOp>(op);
    bool reads = llvm::any_of(op.getOperands(), [&](Value operand) { return computed.contains(operand); });
    if (readsData(op, initializers) || (reads && !(node && readsShapesOnly(node))))
      computed.insert_range(op.getResults());
  }
  return computed;
}

/// Whether a node casts, and to what: null for a type that nothing can be computed in.
static std::optional<Type> findCastTarget(onnx::NodeOp node) {
  if (!node.getDomain().empty() || node.getOpType() != "Cast")
    return std::nullopt;
  Builder builder(node.getContext());
  auto target = dyn_cast_or_null<IntegerAttr>(node.getNodeAttributes().get("to"));
  return conversion::dataTypeElement(target ? target.getInt() : 0, builder);
}

static bool hasKernels(Type element) { return element && (!isa<FloatType>(element) || element.isF32()); }

/// Numbers in fp64 that are only cast back leave no trace.
static bool isCastBack(onnx::NodeOp node) {
  return llvm::all_of(node.getResult(0).getUsers(), [](Operation *user) {
    auto cast = dyn_cast<onnx::NodeOp>(user);
    return cast && hasKernels(findCastTarget(cast).value_or(Type()));
  });
}

std::string neap::adviceForNode(onnx::NodeOp node, const llvm::DenseSet<Value> &computed) {
  std::optional<Type> target = findCastTarget(node);
  if (!target || hasKernels(*target) || node.getNumOperands() != 1 || !computed.contains(node.getOperand(0)))
    return "";
  if (!*target)
    return "a cast to a type that nothing can be computed in: export the model in fp32";
  if ((*target).isF64() && isCastBack(node))
    return "";
  std::string advice = "a cast to ";
  llvm::raw_string_ostream(advice) << *target << ": only fp32 can be trained: export the model in fp32";
  return advice;
}

std::string neap::adviceFor(llvm::StringRef domain, StringRef opType, int64_t version) {
  if (opType.contains("Quantize") || opType.starts_with("QLinear") || opType.contains("Integer") ||
      opType.contains("NBits"))
    return "quantised: export the model without quantisation";
  if (opType == "Loop" || opType == "Scan")
    return "control flow: export with fixed sizes, so that the exporter unrolls it";
  if (domain == "com.microsoft")
    return "an operator of ONNX Runtime's optimizer: export without that optimizer";
  if (!domain.empty())
    return "the domain '" + domain.str() + "' is not known: export it as a local function";
  return "not known yet";
}
