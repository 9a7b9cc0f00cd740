// Builds a step from a forward graph: a backward pass that reads values in reverse order, and from that, who lies when where.
#include "RetentionProblems.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

using namespace neap::planning;

namespace neap::test {

namespace {

/// A value of the forward pass; made by the task of its index.
struct ForwardValue {
  int64_t bytes;
  double seconds; ///< to make it; infinity where it cannot be made again
  std::vector<int> sources;
  bool isSaved = true; ///< the backward pass reads it
};

/// Lays a backward pass behind the forward pass: one task for each value, last first, and `pauses` without a read after it.
class StepBuilder {
public:
  StepBuilder(const std::vector<ForwardValue> &forward, int pauses)
      : forward(forward), count(static_cast<int>(forward.size())), pauses(pauses) {}

  /// `constantBytes` are alive throughout; gradients of about the size of what they belong to come and go.
  RetentionProblem build(int64_t constantBytes);

private:
  int backwardOf(int value) const { return count + (count - 1 - value) * (1 + pauses); }
  void findReads();
  void addBase(RetentionProblem &problem, int first, int last, int64_t bytes) const;

  const std::vector<ForwardValue> &forward;
  int count, pauses;
  std::vector<int> lastForward, firstLate, lastLate;
};

/// When a value is read last in the forward pass, and first and last behind it: by its own backward task, and by whatever
/// might be computed again from it, just before that is read itself.
void StepBuilder::findReads() {
  int none = std::numeric_limits<int>::max();
  lastForward.resize(count);
  firstLate.assign(count, none);
  lastLate.assign(count, -1);
  for (int value = count - 1; value >= 0; --value) {
    lastForward[value] = std::max(lastForward[value], value);
    if (forward[value].isSaved) {
      firstLate[value] = std::min(firstLate[value], backwardOf(value));
      lastLate[value] = std::max(lastLate[value], backwardOf(value));
    }
    for (int source : forward[value].sources) {
      lastForward[source] = std::max(lastForward[source], value);
      if (firstLate[value] == none || !std::isfinite(forward[value].seconds))
        continue;
      firstLate[source] = std::min(firstLate[source], firstLate[value]);
      lastLate[source] = std::max(lastLate[source], firstLate[value]);
    }
  }
}

void StepBuilder::addBase(RetentionProblem &problem, int first, int last, int64_t bytes) const {
  for (int position = first; position <= last; ++position)
    problem.baseBytes[position] += bytes;
}

RetentionProblem StepBuilder::build(int64_t constantBytes) {
  findReads();
  RetentionProblem problem;
  problem.baseBytes.assign(count + count * (1 + pauses), constantBytes);
  for (int value = 0; value < count; ++value) {
    const ForwardValue &it = forward[value];
    addBase(problem, value, lastForward[value], it.bytes);
    addBase(problem, backwardOf(value), backwardOf(value) + pauses, 2 * it.bytes);
    if (it.isSaved)
      addBase(problem, firstLate[value], lastLate[value], it.bytes);
    RetainableValue &retainable = problem.values.emplace_back();
    retainable.bytes = it.bytes;
    retainable.isNeeded = it.isSaved;
    retainable.sources = it.sources;
    retainable.recomputeSeconds = it.seconds;
    if (lastLate[value] >= 0) {
      retainable.gapFirst = lastForward[value] + 1;
      retainable.gapLast = firstLate[value] - 1;
      retainable.lateFirst = firstLate[value];
      retainable.lateLast = lastLate[value];
    }
  }
  return problem;
}

constexpr double productRate = 4e14, memoryRate = 2e12;

/// One layer after the other; sources are indices.
class TransformerBuilder {
public:
  std::vector<ForwardValue> build(int layers) {
    int stream = add(rows, {}, std::numeric_limits<double>::infinity(), true);
    for (int layer = 0; layer < layers; ++layer)
      stream = addLayer(stream);
    return std::move(values);
  }

private:
  int add(int64_t bytes, std::vector<int> sources, double seconds, bool isSaved) {
    values.push_back({bytes, seconds, std::move(sources), isSaved});
    return static_cast<int>(values.size()) - 1;
  }
  /// Moves bytes only.
  int pointwise(int64_t bytes, const std::vector<int> &sources, bool isSaved) {
    int64_t moved = bytes;
    for (int source : sources)
      moved += values[source].bytes;
    return add(bytes, sources, 5e-6 + double(moved) / memoryRate, isSaved);
  }
  int product(int64_t bytes, int source, bool isSaved) {
    double flops = 2.0 * double(tokens) * double(values[source].bytes / tokens / 4) * double(bytes / tokens / 4);
    return add(bytes, {source}, 5e-6 + flops / productRate, isSaved);
  }
  int addNorm(int input) {
    int mean = pointwise(4 * tokens, {input}, true);
    int scale = pointwise(4 * tokens, {input, mean}, true);
    int centred = pointwise(rows, {input, mean}, false);
    return pointwise(rows, {centred, scale}, true);
  }
  int addLayer(int stream) {
    int joint = product(3 * rows, addNorm(stream), false);
    int query = pointwise(rows, {joint}, true), key = pointwise(rows, {joint}, true);
    int value = pointwise(rows, {joint}, true);
    double attention = 4.0 * double(tokens) * 1024 * channels / 2 / productRate;
    int sums = add(4 * tokens * 25, {query, key}, attention / 2, true);
    int attended = add(rows, {query, key, value, sums}, attention, true);
    int projected = product(rows, attended, false);
    int mask = pointwise(rows / 4, {}, true);
    int dropped = pointwise(rows, {projected, mask}, false);
    int middle = pointwise(rows, {stream, dropped}, true);
    int wide = product(4 * rows, addNorm(middle), true);
    int curved = pointwise(4 * rows, {wide}, true);
    int narrow = product(rows, curved, false);
    int lastMask = pointwise(rows / 4, {}, true);
    pointwise(rows, {middle, pointwise(rows, {narrow, lastMask}, false)}, true);
    // Layers end where recomputation ends: else the first values would have to be there for the last layer's sake.
    values.back().seconds = std::numeric_limits<double>::infinity();
    return static_cast<int>(values.size()) - 1;
  }

  static constexpr int64_t tokens = 4096, channels = 1600, rows = 4 * tokens * channels;
  std::vector<ForwardValue> values;
};

} // namespace

RetentionProblem makeTransformerStep(int layers) {
  std::vector<ForwardValue> forward = TransformerBuilder().build(layers);
  return StepBuilder(forward, 1).build(int64_t(layers) * 12 * 1600 * 1600 * 16);
}

RetentionProblem makeRandomStep(unsigned seed, int maxValues) {
  std::mt19937 random(seed);
  std::vector<ForwardValue> forward;
  int count = 2 + static_cast<int>(random() % unsigned(maxValues - 1));
  for (int value = 0; value < count; ++value) {
    bool isFixed = random() % 8 == 0;
    double seconds = isFixed ? std::numeric_limits<double>::infinity() : double(1 + random() % 1000) * 1e-6;
    ForwardValue &it = forward.emplace_back(ForwardValue{int64_t(1 + random() % 1000) * 256, seconds, {}});
    it.isSaved = random() % 3 != 0;
    for (unsigned i = random() % 3; i > 0 && value > 0; --i) {
      // Mostly from nearby, now and then from anywhere.
      int source = random() % 4 ? std::max(0, value - 1 - int(random() % 4)) : int(random() % unsigned(value));
      if (!std::count(it.sources.begin(), it.sources.end(), source))
        it.sources.push_back(source);
    }
  }
  return StepBuilder(forward, int(random() % 2)).build(4096);
}

RetentionProblem addFarMemory(RetentionProblem problem, double bytesPerSecond, int states, int64_t stateBytes) {
  int positions = static_cast<int>(problem.baseBytes.size()), forward = static_cast<int>(problem.values.size());
  FarLink &link = problem.link.emplace(FarLink{bytesPerSecond, bytesPerSecond, {}});
  int tasksEach = (positions - forward) / forward; // of the backward pass
  for (int position = 0; position < positions; ++position) {
    bool isForward = position < forward;
    int made = isForward ? position : forward - 1 - (position - forward) / tasksEach;
    double seconds = problem.values[made].recomputeSeconds;
    link.taskSeconds.push_back((std::isfinite(seconds) ? seconds : 1e-5) * (isForward ? 1 : 2.0 / tasksEach));
  }
  constexpr double trafficRate = 5e12; // each copy reads or writes device memory once
  for (RetainableValue &value : problem.values)
    if (value.bytes >= 1024)
      value.offloadSeconds = 2 * double(value.bytes) / trafficRate;
  for (int state = 0; state < states; ++state) {
    int update = forward + (positions - forward) * (state + 1) / (states + 1);
    RetainableValue &value = problem.values.emplace_back();
    value.bytes = stateBytes;
    value.gapFirst = update + 1;
    value.gapLast = update - 1;
    value.wrapsAround = value.isNeeded = true;
    value.recomputeSeconds = std::numeric_limits<double>::infinity();
    value.offloadSeconds = 2 * double(stateBytes) / trafficRate;
    for (int position = 0; position < positions; ++position)
      problem.baseBytes[position] -= position == update ? 0 : stateBytes;
  }
  return problem;
}

int64_t countKeptPeak(const RetentionProblem &problem) {
  std::vector<int64_t> live = problem.baseBytes;
  for (const RetainableValue &value : problem.values)
    for (int position = 0; position < static_cast<int>(live.size()) && value.isNeeded; ++position)
      if (value.wrapsAround ? position >= value.gapFirst || position <= value.gapLast
                            : position >= value.gapFirst && position <= value.gapLast)
        live[position] += value.bytes;
  return *std::max_element(live.begin(), live.end());
}

double sumRecomputeSeconds(const RetentionProblem &problem) {
  double seconds = 0;
  for (const RetainableValue &value : problem.values)
    if (std::isfinite(value.recomputeSeconds))
      seconds += value.recomputeSeconds;
  return seconds;
}

} // namespace neap::test
