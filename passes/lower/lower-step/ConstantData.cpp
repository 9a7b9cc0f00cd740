// Constants to bytes.
#include "neap/passes/lower/lower-step/ConstantData.h"

#include "neap/passes/support/SlotAlignment.h"

#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace neap;

SmallVector<lower::ConstantSource> lower::layoutConstants(sched::ProgramOp program) {
  SmallVector<ConstantSource> sources;
  int64_t end = 0;
  for (auto slot : program.getOps<sched::SlotOp>()) {
    if (slot.getRole() != sched::Role::Constant)
      continue;
    sources.push_back({slot, end});
    end = alignToSlot(end + slot.getType().getBytes());
  }
  return sources;
}

std::optional<std::string> lower::getRawBytes(ElementsAttr value) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    return blob ? std::optional(std::string(blob->getData().begin(), blob->getData().end())) : std::nullopt;
  }
  auto dense = dyn_cast<DenseElementsAttr>(value);
  if (!dense)
    return std::nullopt;
  std::string bytes;
  if (dense.getElementType().isInteger(1)) {
    for (bool element : dense.getValues<bool>())
      bytes.push_back(element);
    return bytes;
  }
  StringRef raw(dense.getRawData().data(), dense.getRawData().size());
  for (int64_t i = 0, count = dense.isSplat() ? dense.getNumElements() : 1; i < count; ++i)
    bytes += raw;
  return bytes;
}

FailureOr<std::string> lower::collectConstantBytes(ArrayRef<ConstantSource> sources) {
  std::string bytes;
  for (auto [slot, source] : sources) {
    std::optional<std::string> value = getRawBytes(*sched::SlotOp(slot).getValue());
    if (!value)
      return sched::SlotOp(slot).emitOpError("expected a value whose bytes are in the module");
    bytes.resize(source);
    bytes += *value;
  }
  return bytes;
}
