// Shuffles, votes, reductions and barriers, and which lanes must take part.
#include "Simulator.h"

namespace neap::test {
namespace {

using sim::Fault;

/// Runs a body that leaves its result in %r1, for one block; %r0 is the thread.
struct WarpRun {
  sim::LaunchResult result;
  std::vector<uint32_t> values;
};
WarpRun runWarp(const std::string &body, uint32_t threads = 32, uint64_t seed = 0, const std::string &variables = "") {
  Simulator simulator(
      kernelText(body + "\n  mad.wide.u32 %rd31, %r0, 4, %rd0;\n  st.global.b32 [%rd31], %r1;", variables));
  uint64_t out = simulator.buffer(std::vector<uint32_t>(threads, 0xdead), "out");
  simulator.launch.seed = seed;
  WarpRun run{simulator.run("k", {}, {threads, 1, 1}, out, out, out, out), {}};
  run.values = simulator.read<uint32_t>(out, threads);
  return run;
}

template <class Function> void expectValues(const std::string &body, Function function, uint32_t threads = 32) {
  for (uint64_t seed = 0; seed < 8; ++seed) {
    WarpRun run = runWarp(body, threads, seed);
    ASSERT_TRUE(run.result.ok()) << run.result.message();
    for (uint32_t i = 0; i < threads; ++i)
      ASSERT_EQ(run.values[i], uint32_t(function(i))) << "thread " << i;
  }
}

void expectFault(const std::string &body, Fault fault, const std::string &detail, uint32_t threads = 32) {
  for (uint64_t seed = 0; seed < 8; ++seed) {
    WarpRun run = runWarp(body, threads, seed);
    ASSERT_EQ(faultsOf(run.result), std::vector<Fault>{fault}) << run.result.message();
    EXPECT_NE(run.result.message().find(detail), std::string::npos) << run.result.message();
  }
}

TEST(ShuffleTest, ModesAndTheirRanges) {
  expectValues("shfl.sync.bfly.b32 %r1, %r0, 5, 31, -1;", [](uint32_t i) { return i ^ 5; });
  expectValues("shfl.sync.up.b32 %r1, %r0, 3, 0, -1;", [](uint32_t i) { return i < 3 ? i : i - 3; });
  expectValues("shfl.sync.down.b32 %r1, %r0, 3, 31, -1;", [](uint32_t i) { return i > 28 ? i : i + 3; });
  expectValues("shfl.sync.idx.b32 %r1, %r0, 7, 31, -1;", [](uint32_t) { return 7; });
}

TEST(ShuffleTest, SegmentsAndThePredicate) {
  // Segments of eight lanes: c = (32 - 8) << 8 | 7, or | 0 for up.
  expectValues("shfl.sync.idx.b32 %r1, %r0, 3, 0x181F, -1;", [](uint32_t i) { return (i & 24) | 3; });
  expectValues("shfl.sync.down.b32 %r1|%p1, %r0, 2, 0x1807, -1; @!%p1 add.u32 %r1, %r1, 100;",
               [](uint32_t i) { return i % 8 < 6 ? i + 2 : i + 100; });
  expectValues("shfl.sync.up.b32 %r1|%p1, %r0, 2, 0x1800, -1; @!%p1 add.u32 %r1, %r1, 100;",
               [](uint32_t i) { return i % 8 >= 2 ? i - 2 : i + 100; });
}

TEST(ShuffleTest, HalvesOfAWarpMayShuffleApart) {
  expectValues(R"(
  mov.b32 %r1, 0;
  setp.lt.u32 %p0, %r0, 16;
  @%p0 bra LOW;
  shfl.sync.bfly.b32 %r1, %r0, 1, 31, 0xFFFF0000;
  bra END;
LOW:
  shfl.sync.bfly.b32 %r1, %r0, 2, 31, 0x0000FFFF;
END:)",
               [](uint32_t i) { return i < 16 ? i ^ 2 : i ^ 1; });
  // Two masks at one instruction.
  expectValues(
      "setp.lt.u32 %p0, %r0, 16; selp.b32 %r2, 0xFFFF, 0xFFFF0000, %p0; shfl.sync.bfly.b32 %r1, %r0, 3, 31, %r2;",
      [](uint32_t i) { return i ^ 3; });
}

TEST(ShuffleTest, LanesThatComeByAnotherWayAreWaitedFor) {
  // if (odd || large) shuffle, as written out by a compiler; all lanes are odd or large.
  expectValues(R"(
  mov.b32 %r1, 0;
  and.b32 %r2, %r0, 1;
  setp.eq.u32 %p0, %r2, 1;
  setp.ge.u32 %p1, %r0, 0;
  @%p0 bra SHUFFLE;
  @%p1 bra SHUFFLE;
  bra END;
SHUFFLE:
  shfl.sync.bfly.b32 %r1, %r0, 1, 31, -1;
END:)",
               [](uint32_t i) { return i ^ 1; });
}

TEST(ShuffleTest, MasksMustNameWhoIsThere) {
  expectFault("mov.b32 %r1, 0; setp.lt.u32 %p0, %r0, 16; @!%p0 bra END; shfl.sync.bfly.b32 %r1, %r0, 1, 31, -1; END:",
              Fault::WarpDivergence, "only lanes 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 came here");
  expectFault("mov.b32 %r1, 0; setp.eq.u32 %p0, %r0, 9; @%p0 exit; shfl.sync.bfly.b32 %r1, %r0, 1, 31, -1;",
              Fault::WarpDivergence, "the mask names lane 9, which has ended or never was");
  expectFault("shfl.sync.bfly.b32 %r1, %r0, 1, 31, -1;", Fault::WarpDivergence, "lanes 20, 21,", 20);
  expectFault("mov.b32 %r1, 0; setp.eq.u32 %p0, %r0, 9; @!%p0 shfl.sync.bfly.b32 %r1, %r0, 1, 31, -1;",
              Fault::WarpDivergence, "names lane 9, for which the predicate is false");
  expectFault("shfl.sync.bfly.b32 %r1, %r0, 1, 31, 0x7FFFFFFF;", Fault::WarpDivergence, "does not name this lane");
  expectFault("setp.eq.u32 %p0, %r0, 4; selp.b32 %r2, 0x7FFFFFFF, -1, %p0; shfl.sync.bfly.b32 %r1, %r0, 1, 31, %r2;",
              Fault::WarpDivergence, "the mask is 0x7fffffff here but 0xffffffff in lane 0");
}

TEST(ShuffleTest, SourcesMustTakePart) {
  const std::string low = "mov.b32 %r1, 0; setp.lt.u32 %p0, %r0, 16; @!%p0 bra END; shfl.sync.";
  expectFault(low + "down.b32 %r1, %r0, 4, 31, 0xFFFF; END:", Fault::WarpDivergence,
              "reads from lane 16, which takes no part");
  expectValues(low + "down.b32 %r1, %r0, 4, 15, 0xFFFF; END:", [](uint32_t i) {
    return i < 12 ? i + 4 : i < 16 ? i : 0;
  });
  expectFault(low + "idx.b32 %r1, %r0, 31, 31, 0xFFFF; END:", Fault::WarpDivergence, "reads from lane 31");
}

TEST(VoteTest, ModesAndPartialMasks) {
  const std::string odd = "and.b32 %r2, %r0, 1; setp.eq.u32 %p0, %r2, 1; ";
  expectValues(odd + "vote.sync.ballot.b32 %r1, %p0, -1;", [](uint32_t) { return 0xaaaaaaaa; });
  expectValues(odd + "vote.sync.any.pred %p1, %p0, -1; selp.b32 %r1, 1, 0, %p1;", [](uint32_t) { return 1; });
  expectValues(odd + "vote.sync.all.pred %p1, !%p0, -1; selp.b32 %r1, 1, 0, %p1;", [](uint32_t) { return 0; });
  expectValues("setp.lt.u32 %p0, %r0, 64; vote.sync.all.pred %p1, %p0, -1; selp.b32 %r1, 1, 0, %p1;",
               [](uint32_t) { return 1; });
  expectValues(odd + "vote.sync.uni.pred %p1, %p0, -1; selp.b32 %r1, 1, 0, %p1;", [](uint32_t) { return 0; });
  expectValues(
      "mov.b32 %r1, 0; setp.lt.u32 %p0, %r0, 8; @!%p0 bra END; setp.lt.u32 %p1, %r0, 5; vote.sync.ballot.b32 %r1, %p1, 255; END:",
      [](uint32_t i) { return i < 8 ? 0x1f : 0; });
  expectFault("mov.b32 %r1, 0; setp.lt.u32 %p0, %r0, 8; @!%p0 bra END; vote.sync.ballot.b32 %r1, %p0, -1; END:",
              Fault::WarpDivergence, "cannot come");
}

TEST(VoteTest, ActiveMask) {
  expectValues("setp.lt.u32 %p0, %r0, 3; mov.b32 %r1, 0; @!%p0 bra END; activemask.b32 %r1; END:",
               [](uint32_t i) { return i < 3 ? 7 : 0; });
}

TEST(ReduxTest, Integers) {
  expectValues("redux.sync.add.u32 %r1, %r0, -1;", [](uint32_t) { return 496; });
  expectValues("redux.sync.max.u32 %r1, %r0, -1;", [](uint32_t) { return 31; });
  expectValues("sub.s32 %r2, %r0, 7; redux.sync.min.s32 %r1, %r2, -1;", [](uint32_t) { return -7; });
  expectValues("sub.s32 %r2, %r0, 7; redux.sync.min.u32 %r1, %r2, -1;", [](uint32_t) { return 0; });
  expectValues("redux.sync.or.b32 %r1, %r0, -1;", [](uint32_t) { return 31; });
  expectValues("redux.sync.xor.b32 %r1, %r0, -1;", [](uint32_t) { return 0; });
  expectValues("setp.lt.u32 %p0, %r0, 16; selp.b32 %r2, 0xFFFF, 0xFFFF0000, %p0; redux.sync.add.s32 %r1, %r0, %r2;",
               [](uint32_t i) { return i < 16 ? 120 : 376; });
}

// Barriers.

const std::string shared = ".shared .align 4 .b8 tile[1024];";
const std::string address = "mov.b64 %rd4, tile; mul.wide.u32 %rd5, %r0, 4; add.s64 %rd6, %rd4, %rd5; ";

TEST(BarrierTest, OrdersTheWholeBlock) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    WarpRun run =
        runWarp(address + "st.shared.b32 [%rd6], %r0; bar.sync 0; sub.u32 %r2, 255, %r0; mul.wide.u32 %rd7, %r2, 4; "
                          "add.s64 %rd8, %rd4, %rd7; ld.shared.b32 %r1, [%rd8];",
                256, seed, shared);
    ASSERT_TRUE(run.result.ok()) << run.result.message();
    for (uint32_t i = 0; i < 256; ++i)
      ASSERT_EQ(run.values[i], 255 - i);
  }
}

TEST(BarrierTest, OfAWarpAfterABranchThatMeetsAgain) {
  expectValues(
      "mov.b32 %r1, 1; setp.lt.u32 %p0, %r0, 40; @%p0 bra JOIN; add.u32 %r1, %r1, 1; JOIN: bar.sync 0; barrier.sync 0;",
      [](uint32_t i) { return i < 40 ? 1 : 2; }, 64);
}

TEST(BarrierTest, MustBeReachedByAllLanesOfAWarp) {
  expectFault("mov.b32 %r1, 1; setp.lt.u32 %p0, %r0, 40; @!%p0 bra JOIN; bar.sync 0; JOIN:", Fault::BarrierDivergence,
              "only lanes 0, 1, 2, 3, 4, 5, 6, 7 came here", 64);
  expectFault("mov.b32 %r1, 1; setp.lt.u32 %p0, %r0, 40; @%p0 bar.sync 0;", Fault::BarrierDivergence,
              "the predicate is false for", 64);
}

TEST(BarrierTest, MustBeReachedByAllWarpsOfTheBlock) {
  expectFault("mov.b32 %r1, 1; setp.lt.u32 %p0, %r0, 32; @!%p0 bra JOIN; bar.sync 0; JOIN:", Fault::BarrierDivergence,
              "waits for 32 threads that have ended, thread (32,0,0) among them", 64);
  expectFault("mov.b32 %r1, 1; setp.eq.u32 %p0, %r0, 50; @%p0 exit; bar.sync 0;", Fault::BarrierDivergence,
              "waits for 1 threads that have ended, thread (50,0,0) among them", 64);
  expectValues(
      "mov.b32 %r1, 1; bar.sync 0; setp.eq.u32 %p0, %r0, 50; @%p0 bra END; add.u32 %r1, %r1, 1; END:",
      [](uint32_t i) { return i == 50 ? 1 : 2; }, 64);
}

TEST(BarrierTest, OfAWarpOrdersItsSharedMemory) {
  const std::string exchange =
      "xor.b32 %r2, %r0, 1; mul.wide.u32 %rd7, %r2, 4; add.s64 %rd8, %rd4, %rd7; ld.shared.b32 %r1, [%rd8];";
  WarpRun ordered = runWarp(address + "st.shared.b32 [%rd6], %r0; bar.warp.sync -1; " + exchange, 64, 0, shared);
  ASSERT_TRUE(ordered.result.ok()) << ordered.result.message();
  EXPECT_EQ(ordered.values[5], 4u);
  WarpRun racing = runWarp(address + "st.shared.b32 [%rd6], %r0; " + exchange, 64, 0, shared);
  EXPECT_EQ(faultsOf(racing.result), std::vector<Fault>{Fault::Race});
}

TEST(BarrierTest, OfAWarpDoesNotOrderOtherWarps) {
  const std::string far =
      "xor.b32 %r2, %r0, 32; mul.wide.u32 %rd7, %r2, 4; add.s64 %rd8, %rd4, %rd7; ld.shared.b32 %r1, [%rd8];";
  size_t races = 0;
  for (uint64_t seed = 0; seed < 20; ++seed)
    for (Fault fault :
         faultsOf(runWarp(address + "st.shared.b32 [%rd6], %r0; bar.warp.sync -1; " + far, 64, seed, shared).result))
      // The warp that is first reads what nobody has written.
      races += fault == Fault::Race || fault == Fault::Uninitialised;
  EXPECT_EQ(races, 20u);
}

} // namespace
} // namespace neap::test
