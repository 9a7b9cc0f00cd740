// See OpTable.h.
#include "neap/passes/onnx/convert-onnx-to-neap/OpTable.h"
#include "neap/passes/support/NearestName.h"

using namespace llvm;
using namespace neap;
using namespace neap::conversion;

static StringRef canonicalDomain(StringRef domain) { return domain == "ai.onnx" ? "" : domain; }

/// All entries, those of one op next to each other.
static const StringMap<SmallVector<OpConversion, 1>> &getTable() {
  static const auto table = [] {
    StringMap<SmallVector<OpConversion, 1>> table;
    for (ArrayRef<OpConversion> family :
         {getElementwiseConversions(), getShapeConversions(), getIndexConversions(), getConstantConversions(),
          getNetworkConversions(), getRandomConversions(), getReductionConversions(), getLossConversions()})
      for (const OpConversion &entry : family)
        table[(entry.domain + "::" + entry.opType).str()].push_back(entry);
    return table;
  }();
  return table;
}

static ArrayRef<OpConversion> findEntries(StringRef domain, StringRef opType) {
  auto found = getTable().find((canonicalDomain(domain) + "::" + opType).str());
  return found == getTable().end() ? ArrayRef<OpConversion>() : ArrayRef<OpConversion>(found->second);
}

const OpConversion *conversion::findConversion(StringRef domain, StringRef opType, int64_t version) {
  for (const OpConversion &entry : findEntries(domain, opType))
    if (entry.minVersion <= version && version <= entry.maxVersion)
      return &entry;
  return nullptr;
}

std::string conversion::explainMissing(StringRef domain, StringRef opType, int64_t version) {
  std::string name = (domain.empty() ? opType : domain + "::" + opType).str();
  if (ArrayRef<OpConversion> entries = findEntries(domain, opType); !entries.empty())
    return "expected opset " + std::to_string(entries.front().minVersion) + " to " +
           std::to_string(entries.back().maxVersion) + " for " + name + ", got " + std::to_string(version);
  return "expected an op that can be converted, got '" + name + "'";
}

StringRef conversion::findNearestOp(StringRef domain, StringRef opType) {
  if (!findEntries(domain, opType).empty())
    return {};
  SmallVector<StringRef> known;
  for (const auto &entry : getTable())
    known.push_back(entry.second.front().opType);
  llvm::sort(known);
  return findNearestName(opType, known);
}

bool neap::isSupported(StringRef domain, StringRef opType, int64_t version) {
  return findConversion(domain, opType, version) != nullptr;
}
