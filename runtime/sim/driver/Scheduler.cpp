// Ready lists over tasks and their nodes.
#include "neap/runtime/sim/driver/Scheduler.h"

#include <cassert>

namespace neap::sim::driver {

void Scheduler::add(TaskPointer task, const Frontier &after) {
  const Program &program = *task->program;
  task->unfinishedNodes = program.size();
  task->accesses.resize(program.size());
  for (uint32_t node = 0; node < program.size(); ++node)
    task->unmetOfNode.push_back(program.predecessorCount(node));
  for (const TaskPointer &before : after)
    if (!before->isFinished) {
      before->waiting.push_back(task.get());
      ++task->unmet;
    }
  pending_.insert(task);
  if (task->unmet == 0)
    start(*task);
}

void Scheduler::start(Task &task) {
  for (uint32_t node = 0; node < task.program->size(); ++node)
    if (task.unmetOfNode[node] == 0)
      makeReady(task, node);
  if (task.unfinishedNodes == 0)
    finish(task);
}

void Scheduler::makeReady(Task &task, uint32_t node) { ready_.push_back({&task, node, random_.next()}); }

void Scheduler::finish(Task &task) {
  task.isFinished = true;
  for (Task *waiting : std::exchange(task.waiting, {}))
    if (--waiting->unmet == 0)
      start(*waiting);
  pending_.erase(task.shared_from_this());
}

void Scheduler::finishNode(Task &task, uint32_t node) {
  for (uint32_t after : task.program->successors(node))
    if (--task.unmetOfNode[after] == 0)
      makeReady(task, after);
  if (--task.unfinishedNodes == 0)
    finish(task);
}

Scheduler::Ready Scheduler::takeReady() {
  bool outOfTurn = random_.below(4) == 0;
  auto chosen = outOfTurn ? ready_.begin() + int64_t(random_.below(ready_.size()))
                          : std::max_element(ready_.begin(), ready_.end(), [](const Ready &left, const Ready &right) {
                              return left.priority < right.priority;
                            });
  Ready result = *chosen;
  *chosen = ready_.back();
  ready_.pop_back();
  return result;
}

bool Scheduler::runOne() {
  if (halted_ || ready_.empty())
    return false;
  Ready next = takeReady();
  halted_ = !execute_(*next.task, next.node);
  if (halted_)
    return false;
  next.task->executed.push_back(next.node);
  finishNode(*next.task, next.node);
  return true;
}

void Scheduler::runUntil(const Frontier &tasks) {
  for (const TaskPointer &task : tasks)
    while (!task->isFinished && runOne())
      ;
  assert(halted_ || std::all_of(tasks.begin(), tasks.end(), [](const TaskPointer &task) { return task->isFinished; }));
}

void Scheduler::runAll() {
  while (runOne())
    ;
}

void Scheduler::runSome(uint64_t count) {
  while (count-- > 0 && runOne())
    ;
}

void Scheduler::maybeRunSome() {
  if (random_.below(4) == 0)
    runSome(1 + random_.below(4));
}

} // namespace neap::sim::driver
