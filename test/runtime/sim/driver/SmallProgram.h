// Small programs of streams, events and graphs, with a plain reference for them: which operations are ordered, by masks of
// those that come before; and all results, by running every order that is allowed.
#ifndef NEAP_TEST_RUNTIME_SIM_DRIVER_SMALLPROGRAM_H
#define NEAP_TEST_RUNTIME_SIM_DRIVER_SMALLPROGRAM_H

#include "neap/runtime/sim/machine/Random.h"

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace neap::test {

/// The memory of a program: words on the device, and behind them words on the host.
constexpr uint32_t deviceWords = 4, hostWords = 2;
using Words = std::array<uint32_t, deviceWords + hostWords>;

/// Combine: target = 3 target + source. Fill: every byte of target becomes `value`.
enum class Effect { Fill, Combine, Copy };

struct SmallOperation {
  Effect effect = Effect::Fill;
  uint32_t target = 0, source = 0, count = 1;
  uint8_t value = 0;

  bool touches(uint32_t word) const { return writes(word) || reads(word); }
  bool reads(uint32_t word) const;
  bool writes(uint32_t word) const { return word - target < count; }
  void apply(Words &words) const;
};

enum class StepKind { Operation, Graph, Record, Wait, SynchronizeStream, SynchronizeEvent };

struct SmallStep {
  StepKind kind = StepKind::Operation;
  uint32_t stream = 0, event = 0;
  /// Steps with the same number launch the same executable graph.
  uint32_t graph = 0;
  /// One, or the nodes of a graph, and for each node a mask of those that it comes after directly.
  std::vector<SmallOperation> operations;
  std::vector<uint32_t> edges;
};

/// Stream 0 is the default stream, 1 is a blocking one, 2 and 3 are not.
constexpr uint32_t smallStreams = 4, smallEvents = 2;

struct SmallProgram {
  std::vector<SmallStep> steps;

  uint32_t operationCount() const;
  bool usesHost() const;
  /// Whether the host waits for something before the end.
  bool waits() const;
};

/// A program of at most `maxOperations`, nodes included.
SmallProgram makeSmallProgram(sim::Random &random, uint32_t maxOperations);

/// What is known of a program without running it on the simulated device.
struct Reference {
  explicit Reference(const SmallProgram &program);

  std::vector<SmallOperation> operations;
  /// By operation, a mask of those before it.
  std::vector<uint32_t> before;
  /// Masks of the nodes of second and later launches of a graph.
  std::vector<uint32_t> repetitions;
  /// Pairs that nothing orders and that share a word, one writing. Pairs of one graph count once for all its launches.
  uint32_t racingPairs = 0;
  uint64_t orders = 0;
  /// The results of all orders.
  std::set<Words> results;

private:
  void collect(const SmallProgram &program);
  /// Returns a mask of the nodes.
  uint32_t add(const SmallStep &step, uint32_t earlier);
  bool isRepeated(uint32_t first, uint32_t second) const;
  void countRacingPairs();
  void runAllOrders(uint32_t done, const Words &words);
};

/// Words before a program starts.
Words initialWords();

} // namespace neap::test

#endif
