// The pages of `neap plan`: what a browser would take for the plan is the plan, and nothing comes from elsewhere.
#include "neap/compiler/driver/PlanReport.h"

#include "llvm/Support/Regex.h"

#include "gtest/gtest.h"

using namespace neap;
namespace json = llvm::json;

namespace {

/// The names are meant to break out of the page.
constexpr llvm::StringLiteral smallPlan = R"({
  "format": 1, "budget_bytes": null, "planned_bytes": 96, "minimum_bytes": 96, "unplanned_bytes": 128,
  "seconds": 2.5e-3, "unplanned_seconds": 2e-3, "gap_seconds": 1e-4,
  "values": [{"number": 0, "name": "add of '</script><b>'", "type": "tensor<8xf32>", "bytes": 32,
              "action": "recompute", "recompute_seconds": 5e-4, "idle_from": 0, "idle_to": 1, "price": 2e-5}],
  "before": {
    "kinds": ["forward"],
    "tasks": [{"node": "<!--<script>", "kind": "gemm", "phase": "forward", "seconds": 2e-3, "bytes": [128]}],
    "peak_task": 0, "alive_at_peak": [{"bytes": 128, "kind": "forward", "description": "</SCRIPT >"}]},
  "after": {
    "kinds": ["forward"],
    "tasks": [{"node": "@plan@ @page@ \\ \" \u003c é", "kind": "gemm", "phase": "forward", "seconds": 2e-3, "bytes": [96]}],
    "peak_task": 0, "alive_at_peak": [{"bytes": 96, "kind": "forward", "description": "]]>"}]}})";

constexpr PlanPage pages[] = {PlanPage::Plan, PlanPage::Curve};

/// What an HTML parser takes for the content of the script of data: all up to the first thing that ends a script.
std::string getData(llvm::StringRef page) {
  llvm::StringRef rest = page.split(R"(<script type="application/json" id="plan">)").second;
  return rest.take_front(rest.find_insensitive("</script")).str();
}

TEST(PlanPage, ThePlanComesBackEqual) {
  for (PlanPage page : pages) {
    auto found = json::parse(getData(renderPlanPage(smallPlan, page)));
    ASSERT_TRUE(bool(found)) << llvm::toString(found.takeError());
    EXPECT_EQ(*found, *json::parse(smallPlan));
  }
}

TEST(PlanPage, NamesAddNoMarkup) {
  for (PlanPage page : pages) {
    std::string with = renderPlanPage(smallPlan, page), without = renderPlanPage("{}", page);
    EXPECT_EQ(llvm::StringRef(with).count('<'), llvm::StringRef(without).count('<'));
  }
}

TEST(PlanPage, NothingComesFromElsewhere) {
  llvm::Regex reference(R"(https?:|["'`(=][[:space:]]*//|[[:space:]](src|href)=|url\(|@import|import[ (]|fetch\()",
                        llvm::Regex::IgnoreCase);
  for (PlanPage page : pages) {
    std::string text = renderPlanPage(smallPlan, page);
    llvm::SmallVector<llvm::StringRef> matches;
    EXPECT_FALSE(reference.match(text, &matches)) << matches.front().str();
    EXPECT_TRUE(llvm::StringRef(text).contains("default-src 'none'")); // browsers refuse what the expression misses
  }
}

TEST(PlanPage, ThePageKnowsItsKind) {
  EXPECT_TRUE(llvm::StringRef(renderPlanPage(smallPlan, PlanPage::Plan)).contains(R"(data-page="plan")"));
  EXPECT_TRUE(llvm::StringRef(renderPlanPage(smallPlan, PlanPage::Curve)).contains(R"(data-page="curve")"));
}

} // namespace
