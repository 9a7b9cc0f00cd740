// The HTML page of a plan: a template, which is part of the compiler, with the plan file's text inside.
#include "neap/compiler/driver/PlanReport.h"

#include "llvm/ADT/StringExtras.h"

using namespace neap;

static constexpr llvm::StringLiteral page =
#include "neap/compiler/driver/plan-page.inc"
    ;

static llvm::StringRef getName(PlanPage page) {
  switch (page) {
  case PlanPage::Plan: return "plan";
  case PlanPage::Curve: return "curve";
  }
  llvm_unreachable("no such page");
}

/// In JSON a `<` only stands in strings, and may be written by its number there. Without one, no name can end the script
/// that holds the plan, open a comment, or begin another script.
static std::string escapeForScript(llvm::StringRef json) { return llvm::join(llvm::split(json, '<'), "\\u003c"); }

std::string neap::renderPlanPage(llvm::StringRef json, PlanPage kind) {
  // Both marks are looked for in the template alone: a plan may contain what looks like one.
  auto [beforeKind, rest] = page.split("@page@");
  auto [beforePlan, end] = rest.split("@plan@");
  return (beforeKind + getName(kind) + beforePlan + escapeForScript(json) + end).str();
}
