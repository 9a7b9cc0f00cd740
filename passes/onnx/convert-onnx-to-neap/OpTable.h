// Which ONNX ops Neap converts, from which version to which, and by what function.
#pragma once

#include "neap/passes/onnx/convert-onnx-to-neap/Node.h"

namespace neap::conversion {

/// Versions are opset versions of the domain, both ends included. Inputs before `minInputs` must be there.
struct OpConversion {
  llvm::StringRef domain;
  llvm::StringRef opType;
  int64_t minVersion, maxVersion;
  unsigned minInputs, maxInputs;
  Outputs (*convert)(Node &node);
};

/// Opsets of the default domain that Neap reads.
inline constexpr int64_t oldestOpset = 11, newestOpset = 25;
inline constexpr unsigned anyNumber = ~0u;

/// The entries of one family of ops, one function per file.
llvm::ArrayRef<OpConversion> getElementwiseConversions();
llvm::ArrayRef<OpConversion> getShapeConversions();
llvm::ArrayRef<OpConversion> getIndexConversions();
llvm::ArrayRef<OpConversion> getConstantConversions();
llvm::ArrayRef<OpConversion> getNetworkConversions();
llvm::ArrayRef<OpConversion> getRandomConversions();
llvm::ArrayRef<OpConversion> getReductionConversions();
llvm::ArrayRef<OpConversion> getLossConversions();

/// The conversion of an op; null if there is none for this version.
const OpConversion *findConversion(llvm::StringRef domain, llvm::StringRef opType, int64_t version);

/// Why there is none: the op is unknown, or known in other versions.
std::string explainMissing(llvm::StringRef domain, llvm::StringRef opType, int64_t version);

/// The op of the table with the most similar name; empty if the op itself is there or none is similar.
llvm::StringRef findNearestOp(llvm::StringRef domain, llvm::StringRef opType);

} // namespace neap::conversion

namespace neap {
/// Whether the op can be converted, as `neap ops` reports it. Some forms of a supported op may still be refused.
bool isSupported(llvm::StringRef domain, llvm::StringRef opType, int64_t version);
} // namespace neap
