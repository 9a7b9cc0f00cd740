// Branches that lanes take differently, loops, tables and calls: every lane gets what it would get alone.
#include "Simulator.h"

#include "neap/runtime/sim/machine/ControlFlow.h"

#include <set>

namespace neap::test {
namespace {

/// Runs a body that leaves its result in %r1, for `threads` threads, with seeds from 0 to 9; all must agree.
std::vector<uint32_t> resultsOf(const std::string &body, uint32_t threads = 64, const std::string &variables = "") {
  Simulator simulator(
      kernelText(body + "\n  mad.wide.u32 %rd31, %r0, 4, %rd0;\n  st.global.b32 [%rd31], %r1;", variables));
  std::vector<uint32_t> first;
  for (uint64_t seed = 0; seed < 10; ++seed) {
    uint64_t out = simulator.buffer(threads * 4, "out"), zero = 0;
    simulator.launch.seed = seed;
    sim::LaunchResult result = simulator.run("k", {}, {threads, 1, 1}, out, zero, zero, zero);
    EXPECT_TRUE(result.ok()) << result.message();
    if (!result.ok())
      return std::vector<uint32_t>(threads);
    std::vector<uint32_t> values = simulator.read<uint32_t>(out, threads);
    if (seed == 0)
      first = values;
    EXPECT_EQ(values, first) << "seed " << seed;
  }
  return first;
}

template <class Function> std::vector<uint32_t> expected(uint32_t threads, Function function) {
  std::vector<uint32_t> values(threads);
  for (uint32_t i = 0; i < threads; ++i)
    values[i] = uint32_t(function(i));
  return values;
}

TEST(ControlFlowTest, IfAndElse) {
  auto got = resultsOf(R"(
  and.b32 %r2, %r0, 1;
  setp.eq.u32 %p0, %r2, 0;
  @%p0 bra EVEN;
  mul.lo.u32 %r1, %r0, 3;
  bra.uni END;
EVEN:
  add.u32 %r1, %r0, 100;
END:
  add.u32 %r1, %r1, 1;)");
  EXPECT_EQ(got, expected(64, [](uint32_t i) { return i % 2 ? 3 * i + 1 : i + 101; }));
}

TEST(ControlFlowTest, LoopsWithDifferentCountsAndAnInnerBreak) {
  // The Collatz sequence: its length, at most 50.
  auto got = resultsOf(R"(
  add.u32 %r2, %r0, 1;
  mov.b32 %r1, 0;
LOOP:
  setp.eq.u32 %p0, %r2, 1;
  @%p0 bra END;
  and.b32 %r3, %r2, 1;
  setp.eq.u32 %p1, %r3, 0;
  @%p1 bra HALVE;
  mad.lo.u32 %r2, %r2, 3, 1;
  bra NEXT;
HALVE:
  shr.u32 %r2, %r2, 1;
NEXT:
  add.u32 %r1, %r1, 1;
  setp.lt.u32 %p2, %r1, 50;
  @%p2 bra LOOP;
END:)",
                       100);
  EXPECT_EQ(got, expected(100, [](uint32_t i) {
              uint32_t steps = 0;
              for (uint32_t n = i + 1; n != 1 && steps < 50; ++steps)
                n = n % 2 ? 3 * n + 1 : n / 2;
              return steps;
            }));
}

TEST(ControlFlowTest, NestedLoopsInsideBranches) {
  auto got = resultsOf(R"(
  mov.b32 %r1, 0;
  mov.b32 %r2, 0;
OUTER:
  setp.gt.u32 %p0, %r2, %r0;
  @%p0 bra END;
  and.b32 %r4, %r2, 3;
  setp.eq.u32 %p1, %r4, 2;
  @%p1 bra SKIP;
  mov.b32 %r3, 0;
INNER:
  add.u32 %r1, %r1, %r3;
  add.u32 %r3, %r3, 1;
  setp.lt.u32 %p2, %r3, %r2;
  @%p2 bra INNER;
SKIP:
  add.u32 %r2, %r2, 1;
  bra OUTER;
END:)");
  EXPECT_EQ(got, expected(64, [](uint32_t i) {
              uint32_t sum = 0;
              for (uint32_t outer = 0; outer <= i; ++outer)
                for (uint32_t inner = 0; outer % 4 != 2 && (inner == 0 || inner < outer); ++inner)
                  sum += inner;
              return sum;
            }));
}

TEST(ControlFlowTest, LanesThatEndEarlyDoNotStopTheOthers) {
  Simulator simulator(kernelText(R"(
  mad.wide.u32 %rd4, %r0, 4, %rd0;
  st.global.b32 [%rd4], 1;
  setp.gt.u32 %p0, %r0, 40;
  @%p0 ret;
  and.b32 %r2, %r0, 3;
  setp.eq.u32 %p1, %r2, 3;
  @%p1 exit;
  st.global.b32 [%rd4], 2;)"));
  uint64_t out = simulator.buffer(256);
  sim::LaunchResult result = simulator.run("k", {}, {64, 1, 1}, out, out, out, out);
  ASSERT_TRUE(result.ok()) << result.message();
  EXPECT_EQ(simulator.read<uint32_t>(out, 64), expected(64, [](uint32_t i) { return i > 40 || i % 4 == 3 ? 1 : 2; }));
}

TEST(ControlFlowTest, TablesJumpForEachLane) {
  auto got = resultsOf(R"(
  rem.u32 %r2, %r0, 4;
  mov.b32 %r1, 0;
  TABLE: .branchtargets ZERO, ONE, TWO, ONE;
  brx.idx %r2, TABLE;
ZERO:
  add.u32 %r1, %r1, 10;
ONE:
  add.u32 %r1, %r1, 100;
  bra END;
TWO:
  add.u32 %r1, %r1, 1000;
END:)");
  EXPECT_EQ(got, expected(64, [](uint32_t i) { return i % 4 == 0 ? 110 : i % 4 == 2 ? 1000 : 100; }));
}

TEST(ControlFlowTest, CallsShareParametersAndBranchInside) {
  std::string function = R"(
.func (.param .b32 result) choose(.param .b32 a, .param .b32 b)
{
  .reg .pred %p;
  .reg .b32 %r<4>;
  ld.param.b32 %r1, [a];
  ld.param.b32 %r2, [b];
  setp.lt.u32 %p, %r1, %r2;
  @%p bra LESS;
  st.param.b32 [result], %r1;
  ret;
LESS:
  add.u32 %r3, %r2, 1000;
  st.param.b32 [result], %r3;
  ret;
}
)";
  std::string call = R"(
  {
  .param .b32 x;
  .param .b32 y;
  .param .b32 z;
  st.param.b32 [x], %r0;
  st.param.b32 [y], 20;
  call.uni (z), choose, (x, y);
  ld.param.b32 %r1, [z];
  })";
  auto got = resultsOf(call + "\n mov.b32 %r5, %r1;" + call + "\n add.u32 %r1, %r1, %r5;", 64, function);
  EXPECT_EQ(got, expected(64, [](uint32_t i) { return 2 * (i < 20 ? 1020 : i); }));
}

TEST(ControlFlowTest, LocalVariablesBelongToTheirThread) {
  auto got = resultsOf(R"(
  .local .align 4 .b8 depot[64];
  mov.b64 %rd4, depot;
  cvta.local.u64 %rd5, %rd4;
  and.b32 %r2, %r0, 15;
  mul.wide.u32 %rd6, %r2, 4;
  add.s64 %rd7, %rd4, %rd6;
  add.s64 %rd8, %rd5, %rd6;
  st.local.b32 [%rd7], %r0;
  ld.b32 %r1, [%rd8];)");
  EXPECT_EQ(got, expected(64, [](uint32_t i) { return i; }));
}

/// The words that a racing program leaves behind, over the seeds.
std::set<uint32_t> outcomesOf(const std::string &body, uint32_t threads, uint32_t blocks) {
  Simulator simulator(kernelText(body));
  simulator.launch.maxReports = 1000;
  std::set<uint32_t> outcomes;
  for (simulator.launch.seed = 0; simulator.launch.seed < 40; ++simulator.launch.seed) {
    uint64_t out = simulator.buffer(uint64_t(4));
    EXPECT_FALSE(simulator.run("k", {blocks, 1, 1}, {threads, 1, 1}, out, out, out, out).ok());
    outcomes.insert(simulator.read<uint32_t>(out, 1)[0]);
  }
  return outcomes;
}

TEST(ControlFlowTest, SeedsPickTheOrderOfAllThatHasNone) {
  EXPECT_EQ(outcomesOf("mov.u32 %r1, %ctaid.x; st.global.b32 [%rd0], %r1;", 1, 3), (std::set<uint32_t>{0, 1, 2}));
  EXPECT_EQ(
      outcomesOf("mov.u32 %r1, %warpid; and.b32 %r2, %r0, 31; setp.eq.u32 %p0, %r2, 0; @%p0 st.global.b32 [%rd0], %r1;",
                 96, 1),
      (std::set<uint32_t>{0, 1, 2}));
  EXPECT_EQ(
      outcomesOf(
          "setp.eq.u32 %p0, %r0, 0; @%p0 bra FIRST; st.global.b32 [%rd0], 1; bra END; FIRST: st.global.b32 [%rd0], 0; END:",
          2, 1),
      (std::set<uint32_t>{0, 1}));
}

TEST(ControlFlowTest, MeetingPointsArePostDominators) {
  auto module = sim::ptx::decode(kernelText(R"(
  @%p0 bra ELSE;
  @%p1 bra JOIN;
  add.u32 %r1, %r0, 1;
JOIN:
  bra END;
ELSE:
  add.u32 %r1, %r0, 2;
END:
  add.u32 %r1, %r1, 2;
FOREVER:
  @%p2 bra FOREVER;
  @%p3 exit;
  @%p4 bra LAST;
  exit;
LAST:)"));
  std::vector<uint32_t> points = sim::meetingPoints(module->kernels[0]);
  // Five instructions come before the body.
  EXPECT_EQ(points[5], 10u);
  EXPECT_EQ(points[6], 8u);
  EXPECT_EQ(points[8], 10u);
  EXPECT_EQ(points[11], 12u);
  EXPECT_EQ(points[13], sim::neverMeet);
}

} // namespace
} // namespace neap::test
