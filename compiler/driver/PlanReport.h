// What `neap plan` shows of a plan file: a summary in text, and pages for a browser.
#pragma once

#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace neap {

enum class PlanPage {
  Plan,  ///< one plan: what is alive when, and every value
  Curve, ///< expected time for budgets of all sizes
};

class PlanReport {
public:
  /// A plan file, as neap-plan-memory writes it. The error names the file.
  static llvm::Expected<PlanReport> read(llvm::StringRef path);

  /// Bytes and time, what is alive at the peak, and the values that cost most.
  void print(llvm::raw_ostream &os) const;
  void printJson(llvm::raw_ostream &os) const;
  /// One self-contained HTML file, there whole or not at all.
  llvm::Error writePage(llvm::StringRef path, PlanPage page) const;

private:
  explicit PlanReport(llvm::json::Object fields) : fields(std::move(fields)) {}
  llvm::json::Object fields;
};

/// The HTML page for a plan file's text; what it shows is decided by the page's script.
std::string renderPlanPage(llvm::StringRef json, PlanPage page);

} // namespace neap
