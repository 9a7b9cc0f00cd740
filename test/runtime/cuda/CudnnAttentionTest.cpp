// What cuDNN itself says of attention, where it is installed: no card is needed. A library that compiles at run time wants a driver to
// be there; without one, the toolkit's stub stands in for it.
#include "neap/runtime/cuda/CudnnAttention.h"
#include "neap/runtime/cuda/LoadCudnn.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

namespace neap::test {
namespace {

using namespace cudnn;

const DeviceProperties h100{"NVIDIA H100 80GB HBM3",
                            900,
                            13000,
                            int64_t(80) << 30,
                            50 << 20,
                            132,
                            48 << 10,
                            227 << 10,
                            2048,
                            32,
                            1980000,
                            2619000};
const DeviceProperties a100{"NVIDIA A100-SXM4-80GB",
                            800,
                            13000,
                            int64_t(80) << 30,
                            40 << 20,
                            108,
                            48 << 10,
                            163 << 10,
                            2048,
                            32,
                            1410000,
                            1593000};
constexpr int64_t anyBytes = int64_t(1) << 40;

class CudnnAttentionTest : public ::testing::Test {
protected:
  void SetUp() override {
    if (!dlopen("libcuda.so.1", RTLD_NOW) && !dlopen(CUDA_STUB, RTLD_NOW))
      GTEST_SKIP() << "neither a driver nor the toolkit's stub of it";
    try {
      library = loadCudnn();
    } catch (const Unavailable &error) {
      GTEST_SKIP() << error.what();
    }
  }

  Cudnn library = {};
};

/// GPT-2's attention, at a batch of 8.
AttentionShape gpt2(DataType type, bool isCausal = true) { return {8, 12, 1024, 1024, 64, type, isCausal}; }

/// fp32 training stays with the generated kernels: forward goes through tensor cores only, which round; backward is not offered.
TEST_F(CudnnAttentionTest, Fp32IsLeftToTheGeneratedKernels) {
  for (const DeviceProperties &properties : {h100, a100}) {
    Object device = describeDevice(library, properties);
    for (bool isCausal : {false, true}) {
      AttentionAnswer forward = askForward(library, gpt2(DataType::F32, isCausal), device);
      for (const EngineChoice &engine : forward.engines)
        EXPECT_TRUE(engine.usesTensorCores);
      AttentionAnswer backward = askBackward(library, gpt2(DataType::F32, isCausal), device);
      EXPECT_TRUE(backward.engines.empty());
      EXPECT_FALSE(backward.reason.empty());
      EXPECT_NE(findSupport(library, gpt2(DataType::F32, isCausal), device, /*allowsTf32=*/false, anyBytes).obstacle,
                "");
      EXPECT_NE(findSupport(library, gpt2(DataType::F32, isCausal), device, /*allowsTf32=*/true, anyBytes).obstacle,
                "");
    }
  }
}

/// The place of bf16: both directions are offered; gradients that are the same in every run cost 2 b h T^2 bytes before cuDNN 9.25.
TEST_F(CudnnAttentionTest, BF16IsOfferedWithADeterministicBackwardInAKnownWorkspace) {
  int64_t scores = int64_t(8) * 12 * 1024 * 1024;
  for (const DeviceProperties &properties : {h100, a100})
    for (bool isCausal : {false, true}) {
      Object device = describeDevice(library, properties);
      AttentionSupport support = findSupport(library, gpt2(DataType::BF16, isCausal), device, false, anyBytes);
      EXPECT_EQ(support.obstacle, "");
      EXPECT_LE(support.forward.workspaceBytes, 1 << 20);
      if (library.cudnnGetVersion() < 92500)
        EXPECT_GE(support.workspaceBytes(), 2 * scores);
      EXPECT_LE(support.workspaceBytes(), 2 * scores + (1 << 20));
    }
}

/// Sums of dQ in any order need far less, and the library's notes do not tell: it is the graph that decides.
TEST_F(CudnnAttentionTest, TheFastBackwardIsSmallAndNotMarkedAsNondeterministic) {
  Object device = describeDevice(library, h100);
  AttentionAnswer fast = askFastBackward(library, gpt2(DataType::BF16), device);
  ASSERT_FALSE(fast.engines.empty()) << fast.reason;
  EXPECT_LE(fast.engines.front().workspaceBytes, 1 << 20);
  EXPECT_FALSE(fast.engines.front().isNondeterministic);
}

TEST_F(CudnnAttentionTest, AWorkspaceThatIsTooSmallIsAnObstacle) {
  Object device = describeDevice(library, h100);
  int64_t needed = findSupport(library, gpt2(DataType::BF16), device, false, anyBytes).backward.workspaceBytes;
  if (needed == 0)
    GTEST_SKIP() << "this version needs none";
  AttentionSupport support = findSupport(library, gpt2(DataType::BF16), device, false, 0);
  EXPECT_NE(support.obstacle.find("cuDNN's engines for the backward direction need "), std::string::npos)
      << support.obstacle;
}

TEST_F(CudnnAttentionTest, AShapeThatNoEngineTakesIsAnAnswer) {
  Object device = describeDevice(library, h100);
  AttentionShape odd = gpt2(DataType::BF16);
  odd.headSize = 63; // rows of no whole 16 bytes
  AttentionSupport support = findSupport(library, odd, device, false, anyBytes);
  EXPECT_NE(support.obstacle.find("cuDNN does not offer the"), std::string::npos) << support.obstacle;
}

TEST_F(CudnnAttentionTest, CallsThatFailSayWhy) {
  try {
    Object tensor(library, DescriptorType::Tensor);
    tensor.finalize();
    FAIL() << "a tensor of nothing was accepted";
  } catch (const CallFailed &error) {
    EXPECT_FALSE(isNotSupported(error.status()));
    EXPECT_NE(std::string(error.what()).find("cudnnBackendFinalize: CUDNN_STATUS_"), std::string::npos) << error.what();
  }
}

} // namespace
} // namespace neap::test
