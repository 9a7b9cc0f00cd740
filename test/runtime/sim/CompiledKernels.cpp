// The references, and launching.
#include "CompiledKernels.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

namespace neap::test {

namespace {

std::vector<float> randomFloats(size_t count, uint32_t seed) {
  std::mt19937 generator(seed);
  std::vector<float> values(count);
  for (float &value : values)
    value = float(int32_t(generator())) / 1e9f;
  return values;
}

Problem vectorAdd() {
  constexpr int count = 203; // of groups of four
  Problem problem{"vector_add", {4, 1, 1}, {64, 1, 1}, {randomFloats(4 * count, 1), randomFloats(4 * count, 2)},
                  4 * count,    {count},   {}};
  for (size_t i = 0; i < 4 * count; ++i)
    problem.expected.push_back(problem.inputs[0][i] + problem.inputs[1][i]);
  return problem;
}

float polynomial(float x) { return std::fma(std::fma(std::fma(x, 0.16666667f, 0.5f), x, 1.0f), x, 1.0f); }

/// The sum of 32 lanes by a butterfly: every lane has the same bits, as sums of two are symmetric.
float warpSum(std::array<float, 32> lanes) {
  for (int distance = 16; distance > 0; distance /= 2) {
    std::array<float, 32> next;
    for (int lane = 0; lane < 32; ++lane)
      next[size_t(lane)] = lanes[size_t(lane)] + lanes[size_t(lane ^ distance)];
    lanes = next;
  }
  return lanes[0];
}

void softmaxRow(const float *x, float *y, int columns) {
  float maximum = *std::max_element(x, x + columns);
  std::array<std::array<float, 32>, 4> lanes = {};
  for (int i = 0; i < columns; ++i)
    lanes[size_t(i % 128 / 32)][size_t(i % 32)] += polynomial(x[i] - maximum);
  float total = (warpSum(lanes[0]) + warpSum(lanes[1])) + (warpSum(lanes[2]) + warpSum(lanes[3]));
  for (int i = 0; i < columns; ++i)
    y[i] = polynomial(x[i] - maximum) / total;
}

Problem softmax() {
  constexpr int rows = 3, columns = 301;
  Problem problem{"softmax",      {rows, 1, 1}, {128, 1, 1}, {randomFloats(rows * columns, 3)},
                  rows * columns, {columns},    {}};
  problem.expected.resize(rows * columns);
  for (int row = 0; row < rows; ++row)
    softmaxRow(&problem.inputs[0][size_t(row * columns)], &problem.expected[size_t(row * columns)], columns);
  return problem;
}

Problem matmul() {
  constexpr int m = 33, n = 37, k = 40;
  Problem problem{"matmul", {3, 3, 1}, {16, 16, 1}, {randomFloats(m * k, 4), randomFloats(k * n, 5)},
                  m * n,    {m, n, k}, {}};
  for (int row = 0; row < m; ++row)
    for (int column = 0; column < n; ++column) {
      float sum = 0;
      // The last tile is filled up with zeros.
      for (int i = 0; i < 48; ++i)
        sum = std::fma(i < k ? problem.inputs[0][size_t(row * k + i)] : 0.0f,
                       i < k ? problem.inputs[1][size_t(i * n + column)] : 0.0f, sum);
      problem.expected.push_back(sum);
    }
  return problem;
}

Problem columnSum() {
  constexpr int rows = 19, columns = 75;
  Problem problem{"column_sum", {3, 1, 1}, {32, 1, 1}, {randomFloats(rows * columns, 6)}, columns, {rows, columns}, {}};
  for (int column = 0; column < columns; ++column) {
    float sum = 0;
    for (int row = 0; row < rows; ++row)
      sum += problem.inputs[0][size_t(row * columns + column)];
    problem.expected.push_back(sum);
  }
  return problem;
}

Problem transpose() {
  constexpr int rows = 37, columns = 45;
  Problem problem{"transpose",    {2, 2, 1},       {32, 8, 1}, {randomFloats(rows * columns, 7)},
                  rows * columns, {rows, columns}, {}};
  for (int column = 0; column < columns; ++column)
    for (int row = 0; row < rows; ++row)
      problem.expected.push_back(problem.inputs[0][size_t(row * columns + column)]);
  return problem;
}

/// Sums of each element and those before it, doubling the distance: the order in which a warp adds.
void scan(float *values, int count) {
  for (int distance = 1; distance < count; distance *= 2)
    for (int i = count - 1; i >= distance; --i)
      values[i] += values[i - distance];
}

Problem prefixSum() {
  constexpr int count = 700, threads = 256, warps = threads / 32;
  Problem problem{"prefix_sum", {1, 1, 1}, {threads, 1, 1}, {randomFloats(count, 8)}, count, {count}, {}};
  float carry = 0;
  for (int start = 0; start < count; start += threads) {
    std::array<float, threads> piece = {};
    std::array<float, warps> sums;
    std::copy_n(&problem.inputs[0][size_t(start)], std::min(threads, count - start), piece.begin());
    for (int warp = 0; warp < warps; ++warp) {
      scan(&piece[size_t(warp * 32)], 32);
      sums[size_t(warp)] = piece[size_t(warp * 32 + 31)];
    }
    scan(sums.data(), warps);
    for (int i = 0; i < std::min(threads, count - start); ++i)
      problem.expected.push_back((i < 32 ? piece[size_t(i)] : piece[size_t(i)] + sums[size_t(i / 32 - 1)]) + carry);
    carry += sums[warps - 1];
  }
  return problem;
}

/// Numbers of 32 bits as a buffer of floats.
std::vector<float> asFloats(const std::vector<uint32_t> &words) {
  std::vector<float> values;
  for (uint32_t word : words)
    values.push_back(std::bit_cast<float>(word));
  return values;
}

/// Rows of an odd width, so that they begin in the middle of a word.
Problem gather() {
  constexpr uint32_t rows = 50, width = 75, count = 60;
  std::vector<float> high = randomFloats(rows * width / 2, 9), low = randomFloats(rows * width / 2, 11), table;
  for (size_t i = 0; i < high.size(); ++i)
    table.push_back(
        std::bit_cast<float>((std::bit_cast<uint32_t>(high[i]) & 0xffff0000) | std::bit_cast<uint32_t>(low[i]) >> 16));
  std::vector<uint32_t> indices(count);
  for (uint32_t i = 0; i < count; ++i)
    indices[i] = i * 7 % rows;
  Problem problem{"gather", {count, 1, 1}, {64, 1, 1}, {table, asFloats(indices)}, count * width, {width}, {}};
  for (uint32_t row : indices)
    for (uint32_t column = 0; column < width; ++column) {
      uint32_t element = row * width + column, word = std::bit_cast<uint32_t>(table[element / 2]);
      problem.expected.push_back(std::bit_cast<float>(element % 2 ? word & 0xffff0000 : word << 16));
    }
  return problem;
}

/// To the nearest bf16, ties to even; not for NaNs.
uint32_t narrowed(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

Problem halve() {
  constexpr int count = 150;
  Problem problem{"halve", {3, 1, 1}, {64, 1, 1}, {randomFloats(count, 10)}, count / 2, {count}, {}};
  const std::vector<float> &x = problem.inputs[0];
  for (size_t i = 0; i < count; i += 2)
    problem.expected.push_back(std::bit_cast<float>(narrowed(x[i + 1] * 0.5f) << 16 | narrowed(x[i] * 0.5f)));
  return problem;
}

} // namespace

namespace {

/// Compares each address with the ranges that a kernel may access. Knows nothing of the machine's own checks.
class PlainTrace : public sim::AccessObserver {
public:
  PlainTrace(const sim::ptx::Kernel &kernel, const std::vector<sim::DeclaredRange> &ranges)
      : kernel_(kernel), ranges_(ranges) {}

  void access(sim::ptx::Space space, uint64_t address, uint32_t bytes, bool writes) override {
    bool inside = false;
    if (space == sim::ptx::Space::Shared)
      for (const sim::ptx::Variable &variable : kernel_.shared)
        inside |= address >= variable.address && address + bytes <= variable.address + variable.bytes;
    else if (space == sim::ptx::Space::Param)
      inside = true; // the mutations leave these alone
    else
      for (const sim::DeclaredRange &range : ranges_)
        inside |=
            address >= range.address && address + bytes <= range.address + range.bytes && (range.writable || !writes);
    strays |= !inside || address % bytes != 0;
  }

  bool strays = false;

private:
  const sim::ptx::Kernel &kernel_;
  const std::vector<sim::DeclaredRange> &ranges_;
};

} // namespace

std::vector<Problem> problems() {
  return {vectorAdd(), softmax(), matmul(), columnSum(), transpose(), prefixSum(), gather(), halve()};
}

Problem::Outcome Problem::run(const std::string &text, uint64_t seed, uint32_t maxReports) const {
  Simulator simulator(text);
  std::vector<uint64_t> addresses;
  sim::Launch &launch = simulator.launch;
  launch.ranges.emplace();
  for (const std::vector<float> &input : inputs) {
    addresses.push_back(simulator.buffer(input, "input " + std::to_string(addresses.size())));
    launch.ranges->push_back({addresses.back(), input.size() * 4, true, false, "input"});
  }
  uint64_t output = simulator.buffer(outputCount * 4, "output");
  addresses.push_back(output);
  launch.ranges->push_back({output, outputCount * 4, true, true, "output"});
  std::vector<const void *> arguments(addresses.size() + integers.size());
  std::transform(addresses.begin(), addresses.end(), arguments.begin(),
                 [](const uint64_t &address) { return &address; });
  std::transform(integers.begin(), integers.end(), arguments.begin() + ptrdiff_t(addresses.size()),
                 [](const int32_t &value) { return &value; });
  const sim::Executable &executable = *simulator.module->kernel(kernel);
  launch.grid = grid;
  launch.block = block;
  launch.seed = seed;
  launch.maxReports = maxReports;
  launch.instructionBudget = 200'000;
  launch.arguments = sim::packArguments(executable.kernel(), arguments);
  PlainTrace trace(executable.kernel(), *launch.ranges);
  launch.observer = &trace;
  Outcome outcome{sim::run(executable, launch, simulator.memory, simulator.device), std::vector<uint32_t>(outputCount),
                  false};
  outcome.strays = trace.strays;
  simulator.memory.copyOutRaw(outcome.output.data(), output, outputCount * 4);
  return outcome;
}

} // namespace neap::test
