// Slots that share bytes: what is read must be what was written to that slot last, and results begin unreadable.
#include "Session.h"

namespace neap::test {
namespace {

using cuda::Result;

cuda::DeclaredAccess reads(cuda::DevicePointer address, uint32_t slot, size_t bytes = wordBytes) {
  return {address, bytes, true, false, "what is read", slot};
}

cuda::DeclaredAccess writes(cuda::DevicePointer address, uint32_t slot, size_t bytes = wordBytes) {
  return {address, bytes, false, true, "what is written", slot};
}

/// Two slots on the same words, and words of their own for results.
class SlotTest : public ::testing::Test {
protected:
  void declare(std::vector<cuda::DeclaredAccess> accesses) {
    session.cuda.declareAccesses(accesses.data(), accesses.size());
  }
  /// Writes a slot from other words.
  void write(cuda::DevicePointer address, uint32_t slot) {
    declare({reads(source, cuda::noSlot), writes(address, slot)});
    session.launch("copy", nullptr, address, source);
  }
  void read(cuda::DevicePointer address, uint32_t slot) {
    declare({reads(address, slot), writes(target, 100)});
    session.launch("copy", nullptr, target, address);
  }

  Session session;
  cuda::DevicePointer source = session.words(), shared = session.allocate(), target = session.allocate();
};

TEST_F(SlotTest, AValueCanBeReadUntilAnotherSlotHasItsBytes) {
  write(shared, 4);
  read(shared, 4);
  read(shared, 4);
  write(shared, 7);
  read(shared, 7);
  EXPECT_EQ(session.synchronize(), Result::Success);
  EXPECT_TRUE(isClean(session));
}

TEST_F(SlotTest, ADeadSlotIsNotReadThroughItsBytes) {
  write(shared, 4);
  session.cuda.describeOperation("launch 2 of the step, from 'gelu'");
  write(shared, 7);
  session.cuda.describeOperation("launch 3 of the step, from 'matmul'");
  read(shared, 4);
  EXPECT_EQ(session.synchronize(), Result::IllegalAddress);
  EXPECT_TRUE(hasReport(session,
                        "dead slot: kernel 'copy', launch 3 of the step, from 'matmul' (the default stream) reads "
                        "128 bytes, 0 bytes into 'allocation 2'"));
  EXPECT_TRUE(hasReport(session,
                        "as 'what is read' of slot 4\n  they hold a value of slot 7, written by kernel 'copy', "
                        "launch 2 of the step, from 'gelu'"));
}

/// Moves a slot of the device to the host's memory, or back.
class FarSlotTest : public SlotTest {
protected:
  cuda::DeclaredAccess onHost(cuda::DeclaredAccess access) {
    access.address = reinterpret_cast<uintptr_t>(far);
    access.isOnHost = true;
    return access;
  }
  void offload(uint32_t slot) {
    declare({reads(source, cuda::noSlot), onHost(writes(0, slot))});
    session.toHost(far, source, nullptr);
  }
  void reload(uint32_t slot) {
    declare({onHost(reads(0, slot)), writes(target, 100)});
    session.toDevice(target, far, nullptr);
  }

  uint32_t *far = session.allocateHost();
};

TEST_F(FarSlotTest, SlotsOnTheHostAreJudgedAlike) {
  offload(4);
  reload(4);
  EXPECT_EQ(session.synchronize(), Result::Success);
  offload(7);
  session.cuda.describeOperation("copy 5 of the step");
  reload(4);
  EXPECT_EQ(session.synchronize(), Result::IllegalAddress);
  EXPECT_TRUE(hasReport(session,
                        "dead slot: copy of 128 bytes to the device, copy 5 of the step (the default stream) reads "
                        "128 bytes, 0 bytes into 'host 1' (128 bytes of the host), as 'what is read' of slot 4"));
}

TEST_F(SlotTest, OneByteOfAnotherSlotIsTooMany) {
  write(shared, 4);
  declare({reads(source, cuda::noSlot, 4), writes(shared + 64, 7, 4)});
  session.cuda.cuMemcpyDtoDAsync(shared + 64, source, 4, nullptr);
  read(shared, 4);
  EXPECT_EQ(session.synchronize(), Result::IllegalAddress);
  EXPECT_TRUE(hasReport(session, "reads 4 bytes, 64 bytes into 'allocation 2'"));
  EXPECT_TRUE(hasReport(session, "written by copy of 4 bytes within the device"));
}

TEST_F(SlotTest, WhatIsLeftOfASlotIsStillItsOwn) {
  write(shared, 4);
  declare({reads(source, cuda::noSlot, 4), writes(shared + 64, 7, 4)});
  session.cuda.cuMemcpyDtoDAsync(shared + 64, source, 4, nullptr);
  for (auto [offset, bytes] : {std::pair(0, 64), {68, 60}}) {
    declare({reads(shared + offset, 4, bytes), writes(target + offset, 100, bytes)});
    session.cuda.cuMemcpyDtoDAsync(target + offset, shared + offset, bytes, nullptr);
  }
  EXPECT_EQ(session.synchronize(), Result::Success);
}

TEST(SlotOperationTest, CopiesToTheHostReadSlotsToo) {
  for (bool isPinned : {true, false}) {
    Session other;
    std::vector<uint32_t> pageable(wordCount);
    cuda::DevicePointer words = other.allocate();
    void *host = isPinned ? other.allocateHost() : pageable.data();
    cuda::DeclaredAccess written = writes(words, 4), read = reads(words, 7);
    other.cuda.declareAccesses(&written, 1);
    other.cuda.cuMemsetD8Async(words, 1, wordBytes, nullptr);
    other.cuda.declareAccesses(&read, 1);
    other.toHost(host, words, nullptr);
    EXPECT_EQ(other.synchronize(), Result::IllegalAddress);
    EXPECT_TRUE(hasReport(other, "dead slot: copy of 128 bytes to the host"));
  }
}

TEST_F(SlotTest, WhatNobodyDeclaresBelongsToNoSlot) {
  write(shared, 4);
  session.cuda.cuMemsetD8Async(shared, 1, wordBytes, nullptr);
  read(shared, 9);
  EXPECT_EQ(session.synchronize(), Result::Success);
}

TEST(SlotOperationTest, NodesOfAGraphReadSlots) {
  for (uint32_t slot : {7, 4}) {
    Session other;
    cuda::DevicePointer words = other.allocate(), from = other.words(), to = other.allocate();
    cuda::Graph graph = other.graph();
    std::vector<cuda::GraphNode> after;
    for (uint32_t written : {4, 7}) {
      cuda::DeclaredAccess accesses[] = {reads(from, cuda::noSlot), writes(words, written)};
      other.cuda.declareAccesses(accesses, 2);
      after = {other.kernelNode(graph, after, "copy", words, from)};
    }
    cuda::DeclaredAccess accesses[] = {reads(words, slot), writes(to, 100)};
    other.cuda.declareAccesses(accesses, 2);
    other.kernelNode(graph, after, "copy", to, words);
    cuda::GraphExec exec = other.instantiate(graph);
    for (int launch = 0; launch < 2; ++launch)
      other.cuda.cuGraphLaunch(exec, nullptr);
    EXPECT_EQ(other.synchronize() == Result::Success, slot == 7);
    EXPECT_EQ(bool(hasReport(other, "dead slot: kernel 'copy' (node 2 of launch 1 of executable graph 1")), slot == 4);
  }
}

TEST_F(SlotTest, WhatLayInAResultIsNotReadThroughIt) {
  declare({writes(source, 4)});
  session.launch("increment", nullptr, source);
  EXPECT_EQ(session.synchronize(), Result::IllegalAddress);
  EXPECT_TRUE(hasReport(session, "uninitialised memory: reads 4 bytes"));
}

TEST_F(SlotTest, AKernelMayReadBackItsResult) {
  declare({reads(source, cuda::noSlot), writes(shared, 4)});
  session.launch("copy_and_increment", nullptr, shared, source);
  EXPECT_EQ(session.synchronize(), Result::Success);
  EXPECT_EQ(session.read(shared)[3], 4u);
}

TEST_F(SlotTest, AResultInPlaceOfAnInputMayBeRead) {
  declare({reads(source, 4), writes(source, 4)});
  session.launch("increment", nullptr, source);
  EXPECT_EQ(session.synchronize(), Result::Success);
  EXPECT_EQ(session.read(source)[3], 4u);
}

TEST_F(SlotTest, WhatAKernelLeavesOutOfItsResultIsUnreadable) {
  cuda::DevicePointer wide = session.allocate(2 * wordBytes);
  session.cuda.cuMemsetD8Async(wide, 1, 2 * wordBytes, nullptr);
  declare({reads(source, cuda::noSlot), writes(wide, 4, 2 * wordBytes)});
  session.launch("copy", nullptr, wide, source);
  read(wide, 4);
  EXPECT_EQ(session.synchronize(), Result::Success);
  session.launch("copy", nullptr, target, wide + wordBytes);
  EXPECT_EQ(session.synchronize(), Result::IllegalAddress);
  EXPECT_TRUE(hasReport(session, "uninitialised memory"));
}

TEST_F(SlotTest, PoisonedBytesAreUnreadableUntilTheyAreWritten) {
  EXPECT_EQ(session.cuda.poison(source + 64, 4), Result::Success);
  read(source, cuda::noSlot);
  EXPECT_EQ(session.synchronize(), Result::IllegalAddress);
  EXPECT_TRUE(hasReport(session, "uninitialised memory: reads 4 bytes"));
  EXPECT_TRUE(hasReport(session, "nobody has written the byte 64 bytes into 'allocation 1'"));
}

TEST_F(SlotTest, PoisonComesAfterAllThatIsQueued) {
  read(source, cuda::noSlot);
  EXPECT_EQ(session.cuda.poison(source, wordBytes), Result::Success);
  session.cuda.cuMemsetD8Async(source, 0, wordBytes, nullptr);
  read(source, cuda::noSlot);
  EXPECT_EQ(session.synchronize(), Result::Success);
}

TEST_F(SlotTest, PoisonedBytesBelongToNoSlot) {
  write(shared, 4);
  session.cuda.poison(shared, wordBytes);
  session.cuda.cuMemsetD8Async(shared, 0, wordBytes, nullptr);
  read(shared, 7);
  EXPECT_EQ(session.synchronize(), Result::Success);
}

TEST_F(SlotTest, OnlyAllocationsCanBePoisoned) {
  EXPECT_EQ(session.cuda.poison(12, 4), Result::InvalidValue);
  EXPECT_TRUE(hasReport(session, "poison: cannot poison"));
}

} // namespace
} // namespace neap::test
