// The columns, and where each comes from.
#include "neap/compiler/driver/KernelReport.h"

#include "neap/compiler/driver/TextTable.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace neap;
namespace json = llvm::json;

namespace {
/// A figure that only some kernels have.
struct OptionalFigure {
  const char *field;   // in JSON, as in the manifest
  const char *heading; // of the column
  std::optional<int64_t> KernelReport::*value;
};
} // namespace

static constexpr OptionalFigure optionalFigures[] = {
    {"blocks", "blocks", &KernelReport::blocks},
    {"block_threads", "threads", &KernelReport::blockThreads},
    {"registers", "registers", &KernelReport::registers},
    {"shared_bytes", "shared B", &KernelReport::sharedBytes},
    {"spill_bytes", "spilled B", &KernelReport::spillBytes},
};

/// Operations for each byte that a launch moves; 0 for a kernel that moves none.
static double getIntensity(const planning::KernelCost &cost) {
  return cost.bytes() > 0 ? static_cast<double>(cost.flops) / static_cast<double>(cost.bytes()) : 0;
}

static std::vector<OptionalFigure> findKnownFigures(const StepReport &step) {
  std::vector<OptionalFigure> known;
  for (const OptionalFigure &figure : optionalFigures)
    if (llvm::any_of(step.kernels, [&](const KernelReport &kernel) { return (kernel.*figure.value).has_value(); }))
      known.push_back(figure);
  return known;
}

static bool usesLibraries(const StepReport &step) {
  return llvm::any_of(step.kernels, [](const KernelReport &kernel) { return kernel.isLeftToLibrary; });
}

static std::vector<std::string> describe(const KernelReport &kernel, llvm::ArrayRef<OptionalFigure> figures,
                                         bool showLibrary) {
  const planning::KernelCost &cost = kernel.cost;
  std::vector<std::string> row{cost.name,
                               planning::getName(cost.kernelClass),
                               std::to_string(cost.launches),
                               std::to_string(cost.flops),
                               std::to_string(cost.bytesRead),
                               std::to_string(cost.bytesWritten),
                               llvm::formatv("{0:F2}", getIntensity(cost))};
  for (const OptionalFigure &figure : figures) {
    std::optional<int64_t> value = kernel.*figure.value;
    row.push_back(value ? std::to_string(*value) : "-");
  }
  if (showLibrary)
    row.push_back(kernel.isLeftToLibrary ? "library" : "-");
  row.push_back(llvm::join(kernel.ops, " "));
  return row;
}

void neap::printKernels(const StepReport &step, llvm::raw_ostream &os) {
  std::vector<OptionalFigure> figures = findKnownFigures(step);
  std::vector<std::string> heading{"kernel", "class", "launches", "FLOP", "B read", "B written", "FLOP/B"};
  for (const OptionalFigure &figure : figures)
    heading.push_back(figure.heading);
  bool showLibrary = usesLibraries(step);
  if (showLibrary)
    heading.push_back("left to");
  heading.push_back("ops");
  auto lastColumn = static_cast<unsigned>(heading.size() - 1);
  TextTable table{{heading}, {0, 1, lastColumn}};
  for (const KernelReport &kernel : step.kernels)
    table.rows.push_back(describe(kernel, figures, showLibrary));
  table.print(os);
}

static json::Object toJson(const KernelReport &kernel) {
  const planning::KernelCost &cost = kernel.cost;
  json::Object object{{"name", cost.name},
                      {"kind", kernel.kind},
                      {"class", planning::getName(cost.kernelClass)},
                      {"ops", json::Array(kernel.ops)},
                      {"launches", cost.launches},
                      {"flops", cost.flops},
                      {"bytes_read", cost.bytesRead},
                      {"bytes_written", cost.bytesWritten},
                      {"flops_per_byte", getIntensity(cost)},
                      {"left_to_library", kernel.isLeftToLibrary}};
  for (const OptionalFigure &figure : optionalFigures)
    if (std::optional<int64_t> value = kernel.*figure.value)
      object[figure.field] = *value;
  return object;
}

void neap::printKernelsJson(const StepReport &step, llvm::raw_ostream &os) {
  json::Array kernels;
  for (const KernelReport &kernel : step.kernels)
    kernels.push_back(toJson(kernel));
  os << llvm::formatv("{0:2}", json::Value(json::Object{{"kernels", std::move(kernels)}})) << "\n";
}

llvm::StringRef neap::findPtxEntry(llvm::StringRef ptx, llvm::StringRef kernel) {
  size_t begin = ptx.find((".visible .entry " + kernel + "(").str());
  if (begin == llvm::StringRef::npos)
    return {};
  size_t depth = 0;
  for (size_t end = begin; end < ptx.size(); ++end) {
    depth += ptx[end] == '{';
    if (ptx[end] == '}' && --depth == 0)
      return ptx.slice(begin, end + 1);
  }
  return {};
}
