// One pass over each queue; what a copy occupies longer must fit beside what is alive.
#include "neap/passes/memory/plan-memory/CopyTimers.h"

#include "neap/passes/memory/plan-memory/Recipe.h"
#include "neap/passes/planning/Liveness.h"

using namespace mlir;

namespace neap {

TimedStep::TimedStep(StepOp step) {
  NumberedOps ops(step);
  numbers = ops.numbers;
  for (auto [number, op] : llvm::enumerate(ops.ops)) {
    if (op->getBlock() != &step.getBody().front() || isa<AwaitOp, OffloadOp, ReadOp, ReloadOp, RecomputeOp>(op))
      continue;
    for (OpResult result : op->getResults())
      if (!isInitialSum(result))
        candidates.push_back({result, {number, result.getResultNumber()}});
  }
}

/// What a copy is given: rates vary.
static constexpr double slack = 1.25;

class TimerFinder {
public:
  TimerFinder(const TimedStep &step, const StepTrial &trial, const FarCosts &far)
      : step(step), plan(trial.getPlan()), far(far), madeAt(plan.order.size()) {
    for (double seconds : trial.getOrderSeconds())
      starts.push_back(starts.back() + seconds);
    findCandidates(trial);
    measureLive();
    collectCopies();
  }

  std::vector<CopyTimer> run() {
    placeReloads();
    placeAwaits();
    return std::move(timers);
  }

private:
  struct Reload {
    int position, reader; ///< places in the order
    double seconds;       ///< that it is given
    int64_t bytes;
    Operation *op;
  };
  struct Offload {
    int position, await; ///< places in the order; no await: -1
    double seconds;
    int64_t bytes;
    Operation *op; ///< the await
    int reload;    ///< the place of what brings it back in the same step, or the order's end
  };

  void findCandidates(const StepTrial &trial);
  void measureLive();
  void collectCopies();
  int findReader(int position, int storage) const;
  bool standsInTheWay(const Reload &reload) const;
  void placeReloads();
  void placeAwaits();
  void advance(Reload &reload, int earliest);
  void retime(Operation *op, int maker);
  /// The last place before `position` at which something is made that can be waited for; -1 if there is none.
  int findMaker(int position) const {
    do
      --position;
    while (position >= 0 && !madeAt[position]);
    return position;
  }
  void addLive(int first, int last, int64_t bytes) {
    for (int position = first; position < last; ++position)
      live[position] += bytes;
  }
  int endOfOrder() const { return static_cast<int>(plan.order.size()); }
  /// The place of the last task that begins at this time or before.
  int findPlace(double time) const {
    return static_cast<int>(std::upper_bound(starts.begin(), starts.end(), time) - starts.begin()) - 1;
  }

  const TimedStep &step;
  const StepPlan &plan;
  const FarCosts &far;
  std::vector<std::optional<ResultIndex>> madeAt; ///< by place in the order: something to wait for
  std::vector<double> starts{0};                  ///< seconds, if no copy were late; one more than there are tasks
  std::vector<int64_t> live;
  int64_t peak = 0;
  std::vector<Reload> reloads;
  std::vector<Offload> offloads;
  std::vector<CopyTimer> timers;
};

void TimerFinder::findCandidates(const StepTrial &trial) {
  llvm::DenseMap<Operation *, int> placeOf;
  for (auto [place, task] : llvm::enumerate(plan.order))
    placeOf[plan.tasks[task]] = static_cast<int>(place);
  for (auto &[value, index] : step.candidates)
    if (Value stored = trial.findStored(value))
      if (auto place = placeOf.find(stored.getDefiningOp()); place != placeOf.end())
        madeAt[place->second] = index;
  // Tasks that run before others which stand in front of them, such as updates, would take a copy along to where they stand.
  size_t first = std::numeric_limits<size_t>::max();
  for (std::optional<ResultIndex> &made : llvm::reverse(madeAt)) {
    if (!made)
      continue;
    if (made->op > first)
      made.reset();
    else
      first = made->op;
  }
}

void TimerFinder::measureLive() {
  live.assign(plan.order.size(), 0);
  std::vector<planning::LiveRange> ranges = planning::computeLiveRanges(plan.graph, plan.order);
  for (auto [storage, range] : llvm::enumerate(ranges))
    if (!range.isEmpty() && plan.storages[storage].space == sched::Space::Device)
      addLive(range.first, range.last + 1, plan.graph.storages[storage].bytes);
  peak = live.empty() ? 0 : *llvm::max_element(live);
}

int TimerFinder::findReader(int position, int storage) const {
  for (int place = position + 1; place < endOfOrder(); ++place)
    if (llvm::is_contained(plan.graph.tasks[plan.order[place]].reads, storage))
      return place;
  return endOfOrder();
}

void TimerFinder::collectCopies() {
  llvm::DenseMap<int, size_t> ofFar; // offloads, by storage in far memory
  for (auto [index, task] : llvm::enumerate(plan.order)) {
    auto place = static_cast<int>(index);
    Operation *op = plan.tasks[task];
    if (auto reload = dyn_cast<ReloadOp>(op)) {
      int storage = plan.getStorage(reload);
      int64_t bytes = plan.graph.storages[storage].bytes;
      reloads.push_back(
          {place, findReader(place, storage), slack * static_cast<double>(bytes) / far.reloadRate, bytes, op});
      if (auto offload = ofFar.find(plan.getStorage(reload.getValue())); offload != ofFar.end())
        offloads[offload->second].reload = place;
    } else if (auto offload = dyn_cast<OffloadOp>(op)) {
      int64_t bytes = plan.graph.storages[plan.getStorage(offload.getValue())].bytes;
      ofFar[plan.getStorage(offload)] = offloads.size();
      offloads.push_back(
          {place, -1, slack * static_cast<double>(bytes) / far.offloadRate, bytes, nullptr, endOfOrder()});
    } else if (auto await = dyn_cast<AwaitOp>(op)) {
      Offload &awaited = offloads[ofFar.at(plan.getStorage(await))];
      awaited.await = place;
      awaited.op = op;
    }
  }
}

/// Lets a copy wait for what is made at a place.
void TimerFinder::retime(Operation *op, int maker) { timers.push_back({step.numbers.lookup(op), *madeAt[maker]}); }

/// Begins earlier, from `earliest` on, where its bytes are free until now.
void TimerFinder::advance(Reload &reload, int earliest) {
  int first = reload.position;
  while (first > earliest && live[first - 1] + reload.bytes <= peak)
    --first;
  int maker = first - 1;
  while (maker < reload.position && (maker < 0 || !madeAt[maker]))
    ++maker;
  if (maker + 1 >= reload.position)
    return;
  addLive(maker + 1, reload.position, reload.bytes);
  reload.position = maker + 1;
  retime(reload.op, maker);
}

/// Whether one that begins later is needed sooner.
bool TimerFinder::standsInTheWay(const Reload &reload) const {
  return llvm::any_of(reloads, [&](const Reload &other) {
    return other.position > reload.position && other.position < reload.reader && other.reader < reload.reader;
  });
}

/// Those that can wait make way first.
void TimerFinder::placeReloads() {
  llvm::stable_sort(reloads, [](const Reload &a, const Reload &b) { return a.reader > b.reader; });
  double begin = starts.back();
  std::vector<int> places;
  for (const Reload &reload : reloads) {
    begin = std::max(std::min(begin, starts[reload.reader]) - reload.seconds, 0.0);
    places.push_back(findMaker(findPlace(begin)) + 1);
  }
  for (auto [reload, place] : llvm::zip_equal(reloads, places))
    if (place > reload.position && place <= reload.reader && standsInTheWay(reload)) {
      addLive(reload.position, place, -reload.bytes);
      reload.position = place;
      retime(reload.op, place - 1);
    }
  for (auto [reload, place] : llvm::reverse(llvm::zip_equal(reloads, places)))
    if (place < reload.position)
      advance(reload, place);
}

/// Each as soon as its copy is done, or as late as memory allows: until then there are the bytes that are copied.
void TimerFinder::placeAwaits() {
  double end = 0;
  for (Offload &offload : offloads) {
    end = std::max(end, starts[offload.position]) + offload.seconds;
    if (!offload.op)
      continue;
    int place = offload.await + 1;
    while (place < offload.reload && starts[place] < end && live[place] + offload.bytes <= peak)
      ++place;
    int maker = findMaker(place);
    if (maker <= offload.await)
      continue;
    addLive(offload.await + 1, maker + 1, offload.bytes);
    retime(offload.op, maker);
  }
}

std::vector<CopyTimer> TimedStep::findTimers(const StepTrial &trial, const FarCosts &far) const {
  return TimerFinder(*this, trial, far).run();
}

static bool standsBefore(Operation *maker, Operation *op) { return maker && maker->isBeforeInBlock(op); }

static void setTimer(Operation *copy, Value timer) {
  Operation *maker = timer.getDefiningOp();
  if (llvm::any_of(copy->getUsers(), [&](Operation *user) { return !standsBefore(maker, user); }))
    return;
  Operation *source = copy->getOperand(0).getDefiningOp();
  if (isa_and_nonnull<ReadOp>(source) && !standsBefore(source, maker))
    source->moveBefore(maker);
  if (!standsBefore(source, maker))
    return;
  if (auto reload = dyn_cast<ReloadOp>(copy))
    reload.getAfterMutable().assign(timer);
  else
    cast<AwaitOp>(copy).getAfterMutable().assign(timer);
  copy->moveAfter(maker);
}

void setTimers(StepOp step, ArrayRef<CopyTimer> timers) {
  NumberedOps ops(step);
  for (const CopyTimer &timer : timers)
    setTimer(ops.ops[timer.copy], ops.get(timer.timer));
}

} // namespace neap
