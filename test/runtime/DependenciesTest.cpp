// Edges of a step's graph: what bytes demand, and no more.
#include "neap/runtime/cuda/Dependencies.h"

#include <gtest/gtest.h>
#include <random>

namespace neap::test {
namespace {

using namespace runtime;
using Edges = std::vector<std::vector<uint32_t>>;

ProgramEntry launch(std::vector<Operand> reads, std::vector<Operand> writes) {
  ProgramEntry entry;
  entry.inputs = reads.size();
  entry.operands = std::move(reads);
  entry.operands.insert(entry.operands.end(), writes.begin(), writes.end());
  return entry;
}

TEST(DependenciesTest, ReadersWaitForTheWriterAndNotForEachOther) {
  Edges edges = findDependencies({launch({}, {{0, 8}}), launch({{0, 4}}, {{64, 4}}), launch({{4, 4}}, {{128, 4}})});
  EXPECT_EQ(edges, (Edges{{}, {0}, {0}}));
}

TEST(DependenciesTest, AWriterWaitsForAllReadersOfWhatItOverwrites) {
  Edges edges = findDependencies({launch({{0, 4}}, {{64, 4}}), launch({{0, 4}}, {{128, 4}}), launch({}, {{0, 4}})});
  EXPECT_EQ(edges, (Edges{{}, {}, {1, 0}}));
}

TEST(DependenciesTest, WhatAnotherEntryWaitsForAlreadyIsLeftOut) {
  Edges edges = findDependencies({launch({}, {{0, 4}}), launch({{0, 4}}, {{0, 4}}), launch({{0, 4}}, {{64, 4}})});
  EXPECT_EQ(edges, (Edges{{}, {0}, {1}}));
}

ProgramEntry copy(StreamId stream, Operand from, Operand to, std::vector<size_t> after = {}) {
  ProgramEntry entry = launch({from}, {to});
  entry.kind = ProgramEntry::Kind::Copy;
  entry.stream = stream;
  entry.after = std::move(after);
  return entry;
}

Operand far(uint64_t offset, uint64_t bytes) { return {offset, bytes, 0, Space::Far}; }

TEST(DependenciesTest, OffsetsOfTwoMemoriesHaveNothingInCommon) {
  Edges edges = findDependencies({launch({}, {{0, 8}}), copy(StreamId::Reload, far(0, 8), {64, 8})});
  EXPECT_EQ(edges, (Edges{{}, {}}));
}

TEST(DependenciesTest, CopiesOfOneStreamAreInOrderAndLaunchesAreNot) {
  Edges edges =
      findDependencies({launch({}, {{0, 8}}), launch({}, {{64, 8}}), copy(StreamId::Offload, {128, 8}, far(0, 8)),
                        copy(StreamId::Reload, far(64, 8), {256, 8}), copy(StreamId::Offload, {192, 8}, far(128, 8)),
                        copy(StreamId::Reload, far(192, 8), {320, 8})});
  EXPECT_EQ(edges, (Edges{{}, {}, {}, {}, {2}, {3}}));
}

TEST(DependenciesTest, AnEntryWaitsForWhatItSaysBesideWhatItsBytesSay) {
  Edges edges =
      findDependencies({launch({}, {{0, 8}}), launch({}, {{64, 8}}), copy(StreamId::Offload, {0, 8}, far(0, 8), {1}),
                        copy(StreamId::Reload, far(0, 8), {128, 8}, {2}), launch({{128, 8}}, {{0, 8}})});
  EXPECT_EQ(edges, (Edges{{}, {}, {1, 0}, {2}, {3}}));
}

TEST(DependenciesTest, NeighbouringBytesAreFree) {
  EXPECT_EQ(findDependencies({launch({}, {{0, 4}}), launch({}, {{4, 4}})}), (Edges{{}, {}}));
}

TEST(DependenciesTest, ObservationsHaveNoEdges) {
  ProgramEntry observation = launch({{0, 4}}, {});
  observation.kind = ProgramEntry::Kind::Observe;
  EXPECT_EQ(findDependencies({launch({}, {{0, 4}}), observation, launch({}, {{0, 4}})}), (Edges{{}, {}, {0}}));
}

/// Random programs: two entries that share a byte, one writing, are always ordered by a path of edges, and no edge is
/// implied by others.
TEST(DependenciesTest, PathsOrderExactlyWhatConflicts) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    std::vector<ProgramEntry> program;
    unsigned size = round % 10 == 0 ? 200 : 12; // long ones too: sets of entries are words of 64
    for (unsigned i = 0; i < size; ++i) {
      auto operand = [&] { return Operand{random() % (3 * size), 1 + random() % 8}; };
      program.push_back(launch({operand(), operand()}, {operand()}));
    }
    Edges edges = findDependencies(program);
    std::vector<std::vector<bool>> reaches(program.size(), std::vector<bool>(program.size()));
    for (size_t later = 0; later < program.size(); ++later)
      for (uint32_t earlier : edges[later]) {
        reaches[later][earlier] = true;
        for (size_t i = 0; i < earlier; ++i)
          if (reaches[earlier][i])
            reaches[later][i] = true;
      }
    for (size_t later = 0; later < program.size(); ++later)
      for (size_t earlier = 0; earlier < later; ++earlier) {
        bool conflict = false;
        for (size_t a = 0; a < 3; ++a)
          for (size_t b = 0; b < 3; ++b) {
            const Operand &x = program[earlier].operands[a], &y = program[later].operands[b];
            conflict |= (a == 2 || b == 2) && x.offset < y.offset + y.bytes && y.offset < x.offset + x.bytes;
          }
        EXPECT_TRUE(!conflict || reaches[later][earlier]) << earlier << " before " << later;
      }
    for (size_t later = 0; later < program.size(); ++later)
      for (uint32_t edge : edges[later])
        for (uint32_t other : edges[later])
          EXPECT_FALSE(other != edge && reaches[other][edge]) << "edge " << edge << " to " << later << " is implied";
  }
}

} // namespace
} // namespace neap::test
