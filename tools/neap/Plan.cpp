// `neap plan MODEL.onnx ... --memory BYTES`: what a memory plan decides, without compiling.
#include "neap/compiler/driver/Diagnostics.h"
#include "neap/compiler/driver/PlanReport.h"
#include "neap/tools/neap/CommandLine.h"
#include "neap/tools/neap/Commands.h"

#include "llvm/Support/FileSystem.h"

namespace cl = llvm::cl;
using namespace neap;

static cl::opt<std::string> json("json", cl::desc("Write the plan, for --plan and for programs; - for standard output"),
                                 cl::value_desc("FILE"), cl::sub(planCommandLine()));
static cl::opt<std::string> page("report", cl::desc("Write a page that shows the plan"), cl::value_desc("FILE.html"),
                                 cl::sub(planCommandLine()));
static cl::opt<std::string> curve("curve", cl::desc("Write a page with expected time for budgets of all sizes"),
                                  cl::value_desc("FILE.html"), cl::sub(planCommandLine()));
static cl::opt<int> points("points", cl::desc("Budgets of --curve (16)"), cl::init(16), cl::value_desc("N"),
                           cl::sub(planCommandLine()));

static ExitCode fail(ExitCode code, const llvm::Twine &message) {
  printError(message.str());
  return code;
}

static llvm::Error checkOptions() {
  if (points < 2)
    return llvm::createStringError("--points: expected at least 2, got " + llvm::Twine(points));
  if (points.getNumOccurrences() && curve.empty())
    return llvm::createStringError("--points: it goes with --curve");
  return llvm::Error::success();
}

static ExitCode writePages(llvm::StringRef file) {
  llvm::Expected<PlanReport> report = PlanReport::read(file);
  if (!report)
    return fail(ExitCode::Internal, llvm::toString(report.takeError()));
  for (auto [path, part] : {std::pair(&page, PlanPage::Plan), std::pair(&curve, PlanPage::Curve)})
    if (!path->empty())
      if (llvm::Error error = report->writePage(*path, part))
        return fail(ExitCode::OutputUnwritable, llvm::toString(std::move(error)));
  if (json != "-")
    report->print(llvm::outs());
  else
    report->printJson(llvm::outs());
  return ExitCode::Ok;
}

static ExitCode run() {
  CompileOptions options;
  llvm::Error error = checkOptions();
  if (!error)
    error = readCommandLine(options);
  if (error)
    return fail(ExitCode::Usage, llvm::toString(std::move(error)));
  llvm::SmallString<128> temporary;
  bool isKept = !json.empty() && json != "-";
  if (!isKept)
    if (std::error_code code = llvm::sys::fs::createTemporaryFile("neap-plan", "json", temporary))
      return fail(ExitCode::OutputUnwritable, "cannot make a temporary file: " + code.message());
  std::string file = isKept ? json : temporary.str().str();
  options.stages.memory.plan.report = file;
  options.stages.memory.plan.curvePoints = curve.empty() ? 0 : points;
  ExitCode code = compile(options);
  if (code == ExitCode::Ok)
    code = writePages(file);
  if (!isKept)
    llvm::sys::fs::remove(temporary);
  return code;
}

Command neap::planCommand() { return {&planCommandLine(), run}; }
