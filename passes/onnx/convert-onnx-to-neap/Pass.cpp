// neap-convert-onnx-to-neap. See Pass.td.
//   1. find the nodes that the outputs need
//   2. start the step with the graph's inputs
//   3. convert those nodes in their order; initializers become parameters or constants where they are first read
//   4. finish the step with the graph's outputs and remove the graph
#include "neap/passes/onnx/Passes.h"
#include "neap/passes/onnx/convert-onnx-to-neap/OpTable.h"

#include "mlir/IR/Remarks.h"
#include "llvm/ADT/DenseSet.h"

namespace neap {
#define GEN_PASS_DEF_CONVERTONNXTONEAP
#include "neap/passes/onnx/Onnx.h.inc"
} // namespace neap

using namespace mlir;
using namespace neap;
using namespace neap::conversion;

namespace {

constexpr StringLiteral passName = "convert-onnx-to-neap";

remark::RemarkOpts remarkNamed(StringRef name) { return remark::RemarkOpts::name(name).category(passName); }

/// The operations of the graph that lead to an output.
llvm::DenseSet<Operation *> findNeeded(Block &block) {
  llvm::DenseSet<Operation *> needed{block.getTerminator()};
  for (Operation &op : llvm::reverse(block)) {
    if (!needed.contains(&op))
      continue;
    for (Value operand : op.getOperands())
      if (Operation *producer = operand.getDefiningOp())
        needed.insert(producer);
  }
  return needed;
}

/// Converts one graph; holds what the nodes converted so far have become.
class GraphConverter {
public:
  GraphConverter(ModuleOp module, onnx::GraphOp graph) : graph(graph), symbols(module), builder(module.getContext()) {}

  LogicalResult convert();

private:
  LogicalResult startStep();
  LogicalResult convertOperation(Operation &op);
  LogicalResult convertRead(onnx::ReadOp op);
  LogicalResult convertNode(onnx::NodeOp node);
  LogicalResult finishStep();
  Value withoutElements(Value value);
  void declareParameter(onnx::InitializerOp initializer);

  onnx::GraphOp graph;
  SymbolTable symbols; // of the initializers; parameters take over their names later
  OpBuilder builder;
  StepOp step;
  DenseMap<Value, Value> converted;
  llvm::DenseSet<Operation *> read, declared;
  int64_t randomOps = 0;
};

LogicalResult GraphConverter::convert() {
  Block &block = graph.getBody().front();
  llvm::DenseSet<Operation *> needed = findNeeded(block);
  if (failed(startStep()))
    return failure();
  for (Operation &op : block.without_terminator()) {
    if (needed.contains(&op)) {
      if (failed(convertOperation(op)))
        return failure();
    } else if (auto node = dyn_cast<onnx::NodeOp>(op)) {
      remark::passed(node.getLoc(), remarkNamed("DropNode"))
          << ("node '" + node.getName() + "' (" + node.getOpType() + ") dropped: no output needs it").str();
    }
  }
  for (auto initializer : graph->getParentOfType<ModuleOp>().getOps<onnx::InitializerOp>())
    if (!read.contains(initializer))
      remark::passed(initializer.getLoc(), remarkNamed("DropInitializer"))
          << ("initializer '" + initializer.getSymName() + "' dropped: no output needs it").str();
  return finishStep();
}

DictionaryAttr nameAttributes(Builder &builder, StringRef name) {
  return builder.getDictionaryAttr(builder.getNamedAttr("neap.name", builder.getStringAttr(name)));
}

/// All tensors of a type without elements are equal. A constant in place of one lets folding take away what it has no effect
/// on, such as an empty cache of keys that is joined with the new ones.
Value GraphConverter::withoutElements(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  if (type.getNumElements() > 0)
    return value;
  return ConstantOp::create(builder, value.getLoc(), DenseElementsAttr::get(type, ArrayRef<Attribute>()));
}

/// An empty step whose arguments are the inputs, needed or not: the data have them all.
LogicalResult GraphConverter::startStep() {
  Block &block = graph.getBody().front();
  SmallVector<Attribute> names;
  for (auto [argument, name] :
       llvm::zip_equal(block.getArguments(), graph.getInputNames().getAsValueRange<StringAttr>())) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type || !type.hasStaticShape())
      return marked(onnx::emitModelError(graph), ErrorKind::Usage)
             << "expected a static tensor for input '" << name << "', got " << argument.getType();
    names.push_back(nameAttributes(builder, name));
  }
  builder.setInsertionPoint(graph);
  auto type = builder.getFunctionType(block.getArgumentTypes(), {});
  std::string stepName = "forward";
  while (symbols.lookup(stepName))
    stepName += "_";
  step = StepOp::create(builder, graph.getLoc(), stepName, type, builder.getArrayAttr(names), ArrayAttr());
  Block &body = step.getBody().emplaceBlock();
  builder.setInsertionPointToStart(&body);
  for (BlockArgument argument : block.getArguments())
    converted[argument] = withoutElements(body.addArgument(argument.getType(), argument.getLoc()));
  return success();
}

LogicalResult GraphConverter::convertOperation(Operation &op) {
  if (auto read = dyn_cast<onnx::ReadOp>(op))
    return convertRead(read);
  if (auto node = dyn_cast<onnx::NodeOp>(op))
    return convertNode(node);
  if (isa<onnx::AbsentOp>(op))
    return success();
  return marked(op.emitError(), ErrorKind::InvalidModel)
         << "expected nodes and reads of initializers, got " << op.getName();
}

/// PyTorch's name of a parameter, where the exporter's metadata give one.
StringAttr torchNameOf(onnx::InitializerOp initializer) {
  DictionaryAttr metadata = initializer.getMetadata().value_or(DictionaryAttr());
  if (!metadata)
    return {};
  if (auto kind = metadata.getAs<StringAttr>("kind"); kind && kind.getValue() == "PARAMETER")
    return initializer.getSymNameAttr();
  auto sources = metadata.getAs<ArrayAttr>("folded_from");
  return sources && sources.size() == 1 ? dyn_cast<StringAttr>(sources[0]) : StringAttr();
}

void GraphConverter::declareParameter(onnx::InitializerOp initializer) {
  if (!declared.insert(initializer).second)
    return;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(initializer);
  ParameterOp::create(builder, initializer.getLoc(), initializer.getSymName(),
                      cast<RankedTensorType>(initializer.getType()), initializer.getTrained() == onnx::Trained::Trained,
                      /*decays=*/true, initializer.getFileAttr(), initializer.getOffsetAttr(),
                      initializer.getValueAttr(), torchNameOf(initializer));
}

LogicalResult GraphConverter::convertRead(onnx::ReadOp op) {
  auto initializer = symbols.lookup<onnx::InitializerOp>(op.getInitializer());
  if (!initializer)
    return marked(onnx::emitModelError(graph), ErrorKind::InvalidModel)
           << "expected an initializer, got '" << op.getInitializer() << "'";
  read.insert(initializer);
  auto type = cast<RankedTensorType>(initializer.getType());
  if (initializer.getTrained() == onnx::Trained::Undecided && isa<FloatType>(type.getElementType()))
    return marked(onnx::emitModelError(graph), ErrorKind::Usage)
           << "expected initializer '" << initializer.getSymName() << "' to be trained or constant, got undecided";
  if (initializer.getTrained() != onnx::Trained::Trained && initializer.getValue()) {
    converted[op] = ConstantOp::create(builder, op.getLoc(), *initializer.getValue());
    return success();
  }
  declareParameter(initializer);
  converted[op] = ReadOp::create(builder, op.getLoc(), type, initializer.getSymName());
  return success();
}

LogicalResult checkInputs(onnx::NodeOp node, ArrayRef<Value> inputs, const OpConversion &conversion) {
  if (inputs.size() > conversion.maxInputs)
    return nodeError(node, ErrorKind::InvalidModel)
           << "expected at most " << conversion.maxInputs << " inputs, got " << inputs.size();
  if (inputs.size() < conversion.minInputs)
    return nodeError(node, ErrorKind::InvalidModel)
           << "expected at least " << conversion.minInputs << " inputs, got " << inputs.size();
  for (auto [i, input] : llvm::enumerate(inputs))
    if (!input && (i < conversion.minInputs || conversion.maxInputs == anyNumber))
      return nodeError(node, ErrorKind::InvalidModel) << "expected input " << i << ", got none";
  return success();
}

LogicalResult missingConversion(onnx::NodeOp node) {
  InFlightDiagnostic diagnostic = nodeError(node, ErrorKind::Unsupported);
  auto version = static_cast<int64_t>(node.getVersion());
  diagnostic << explainMissing(node.getDomain(), node.getOpType(), version);
  if (StringRef nearest = findNearestOp(node.getDomain(), node.getOpType()); !nearest.empty())
    diagnostic.attachNote() << "the nearest is '" << nearest << "'";
  return diagnostic;
}

/// Refuses tensors that are too large to be computed with, in whichever op the conversion of the node has made them.
LogicalResult checkSizes(const Node &node, llvm::iterator_range<Block::iterator> made) {
  for (Operation &op : made)
    for (Type type : op.getResultTypes())
      if (failed(node.requireShape(cast<RankedTensorType>(type).getShape())))
        return failure();
  return success();
}

LogicalResult GraphConverter::convertNode(onnx::NodeOp node) {
  const OpConversion *conversion = findConversion(node.getDomain(), node.getOpType(), node.getVersion());
  if (!conversion)
    return missingConversion(node);
  auto inputs = llvm::map_to_vector(node.getInputs(), [&](Value input) { return converted.lookup(input); });
  if (failed(checkInputs(node, inputs, *conversion)))
    return failure();
  Node context(node, inputs, builder, randomOps);
  Block &body = step.getBody().front();
  Operation *last = body.empty() ? nullptr : &body.back();
  Outputs outputs = conversion->convert(context);
  Block::iterator first = last ? std::next(last->getIterator()) : body.begin();
  if (failed(outputs) || failed(checkSizes(context, {first, body.end()})))
    return failure();
  for (auto [i, result] : llvm::enumerate(node.getOutputs())) {
    if (i < outputs->size())
      converted[result] = withoutElements((*outputs)[i]);
    else if (!result.use_empty())
      return nodeError(node, ErrorKind::Unsupported) << "expected output " << i << " to be unused, got a use";
  }
  return success();
}

/// Returns the outputs under their names. Constants that folding has made on the way and nothing reads any more go.
LogicalResult GraphConverter::finishStep() {
  auto outputs = cast<onnx::ReturnOp>(graph.getBody().front().getTerminator()).getOutputs();
  auto results = llvm::map_to_vector(outputs, [&](Value output) { return converted.lookup(output); });
  for (auto [result, name] : llvm::zip_equal(results, graph.getOutputNames().getAsValueRange<StringAttr>()))
    if (!result)
      return marked(onnx::emitModelError(graph), ErrorKind::InvalidModel)
             << "expected a tensor for output '" << name << "', got none";
  SmallVector<Attribute> names;
  for (StringRef name : graph.getOutputNames().getAsValueRange<StringAttr>())
    names.push_back(nameAttributes(builder, name));
  step.setFunctionType(builder.getFunctionType(step.getArgumentTypes(), ValueRange(results).getTypes()));
  step.setResAttrsAttr(builder.getArrayAttr(names));
  ReturnOp::create(builder, graph.getLoc(), results);

  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(step.getBody().front())))
    if (isOpTriviallyDead(&op))
      op.erase();
  return success();
}

void dropInitializers(ModuleOp module) {
  for (auto initializer : llvm::make_early_inc_range(module.getOps<onnx::InitializerOp>()))
    initializer.erase();
}

struct ConvertOnnxToNeap : ::neap::impl::ConvertOnnxToNeapBase<ConvertOnnxToNeap> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    onnx::GraphOp graph = onnx::findGraph(module);
    if (!graph)
      return;
    if (failed(GraphConverter(module, graph).convert()))
      return signalPassFailure();
    graph.erase();
    dropInitializers(module);
  }
};

} // namespace
