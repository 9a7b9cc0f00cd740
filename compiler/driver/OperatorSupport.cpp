// The list of operators that the conversion to the neap dialect knows.
#include "neap/compiler/driver/OperatorSupport.h"

#include "llvm/ADT/StringSet.h"

using namespace llvm;

bool neap::isSupported(StringRef domain, StringRef opType, int64_t version) {
  static const StringSet<> standard = {
      "Add",      "And",    "Cast",     "Concat",    "Constant", "ConstantOfShape", "CumSum", "Dropout",
      "Equal",    "Expand", "Flatten",  "Gather",    "GatherND", "Gemm",            "LayerNormalization",
      "LessOrEqual", "MatMul", "Max",   "Mul",       "Not",      "Pow",             "Range",  "Relu",
      "Reshape",  "Shape",  "Slice",    "Softmax",   "SoftmaxCrossEntropyLoss",     "Split",  "Squeeze",
      "Sub",      "Tanh",   "Transpose", "Unsqueeze", "Where"};
  return domain.empty() && standard.contains(opType);
}

std::string neap::adviceFor(StringRef domain, StringRef opType, int64_t version) {
  if (opType.contains("Quantize") || opType.starts_with("QLinear") || opType.contains("Integer") || opType.contains("NBits"))
    return "quantised: export the model without quantisation";
  if (opType == "Loop" || opType == "Scan")
    return "control flow: export with fixed sizes, so that the exporter unrolls it";
  if (domain == "com.microsoft")
    return "an operator of ONNX Runtime's optimizer: export without that optimizer";
  if (!domain.empty())
    return "the domain '" + domain.str() + "' is not known: export it as a local function";
  return "not known yet";
}
