// Loads and stores of every type, width and space, by programs that are right.
#include "Simulator.h"

#include "neap/runtime/sim/ptx/Error.h"

#include <numeric>
#include <random>

namespace neap::test {
namespace {

/// Runs a body that loads from %rd0 (64 bytes: 0x80, 0x81 and so on) and stores its results to %rd1 (64 bytes).
std::vector<uint8_t> storedBy(const std::string &body, const std::string &variables = "") {
  Simulator simulator(kernelText(body, variables));
  std::vector<uint8_t> input(64);
  std::iota(input.begin(), input.end(), 0x80);
  uint64_t in = simulator.buffer(input), out = simulator.buffer(std::vector<uint8_t>(64, 0));
  sim::LaunchResult result = simulator.run("k", {}, {}, in, out, in, out);
  EXPECT_TRUE(result.ok()) << result.message();
  return simulator.read<uint8_t>(out, 64);
}

template <class T> T wordAt(const std::vector<uint8_t> &bytes, size_t offset) {
  T value;
  std::memcpy(&value, &bytes[offset], sizeof value);
  return value;
}

TEST(LoadStoreTest, NarrowTypesAreExtendedByTheirSign) {
  auto bytes = storedBy(R"(
  ld.global.u8 %rs1, [%rd0];
  st.global.b16 [%rd1], %rs1;
  ld.global.s8 %rs1, [%rd0];
  st.global.b16 [%rd1+2], %rs1;
  ld.global.b8 %r1, [%rd0+1];
  st.global.b32 [%rd1+4], %r1;
  ld.global.s16 %r1, [%rd0+2];
  st.global.b32 [%rd1+8], %r1;
  ld.global.s32 %rd4, [%rd0+4];
  st.global.b64 [%rd1+16], %rd4;
  ld.global.u32 %rd4, [%rd0+4];
  st.global.b64 [%rd1+24], %rd4;
  ld.global.s8 %rd4, [%rd0+7];
  st.global.b64 [%rd1+32], %rd4;)");
  EXPECT_EQ(wordAt<uint16_t>(bytes, 0), 0x0080);
  EXPECT_EQ(wordAt<uint16_t>(bytes, 2), 0xff80);
  EXPECT_EQ(wordAt<uint32_t>(bytes, 4), 0x81u);
  EXPECT_EQ(wordAt<uint32_t>(bytes, 8), 0xffff8382u);
  EXPECT_EQ(wordAt<uint64_t>(bytes, 16), 0xffffffff87868584u);
  EXPECT_EQ(wordAt<uint64_t>(bytes, 24), 0x87868584u);
  EXPECT_EQ(wordAt<uint64_t>(bytes, 32), 0xffffffffffffff87u);
}

TEST(LoadStoreTest, NarrowStoresTakeTheLowBits) {
  auto bytes = storedBy(
      "ld.global.b64 %rd4, [%rd0];\nst.global.b8 [%rd1], %rd4;\nst.global.b32 [%rd1+4], %rd4;\nmov.b32 %r1, 305419896;\n"
      "st.global.b16 [%rd1+8], %r1;\nst.global.b8 [%rd1+12], 255;\nst.global.b32 [%rd1+16], 0f3F800000;");
  EXPECT_EQ(wordAt<uint32_t>(bytes, 0), 0x80u);
  EXPECT_EQ(wordAt<uint32_t>(bytes, 4), 0x83828180u);
  EXPECT_EQ(wordAt<uint32_t>(bytes, 8), 0x5678u);
  EXPECT_EQ(wordAt<uint32_t>(bytes, 12), 0xffu);
  EXPECT_EQ(wordAt<float>(bytes, 16), 1.0f);
}

TEST(LoadStoreTest, VectorsKeepTheirOrderAndSkipSinks) {
  auto bytes = storedBy(R"(
  ld.global.v4.b32 {%r1, _, %r3, %r4}, [%rd0+16];
  st.global.v2.b32 [%rd1], {%r4, %r1};
  ld.global.v2.b16 {%rs1, %rs2}, [%rd0];
  st.global.v2.b16 [%rd1+8], {%rs2, %rs1};
  ld.global.v4.b8 {%rs1, %rs2, %rs3, %rs4}, [%rd0+4];
  st.global.v4.b8 [%rd1+12], {%rs4, %rs3, %rs2, %rs1};
  ld.global.v2.b64 {%rd4, %rd5}, [%rd0+32];
  st.global.v2.b64 [%rd1+16], {%rd5, %rd4};
  ld.global.v4.b64 {%rd4, %rd5, %rd6, %rd7}, [%rd0+32];
  st.global.v8.b32 [%rd1+32], {%r1, %r1, %r1, %r1, %r3, %r3, %r3, %r3};
  st.global.b64 [%rd1+32], %rd7;)");
  EXPECT_EQ(wordAt<uint64_t>(bytes, 0), 0x939291909f9e9d9cu);
  EXPECT_EQ(wordAt<uint32_t>(bytes, 8), 0x81808382u);
  EXPECT_EQ(wordAt<uint32_t>(bytes, 12), 0x84858687u);
  EXPECT_EQ(wordAt<uint64_t>(bytes, 16), 0xafaeadacabaaa9a8u);
  EXPECT_EQ(wordAt<uint64_t>(bytes, 24), 0xa7a6a5a4a3a2a1a0u);
  EXPECT_EQ(wordAt<uint64_t>(bytes, 32), 0xbfbebdbcbbbab9b8u);
  EXPECT_EQ(wordAt<uint32_t>(bytes, 60), 0x9b9a9998u);
}

TEST(LoadStoreTest, KindsOfAccessThatDoNotMatterHere) {
  auto bytes = storedBy(
      "ld.volatile.global.b32 %r1, [%rd0];\nst.volatile.global.b32 [%rd1], %r1;\nld.relaxed.sys.global.b32 %r2, [%rd0+4];\n"
      "st.relaxed.gpu.global.b32 [%rd1+4], %r2;\nmembar.gl;\nfence.acq_rel.cta;\nld.weak.global.b32 %r3, [%rd0+8];\n"
      "st.b32 [%rd1+8], %r3;\nld.global.nc.b32 %r4, [%rd0+12];\nst.global.b32 [%rd1+12], %r4;");
  for (size_t i = 0; i < 16; ++i)
    EXPECT_EQ(bytes[i], 0x80 + i);
}

TEST(LoadStoreTest, SpacesHaveWindowsInGenericAddresses) {
  auto bytes = storedBy(R"(
  .local .align 8 .b8 depot[16];
  mov.b64 %rd4, tile;
  cvta.shared.u64 %rd5, %rd4;
  mov.b32 %r1, 7;
  st.b32 [%rd5+4], %r1;
  ld.shared.b32 %r2, [tile+4];
  st.global.b32 [%rd1], %r2;
  cvta.to.shared.u64 %rd6, %rd5;
  ld.shared.b32 %r2, [%rd6+4];
  st.global.b32 [%rd1+4], %r2;
  cvta.local.u64 %rd7, depot;
  st.b32 [%rd7], 9;
  ld.local.b32 %r3, [depot];
  st.global.b32 [%rd1+8], %r3;
  cvta.const.u64 %rd8, table;
  ld.b32 %r4, [%rd8+8];
  st.global.b32 [%rd1+12], %r4;
  cvta.to.global.u64 %rd9, %rd0;
  ld.global.b32 %r5, [%rd9];
  st.global.b32 [%rd1+16], %r5;)",
                        ".shared .align 4 .b8 tile[8];\n.const .align 4 .u32 table[4] = {1, 2, 3};");
  EXPECT_EQ(wordAt<uint32_t>(bytes, 0), 7u);
  EXPECT_EQ(wordAt<uint32_t>(bytes, 4), 7u);
  EXPECT_EQ(wordAt<uint32_t>(bytes, 8), 9u);
  EXPECT_EQ(wordAt<uint32_t>(bytes, 12), 3u);
  EXPECT_EQ(wordAt<uint32_t>(bytes, 16), 0x83828180u);
}

TEST(LoadStoreTest, ParametersByValueCanBeIndexed) {
  Simulator simulator(
      ".version 8.0\n.target sm_80\n.address_size 64\n.visible .entry k(.param .u64 out, .param .align 4 .b8 values[16], .param .u8 which)\n"
      "{\n.reg .b32 %r<4>;\n.reg .b64 %rd<8>;\nld.param.b64 %rd1, [out];\nmov.u32 %r1, %tid.x;\nmul.wide.u32 %rd2, %r1, 4;\n"
      "mov.b64 %rd3, values;\nadd.s64 %rd4, %rd3, %rd2;\nld.param.b32 %r2, [%rd4];\nadd.s64 %rd5, %rd1, %rd2;\n"
      "ld.param.u8 %r3, [which];\nadd.u32 %r2, %r2, %r3;\nst.global.b32 [%rd5], %r2;\nret;\n}\n");
  uint64_t out = simulator.buffer(uint64_t(16));
  std::array<uint32_t, 4> values = {10, 20, 30, 40};
  sim::LaunchResult result = simulator.run("k", {}, {4, 1, 1}, out, values, uint8_t(200));
  ASSERT_TRUE(result.ok()) << result.message();
  EXPECT_EQ(simulator.read<uint32_t>(out, 4), (std::vector<uint32_t>{210, 220, 230, 240}));
}

TEST(LoadStoreTest, VariablesOfTheModuleKeepTheirValues) {
  Simulator simulator(kernelText("ld.global.b32 %r1, [counter];\nadd.u32 %r1, %r1, 1;\nst.global.b32 [counter], %r1;\n"
                                 "mov.b64 %rd4, counter;\nst.global.b64 [%rd0], %rd4;",
                                 ".visible .global .align 4 .u32 counter = 41;\n.global .align 4 .b8 zeros[8];"));
  uint64_t out = simulator.buffer(uint64_t(8));
  for (uint32_t i = 1; i <= 3; ++i) {
    ASSERT_TRUE(simulator.run("k", {}, {}, out, out, out, out).ok());
    uint64_t address = simulator.module->global("counter");
    EXPECT_EQ(simulator.read<uint32_t>(address, 1)[0], 41 + i);
    EXPECT_EQ(simulator.read<uint64_t>(out, 1)[0], address);
  }
  EXPECT_EQ(simulator.read<uint32_t>(simulator.module->global("zeros"), 2), (std::vector<uint32_t>{0, 0}));
  EXPECT_EQ(simulator.module->global("nothing"), 0u);
  uint64_t before = simulator.memory.used();
  simulator.module.reset();
  EXPECT_EQ(simulator.memory.used(), before - 12);
}

TEST(LoadStoreTest, VariablesNeedRoom) {
  sim::DeviceMemory memory(100);
  sim::Device device;
  auto decoded = sim::ptx::decode(kernelText("", ".global .b8 a[60];\n.global .b8 b[60];"));
  try {
    sim::LoadedModule module(decoded, memory, device);
    FAIL();
  } catch (const sim::OutOfMemory &error) {
    EXPECT_STREQ(error.what(), "cannot load a module with 120 bytes of variables: 0 of 100 bytes are in use");
  }
  EXPECT_EQ(memory.used(), 0u);
}

TEST(LoadStoreTest, SpecialRegisters) {
  const char *names[] = {"%tid.x",    "%tid.y",    "%tid.z",   "%ntid.x",  "%ntid.y",
                         "%ntid.z",   "%ctaid.x",  "%ctaid.y", "%ctaid.z", "%nctaid.x",
                         "%nctaid.y", "%nctaid.z", "%laneid",  "%warpid",  "%lanemask_lt"};
  constexpr uint32_t count = std::size(names), threads = 4 * 3 * 5, blocks = 2 * 3 * 2;
  // Thread and block numbers in %r2 and %r3, then one row of registers for each thread.
  std::string body =
      "mov.u32 %r1, %tid.y; mov.u32 %r2, %tid.z; mad.lo.u32 %r2, %r2, 3, %r1; mad.lo.u32 %r2, %r2, 4, %r0;\n"
      "mov.u32 %r3, %ctaid.z; mov.u32 %r4, %ctaid.y; mad.lo.u32 %r3, %r3, 3, %r4; mov.u32 %r4, %ctaid.x; mad.lo.u32 %r3, %r3, 2, %r4;\n"
      "mad.lo.u32 %r2, %r3, " +
      std::to_string(threads) + ", %r2; mad.wide.u32 %rd4, %r2, " + std::to_string(4 * count) + ", %rd0;\n";
  for (uint32_t i = 0; i < count; ++i)
    body += "mov.u32 %r5, " + std::string(names[i]) + "; st.global.b32 [%rd4+" + std::to_string(4 * i) + "], %r5;\n";
  Simulator simulator(kernelText(body));
  uint64_t out = simulator.buffer(uint64_t(threads * blocks * count * 4));
  sim::Dim3 grid{2, 3, 2}, block{4, 3, 5};
  sim::LaunchResult result = simulator.run("k", grid, block, out, out, out, out);
  ASSERT_TRUE(result.ok()) << result.message();
  std::vector<uint32_t> values = simulator.read<uint32_t>(out, threads * blocks * count);
  for (uint32_t b = 0; b < blocks; ++b)
    for (uint32_t t = 0; t < threads; ++t) {
      sim::Dim3 thread = block.at(t), position = grid.at(b);
      std::vector<uint32_t> expected = {thread.x, thread.y,   thread.z,   4,          3,
                                        5,        position.x, position.y, position.z, 2,
                                        3,        2,          t % 32,     t / 32,     (1u << t % 32) - 1};
      auto row = values.begin() + ptrdiff_t((b * threads + t) * count);
      ASSERT_EQ(std::vector<uint32_t>(row, row + count), expected) << "block " << b << " thread " << t;
    }
}

TEST(ParserFuzzTest, BrokenTextsAreRefusedNotCrashedOn) {
  const std::string text = kernelText(
      "T: .branchtargets A, B; brx.idx %r0, T; A: ld.global.v2.b32 {%r1, _}, [%rd0+-4]; @!%p1 bra B;\n"
      "shfl.sync.bfly.b32 %r1|%p2, %r2, 1, 31, -1; mov.b64 %rd4, {%r1, %r2}; B: bar.sync 0; fma.rn.f32 %r1, %r2, 0f3F800000, %r3;",
      ".shared .align 4 .b8 tile[64];\n.const .b8 table[4] = {1, 2};\n.func (.param .b32 r) f(.param .b32 a) { ret; }\n");
  std::mt19937 generator(5);
  size_t refused = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string broken = text;
    for (uint32_t change = 0; change <= round % 3u; ++change) {
      size_t at = generator() % broken.size(), length = generator() % 8;
      switch (generator() % 3) {
      case 0: broken.erase(at, length); break;
      case 1: broken.insert(at, text.substr(generator() % text.size(), length)); break;
      default: broken[at] = char(32 + generator() % 96); break;
      }
    }
    try {
      sim::ptx::decode(broken);
    } catch (const sim::ptx::Error &) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 1000u);
}

} // namespace
} // namespace neap::test
