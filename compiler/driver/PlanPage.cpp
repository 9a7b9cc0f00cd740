// The page of a plan: a template with the plan's JSON in it.
#include "neap/compiler/driver/PlanReport.h"

std::string neap::renderPlanPage(llvm::StringRef json, PlanPage page) {
  return ("<script type=\"application/json\">" + json + "</script>").str();
}
