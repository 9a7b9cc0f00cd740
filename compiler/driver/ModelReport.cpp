// See ModelReport.h.
#include "neap/compiler/driver/ModelReport.h"

#include "neap/compiler/driver/OperatorSupport.h"
#include "neap/passes/onnx/convert-onnx-to-neap/OpTable.h"

#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <map>
#include <tuple>

using namespace mlir;
using namespace neap;

bool ModelReport::trainable() const {
  return llvm::all_of(operators, [](const auto &kind) { return kind.supported || !kind.needed; }) &&
         llvm::any_of(weights, [](const auto &weight) { return weight.trained; }) &&
         llvm::all_of(weights, [](const auto &weight) { return !weight.trained || weight.advice.empty(); });
}

/// All nodes whose results the loss is computed from.
static llvm::DenseSet<Operation *> nodesBehind(Value loss) {
  llvm::DenseSet<Operation *> seen;
  SmallVector<Value> worklist{loss};
  while (!worklist.empty()) {
    Operation *op = worklist.pop_back_val().getDefiningOp();
    if (!op || !seen.insert(op).second)
      continue;
    op->walk([&](Operation *inner) {
      seen.insert(inner);
      llvm::append_range(worklist, inner->getOperands());
    });
  }
  return seen;
}

static std::vector<OperatorKind> countOperators(ModuleOp module, Value loss) {
  llvm::DenseSet<Operation *> needed = nodesBehind(loss);
  onnx::GraphOp graph = onnx::findGraph(module);
  llvm::DenseSet<Value> computed = graph ? findComputedValues(graph) : llvm::DenseSet<Value>();
  std::map<std::tuple<std::string, std::string, int64_t>, OperatorKind> kinds;
  module.walk([&](onnx::NodeOp node) {
    OperatorKind &kind = kinds[{node.getDomain().str(), node.getOpType().str(), node.getVersion()}];
    ++kind.count;
    kind.needed |= needed.contains(node);
    if (kind.advice.empty() && needed.contains(node))
      kind.advice = adviceForNode(node, computed);
  });
  std::vector<OperatorKind> result;
  for (auto &[key, kind] : kinds) {
    std::tie(kind.domain, kind.name, kind.version) = key;
    if (!isSupported(kind.domain, kind.name, kind.version))
      kind.advice = adviceFor(kind.domain, kind.name, kind.version);
    kind.supported = kind.advice.empty();
    result.push_back(std::move(kind));
  }
  return result;
}

/// What to do where a trained tensor has no kernels; see neap-verify-types.
static std::string adviceForType(Type elementType) {
  return elementType.isF32() ? "" : "only fp32 can be trained: export the model in fp32";
}

/// `256x64xf32`.
static std::string describeType(RankedTensorType type) {
  std::string text;
  for (int64_t size : type.getShape())
    text += std::to_string(size) + "x";
  llvm::raw_string_ostream(text) << type.getElementType();
  return text;
}

ModelReport neap::describeModel(ModuleOp module, Value loss, std::vector<std::string> warnings) {
  ModelReport report;
  report.operators = countOperators(module, loss);
  for (auto op : module.getOps<onnx::InitializerOp>()) {
    if (!onnx::isFloatTensor(op.getType()))
      continue;
    auto type = cast<RankedTensorType>(op.getType());
    report.weights.push_back({op.getSymName().str(), describeType(type), op.getReason().value_or("").str(),
                              op.getTrained() == onnx::Trained::Trained, adviceForType(type.getElementType())});
  }
  report.warnings = std::move(warnings);
  return report;
}

void neap::printText(const ModelReport &report, llvm::raw_ostream &os) {
  os << "operators\n";
  for (const OperatorKind &kind : report.operators)
    os << llvm::formatv("  {0,6}  {1}{2}{3}, opset {4}: {5}\n", kind.count, kind.domain, kind.domain.empty() ? "" : ".",
                        kind.name, kind.version, kind.supported ? "supported" : kind.advice);
  os << "floating-point initializers\n";
  for (const WeightReport &weight : report.weights)
    os << llvm::formatv("  {0,-8} {1}  {2}: {3}\n", weight.trained ? "trained" : "constant", weight.name, weight.type,
                        weight.trained && !weight.advice.empty() ? weight.advice : weight.reason);
  for (const std::string &warning : report.warnings)
    os << "warning: " << warning << "\n";
  os << (report.trainable() ? "can be trained\n" : "cannot be trained\n");
}

void neap::printJson(const ModelReport &report, llvm::raw_ostream &os) {
  llvm::json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attributeArray("operators", [&] {
      for (const OperatorKind &kind : report.operators)
        json.object([&] {
          json.attribute("domain", kind.domain);
          json.attribute("name", kind.name);
          json.attribute("version", kind.version);
          json.attribute("count", kind.count);
          json.attribute("supported", kind.supported);
          if (!kind.supported)
            json.attribute("missing", kind.advice);
        });
    });
    json.attributeArray("initializers", [&] {
      for (const WeightReport &weight : report.weights)
        json.object([&] {
          json.attribute("name", weight.name);
          json.attribute("type", weight.type);
          json.attribute("trained", weight.trained);
          json.attribute("reason", weight.reason);
          if (weight.trained && !weight.advice.empty())
            json.attribute("missing", weight.advice);
        });
    });
    json.attributeArray("warnings", [&] {
      for (const std::string &warning : report.warnings)
        json.value(warning);
    });
    json.attribute("trainable", report.trainable());
  });
  os << "\n";
}
