// Each check, by a program that violates it and one that is nearly the same and right.
#include "Simulator.h"

#include <algorithm>

namespace neap::test {
namespace {

using sim::Fault;

/// Runs `body` on buffers of 128 words: %rd0 initialised, %rd1 not. %rd4 is 4 * thread.
class CheckTest : public testing::Test {
protected:
  sim::LaunchResult runBody(const std::string &body, uint32_t threads = 32, uint32_t blocks = 1,
                            const std::string &variables = "") {
    simulator.load(kernelText(
        "  mul.wide.u32 %rd4, %r0, 4;\n  add.s64 %rd5, %rd0, %rd4;\n  add.s64 %rd6, %rd1, %rd4;\n" + body, variables));
    if (!initialised)
      initialised = simulator.buffer(std::vector<uint32_t>(128, 7), "input");
    fresh = simulator.buffer(uint64_t(512), "fresh");
    return simulator.run("k", {blocks, 1, 1}, {threads, 1, 1}, initialised, fresh, initialised, fresh);
  }
  void expectFine(const std::string &body, uint32_t threads = 32, uint32_t blocks = 1,
                  const std::string &variables = "") {
    for (uint64_t seed = 0; seed < 5; ++seed) {
      simulator.launch.seed = seed;
      sim::LaunchResult result = runBody(body, threads, blocks, variables);
      EXPECT_TRUE(result.ok()) << result.message();
    }
  }
  /// One report, whose message contains `part`.
  sim::Report expectFault(Fault fault, const std::string &part, const std::string &body, uint32_t threads = 32,
                          uint32_t blocks = 1, const std::string &variables = "") {
    sim::LaunchResult result = runBody(body, threads, blocks, variables);
    EXPECT_EQ(faultsOf(result), std::vector<Fault>{fault}) << result.message();
    EXPECT_NE(result.message().find(part), std::string::npos) << result.message();
    return result.reports.empty() ? sim::Report() : result.reports[0];
  }

  Simulator simulator;
  uint64_t initialised = 0, fresh = 0;
};

TEST_F(CheckTest, AReportSaysWhereAndWhat) {
  sim::Report report = expectFault(Fault::OutOfBounds, "reads 4 bytes at",
                                   "  mov.b32 %r2, %ctaid.x;\n  add.s64 %rd7, %rd5, 300;\n"
                                   "  ld.global.b32 %r1, [%rd7];",
                                   64, 2);
  EXPECT_EQ(report.kernel, "k");
  EXPECT_EQ(report.line, 21u);
  EXPECT_EQ(report.text, "ld.global.b32 %r1, [%rd7];");
  EXPECT_EQ(report.address, initialised + 4 * report.thread.x + 300);
  EXPECT_EQ(report.warp, report.thread.x / 32);
  EXPECT_EQ(report.lane, report.thread.x % 32);
  std::string message = report.message();
  EXPECT_EQ(message, "kernel 'k', line 21: ld.global.b32 %r1, [%rd7];\n  block " + report.block.text() +
                         ", warp 1, lane 21, thread (53,0,0): "
                         "out of bounds: reads 4 bytes at " +
                         sim::hex(report.address) + " in .global: 0 bytes past the end of 'input' (512 bytes at " +
                         sim::hex(initialised) + ")");
}

TEST_F(CheckTest, Bounds) {
  expectFine("ld.global.b32 %r1, [%rd5+384];");
  expectFault(Fault::OutOfBounds, "lane 31", "ld.global.b32 %r1, [%rd5+388];");
  expectFault(Fault::OutOfBounds, "4 bytes before 'input'", "st.global.b32 [%rd5+-4], %r0;");
  expectFault(Fault::OutOfBounds, "it starts 508 bytes into 'input'", "ld.global.b64 %rd7, [%rd0+508];");
  expectFault(Fault::OutOfBounds, "in no allocation", "ld.global.b32 %r1, [0];");
  // An address of one space used in another hits nothing.
  expectFault(Fault::OutOfBounds, "in no allocation", "mov.b64 %rd7, tile; ld.b32 %r1, [%rd7];", 32, 1,
              ".shared .b8 tile[64];");
  expectFault(Fault::OutOfBounds, "in no variable of .shared", "ld.shared.b32 %r1, [%rd5];");
}

TEST_F(CheckTest, BoundsOfVariables) {
  const std::string two = ".shared .align 4 .b8 first[64];\n.shared .align 4 .b8 second[64];";
  const std::string write = "setp.eq.u32 %p0, %r0, 0; mov.b64 %rd7, first; mov.b64 %rd8, second; ";
  expectFine(write + "@%p0 st.shared.b32 [%rd7+60], 1; @%p0 st.shared.b32 [%rd8], 1;", 32, 1, two);
  expectFault(Fault::OutOfBounds, "0 bytes past the end of 'first' (64 bytes)",
              write + "@%p0 st.shared.b32 [%rd7+64], 1;", 32, 1, two);
  expectFault(Fault::OutOfBounds, "4 bytes before 'first'", write + "@%p0 st.shared.b32 [%rd7+-4], 1;", 32, 1, two);
  expectFine(".local .b8 depot[8]; st.local.b32 [depot+4], 1; ld.local.b32 %r1, [depot+4];");
  expectFault(Fault::OutOfBounds, "0 bytes past the end of 'depot' (8 bytes) of .local",
              ".local .b8 depot[8]; st.local.b32 [depot+8], 1;");
  expectFault(Fault::OutOfBounds, "0 bytes past the end of 'p3' (8 bytes) of .param", "ld.param.b32 %r1, [p3+8];");
  expectFine("mov.b64 %rd7, table; ld.const.b32 %r1, [%rd7+4];", 32, 1,
             ".const .align 4 .b8 table[8] = {1, 0, 0, 0, 2};");
  expectFault(Fault::OutOfBounds, "past the end of 'table'", "ld.const.b32 %r1, [table+8];", 32, 1,
              ".const .align 4 .b8 table[8] = {1};");
}

TEST_F(CheckTest, DynamicSharedMemoryIsAsLargeAsTheLaunchSays) {
  const std::string text = ".extern .shared .align 16 .b8 pool[];",
                    body = "mov.b64 %rd7, pool; add.s64 %rd7, %rd7, %rd4; st.shared.b32 [%rd7], %r0;";
  simulator.launch.dynamicSharedBytes = 128;
  expectFine(body, 32, 1, text);
  simulator.launch.dynamicSharedBytes = 124;
  expectFault(Fault::OutOfBounds, "0 bytes past the end of 'pool' (124 bytes)", body, 32, 1, text);
}

TEST_F(CheckTest, UseAfterFree) {
  expectFine("ld.global.b32 %r1, [%rd5];");
  simulator.memory.free(initialised);
  expectFault(Fault::OutOfBounds, "0 bytes into 'input' (512 bytes at " + sim::hex(initialised) + "), which was freed",
              "ld.global.b32 %r1, [%rd5];");
}

TEST_F(CheckTest, Alignment) {
  expectFine("ld.global.v4.b32 {%r1, %r2, %r3, %r4}, [%rd0+16];");
  expectFault(Fault::Misaligned, "expected a multiple of 16, got one 8 beyond",
              "ld.global.v4.b32 {%r1, %r2, %r3, %r4}, [%rd0+8];");
  expectFine("ld.global.v2.b16 {%rs1, %rs2}, [%rd0+4];");
  // A whole warp, side by side.
  expectFine("mul.wide.u32 %rd7, %r0, 8; add.s64 %rd7, %rd7, %rd0; ld.global.b64 %rd8, [%rd7+8];");
  expectFault(Fault::Misaligned, "expected a multiple of 8, got one 4 beyond",
              "mul.wide.u32 %rd7, %r0, 8; add.s64 %rd7, %rd7, %rd0; ld.global.b64 %rd8, [%rd7+4];");
  expectFault(Fault::Misaligned, "expected a multiple of 4, got one 2 beyond",
              "ld.global.v2.b16 {%rs1, %rs2}, [%rd0+2];");
  expectFine("st.global.b16 [%rd6+2], 1;", 1);
  expectFault(Fault::Misaligned, "expected a multiple of 2", "st.global.b16 [%rd6+1], 1;", 1);
  expectFault(Fault::Misaligned, "expected a multiple of 4", "ld.param.b32 %r1, [p0+2];");
}

TEST_F(CheckTest, UninitialisedMemory) {
  expectFine("st.global.b32 [%rd6], %r0; ld.global.b32 %r1, [%rd6];");
  expectFault(Fault::Uninitialised, "nobody has written the byte 0 bytes into 'fresh'", "ld.global.b32 %r1, [%rd6];");
  expectFault(
      Fault::Uninitialised, "nobody has written the byte 7 bytes into 'fresh'",
      "st.global.b32 [%rd6], %r0; st.global.b16 [%rd6+4], 1; st.global.b8 [%rd6+6], 1; ld.global.v2.b32 {%r1, %r2}, [%rd6];",
      1);
  const std::string tile = ".shared .align 4 .b8 tile[128];";
  expectFault(Fault::Uninitialised, "into 'tile'",
              "mov.b64 %rd7, tile; add.s64 %rd7, %rd7, %rd4; ld.shared.b32 %r1, [%rd7];", 32, 1, tile);
  expectFault(Fault::Uninitialised, "this thread has not written all of it",
              ".local .b8 depot[8]; ld.local.b32 %r1, [depot];");
}

TEST_F(CheckTest, SharedAndLocalMemoryAreForgottenBetweenBlocks) {
  // One block writes, one reads; in about half of the orders the writer comes first.
  const std::string one = "mov.u32 %r2, %ctaid.x; setp.eq.u32 %p0, %r2, 0; @%p0 bra READ; ";
  for (uint64_t seed = 0; seed < 10; ++seed) {
    simulator.launch.seed = seed;
    expectFault(Fault::Uninitialised, "into 'tile'",
                one + "st.shared.b32 [tile], 1; ret; READ: ld.shared.b32 %r1, [tile];", 1, 2,
                ".shared .align 4 .b8 tile[4];");
    expectFault(Fault::Uninitialised, "this thread has not written all of it",
                ".local .align 4 .b8 depot[4]; " + one +
                    "st.local.b32 [depot], 1; ret; READ: ld.local.b32 %r1, [depot];",
                1, 2);
  }
}

TEST_F(CheckTest, PoisonedSlots) {
  expectFine("ld.global.b32 %r1, [%rd5+128];");
  simulator.memory.poison(initialised + 128, 64);
  expectFine("ld.global.b32 %r1, [%rd5];");
  expectFault(Fault::Uninitialised, "the byte 128 bytes into 'input'", "ld.global.b32 %r1, [%rd5+128];");
}

TEST_F(CheckTest, Registers) {
  expectFine("mov.b32 %r1, 1; add.u32 %r2, %r1, 1;");
  expectFault(Fault::UnwrittenRegister, "nothing has written %r1 on the way here", "add.u32 %r2, %r1, 1;");
  // Written by some lanes only.
  expectFault(Fault::UnwrittenRegister, "lane 5", "setp.lt.u32 %p0, %r0, 5; @%p0 mov.b32 %r1, 1; add.u32 %r2, %r1, 1;");
  expectFine("setp.lt.u32 %p0, %r0, 5; @%p0 mov.b32 %r1, 1; @%p0 add.u32 %r2, %r1, 1;");
  expectFault(Fault::UnwrittenRegister, "%p3", "@%p3 mov.b32 %r1, 1;");
  // Each block has its own.
  for (uint64_t seed = 0; seed < 8; ++seed) {
    simulator.launch.seed = seed;
    expectFault(Fault::UnwrittenRegister, "block (1,0,0)",
                "mov.u32 %r2, %ctaid.x; setp.eq.u32 %p0, %r2, 0; @%p0 mov.b32 %r1, 1; add.u32 %r3, %r1, 1;", 32, 2);
  }
  // selp reads what it selects.
  expectFine("setp.lt.u32 %p0, %r0, 32; selp.b32 %r2, 1, %r1, %p0;");
  expectFault(Fault::UnwrittenRegister, "%r1", "setp.lt.u32 %p0, %r0, 31; selp.b32 %r2, 1, %r1, %p0;");
  expectFault(Fault::UnwrittenRegister, "%r9", "st.global.b32 [%rd6], %r9;");
}

TEST_F(CheckTest, DeclaredRanges) {
  const std::string body = "ld.global.b32 %r1, [%rd5]; st.global.b32 [%rd6], %r1;";
  expectFine(body);
  auto declare = [&](uint64_t readBytes, bool writable) {
    // The buffer that runBody makes next.
    uint64_t next = simulator.buffer(uint64_t(512)) + 512 + sim::DeviceMemory::gap;
    simulator.launch.ranges = {{{initialised, readBytes, true, false, "x"}, {next, 512, false, writable, "y"}}};
  };
  declare(128, true);
  sim::LaunchResult fine = runBody(body);
  EXPECT_TRUE(fine.ok()) << fine.message();
  declare(124, true);
  expectFault(Fault::Undeclared, "the launch declares no range there; 124 bytes into 'input'", body);
  expectFault(Fault::Undeclared, "; as declared, 0 bytes past the end of 'x' (124 bytes)", body);
  declare(126, true);
  expectFault(Fault::Undeclared, "only part of it lies in 'x'", body);
  declare(128, false);
  expectFault(Fault::Undeclared, "'y' is declared as read only", body);
  simulator.launch.ranges = {{{initialised, 512, false, true, "x"}}};
  expectFault(Fault::Undeclared, "'x' is declared as written only", body);
}

TEST_F(CheckTest, ReportsNameTheSlotOfAnArena) {
  expectFine("");
  // Two slots of 64 bytes in the buffer; the second was freed and given away.
  simulator.launch.ranges = {{{initialised, 64, true, false, "h1"}, {initialised + 64, 64, true, true, "h2"}}};
  simulator.memory.poison(initialised + 64, 64);
  expectFault(Fault::Uninitialised,
              "64 bytes into 'input' (512 bytes at " + sim::hex(initialised) +
                  "); as declared, 0 bytes into 'h2' (64 bytes)",
              "ld.global.b32 %r1, [%rd5];");
}

TEST_F(CheckTest, VariablesOfTheModuleNeedNoDeclaration) {
  simulator.launch.ranges.emplace();
  const std::string table = ".global .align 4 .b8 table[8] = {1, 0, 0, 0, 2};\n.shared .align 4 .b8 tile[4];";
  expectFine("ld.global.b32 %r1, [table+4]; setp.eq.u32 %p0, %r0, 0; @%p0 st.shared.b32 [tile], %r1;", 32, 1, table);
  expectFault(Fault::Undeclared, "no range", "ld.global.b32 %r1, [%rd5];");
}

TEST_F(CheckTest, ReadOnlyMemory) {
  const std::string table = ".const .align 4 .b8 table[8] = {1};";
  expectFine("mov.b64 %rd7, table; cvta.const.u64 %rd8, %rd7; ld.b32 %r1, [%rd8];", 32, 1, table);
  expectFault(Fault::ReadOnly, "0 bytes into 'table'",
              "mov.b64 %rd7, table; cvta.const.u64 %rd8, %rd7; st.b32 [%rd8], 1;", 32, 1, table);
}

TEST_F(CheckTest, NonCoherentLoads) {
  expectFine("ld.global.nc.b32 %r1, [%rd5]; st.global.b32 [%rd6], %r1;");
  expectFault(Fault::NonCoherent, "has written it in this launch",
              "st.global.b32 [%rd5], 1; ld.global.nc.b32 %r1, [%rd5];");
  expectFine("st.global.b32 [%rd5], 1; ld.global.b32 %r1, [%rd5];");
  expectFault(Fault::NonCoherent, "has read it by ld.global.nc",
              "ld.global.nc.b32 %r1, [%rd5]; st.global.b32 [%rd5], 1;");
  // Written by another launch.
  expectFine("ld.global.nc.b32 %r1, [%rd5];");
}

TEST_F(CheckTest, GlobalRaces) {
  // Each block writes one word; then all write the first.
  expectFine("mov.u32 %r2, %ctaid.x; mul.wide.u32 %rd7, %r2, 4; add.s64 %rd7, %rd1, %rd7; st.global.b32 [%rd7], 1;", 1,
             8);
  expectFault(Fault::Race, "of block (", "st.global.b32 [%rd1], 1;", 1, 8);
  // Two warps, without and with a barrier.
  const std::string exchange = "xor.b32 %r2, %r0, 32; mul.wide.u32 %rd7, %r2, 4; add.s64 %rd7, %rd1, %rd7; ";
  expectFine(exchange + "st.global.b32 [%rd6], %r0; bar.sync 0; ld.global.b32 %r1, [%rd7];", 64);
  expectFine(
      exchange +
          "st.global.b32 [%rd6], %r0; bar.sync 0; ld.global.b32 %r1, [%rd7]; bar.sync 0; st.global.b32 [%rd6], %r1;",
      64);
  expectFault(Fault::Race, "and nothing orders the two",
              exchange + "st.global.b32 [%rd6], %r0; bar.sync 0; ld.global.b32 %r1, [%rd7]; st.global.b32 [%rd6], %r1;",
              64);
  // All may read.
  expectFine("ld.global.b32 %r1, [%rd0]; ld.global.b32 %r1, [%rd5];", 64, 4);
  // One writes what all blocks have read.
  expectFault(
      Fault::Race, "and nothing orders the two",
      "ld.global.b32 %r1, [%rd0]; mov.u32 %r2, %ctaid.x; setp.eq.u32 %p0, %r2, 3; @%p0 st.global.b32 [%rd0], 1;", 1, 8);
}

TEST_F(CheckTest, RacesOfThreadsOfOneWarp) {
  expectFault(Fault::Race, "thread (0,0,0) writes it", "st.global.b32 [%rd1], %r0;", 2);
  expectFine("st.global.b32 [%rd1], %r0;", 1);
  // A neighbour's word in the same instruction is none of this thread's business.
  expectFine("st.global.b32 [%rd6], %r0;");
  expectFine(
      "shr.u32 %r2, %r0, 1; mul.wide.u32 %rd7, %r0, 2; add.s64 %rd7, %rd1, %rd7; mov.b16 %rs1, 1; st.global.b16 [%rd7], %rs1;");
  expectFine("cvt.u64.u32 %rd7, %r0; add.s64 %rd7, %rd1, %rd7; mov.b16 %rs1, 1; st.global.b8 [%rd7], %rs1;");
  expectFault(
      Fault::Race, "",
      "shr.u32 %r2, %r0, 1; mul.wide.u32 %rd7, %r2, 2; add.s64 %rd7, %rd1, %rd7; mov.b16 %rs1, 1; st.global.b16 [%rd7], %rs1;");
}

TEST_F(CheckTest, RacesWithOneOfSeveralReaders) {
  // All threads of a warp read a word, in one instruction; then any one of them writes it.
  for (uint32_t threads : {2, 3, 7, 32})
    for (uint32_t writer : {0u, 1u, threads - 1})
      expectFault(Fault::Race, "reads it, and nothing orders the two",
                  "ld.global.b32 %r1, [%rd0]; setp.eq.u32 %p0, %r0, " + std::to_string(writer) +
                      "; @%p0 st.global.b32 [%rd0], 1;",
                  threads);
  expectFine("ld.global.b32 %r1, [%rd0]; st.global.b32 [%rd0], 1;", 1);
}

TEST_F(CheckTest, RacesOfAccessesOfDifferentWidths) {
  const std::string roles = "setp.eq.u32 %p0, %r0, 0; setp.eq.u32 %p1, %r0, 33; mov.b16 %rs1, 1; ";
  for (uint64_t seed = 0; seed < 8; ++seed) {
    simulator.launch.seed = seed;
    expectFault(Fault::Race, "", roles + "@%p0 st.global.b32 [%rd1], 1; @%p1 st.global.b8 [%rd1+3], %rs1;", 64);
    expectFault(Fault::Race, "",
                roles + "@%p0 ld.global.v4.b32 {%r1, %r2, %r3, %r4}, [%rd0]; @%p1 st.global.b16 [%rd0+14], %rs1;", 64);
  }
  expectFine(roles + "@%p0 st.global.b32 [%rd1], 1; @%p1 st.global.b8 [%rd1+4], %rs1;", 64);
  expectFine(roles + "@%p0 st.global.b16 [%rd1], %rs1; @%p1 st.global.b8 [%rd1+2], %rs1;", 64);
}

TEST_F(CheckTest, LaunchesAreOrdered) {
  simulator.load(kernelText("st.global.b32 [%rd0], %r0;"));
  uint64_t word = simulator.buffer(uint64_t(4));
  for (int i = 0; i < 3; ++i) {
    sim::LaunchResult result = simulator.run("k", {}, {}, word, word, word, word);
    EXPECT_TRUE(result.ok()) << result.message();
  }
}

TEST_F(CheckTest, DivisionByZero) {
  expectFine("add.u32 %r2, %r0, 1; div.u32 %r1, 100, %r2; rem.u32 %r1, 100, %r2;");
  expectFault(Fault::DivisionByZero, "lane 0", "div.u32 %r1, 100, %r0;");
  expectFault(Fault::DivisionByZero, "lane 7", "sub.s32 %r2, %r0, 7; rem.s32 %r1, 100, %r2;");
  expectFine("setp.ne.u32 %p0, %r0, 0; @%p0 div.u32 %r1, 100, %r0;");
  expectFine("mov.b32 %r1, 0f00000000; div.rn.f32 %r2, 0f3F800000, %r1;");
}

TEST_F(CheckTest, LoopsWithoutAnEnd) {
  simulator.launch.instructionBudget = 10'000;
  expectFault(Fault::Budget, "more than 10000 instructions", "LOOP: add.u32 %r0, %r0, 1; bra LOOP;");
  expectFine("LOOP: add.u32 %r0, %r0, 1; setp.lt.u32 %p0, %r0, 1000; @%p0 bra LOOP;");
}

TEST_F(CheckTest, TrapsAndTables) {
  expectFault(Fault::Trap, "the kernel stops itself here", "setp.eq.u32 %p0, %r0, 3; @%p0 trap;");
  expectFine("setp.eq.u32 %p0, %r0, 300; @%p0 trap;");
  expectFault(Fault::BranchTable, "index 2 of a table of 2", "T: .branchtargets A, A; brx.idx %r0, T; A:", 3);
  expectFine("T: .branchtargets A, A; brx.idx %r0, T; A:", 2);
}

TEST_F(CheckTest, LaunchLimits) {
  expectFine("", 1024);
  expectFault(Fault::Launch, "block (1025,1,1), at least (1,1,1) and at most (1024,1024,64) allowed", "", 1025);
  simulator.device.maxThreadsPerBlock = 512;
  expectFault(Fault::Launch, "threads of a block: 513, at most 512 allowed", "", 513);
  const std::string large = ".shared .align 4 .b8 tile[49152];", use = "mov.b64 %rd7, tile;";
  expectFine(use, 32, 1, large);
  simulator.launch.dynamicSharedBytes = 227 * 1024 - 49152;
  expectFine(use, 32, 1, large);
  ++simulator.launch.dynamicSharedBytes;
  expectFault(Fault::Launch, "bytes of shared memory: 232449, at most 232448 allowed", use, 32, 1, large);
  simulator.launch.dynamicSharedBytes = 0;
  expectFault(Fault::Launch, "declared bytes of shared memory: 49156, at most 49152 allowed", use, 32, 1,
              ".shared .align 4 .b8 tile[49156];");
  // Variables that the kernel does not use take nothing.
  expectFine("", 32, 1, ".shared .align 4 .b8 tile[49156];");
  expectFault(Fault::Launch, "grid (0,1,1)", "", 32, 0);
}

TEST_F(CheckTest, LimitsOfTheKernelItself) {
  simulator.load(
      ".version 8.0\n.target sm_80\n.address_size 64\n.entry a() .maxntid 64 { ret; }\n.entry b() .reqntid 8, 4 { ret; }");
  EXPECT_TRUE(simulator.run("a", {}, {8, 8, 1}).ok());
  EXPECT_EQ(simulator.run("a", {}, {65, 1, 1}).message(),
            "kernel 'a': launch refused: threads of a block by the kernel's .maxntid: 65, at most 64 allowed");
  EXPECT_TRUE(simulator.run("b", {}, {8, 4, 1}).ok());
  EXPECT_EQ(simulator.run("b", {}, {32, 1, 1}).message(),
            "kernel 'b': launch refused: block (32,1,1), but the kernel's .reqntid is (8,4,1)");
  simulator.launch.arguments.resize(4);
  EXPECT_EQ(sim::run(*simulator.module->kernel("a"), simulator.launch, simulator.memory, simulator.device).message(),
            "kernel 'a': launch refused: expected 0 bytes of arguments, got 4");
}

TEST_F(CheckTest, ModulesForNewerDevicesAreRefused) {
  simulator.device.architecture = 80;
  simulator.load(kernelText(""));
  std::string text = kernelText("");
  text.replace(text.find("sm_80"), 5, "sm_90");
  try {
    simulator.load(text);
    FAIL();
  } catch (const sim::MemoryError &error) {
    EXPECT_STREQ(error.what(), "cannot load a module for sm_90 on a device of sm_80");
  }
}

TEST_F(CheckTest, SeveralReportsOnePerLineAndFault) {
  simulator.launch.maxReports = 10;
  sim::LaunchResult result = runBody(
      "ld.global.b32 %r1, [%rd6];\nld.global.b32 %r2, [%rd6];\nst.global.b32 [%rd6+2], %r1;\nld.global.b32 %r3, [%rd5];");
  EXPECT_EQ(faultsOf(result), (std::vector<Fault>{Fault::Uninitialised, Fault::Uninitialised, Fault::Misaligned}));
  EXPECT_EQ(result.reports[0].line, 19u);
  EXPECT_EQ(result.reports[2].line, 21u);
}

TEST_F(CheckTest, RecordsWhatWasAccessed) {
  sim::LaunchResult result =
      runBody("ld.global.v2.b32 {%r1, %r2}, [%rd0+8]; ld.global.b32 %r1, [%rd5+256]; st.global.b32 [%rd6], %r1; "
              "setp.eq.u32 %p0, %r0, 0; mov.b16 %rs1, 1; @%p0 st.global.b8 [%rd1+401], %rs1;");
  ASSERT_TRUE(result.ok()) << result.message();
  EXPECT_EQ(result.reads.intervals(),
            (std::vector<sim::Interval>{{initialised + 8, initialised + 16}, {initialised + 256, initialised + 384}}));
  EXPECT_EQ(result.writes.intervals(), (std::vector<sim::Interval>{{fresh, fresh + 128}, {fresh + 401, fresh + 402}}));
  EXPECT_EQ(result.threadInstructions, result.warpInstructions * 32 - 31);
  // Nothing is left of it in the next launch, which touches the same page.
  result = simulator.run("k", {}, {1, 1, 1}, initialised, fresh, initialised, fresh);
  EXPECT_EQ(result.reads.intervals(),
            (std::vector<sim::Interval>{{initialised + 8, initialised + 16}, {initialised + 256, initialised + 260}}));
}

} // namespace
} // namespace neap::test
