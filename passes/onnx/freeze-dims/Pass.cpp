// neap-freeze-dims. See Pass.td.
//   1. read the options
//   2. check them against the names that the inputs use
//   3. evaluate every dimension and make the block arguments static
#include "neap/dialects/TensorLimits.h"
#include "neap/dialects/onnx/Onnx.h"
#include "neap/passes/onnx/Passes.h"
#include "neap/passes/onnx/freeze-dims/DimExpression.h"

#include "llvm/ADT/SetVector.h"

namespace neap {
#define GEN_PASS_DEF_FREEZEDIMS
#include "neap/passes/onnx/Onnx.h.inc"
} // namespace neap

using namespace mlir;
using namespace neap;

namespace {

using Names = llvm::SetVector<StringRef>;

std::string quoted(ArrayRef<StringRef> names) {
  return llvm::join(llvm::map_range(names, [](StringRef name) { return ("'" + name + "'").str(); }), ", ");
}

FailureOr<DimValues> readValues(onnx::GraphOp graph, ArrayRef<std::string> options) {
  DimValues values;
  for (StringRef option : options) {
    auto [name, text] = option.rsplit('=');
    int64_t value;
    if (name.empty() || text.getAsInteger(10, value) || value <= 0)
      return onnx::emitModelError(graph) << "expected a dimension as NAME=N with N of at least 1, got '" << option
                                         << "'";
    if (!values.try_emplace(name, value).second)
      return onnx::emitModelError(graph) << "expected one value for dimension '" << name << "', got two";
  }
  return values;
}

/// The names in the dimensions of the inputs. One that `values` holds as a whole is no expression.
Names namesOfInputs(onnx::GraphOp graph, const DimValues &values) {
  Names names;
  for (auto input : graph.getDimParams().getAsRange<ArrayAttr>())
    for (StringRef dim : input.getAsValueRange<StringAttr>()) {
      if (dim.empty())
        continue;
      if (values.count(dim))
        names.insert(dim);
      else
        for (StringRef name : namesInDim(dim))
          names.insert(name);
    }
  return names;
}

LogicalResult checkNames(onnx::GraphOp graph, const Names &names, const DimValues &values) {
  SmallVector<StringRef> given(values.keys());
  llvm::sort(given);
  for (StringRef name : given) {
    if (names.contains(name))
      continue;
    InFlightDiagnostic diagnostic = onnx::emitModelError(graph);
    diagnostic << "expected the name of a dimension of an input, got '" << name << "'";
    auto distance = [&](StringRef other) { return name.edit_distance(other); };
    if (names.empty())
      diagnostic.attachNote() << "all dimensions of the inputs are fixed";
    else
      diagnostic.attachNote() << "the nearest is '"
                              << *llvm::min_element(names, [&](auto a, auto b) { return distance(a) < distance(b); })
                              << "'";
    return diagnostic;
  }
  SmallVector<StringRef> missing(llvm::make_filter_range(names, [&](StringRef name) { return !values.count(name); }));
  if (missing.empty())
    return success();
  InFlightDiagnostic diagnostic = onnx::emitModelError(graph);
  diagnostic << "expected a value for every dimension of the inputs, got none for " << quoted(missing);
  std::string example;
  for (StringRef name : missing)
    example += (example.empty() ? "--dim '" : " --dim '") + name.str() + "=N'";
  diagnostic.attachNote() << "add " << example;
  return diagnostic;
}

/// The static shape of an input.
FailureOr<RankedTensorType> freeze(onnx::GraphOp graph, unsigned input, const DimValues &values) {
  auto type = cast<RankedTensorType>(graph.getBody().getArgument(input).getType());
  auto dims = cast<ArrayAttr>(graph.getDimParams()[input]).getAsValueRange<StringAttr>();
  SmallVector<int64_t> shape(type.getShape());
  auto error = [&] {
    return onnx::emitModelError(graph) << "input '" << cast<StringAttr>(graph.getInputNames()[input]).getValue()
                                       << "': ";
  };
  for (auto [size, dim] : llvm::zip(shape, dims)) {
    if (dim.empty())
      continue;
    llvm::Expected<int64_t> value = evaluateDim(dim, values);
    if (!value)
      return error() << "cannot evaluate dimension '" << dim << "': " << llvm::toString(value.takeError());
    if (*value < 0)
      return error() << "expected dimension '" << dim << "' to be at least 0, got " << *value;
    size = *value;
  }
  if (!isWithinLimits(shape))
    return error() << "expected " << tensorLimits << ", got a larger one";
  return RankedTensorType::get(shape, type.getElementType());
}

struct FreezeDimsPass : neap::impl::FreezeDimsBase<FreezeDimsPass> {
  using FreezeDimsBase::FreezeDimsBase;

  void runOnOperation() override {
    onnx::GraphOp graph = onnx::findGraph(getOperation());
    if (!graph)
      return;
    FailureOr<DimValues> values = readValues(graph, llvm::to_vector(dims));
    if (failed(values) || failed(checkNames(graph, namesOfInputs(graph, *values), *values)))
      return signalPassFailure();
    SmallVector<Attribute> names;
    Builder builder(&getContext());
    for (BlockArgument argument : graph.getBody().getArguments()) {
      FailureOr<RankedTensorType> type = freeze(graph, argument.getArgNumber(), *values);
      if (failed(type))
        return signalPassFailure();
      argument.setType(*type);
      names.push_back(builder.getStrArrayAttr(SmallVector<StringRef>(type->getRank())));
    }
    graph.setDimParamsAttr(builder.getArrayAttr(names));
  }
};

} // namespace
