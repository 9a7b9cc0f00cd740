// neap.stash and the cast back, on both targets: every bf16 number, its neighbours and the points half way, bit for bit.
#include "KernelFixture.h"

using namespace mlir;
using namespace neap;
using neap::testing::KernelTest;

namespace {

/// To nearest, ties to even, written down without a look at the kernels; NaN is one NaN.
uint16_t roundToBf16(uint32_t bits) {
  constexpr uint32_t infinity = 0x7f800000;
  if ((bits & 0x7fffffff) > infinity)
    return 0x7fc0;
  uint32_t rest = bits & 0xffff, upper = bits >> 16;
  bool goesUp = rest > 0x8000 || (rest == 0x8000 && upper % 2 == 1);
  return static_cast<uint16_t>(upper + goesUp);
}

bool isNan(uint16_t bits) { return (bits & 0x7fff) > 0x7f80; }

/// Every upper half with lower halves that are nothing, next to nothing, around the middle, and almost one more.
std::vector<uint32_t> makeNumbers() {
  std::vector<uint32_t> numbers;
  for (uint32_t upper = 0; upper < 0x10000; ++upper)
    for (uint32_t lower : {0x0000, 0x0001, 0x7fff, 0x8000, 0x8001, 0xffff})
      numbers.push_back(upper << 16 | lower);
  numbers.resize(numbers.size() - 3); // a remainder that fills no vector
  return numbers;
}

template <typename Element> std::vector<char> bytesOf(const std::vector<Element> &elements) {
  auto begin = reinterpret_cast<const char *>(elements.data());
  return {begin, begin + elements.size() * sizeof(Element)};
}

template <typename Element> std::vector<Element> elementsOf(const std::vector<char> &bytes) {
  std::vector<Element> elements(bytes.size() / sizeof(Element));
  std::memcpy(elements.data(), bytes.data(), bytes.size());
  return elements;
}

class StashTest : public KernelTest {
protected:
  /// Runs the one group of a step on raw bytes; its result's bytes on the CPU and on the simulated device.
  std::vector<std::vector<char>> runBoth(StringRef text, std::vector<char> input, size_t resultBytes) {
    OwningOpRef<ModuleOp> module = fuse(text), code = ModuleOp::create(UnknownLoc::get(&context));
    FusedOp group;
    module->walk([&](FusedOp op) { group = op; });
    lower::CpuDescription cpu = llvm::cantFail(emit::describeCpu("native"));
    auto info = lower::buildKernel(*code, "k", group.getKind(), group.getBody().front(), {cpu});
    EXPECT_TRUE(succeeded(info));
    neap::testing::CompiledModule compiled(*code, "native");
    std::vector<char> onCpu(resultBytes, char(0x7f));
    void *pointers[] = {input.data(), onCpu.data()};
    neap::testing::Scratch scratch(info->scratchBytes);
    compiled.kernel("k")(pointers, 0, info->items, scratch.data());

    cudaKernels.clear();
    loadCuda(*module);
    std::vector<std::vector<char>> buffers{std::move(input), std::vector<char>(resultBytes, char(0x7f))};
    cuda->run("k0", cudaKernels[0].blocks(), cudaKernels[0].blockThreads, buffers, {{0, false}, {1, true}}, 0);
    return {onCpu, buffers[1]};
  }
};

TEST_F(StashTest, RoundsToTheNearestEvenNumber) {
  std::vector<uint32_t> numbers = makeNumbers();
  std::string size = std::to_string(numbers.size());
  std::string step = "neap.step @s(%x: tensor<" + size + "xf32>) -> (tensor<" + size +
                     "xbf16>) {\n%y = neap.stash %x : tensor<" + size + "xf32> -> tensor<" + size +
                     "xbf16>\nneap.return %y : tensor<" + size + "xbf16>\n}";
  for (const std::vector<char> &bytes : runBoth(step, bytesOf(numbers), numbers.size() * 2)) {
    std::vector<uint16_t> rounded = elementsOf<uint16_t>(bytes);
    for (size_t i = 0; i < numbers.size(); ++i)
      ASSERT_EQ(rounded[i], roundToBf16(numbers[i])) << std::hex << numbers[i];
  }
}

TEST_F(StashTest, ComesBackAsItIs) {
  std::vector<uint16_t> numbers(0x10000);
  std::iota(numbers.begin(), numbers.end(), 0);
  std::string step = R"(neap.step @s(%x: tensor<65536xbf16>) -> (tensor<65536xf32>) {
      %y = neap.cast %x : tensor<65536xbf16> -> tensor<65536xf32>
      neap.return %y : tensor<65536xf32>
    })";
  for (const std::vector<char> &bytes : runBoth(step, bytesOf(numbers), numbers.size() * 4)) {
    std::vector<uint32_t> wide = elementsOf<uint32_t>(bytes);
    for (size_t i = 0; i < numbers.size(); ++i)
      if (isNan(numbers[i]))
        ASSERT_TRUE(isNan(static_cast<uint16_t>(wide[i] >> 16))) << std::hex << numbers[i];
      else
        ASSERT_EQ(wide[i], uint32_t(numbers[i]) << 16) << std::hex << numbers[i];
  }
}

/// Half of bf16's unit, and what products in another order are away.
constexpr double tolerance = 1.0 / 256;

TEST_F(KernelTest, StashesInAnEpilogue) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<37x50xf32>, %w: tensor<50x77xf32>, %v: tensor<77x5xf32>, %dy: tensor<37x77xf32>)
        -> (tensor<37x5xf32>, tensor<37x77xf32>) {
      %0 = neap.matmul %x, %w : tensor<37x50xf32>, tensor<50x77xf32>
      %s = neap.stash %0 : tensor<37x77xf32> -> tensor<37x77xbf16>
      %1 = neap.gelu %0 : tensor<37x77xf32>
      %2 = neap.matmul %1, %v : tensor<37x77xf32>, tensor<77x5xf32>
      %late = neap.cast %s : tensor<37x77xbf16> -> tensor<37x77xf32>
      %3 = neap.gelu_backward %late, %dy : tensor<37x77xf32>
      neap.return %2, %3 : tensor<37x5xf32>, tensor<37x77xf32>
    })",
                  4, tolerance),
            "gemm gemm pointwise");
}

TEST_F(KernelTest, StashesInRowsAndReadsInColumns) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<40x70xf32>, %w: tensor<70x5xf32>) -> (tensor<40x5xf32>, tensor<70xf32>, tensor<70x40xf32>) {
      %0 = neap.softmax %x : tensor<40x70xf32>
      %s = neap.stash %0 : tensor<40x70xf32> -> tensor<40x70xbf16>
      %1 = neap.matmul %0, %w : tensor<40x70xf32>, tensor<70x5xf32>
      %late = neap.cast %s : tensor<40x70xbf16> -> tensor<40x70xf32>
      %2 = neap.reduce sum %late axes [0] : tensor<40x70xf32>
      %3 = neap.transpose %late [1, 0] : tensor<40x70xf32>
      %4 = neap.tanh %3 : tensor<70x40xf32>
      neap.return %1, %2, %4 : tensor<40x5xf32>, tensor<70xf32>, tensor<70x40xf32>
    })",
                  4, tolerance),
            "row gemm column pointwise");
}

} // namespace
