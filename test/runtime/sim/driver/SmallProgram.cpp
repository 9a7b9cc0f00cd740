// Generator and reference.
#include "SmallProgram.h"

#include <map>

namespace neap::test {

bool SmallOperation::reads(uint32_t word) const {
  return effect != Effect::Fill && (word - source < count || (effect == Effect::Combine && word - target < count));
}

void SmallOperation::apply(Words &words) const {
  Words old = words;
  for (uint32_t i = 0; i < count; ++i)
    switch (effect) {
    case Effect::Fill: words[target + i] = 0x01010101u * value; break;
    case Effect::Combine: words[target + i] = 3 * old[target + i] + old[source + i]; break;
    case Effect::Copy: words[target + i] = old[source + i]; break;
    }
}

uint32_t SmallProgram::operationCount() const {
  uint32_t count = 0;
  for (const SmallStep &step : steps)
    count += uint32_t(step.operations.size());
  return count;
}

bool SmallProgram::usesHost() const {
  for (const SmallStep &step : steps)
    for (const SmallOperation &operation : step.operations)
      for (uint32_t word = deviceWords; word < deviceWords + hostWords; ++word)
        if (operation.touches(word))
          return true;
  return false;
}

bool SmallProgram::waits() const {
  for (const SmallStep &step : steps)
    if (step.kind == StepKind::SynchronizeStream || step.kind == StepKind::SynchronizeEvent)
      return true;
  return false;
}

Words initialWords() { return {1, 2, 3, 4, 5, 6}; }

namespace {

bool isOnDevice(uint32_t first, uint32_t count) { return first + count <= deviceWords; }
bool isOnHost(uint32_t first, uint32_t count) {
  return first >= deviceWords && first + count <= deviceWords + hostWords;
}

bool isPossible(const SmallOperation &operation) {
  uint32_t target = operation.target, source = operation.source, count = operation.count;
  if (operation.effect == Effect::Fill)
    return isOnDevice(target, count);
  bool overlaps = target < source + count && source < target + count;
  bool isDeviceOnly = isOnDevice(target, count) && isOnDevice(source, count);
  bool isTransfer =
      (isOnDevice(target, count) && isOnHost(source, count)) || (isOnHost(target, count) && isOnDevice(source, count));
  return !overlaps && (isDeviceOnly || (operation.effect == Effect::Copy && isTransfer));
}

SmallOperation makeOperation(sim::Random &random, bool isNode) {
  SmallOperation operation;
  do {
    operation.effect = Effect(isNode ? 1 + random.below(2) : random.below(3));
    operation.target = uint32_t(random.below(deviceWords + hostWords));
    operation.source = uint32_t(random.below(deviceWords + hostWords));
    operation.count = uint32_t(1 + random.below(2));
    operation.value = uint8_t(random.below(256));
  } while (!isPossible(operation));
  return operation;
}

/// Launches a graph of the program again, if there is one that is small enough.
bool repeatGraph(sim::Random &random, const SmallProgram &program, uint32_t operationsLeft, SmallStep &step) {
  for (const SmallStep &earlier : program.steps)
    if (earlier.kind == StepKind::Graph && earlier.operations.size() <= operationsLeft && random.below(2)) {
      uint32_t stream = step.stream;
      step = earlier;
      step.stream = stream;
      return true;
    }
  return false;
}

SmallStep makeStep(sim::Random &random, const SmallProgram &program, uint32_t operationsLeft) {
  SmallStep step;
  step.stream = uint32_t(random.below(smallStreams));
  step.event = uint32_t(random.below(smallEvents));
  uint64_t choice = random.below(12);
  if (choice < 2)
    step.kind = StepKind::Record;
  else if (choice < 5)
    step.kind = StepKind::Wait;
  else if (choice == 5)
    step.kind = random.below(2) ? StepKind::SynchronizeStream : StepKind::SynchronizeEvent;
  else if (choice < 9 && repeatGraph(random, program, operationsLeft, step))
    return step;
  else if (choice < 8 && operationsLeft > 1)
    step.kind = StepKind::Graph;
  step.graph = uint32_t(program.steps.size());
  bool isGraph = step.kind == StepKind::Graph;
  if (isGraph || step.kind == StepKind::Operation)
    for (uint64_t count = isGraph ? 2 + random.below(std::min(operationsLeft - 1, 3u)) : 1; count > 0; --count) {
      step.edges.push_back(uint32_t(random.below(uint64_t(1) << step.operations.size())));
      step.operations.push_back(makeOperation(random, isGraph));
    }
  return step;
}

} // namespace

SmallProgram makeSmallProgram(sim::Random &random, uint32_t maxOperations) {
  SmallProgram program;
  for (uint32_t left = maxOperations; left > 0;) {
    program.steps.push_back(makeStep(random, program, left));
    left -= uint32_t(program.steps.back().operations.size());
    if (random.below(16) == 0)
      break;
  }
  return program;
}

Reference::Reference(const SmallProgram &program) {
  collect(program);
  countRacingPairs();
  runAllOrders(0, initialWords());
}

uint32_t Reference::add(const SmallStep &step, uint32_t earlier) {
  uint32_t first = uint32_t(operations.size());
  for (uint32_t node = 0; node < step.operations.size(); ++node) {
    uint32_t mask = earlier;
    for (uint32_t other = 0; other < node; ++other)
      if (step.edges[node] >> other & 1)
        mask |= before[first + other] | 1u << (first + other);
    operations.push_back(step.operations[node]);
    before.push_back(mask);
  }
  return (1u << operations.size()) - (1u << first);
}

/// Masks of what is before the next operation of each stream, before an event, and known to the host.
void Reference::collect(const SmallProgram &program) {
  std::array<uint32_t, smallStreams> streams = {};
  std::array<uint32_t, smallEvents> events = {};
  std::map<uint32_t, uint32_t> graphs;
  uint32_t host = 0;
  for (const SmallStep &step : program.steps) {
    uint32_t &stream = streams[step.stream];
    uint32_t all = stream | (step.stream == 0 ? streams[1] : step.stream == 1 ? streams[0] : 0);
    switch (step.kind) {
    case StepKind::Record: events[step.event] = all; break;
    case StepKind::Wait: stream |= events[step.event]; break;
    case StepKind::SynchronizeStream: host |= stream; break;
    case StepKind::SynchronizeEvent: host |= events[step.event]; break;
    case StepKind::Operation: stream = all | host | add(step, all | host); break;
    case StepKind::Graph: {
      // One launch waits for the one before.
      uint32_t earlier = all | host | graphs[step.graph];
      uint32_t nodes = add(step, earlier);
      if (graphs[step.graph])
        repetitions.push_back(nodes);
      stream = graphs[step.graph] = earlier | nodes;
    }
    }
  }
}

bool Reference::isRepeated(uint32_t first, uint32_t second) const {
  for (uint32_t nodes : repetitions)
    if ((nodes >> first & 1) && (nodes >> second & 1))
      return true;
  return false;
}

void Reference::countRacingPairs() {
  for (uint32_t second = 0; second < operations.size(); ++second)
    for (uint32_t first = 0; first < second; ++first) {
      bool conflicts = false;
      for (uint32_t word = 0; word < deviceWords + hostWords; ++word)
        conflicts |= (operations[first].writes(word) && operations[second].touches(word)) ||
                     (operations[second].writes(word) && operations[first].touches(word));
      racingPairs += conflicts && !(before[second] >> first & 1) && !isRepeated(first, second);
    }
}

void Reference::runAllOrders(uint32_t done, const Words &words) {
  if (done == (1u << operations.size()) - 1) {
    ++orders;
    results.insert(words);
    return;
  }
  for (uint32_t next = 0; next < operations.size(); ++next) {
    bool isReady = !(done >> next & 1) && (before[next] & ~done) == 0;
    if (!isReady)
      continue;
    Words after = words;
    operations[next].apply(after);
    runAllOrders(done | 1u << next, after);
  }
}

} // namespace neap::test
