// Writing and reading of plan files.
#include "neap/passes/memory/plan-memory/PlanFile.h"

#include "neap/passes/memory/plan-memory/NumberedOps.h"
#include "neap/passes/planning/CopySchedule.h"
#include "neap/passes/support/Locations.h"

#include "llvm/Support/MemoryBuffer.h"

#include <cmath>

using namespace mlir;
namespace json = llvm::json;

namespace neap {

/// Raised when a field changes its meaning.
static constexpr int64_t formatVersion = 1;

static StringRef getName(planning::Action action) {
  switch (action) {
  case planning::Action::None: return "not needed";
  case planning::Action::Keep: return "keep";
  case planning::Action::Recompute: return "recompute";
  case planning::Action::Offload: return "offload";
  }
  return "";
}

static StringRef getName(Phase phase) {
  switch (phase) {
  case Phase::Forward: return "forward";
  case Phase::Backward: return "backward";
  case Phase::Update: return "update";
  }
  return "";
}

static json::Object describeLive(const LiveProfile &live) {
  json::Array tasks, alive;
  for (const LiveTask &task : live.getTasks()) {
    json::Array bytes(task.bytes);
    tasks.push_back(json::Object{{"node", task.node},
                                 {"kind", task.kind},
                                 {"phase", getName(task.phase)},
                                 {"seconds", task.seconds},
                                 {"bytes", std::move(bytes)}});
  }
  for (const AliveValue &value : live.getAliveAtPeak())
    alive.push_back(
        json::Object{{"bytes", value.bytes}, {"kind", getName(value.kind)}, {"description", value.description}});
  json::Array kinds;
  for (size_t kind = 0; kind < bytesKinds; ++kind)
    kinds.push_back(getName(static_cast<BytesKind>(kind)));
  return json::Object{{"kinds", std::move(kinds)},
                      {"tasks", std::move(tasks)},
                      {"peak_task", static_cast<int64_t>(live.getPeak())},
                      {"alive_at_peak", std::move(alive)}};
}

/// A name for a value that says where it comes from; with its number it is unique.
static std::string nameOf(Operation *op) {
  if (auto read = dyn_cast<ReadOp>(op))
    return ("state @" + read.getSymbol()).str();
  return describeOrigin(op);
}

static json::Value optional(double number) {
  return std::isfinite(number) ? json::Value(number) : json::Value(nullptr);
}

static json::Array describeValues(const TiledPlan &tiled) {
  const MemoryPlanner &planner = tiled.step->getPlanner();
  const MemoryPlan &plan = tiled.plan;
  NumberedOps ops(tiled.step->getStep());
  json::Array values;
  ArrayRef<ResultIndex> indices = planner.getModel().getValues();
  for (auto [number, index] : llvm::enumerate(indices)) {
    const planning::RetainableValue &value = planner.getModel().getProblem().values[number];
    std::string type;
    llvm::raw_string_ostream(type) << ops.get(index).getType();
    json::Object entry{{"number", static_cast<int64_t>(number)},
                       {"name", nameOf(ops.ops[index.op])},
                       {"type", type},
                       {"bytes", value.bytes},
                       {"action", getName(plan.actions[number])},
                       {"recompute_seconds", optional(value.recomputeSeconds)},
                       {"offload_seconds", optional(value.offloadSeconds)},
                       {"idle_from", value.gapFirst},
                       {"idle_to", value.gapLast}};
    if (!plan.flipPrices.empty()) {
      entry["price"] = optional(plan.gapPrices[number]);
      entry["flip_price"] = optional(plan.flipPrices[number]);
    }
    values.push_back(std::move(entry));
  }
  return values;
}

static json::Array describeTiles(ArrayRef<TileDecision> decisions) {
  json::Array tiles;
  for (const TileDecision &decision : decisions)
    tiles.push_back(json::Object{{"op", static_cast<int64_t>(decision.seed.op)},
                                 {"result", static_cast<int64_t>(decision.seed.result)},
                                 {"name", decision.name},
                                 {"rounds", decision.count},
                                 {"made_again", decision.isMadeAgain}});
  return tiles;
}

json::Object describePlan(TilePlanner &planner, const TiledPlan &tiled, int64_t budget) {
  const MemoryPlan baseline = planner.getBaseline().plan, &plan = tiled.plan;
  json::Object file{{"format", formatVersion},
                    {"planned_bytes", plan.plannedBytes},
                    {"minimum_bytes", planner.getMinimum().plan.plannedBytes},
                    {"unplanned_bytes", baseline.plannedBytes},
                    {"seconds", plan.seconds},
                    {"delay_seconds", plan.delaySeconds},
                    {"unplanned_seconds", baseline.seconds},
                    {"gap_seconds", plan.gapSeconds},
                    {"costs", planner.getPlainStep().getPlanner().describeCosts()},
                    {"tiles", describeTiles(tiled.step->getDecisions())},
                    {"values", describeValues(tiled)},
                    {"before", describeLive(planner.getPlainStep().getPlanner().getBaselineLive())},
                    {"after", describeLive(tiled.step->getPlanner().measureLive(plan))}};
  file["budget_bytes"] = budget > 0 ? json::Value(budget) : json::Value(nullptr);
  return file;
}

json::Array describeCurve(TilePlanner &planner, int64_t points) {
  json::Array curve;
  int64_t least = planner.getMinimum().plan.plannedBytes, most = planner.getBaseline().plan.plannedBytes;
  for (int64_t point = 0; point < points; ++point) {
    int64_t budget = least + (most - least) * point / std::max<int64_t>(points - 1, 1);
    if (std::optional<TiledPlan> found = planner.findPlan(budget))
      curve.push_back(json::Object{{"budget_bytes", budget},
                                   {"planned_bytes", found->plan.plannedBytes},
                                   {"seconds", found->plan.seconds},
                                   {"gap_seconds", found->plan.gapSeconds}});
  }
  return curve;
}

static std::optional<planning::Action> findAction(StringRef name) {
  for (auto action :
       {planning::Action::None, planning::Action::Keep, planning::Action::Recompute, planning::Action::Offload})
    if (getName(action) == name)
      return action;
  return std::nullopt;
}

/// The first value that is to move and could not be back in time.
static std::optional<size_t> findLateCopy(const planning::RetentionProblem &problem,
                                          ArrayRef<planning::Action> actions) {
  auto moves = [](planning::Action action) { return action == planning::Action::Offload; };
  if (!problem.link)
    return llvm::none_of(actions, moves) ? std::nullopt
                                         : std::optional<size_t>(llvm::find_if(actions, moves) - actions.begin());
  planning::CopySchedule copies(problem);
  for (size_t value = 0; value < actions.size(); ++value)
    copies.setMoved(static_cast<int>(value), moves(actions[value]));
  for (size_t value = 0; value < actions.size(); ++value)
    if (moves(actions[value]) && (!problem.values[value].hasGap() || !copies.windowOf(static_cast<int>(value))))
      return value;
  return std::nullopt;
}

llvm::Error PlanFile::fail(const Twine &message) const { return llvm::createStringError(path + ": " + message); }

llvm::Expected<PlanFile> PlanFile::read(StringRef path) {
  auto fail = [&](const Twine &message) { return llvm::createStringError(path + ": " + message); };
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return fail(buffer.getError().message());
  llvm::Expected<json::Value> content = json::parse((*buffer)->getBuffer());
  if (!content)
    return fail(llvm::toString(content.takeError()));
  json::Object *fields = content->getAsObject();
  if (!fields || !fields->getArray("values") || fields->getInteger("format") != formatVersion)
    return fail("expected a plan as `neap plan --json` writes it, of format " + Twine(formatVersion));
  return PlanFile(path, std::move(*content));
}

llvm::Expected<std::vector<TileDecision>> PlanFile::getTiles() const {
  std::vector<TileDecision> decisions;
  const json::Array *tiles = content.getAsObject()->getArray("tiles");
  for (const json::Value &entry : tiles ? *tiles : json::Array()) {
    const json::Object *tile = entry.getAsObject();
    std::optional<int64_t> op, result, rounds;
    if (tile) {
      op = tile->getInteger("op");
      result = tile->getInteger("result");
      rounds = tile->getInteger("rounds");
    }
    if (!op || !result || !rounds || *op < 0 || *result < 0 || *rounds < 2)
      return fail("expected tiles with an op, a result and two rounds or more");
    StringRef name = tile->getString("name").value_or("");
    bool isMadeAgain = tile->getBoolean("made_again").value_or(false);
    decisions.push_back({{static_cast<size_t>(*op), static_cast<unsigned>(*result)}, *rounds, isMadeAgain, name.str()});
  }
  return decisions;
}

/// Only numbers, names and actions count; a person may have removed the rest.
llvm::Expected<std::vector<planning::Action>> PlanFile::getActions(const StepModel &model, StepOp step) const {
  const json::Array *values = content.getAsObject()->getArray("values");
  if (values->size() != model.getValues().size())
    return fail("expected " + Twine(model.getValues().size()) + " values, got " + Twine(values->size()) +
                ": the plan was made for another step");
  NumberedOps ops(step);
  std::vector<planning::Action> actions(values->size(), planning::Action::None);
  std::vector<bool> isSeen(values->size(), false);
  for (const json::Value &entry : *values) {
    const json::Object *value = entry.getAsObject();
    std::optional<int64_t> number = value ? value->getInteger("number") : std::nullopt;
    if (!number || *number < 0 || *number >= static_cast<int64_t>(actions.size()) || isSeen[*number])
      return fail("expected every value with a number of its own");
    isSeen[*number] = true;
    std::string name = nameOf(ops.ops[model.getValues()[*number].op]);
    if (value->getString("name") != StringRef(name))
      return fail("expected value " + Twine(*number) + " to be " + name + ": the plan was made for another step");
    std::optional<planning::Action> action = findAction(value->getString("action").value_or(""));
    if (!action)
      return fail("value " + Twine(*number) + ": expected the action keep, recompute, offload or \"not needed\"");
    actions[*number] = *action;
  }
  if (std::optional<std::string> error = planning::findActionError(model.getProblem(), actions))
    return fail(*error);
  if (std::optional<size_t> late = findLateCopy(model.getProblem(), actions))
    return fail("value " + Twine(*late) + " cannot be offloaded: its copy would come too late");
  return actions;
}

} // namespace neap
