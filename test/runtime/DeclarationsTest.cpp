// What a simulated driver is told about a program, by a table that writes it down; a real one is told nothing.
#include "neap/runtime/cuda/Declarations.h"

#include <gtest/gtest.h>

namespace neap::test {
namespace {

using namespace runtime;

constexpr cuda::DevicePointer arena = 1000;
std::byte *const farMemory = reinterpret_cast<std::byte *>(5000);

/// The calls since the last look, in words.
std::vector<std::string> calls;

void declareAccesses(const cuda::DeclaredAccess *accesses, size_t count) {
  for (size_t i = 0; i < count; ++i)
    calls.push_back(std::string(accesses[i].isRead ? "reads " : "") + (accesses[i].isWritten ? "writes " : "") +
                    std::to_string(accesses[i].address) + " +" + std::to_string(accesses[i].bytes) + " of slot " +
                    std::to_string(accesses[i].slot) + " '" + accesses[i].name + "'" +
                    (accesses[i].isOnHost ? " of the host" : ""));
}

void describeOperation(const char *text) { calls.push_back(text); }

cuda::Result poison(cuda::DevicePointer address, size_t bytes) {
  calls.push_back("poison " + std::to_string(address) + " +" + std::to_string(bytes));
  return cuda::Result::Success;
}

cuda::Result poisonHost(void *address, size_t bytes) {
  calls.push_back("poison " + std::to_string(reinterpret_cast<uintptr_t>(address)) + " +" + std::to_string(bytes) +
                  " of the host");
  return cuda::Result::Success;
}

/// A parameter, an input, two activations on the same bytes, an output; a state and an activation in far memory.
Manifest makeManifest() {
  Manifest manifest;
  manifest.arenaBytes = 512;
  manifest.slots = {{64, 16, true, true},
                    {192, 16, true, true},
                    {256, 32, false, false},
                    {256, 64, false, false},
                    {320, 4, false, true},
                    {64, 32, true, true, Space::Far},
                    {192, 32, false, false, Space::Far}};
  manifest.farBytes = 256;
  ProgramEntry launch;
  launch.operands = {{64, 16, 0}, {192, 16, 1}, {256, 32, 2}};
  launch.inputs = 2;
  launch.origin = "'/up/MatMul', '/up/Gelu'";
  ProgramEntry copy;
  copy.kind = ProgramEntry::Kind::Copy;
  copy.operands = {{256, 16, 2}, {64, 16, 0}};
  copy.inputs = 1;
  ProgramEntry offload = copy;
  offload.operands = {{256, 32, 2}, {192, 32, 6, Space::Far}};
  offload.stream = StreamId::Offload;
  manifest.program = {launch, copy, offload};
  return manifest;
}

class DeclarationsTest : public ::testing::Test {
protected:
  DeclarationsTest() {
    driver.declareAccesses = declareAccesses;
    driver.describeOperation = describeOperation;
    driver.poison = poison;
    driver.poisonHost = poisonHost;
    declarations.setArena(arena);
    declarations.setFarMemory(farMemory);
    calls.clear();
  }

  void declare(size_t entry) { declarations.operation(manifest.program[entry], manifest.program[entry].operands); }

  cuda::Driver driver = {};
  Manifest manifest = makeManifest();
  Declarations declarations{driver, manifest};
};

using Calls = std::vector<std::string>;

TEST_F(DeclarationsTest, ALaunchNamesItsOperandsItsNumberAndItsNodes) {
  declare(0);
  EXPECT_EQ(calls,
            (Calls{"reads 1064 +16 of slot 0 'input 0 of launch 0'", "reads 1192 +16 of slot 1 'input 1 of launch 0'",
                   "writes 1256 +32 of slot 2 'result 0 of launch 0'",
                   "launch 0 of the step, from '/up/MatMul', '/up/Gelu'"}));
}

TEST_F(DeclarationsTest, ACopyReadsOneSlotAndWritesAnother) {
  declare(1);
  EXPECT_EQ(calls, (Calls{"reads 1256 +16 of slot 2 'input 0 of copy 1'",
                          "writes 1064 +16 of slot 0 'result 0 of copy 1'", "copy 1 of the step"}));
}

TEST_F(DeclarationsTest, ACopyToFarMemoryWritesASlotOfTheHost) {
  declare(2);
  EXPECT_EQ(calls, (Calls{"reads 1256 +32 of slot 2 'input 0 of copy 2'",
                          "writes 5192 +32 of slot 6 'result 0 of copy 2' of the host", "copy 2 of the step"}));
}

TEST_F(DeclarationsTest, WhatALibraryUsesOfItsWorkspaceIsWritten) {
  std::vector<Operand> operands = manifest.program[0].operands;
  operands.push_back({256, 8, 3});
  declarations.operation(manifest.program[0], operands);
  ASSERT_EQ(calls.size(), 5u);
  EXPECT_EQ(calls[3], "writes 1256 +8 of slot 3 'workspace of launch 0'");
}

TEST_F(DeclarationsTest, TheHostWritesWhatAStepIsGiven) {
  declarations.hostWrites(64, 256);
  EXPECT_EQ(calls, (Calls{"writes 1064 +16 of slot 0 ''", "writes 1192 +16 of slot 1 ''"}));
}

TEST_F(DeclarationsTest, TheHostReadsWhatAStepLeaves) {
  declarations.hostReads(320, 4);
  EXPECT_EQ(calls, (Calls{"reads 1320 +4 of slot 4 ''"}));
}

TEST_F(DeclarationsTest, WhatAStepIsNotGivenIsPoisonedWhenItBegins) {
  EXPECT_EQ(declarations.beginStep(), cuda::Result::Success);
  EXPECT_EQ(calls, (Calls{"poison 1000 +64", "poison 1080 +112", "poison 1208 +304", "poison 5000 +64 of the host",
                          "poison 5096 +160 of the host"}));
}

TEST_F(DeclarationsTest, ADriverThatRefusesPoisonIsHeard) {
  driver.poison = [](cuda::DevicePointer, size_t) { return cuda::Result::IllegalAddress; };
  EXPECT_EQ(declarations.beginStep(), cuda::Result::IllegalAddress);
}

TEST_F(DeclarationsTest, ARealDriverIsToldNothing) {
  driver = {};
  declare(0);
  declarations.hostWrites(0, 512);
  declarations.hostReads(0, 512);
  EXPECT_EQ(declarations.beginStep(), cuda::Result::Success);
  EXPECT_TRUE(calls.empty());
}

} // namespace
} // namespace neap::test
