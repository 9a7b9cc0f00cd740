// Reads the file once; every figure comes from it.
#include "neap/compiler/driver/PlanReport.h"

#include "neap/compiler/driver/TextTable.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace neap;
namespace json = llvm::json;

llvm::Expected<PlanReport> PlanReport::read(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return llvm::createStringError(path + ": " + buffer.getError().message());
  llvm::Expected<json::Value> file = json::parse((*buffer)->getBuffer());
  if (!file)
    return llvm::createStringError(path + ": " + llvm::toString(file.takeError()));
  if (!file->getAsObject() || !file->getAsObject()->getArray("values"))
    return llvm::createStringError(path + ": expected a plan");
  return PlanReport(std::move(*file->getAsObject()));
}

static std::string mebibytes(int64_t bytes) {
  return llvm::formatv("{0:f1} MiB", static_cast<double>(bytes) / (1 << 20));
}

static std::string percent(double part, double whole) { return llvm::formatv("{0:f1} %", 100 * part / whole); }

/// The values of an action: how many, and their bytes.
static std::string countValues(const json::Array &values, llvm::StringRef action) {
  int64_t count = 0, bytes = 0;
  for (const json::Value &value : values)
    if (value.getAsObject()->getString("action") == action) {
      ++count;
      bytes += value.getAsObject()->getInteger("bytes").value_or(0);
    }
  return llvm::formatv("{0} values, {1}", count, mebibytes(bytes));
}

void PlanReport::print(llvm::raw_ostream &os) const {
  auto bytes = [&](llvm::StringRef name) { return fields.getInteger(name).value_or(0); };
  auto seconds = [&](llvm::StringRef name) { return fields.getNumber(name).value_or(0); };
  os << "planned:          " << mebibytes(bytes("planned_bytes")) << " (" << bytes("planned_bytes") << " bytes)\n";
  if (std::optional<int64_t> budget = fields.getInteger("budget_bytes"))
    os << "budget:           " << mebibytes(*budget) << "\n";
  os << "everything kept:  " << mebibytes(bytes("unplanned_bytes")) << "\n";
  os << "smallest budget:  " << mebibytes(bytes("minimum_bytes")) << " (" << bytes("minimum_bytes") << " bytes)\n";
  double whole = seconds("unplanned_seconds");
  os << "expected time:    " << percent(seconds("seconds") - whole, whole)
     << " more than with everything kept; at best "
     << percent(seconds("seconds") - seconds("gap_seconds") - whole, whole) << "\n";
  if (double delay = seconds("delay_seconds"); delay > 0.0005 * whole)
    os << "late copies:      " << percent(delay, whole) << " on top of that\n";
  if (std::optional<llvm::StringRef> costs = fields.getString("costs"))
    os << "by rates:         " << *costs << "\n";
  if (const json::Array *tiles = fields.getArray("tiles"))
    for (const json::Value &tile : *tiles)
      os << "in tiles:         " << tile.getAsObject()->getString("name").value_or("") << ", in "
         << tile.getAsObject()->getInteger("rounds").value_or(0) << " rounds\n";
  const json::Array &values = *fields.getArray("values");
  os << "kept:             " << countValues(values, "keep") << "\n";
  os << "computed again:   " << countValues(values, "recompute") << "\n";
  os << "in far memory:    " << countValues(values, "offload") << "\n\nalive at the peak:\n";
  TextTable table{{{"MiB", "kind", "what"}}, {1, 2}};
  constexpr size_t mostShown = 12;
  const json::Object *after = fields.getObject("after");
  if (const json::Array *alive = after ? after->getArray("alive_at_peak") : nullptr)
    for (size_t i = 0; i < std::min(alive->size(), mostShown); ++i) {
      const json::Object &value = *(*alive)[i].getAsObject();
      table.rows.push_back({llvm::formatv("{0:f1}", static_cast<double>(*value.getInteger("bytes")) / (1 << 20)),
                            value.getString("kind")->str(), value.getString("description")->str()});
    }
  table.print(os);
}

void PlanReport::printJson(llvm::raw_ostream &os) const {
  os << llvm::formatv("{0:2}\n", json::Value(json::Object(fields)));
}

llvm::Error PlanReport::writePage(llvm::StringRef path, PlanPage page) const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << json::Value(json::Object(fields));
  return llvm::writeToOutput(path, [&](llvm::raw_ostream &os) -> llvm::Error {
    os << renderPlanPage(text, page);
    return llvm::Error::success();
  });
}
