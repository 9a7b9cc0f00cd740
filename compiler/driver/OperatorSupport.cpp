// What to do about operators that the conversion to the neap dialect does not know.
#include "neap/compiler/driver/OperatorSupport.h"

using namespace llvm;

std::string neap::adviceFor(StringRef domain, StringRef opType, int64_t version) {
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
