// Kernels of fusion groups against the reference interpreter: steps are decomposed and fused, every group's kernel is compiled
// and run on random inputs, whole and in pieces, and compared with what the group's body says. Then the same group's CUDA
// kernel runs on a simulated device and must give the same bits.
#include "neap/compiler/emit/Object.h"
#include "neap/dialects/neap/Evaluate.h"
#include "neap/passes/fuse/InPlace.h"
#include "neap/passes/fuse/Passes.h"
#include "neap/passes/lower/kernels/Kernels.h"
#include "neap/test/support/CompiledModule.h"
#include "neap/test/support/SimulatedModule.h"

#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "gtest/gtest.h"

#include <cstring>
#include <fstream>
#include <random>

using namespace mlir;
using namespace neap;

namespace {

/// A tensor as a kernel sees it: float, int64, int32 or one byte per bool.
std::vector<char> toBytes(const HostTensor &tensor) {
  std::vector<char> bytes(storageBytes(tensor.type.getElementType(), tensor.shape()));
  for (int64_t i = 0; i < tensor.size(); ++i) {
    if (tensor.isFloat()) {
      float value = static_cast<float>(tensor.floats[i]);
      std::memcpy(&bytes[i * 4], &value, 4);
    } else {
      unsigned width = tensor.type.getElementTypeBitWidth() == 1 ? 1 : tensor.type.getElementTypeBitWidth() / 8;
      std::memcpy(&bytes[i * width], &tensor.integers[i], width);
    }
  }
  return bytes;
}

class KernelTest : public ::testing::Test {
protected:
  void SetUp() override {
    neap::testing::loadKernelDialects(context);
    context.loadDialect<NeapDialect>();
  }

  /// Parses a step, decomposes and fuses it.
  OwningOpRef<ModuleOp> fuse(StringRef text) {
    auto module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    PassManager manager(&context);
    manager.addPass(createDecomposePass());
    manager.addPass(createCanonicalizerPass());
    manager.addPass(createCSEPass());
    manager.addNestedPass<StepOp>(createFuseOperatorsPass());
    EXPECT_TRUE(succeeded(manager.run(*module)));
    return module;
  }

  HostTensor randomTensor(RankedTensorType type, int64_t limit) {
    HostTensor tensor = HostTensor::zeros(type);
    std::normal_distribution<float> normal;
    for (double &value : tensor.floats)
      value = normal(random);
    for (int64_t &value : tensor.integers)
      value = type.getElementType().isInteger(1) ? random() % 2 : random() % limit;
    return tensor;
  }

  /// Runs every group's kernel and compares; returns the kinds of the groups, in order.
  std::string check(StringRef text, int64_t indexLimit = 4, double tolerance = 2e-5) {
    OwningOpRef<ModuleOp> module = fuse(text);
    return checkFused(*module, indexLimit, tolerance);
  }

  std::string checkFused(ModuleOp module, int64_t indexLimit, double tolerance) {
    OwningOpRef<ModuleOp> code = ModuleOp::create(UnknownLoc::get(&context));
    lower::CpuDescription cpu = llvm::cantFail(emit::describeCpu("native"));
    std::vector<std::pair<FusedOp, lower::Kernel>> kernels;
    std::string kinds;
    module.walk([&](FusedOp op) {
      auto kernel =
          lower::buildKernel(*code, "k" + std::to_string(kernels.size()), op.getKind(), op.getBody().front(), {cpu});
      ASSERT_TRUE(succeeded(kernel));
      kernels.push_back({op, *kernel});
      kinds += (kinds.empty() ? "" : " ") + stringifyGroupKind(op.getKind()).str();
    });
    cudaKernels.clear();
    loadCuda(module);
    neap::testing::CompiledModule compiled(*code, "native");
    for (auto [index, entry] : llvm::enumerate(kernels))
      checkKernel(entry.first, entry.second, compiled.kernel("k" + std::to_string(index)), index, indexLimit, tolerance);
    return kinds;
  }

  /// Writes every group's kernel for CUDA and loads them into a simulated device.
  void loadCuda(ModuleOp module) {
    OwningOpRef<ModuleOp> code = ModuleOp::create(UnknownLoc::get(&context));
    module.walk([&](FusedOp op) {
      auto kernel = lower::buildKernel(*code, "k" + std::to_string(cudaKernels.size()), op.getKind(),
                                       op.getBody().front(), {{}, 2, lower::Device::Cuda});
      ASSERT_TRUE(succeeded(kernel));
      cudaKernels.push_back(*kernel);
    });
    std::string ptx = neap::testing::compileToPtx(*code, "sm_80");
    if (const char *file = getenv("NEAP_PTX"))
      std::ofstream(file, std::ios::app) << ptx;
    cuda = std::make_unique<neap::testing::SimulatedModule>(ptx);
  }

  void checkKernel(FusedOp op, const lower::Kernel &info, neap::testing::Kernel kernel, size_t number,
                   int64_t indexLimit, double tolerance) {
    std::vector<HostTensor> inputs;
    Evaluator evaluator;
    for (Value input : op.getInputs())
      inputs.push_back(randomTensor(cast<RankedTensorType>(input.getType()), indexLimit));
    for (auto [argument, input] : llvm::zip_equal(op.getBody().getArguments(), inputs))
      evaluator.set(argument, input);
    ASSERT_TRUE(succeeded(evaluator.run(op.getBody().front())));
    auto expected = evaluator.get(op.getBody().front().getTerminator()->getOperands());
    auto whole = run(op, info, kernel, inputs, info.items, -1, -1);
    compare(op, expected, whole, tolerance);
    EXPECT_EQ(whole, run(op, info, kernel, inputs, 1, -1, -1)) << "items one by one";
    EXPECT_EQ(whole, run(op, info, kernel, inputs, 3, -1, -1)) << "items in threes";
    for (unsigned input = 0; input < inputs.size(); ++input)
      for (unsigned result = 0; result < op.getNumResults(); ++result)
        if (canRunInPlace(op.getBody().front(), op.getKind(), input, result))
          EXPECT_EQ(whole, run(op, info, kernel, inputs, 2, input, result)) << "result " << result << " over " << input;
    checkOnCuda(op, number, inputs, whole);
  }

  /// The simulated device gives the CPU's bits, in any order of blocks and warps.
  void checkOnCuda(FusedOp op, size_t number, ArrayRef<HostTensor> inputs, const std::vector<std::vector<char>> &whole) {
    auto expected = withOneNan(op, whole);
    for (uint64_t seed : {0, 1, 2})
      EXPECT_EQ(expected, withOneNan(op, runOnCuda(op, number, inputs, -1, -1, seed))) << "on CUDA, order " << seed;
    for (unsigned input = 0; input < inputs.size(); ++input)
      for (unsigned result = 0; result < op.getNumResults(); ++result)
        if (canRunInPlace(op.getBody().front(), op.getKind(), input, result))
          EXPECT_EQ(expected, withOneNan(op, runOnCuda(op, number, inputs, input, result, 3)))
              << "on CUDA, result " << result << " over " << input;
  }

  /// Results with every NaN the same: which one comes out is up to the device.
  static std::vector<std::vector<char>> withOneNan(FusedOp op, std::vector<std::vector<char>> results) {
    for (auto [type, bytes] : llvm::zip_equal(op.getResultTypes(), results)) {
      if (!cast<RankedTensorType>(type).getElementType().isF32())
        continue;
      for (size_t i = 0; i < bytes.size(); i += sizeof(float)) {
        float value;
        std::memcpy(&value, &bytes[i], sizeof(value));
        if (std::isnan(value))
          std::memset(&bytes[i], 0xff, sizeof(value));
      }
    }
    return results;
  }

  /// The results' bytes; result `inPlaceResult` lies on input `inPlaceInput`, if that is not -1.
  std::vector<std::vector<char>> runOnCuda(FusedOp op, size_t number, ArrayRef<HostTensor> inputs, int inPlaceInput,
                                           int inPlaceResult, uint64_t seed) {
    std::vector<std::vector<char>> buffers;
    std::vector<neap::testing::SimulatedModule::Argument> arguments;
    for (const HostTensor &input : inputs) {
      arguments.push_back({buffers.size(), false});
      buffers.push_back(toBytes(input));
    }
    for (auto [result, type] : llvm::enumerate(op.getResultTypes())) {
      if (static_cast<int>(result) == inPlaceResult) {
        arguments.push_back({static_cast<size_t>(inPlaceInput), true});
        continue;
      }
      arguments.push_back({buffers.size(), true});
      auto tensor = cast<RankedTensorType>(type);
      buffers.emplace_back(storageBytes(tensor.getElementType(), tensor.getShape()), char(0x7f));
    }
    const lower::Kernel &kernel = cudaKernels[number];
    cuda->run("k" + std::to_string(number), kernel.blocks(), kernel.blockThreads, buffers, arguments, seed);
    std::vector<std::vector<char>> results;
    for (size_t result = 0; result < op.getNumResults(); ++result)
      results.push_back(buffers[arguments[inputs.size() + result].buffer]);
    return results;
  }

  /// The results' bytes after running the kernel in pieces of `piece` items, last piece first.
  std::vector<std::vector<char>> run(FusedOp op, const lower::Kernel &info, neap::testing::Kernel kernel,
                                     ArrayRef<HostTensor> inputs, int64_t piece, int inPlaceInput, int inPlaceResult) {
    std::vector<std::vector<char>> buffers;
    for (const HostTensor &input : inputs)
      buffers.push_back(toBytes(input));
    for (Type type : op.getResultTypes()) {
      auto tensor = cast<RankedTensorType>(type);
      buffers.emplace_back(storageBytes(tensor.getElementType(), tensor.getShape()), char(0x7f));
    }
    std::vector<void *> pointers;
    for (auto &buffer : buffers)
      pointers.push_back(buffer.data());
    if (inPlaceInput >= 0)
      pointers[inputs.size() + inPlaceResult] = pointers[inPlaceInput];
    neap::testing::Scratch scratch(info.scratchBytes);
    for (int64_t end = info.items; end > 0; end -= piece)
      kernel(pointers.data(), std::max<int64_t>(0, end - piece), end, scratch.data());
    std::vector<std::vector<char>> results(buffers.begin() + inputs.size(), buffers.end());
    if (inPlaceInput >= 0)
      results[inPlaceResult] = buffers[inPlaceInput];
    return results;
  }

  void compare(FusedOp op, ArrayRef<HostTensor> expected, ArrayRef<std::vector<char>> actual, double tolerance) {
    for (auto [result, tensor] : llvm::enumerate(expected)) {
      if (!tensor.isFloat()) {
        EXPECT_EQ(toBytes(tensor), actual[result]);
        continue;
      }
      double scale = 1e-3;
      for (double value : tensor.floats)
        scale = std::max(scale, std::abs(value));
      for (int64_t i = 0; i < tensor.size(); ++i) {
        float value;
        std::memcpy(&value, &actual[result][i * 4], 4);
        if (std::isnan(tensor.floats[i]) && std::isnan(value))
          continue; // random inputs may lie outside what an inner group is ever given
        ASSERT_NEAR(value, tensor.floats[i], tolerance * scale)
            << stringifyGroupKind(op.getKind()).str() << " result " << result << " element " << i;
      }
    }
  }

  MLIRContext context;
  std::mt19937 random{7};
  std::vector<lower::Kernel> cudaKernels;
  std::unique_ptr<neap::testing::SimulatedModule> cuda;
};

TEST_F(KernelTest, PointwiseOnOneFlatLoop) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<5x3x7xf32>, %y: tensor<5x3x7xf32>) -> (tensor<5x3x7xf32>) {
      %a = neap.add %x, %y : tensor<5x3x7xf32>
      %b = neap.tanh %a : tensor<5x3x7xf32>
      %c = neap.mul %b, %x : tensor<5x3x7xf32>
      neap.return %c : tensor<5x3x7xf32>
    })"),
            "pointwise");
}

TEST_F(KernelTest, PointwiseInManyPieces) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<3x10001xf32>, %b: tensor<10001xf32>) -> (tensor<3x10001xf32>) {
      %c = neap.broadcast %b : tensor<10001xf32> -> tensor<3x10001xf32>
      %a = neap.sub %x, %c : tensor<3x10001xf32>
      neap.return %a : tensor<3x10001xf32>
    })"),
            "pointwise");
}

TEST_F(KernelTest, ReadsThroughViews) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<6x40xf32>, %y: tensor<20x6xf32>) -> (tensor<6x20xf32>) {
      %a = neap.slice %x starts [0, 3] sizes [6, 20] strides [1, 1] : tensor<6x40xf32>
      %b = neap.transpose %y [1, 0] : tensor<20x6xf32>
      %c = neap.add %a, %b : tensor<6x20xf32>
      %d = neap.slice %x starts [5, 39] sizes [6, 20] strides [-1, -2] : tensor<6x40xf32>
      %e = neap.mul %c, %d : tensor<6x20xf32>
      neap.return %e : tensor<6x20xf32>
    })"),
            "pointwise");
}

/// One constant, and one index, read by ops on a square tensor and by others on its transpose.
TEST_F(KernelTest, ConstantsReadInTwoWays) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<5x5xf32>, %y: tensor<5x5xf32>, %i: tensor<5x5xi64>) -> (tensor<5x5xf32>) {
      %z = neap.constant dense<0.0> : tensor<5x5xf32>
      %n = neap.iota 1 : tensor<5x5xi64>
      %c = neap.compare lt %i, %n : tensor<5x5xi64>
      %a = neap.select %c, %x, %z : tensor<5x5xi1>, tensor<5x5xf32>
      %t = neap.transpose %a [1, 0] : tensor<5x5xf32>
      %d = neap.compare gt %t, %z : tensor<5x5xf32>
      %e = neap.select %d, %y, %t : tensor<5x5xi1>, tensor<5x5xf32>
      %f = neap.cast %n : tensor<5x5xi64> -> tensor<5x5xf32>
      %g = neap.add %e, %f : tensor<5x5xf32>
      neap.return %g : tensor<5x5xf32>
    })"),
            "pointwise");
}

TEST_F(KernelTest, ScalarsOfRankZero) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<f32>, %y: tensor<f32>) -> (tensor<f32>) {
      %a = neap.mul %x, %y : tensor<f32>
      %b = neap.add %a, %x : tensor<f32>
      neap.return %b : tensor<f32>
    })"),
            "pointwise");
}

TEST_F(KernelTest, BoolsIntegersAndSelection) {
  EXPECT_EQ(check(R"(
    neap.step @s(%i: tensor<4x33xi64>, %j: tensor<33xi64>, %m: tensor<33xi1>, %x: tensor<4x33xf32>)
        -> (tensor<4x33xf32>, tensor<4x33xi1>) {
      %k = neap.broadcast %j : tensor<33xi64> -> tensor<4x33xi64>
      %c = neap.compare lt %i, %k : tensor<4x33xi64>
      %n = neap.broadcast %m : tensor<33xi1> -> tensor<4x33xi1>
      %d = neap.and %c, %n : tensor<4x33xi1>
      %z = neap.constant dense<-1.0> : tensor<4x33xf32>
      %e = neap.select %d, %x, %z : tensor<4x33xi1>, tensor<4x33xf32>
      neap.return %e, %d : tensor<4x33xf32>, tensor<4x33xi1>
    })"),
            "pointwise");
}

TEST_F(KernelTest, SoftmaxOfRows) {
  for (int columns : {1, 5, 16, 64, 100, 257}) {
    std::string type = "tensor<6x" + std::to_string(columns) + "xf32>";
    EXPECT_EQ(check("neap.step @s(%x: " + type + ") -> (" + type + ") { %y = neap.softmax %x : " + type +
                    "\n neap.return %y : " + type + " }"),
              columns == 1 ? "row row pointwise" : "row");
  }
}

TEST_F(KernelTest, SumsInEveryDirection) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<5x7x100xf32>) -> (tensor<5x7xf32>, tensor<100xf32>, tensor<7xf32>, tensor<f32>, tensor<5x100xf32>) {
      %a = neap.reduce sum %x axes [2] : tensor<5x7x100xf32>
      %b = neap.reduce sum %x axes [0, 1] : tensor<5x7x100xf32>
      %c = neap.reduce max %x axes [0, 2] : tensor<5x7x100xf32>
      %d = neap.reduce sum %x axes [0, 1, 2] : tensor<5x7x100xf32>
      %e = neap.reduce sum %x axes [1] : tensor<5x7x100xf32>
      neap.return %a, %b, %c, %d, %e : tensor<5x7xf32>, tensor<100xf32>, tensor<7xf32>, tensor<f32>, tensor<5x100xf32>
    })"),
            "column row column row row column");
}

/// A sum of fewer dimensions shares the sweep of a single row through what is spread over that row, by its result alone.
TEST_F(KernelTest, SumsOfFewerDimensionsInASingleRow) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<1x7xf32>, %y: tensor<7xf32>) -> (tensor<1xf32>, tensor<1x7xf32>) {
      %r = neap.reduce sum %y axes [0] : tensor<7xf32>
      %b = neap.broadcast %r : tensor<f32> -> tensor<1x7xf32>
      %m = neap.mul %x, %b : tensor<1x7xf32>
      %s = neap.reduce sum %m axes [1] : tensor<1x7xf32>
      neap.return %s, %m : tensor<1xf32>, tensor<1x7xf32>
    })"),
            "row");
}

/// Sums of unrelated tensors in one group: they share the sweep and no value.
TEST_F(KernelTest, SumsThatOnlyShareASweep) {
  OwningOpRef<ModuleOp> module = parseSourceString<ModuleOp>(R"(
    neap.step @s(%x: tensor<6x40xf32>, %y: tensor<6x40xf32>) -> (tensor<40xf32>, tensor<40xf32>) {
      %r:2 = neap.fused column(%x, %y) {
      ^bb0(%a: tensor<6x40xf32>, %b: tensor<6x40xf32>):
        %s = neap.reduce sum %a axes [0] : tensor<6x40xf32>
        %t = neap.reduce sum %b axes [0] : tensor<6x40xf32>
        neap.yield %s, %t : tensor<40xf32>, tensor<40xf32>
      } : (tensor<6x40xf32>, tensor<6x40xf32>) -> (tensor<40xf32>, tensor<40xf32>)
      neap.return %r#0, %r#1 : tensor<40xf32>, tensor<40xf32>
    })", &context);
  EXPECT_EQ(checkFused(*module, 4, 2e-5), "column");
}

/// Equal indices everywhere, as for the one segment of a text that has one.
TEST_F(KernelTest, ScatterAtAConstantRow) {
  EXPECT_EQ(check(R"(
    neap.step @s(%z: tensor<3x20xf32>, %u: tensor<4x20xf32>) -> (tensor<3x20xf32>) {
      %i = neap.constant dense<2> : tensor<4xi64>
      %s = neap.scatter_add %z, %i, %u : tensor<3x20xf32>, tensor<4xi64>, tensor<4x20xf32>
      neap.return %s : tensor<3x20xf32>
    })"), "scatter");
}

TEST_F(KernelTest, LayerNormAndItsGradient) {
  check(R"(
    neap.step @s(%x: tensor<4x9x80xf32>, %g: tensor<80xf32>, %b: tensor<80xf32>, %dy: tensor<4x9x80xf32>)
        -> (tensor<4x9x80xf32>, tensor<4x9x80xf32>, tensor<80xf32>, tensor<80xf32>) {
      %y, %m, %r = neap.layer_norm %x, %g, %b {epsilon = 1.0e-5 : f32} : tensor<4x9x80xf32>, tensor<80xf32>, tensor<80xf32>
      %dx, %dg, %db = neap.layer_norm_backward %x, %g, %m, %r, %dy : tensor<4x9x80xf32>, tensor<80xf32>, tensor<4x9xf32>,
          tensor<4x9xf32>, tensor<4x9x80xf32>
      neap.return %y, %dx, %dg, %db : tensor<4x9x80xf32>, tensor<4x9x80xf32>, tensor<80xf32>, tensor<80xf32>
    })");
}

TEST_F(KernelTest, CrossEntropyAndItsGradient) {
  check(R"(
    neap.step @s(%x: tensor<12x50xf32>, %l: tensor<12xi64>, %d: tensor<f32>) -> (tensor<f32>, tensor<12x50xf32>) {
      %loss, %lse, %n = neap.cross_entropy %x, %l {ignore_index = 3 : i64} : tensor<12x50xf32>, tensor<12xi64>
      %dx = neap.cross_entropy_backward %x, %l, %lse, %n, %d {ignore_index = 3 : i64} : tensor<12x50xf32>, tensor<12xi64>,
          tensor<12xf32>, tensor<f32>, tensor<f32>
      neap.return %loss, %dx : tensor<f32>, tensor<12x50xf32>
    })");
}

TEST_F(KernelTest, MatmulWithEpilogueAndSecondResult) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<37x24xf32>, %w: tensor<24x50xf32>, %b: tensor<50xf32>, %v: tensor<50x3xf32>)
        -> (tensor<37x50xf32>, tensor<37x3xf32>) {
      %m = neap.matmul %x, %w : tensor<37x24xf32>, tensor<24x50xf32>
      %c = neap.broadcast %b : tensor<50xf32> -> tensor<37x50xf32>
      %h = neap.add %m, %c : tensor<37x50xf32>
      %g = neap.gelu %h {approximation = #neap<approximation tanh>} : tensor<37x50xf32>
      %n = neap.matmul %g, %v : tensor<37x50xf32>, tensor<50x3xf32>
      neap.return %h, %n : tensor<37x50xf32>, tensor<37x3xf32>
    })"),
            "gemm gemm");
}

/// A slice from 0 on has the index map of a permutation, yet fewer elements: the product must not write it.
TEST_F(KernelTest, ProductsOfWhichAPartIsRead) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<19x16xf32>, %w: tensor<16x16xf32>) -> (tensor<3x16xf32>, tensor<7x5xf32>) {
      %m = neap.matmul %x, %w : tensor<19x16xf32>, tensor<16x16xf32>
      %a = neap.slice %m starts [0, 0] sizes [3, 16] strides [1, 1] : tensor<19x16xf32>
      %t = neap.transpose %x [1, 0] : tensor<19x16xf32>
      %n = neap.matmul %w, %t : tensor<16x16xf32>, tensor<16x19xf32>
      %g = neap.tanh %n : tensor<16x19xf32>
      %b = neap.slice %g starts [0, 0] sizes [7, 5] strides [1, 1] : tensor<16x19xf32>
      neap.return %a, %b : tensor<3x16xf32>, tensor<7x5xf32>
    })"),
            "gemm pointwise gemm pointwise");
}

/// The operand is read as a matrix and point by point: no result may lie on it.
TEST_F(KernelTest, ASquareProductPlusItsOwnOperand) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<40x40xf32>) -> (tensor<40x40xf32>) {
      %m = neap.matmul %x, %x : tensor<40x40xf32>, tensor<40x40xf32>
      %y = neap.add %m, %x : tensor<40x40xf32>
      neap.return %y : tensor<40x40xf32>
    })"),
            "gemm");
}

/// As mean pooling behind a linear layer makes them: all rows, or all columns, are one.
TEST_F(KernelTest, ProductsOfRepeatedOperands) {
  EXPECT_EQ(check(R"(
    neap.step @s(%q: tensor<1x24xf32>, %w: tensor<24x40xf32>, %c: tensor<24x1xf32>)
        -> (tensor<8x40xf32>, tensor<24x40xf32>, tensor<8x36xf32>) {
      %x = neap.broadcast %q : tensor<1x24xf32> -> tensor<8x24xf32>
      %y = neap.matmul %x, %w : tensor<8x24xf32>, tensor<24x40xf32>
      %t = neap.transpose %x [1, 0] : tensor<8x24xf32>
      %g = neap.matmul %t, %y : tensor<24x8xf32>, tensor<8x40xf32>
      %v = neap.broadcast %c : tensor<24x1xf32> -> tensor<24x36xf32>
      %z = neap.matmul %x, %v : tensor<8x24xf32>, tensor<24x36xf32>
      neap.return %y, %g, %z : tensor<8x40xf32>, tensor<24x40xf32>, tensor<8x36xf32>
    })"),
            "gemm gemm gemm");
}

/// A constant with one value everywhere has no memory; a product reads one element of it again and again.
TEST_F(KernelTest, ProductsOfConstants) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<8x24xf32>, %w: tensor<24x40xf32>) -> (tensor<8x40xf32>, tensor<24x40xf32>, tensor<8x24xf32>) {
      %a = neap.constant dense<0.25> : tensor<8x24xf32>
      %y = neap.matmul %a, %w : tensor<8x24xf32>, tensor<24x40xf32>
      %d = neap.constant dense<0.125> : tensor<8x40xf32>
      %t = neap.transpose %x [1, 0] : tensor<8x24xf32>
      %dw = neap.matmul %t, %d : tensor<24x8xf32>, tensor<8x40xf32>
      %u = neap.transpose %w [1, 0] : tensor<24x40xf32>
      %dx = neap.matmul %d, %u : tensor<8x40xf32>, tensor<40x24xf32>
      neap.return %y, %dw, %dx : tensor<8x40xf32>, tensor<24x40xf32>, tensor<8x24xf32>
    })"),
            "gemm gemm gemm");
}

TEST_F(KernelTest, MovesOfConstants) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<4x5xf32>, %i: tensor<2x5xi64>) -> (tensor<6x5xf32>, tensor<6x9xf32>, tensor<5x5xi64>) {
      %z = neap.constant dense<0.5> : tensor<2x5xf32>
      %a = neap.concat %z, %x axis 0 : tensor<2x5xf32>, tensor<4x5xf32>
      %c = neap.constant dense<2.0> : tensor<3x4xf32>
      %b = neap.unslice %c starts [1, 2] strides [2, 1] : tensor<3x4xf32> -> tensor<6x9xf32>
      %n = neap.iota 1 : tensor<3x5xi64>
      %d = neap.concat %n, %i axis 0 : tensor<3x5xi64>, tensor<2x5xi64>
      neap.return %a, %b, %d : tensor<6x5xf32>, tensor<6x9xf32>, tensor<5x5xi64>
    })"),
            "concat concat pointwise concat");
}

/// Integers and floats, along any axis, from either end, with and without the element itself, through a view.
TEST_F(KernelTest, RunningSums) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<5x70xf32>, %m: tensor<3x21xi64>, %n: tensor<2x9x1xi32>) -> (tensor<5x70xf32>, tensor<70x5xf32>,
        tensor<5x70xf32>, tensor<3x21xi64>, tensor<2x9x1xi32>, tensor<2x9x1xi32>, tensor<6x4xf32>) {
      %a = neap.cumsum %x axis 1 : tensor<5x70xf32>
      %t = neap.transpose %x [1, 0] : tensor<5x70xf32>
      %b = neap.cumsum %t axis 1 {reverse} : tensor<70x5xf32>
      %c = neap.cumsum %x axis 0 {exclusive} : tensor<5x70xf32>
      %d = neap.cumsum %m axis 1 {exclusive, reverse} : tensor<3x21xi64>
      %e = neap.cumsum %n axis 1 : tensor<2x9x1xi32>
      %f = neap.cumsum %n axis 0 : tensor<2x9x1xi32>
      %h = neap.slice %x starts [0, 0] sizes [1, 4] strides [1, 1] : tensor<5x70xf32>
      %k = neap.broadcast %h : tensor<1x4xf32> -> tensor<6x4xf32>
      %g = neap.cumsum %k axis 0 : tensor<6x4xf32>
      neap.return %a, %b, %c, %d, %e, %f, %g : tensor<5x70xf32>, tensor<70x5xf32>, tensor<5x70xf32>, tensor<3x21xi64>,
          tensor<2x9x1xi32>, tensor<2x9x1xi32>, tensor<6x4xf32>
    })"),
            "scan scan scan scan scan scan scan");
}

/// What decides whether a value is ready must not walk every path to it: there are 2^60.
TEST_F(KernelTest, RowsBehindManyDiamonds) {
  std::string text = "neap.step @s(%x0: tensor<6x40xf32>) -> (tensor<6x40xf32>) {\n";
  for (int i = 0; i < 60; ++i)
    text += "%x" + std::to_string(i + 1) + " = neap.maximum %x" + std::to_string(i) + ", %x" + std::to_string(i) +
            " : tensor<6x40xf32>\n";
  EXPECT_EQ(check(text + "%y = neap.softmax %x60 : tensor<6x40xf32>\n neap.return %y : tensor<6x40xf32> }"), "row");
}

TEST_F(KernelTest, AttentionThroughStridedOperandsOnly) {
  EXPECT_EQ(check(R"(
    neap.step @s(%qkv: tensor<20x192xf32>) -> (tensor<20x64xf32>) {
      %a = neap.reshape %qkv : tensor<20x192xf32> -> tensor<2x10x192xf32>
      %q = neap.slice %a starts [0, 0, 0] sizes [2, 10, 64] strides [1, 1, 1] : tensor<2x10x192xf32>
      %k = neap.slice %a starts [0, 0, 64] sizes [2, 10, 64] strides [1, 1, 1] : tensor<2x10x192xf32>
      %v = neap.slice %a starts [0, 0, 128] sizes [2, 10, 64] strides [1, 1, 1] : tensor<2x10x192xf32>
      %q1 = neap.reshape %q : tensor<2x10x64xf32> -> tensor<2x10x4x16xf32>
      %k1 = neap.reshape %k : tensor<2x10x64xf32> -> tensor<2x10x4x16xf32>
      %v1 = neap.reshape %v : tensor<2x10x64xf32> -> tensor<2x10x4x16xf32>
      %q2 = neap.transpose %q1 [0, 2, 1, 3] : tensor<2x10x4x16xf32>
      %k2 = neap.transpose %k1 [0, 2, 3, 1] : tensor<2x10x4x16xf32>
      %v2 = neap.transpose %v1 [0, 2, 1, 3] : tensor<2x10x4x16xf32>
      %s = neap.matmul %q2, %k2 : tensor<2x4x10x16xf32>, tensor<2x4x16x10xf32>
      %p = neap.softmax %s : tensor<2x4x10x10xf32>
      %o = neap.matmul %p, %v2 : tensor<2x4x10x10xf32>, tensor<2x4x10x16xf32>
      %o1 = neap.transpose %o [0, 2, 1, 3] : tensor<2x4x10x16xf32>
      %o2 = neap.reshape %o1 : tensor<2x10x4x16xf32> -> tensor<20x64xf32>
      neap.return %o2 : tensor<20x64xf32>
    })"),
            "gemm row gemm");
}

TEST_F(KernelTest, GatherAndScatterOfRows) {
  EXPECT_EQ(check(R"(
    neap.step @s(%t: tensor<9x70xf32>, %p: tensor<5x70xf32>, %i: tensor<3x5xi64>, %u: tensor<3x5x70xf32>)
        -> (tensor<3x5x70xf32>, tensor<9x70xf32>) {
      %a = neap.gather %t, %i : tensor<9x70xf32>, tensor<3x5xi64>
      %q = neap.broadcast %p : tensor<5x70xf32> -> tensor<3x5x70xf32>
      %b = neap.add %a, %q : tensor<3x5x70xf32>
      %z = neap.constant dense<0.0> : tensor<9x70xf32>
      %s = neap.scatter_add %z, %i, %u : tensor<9x70xf32>, tensor<3x5xi64>, tensor<3x5x70xf32>
      %d = neap.scatter_add %s, %i, %u : tensor<9x70xf32>, tensor<3x5xi64>, tensor<3x5x70xf32>
      neap.return %b, %d : tensor<3x5x70xf32>, tensor<9x70xf32>
    })",
                  9),
            "pointwise scatter scatter");
}

/// The indices are a second result with fewer dimensions than the rows they pick: the rows' loops are the group's.
TEST_F(KernelTest, GatherAtComputedRows) {
  EXPECT_EQ(check(R"(
    neap.step @s(%t: tensor<9x7xf32>, %i: tensor<3x5xi64>, %u: tensor<3x5x7xf32>) -> (tensor<3x5x7xf32>, tensor<9x7xf32>) {
      %one = neap.constant dense<1> : tensor<3x5xi64>
      %n = neap.add %i, %one : tensor<3x5xi64>
      %a = neap.gather %t, %n : tensor<9x7xf32>, tensor<3x5xi64>
      %z = neap.constant dense<0.0> : tensor<9x7xf32>
      %s = neap.scatter_add %z, %n, %u : tensor<9x7xf32>, tensor<3x5xi64>, tensor<3x5x7xf32>
      neap.return %a, %s : tensor<3x5x7xf32>, tensor<9x7xf32>
    })",
                  8),
            "row scatter");
}

TEST_F(KernelTest, GatherOfSingleElements) {
  EXPECT_EQ(check(R"(
    neap.step @s(%t: tensor<30xf32>, %i: tensor<4x21xi64>) -> (tensor<4x21xf32>) {
      %a = neap.gather %t, %i : tensor<30xf32>, tensor<4x21xi64>
      neap.return %a : tensor<4x21xf32>
    })",
                  30),
            "pointwise");
}

TEST_F(KernelTest, ConcatAndUnslice) {
  EXPECT_EQ(check(R"(
    neap.step @s(%x: tensor<4x5x6xf32>, %y: tensor<4x2x6xf32>, %z: tensor<3x4xf32>) -> (tensor<4x7x6xf32>, tensor<6x9xf32>) {
      %a = neap.concat %x, %y axis 1 : tensor<4x5x6xf32>, tensor<4x2x6xf32>
      %b = neap.unslice %z starts [1, 2] strides [2, 1] : tensor<3x4xf32> -> tensor<6x9xf32>
      neap.return %a, %b : tensor<4x7x6xf32>, tensor<6x9xf32>
    })"),
            "concat concat");
}

/// Seeds and steps of 32 bits.
constexpr int64_t anyWord = int64_t(1) << 32;

/// A step over `arguments` and the scalars of random keys: %l, %h, %s, and ids %i0 to %i9.
std::string randomStep(const std::string &arguments, const std::string &results, const std::string &body) {
  std::string ids;
  for (char id = '0'; id <= '9'; ++id)
    ids += std::string("%i") + id + " = neap.random_id " + id + " : tensor<ui32>\n";
  return "neap.step @s(" + arguments + ", %l: tensor<ui32>, %h: tensor<ui32>, %s: tensor<ui32>) -> (" + results +
         ") {\n" + ids + body + "\n}";
}

/// Rows of all lengths: of whole counters, of parts of one, of a single element, none at all.
TEST_F(KernelTest, DropoutOfAnyShape) {
  for (std::string shape :
       {"4x64x", "5x3x7x", "3x10001x", "17x", "40x1x", "40x1x1x", "6x4x8x", "2x3x4x5x", "9x2x", "1x1x", ""}) {
    std::string type = "tensor<" + shape + "f32>";
    EXPECT_EQ(check(randomStep("%x: " + type, type,
                               "%y = neap.dropout %x ratio 0.25 key %l, %h, %s, %i3 : " + type +
                                   "\nneap.return %y : " + type),
                    anyWord),
              "pointwise");
  }
}

/// Lanes that are no neighbours in the tensor that is dropped, or that begin in the middle of a counter.
TEST_F(KernelTest, DropoutSeenThroughViews) {
  EXPECT_EQ(check(randomStep("%x: tensor<24x40xf32>, %z: tensor<2x20xf32>",
                             "tensor<40x24xf32>, tensor<960xf32>, tensor<24x20x2xf32>", R"(
      %a = neap.dropout %x ratio 0.5 key %l, %h, %s, %i1 : tensor<24x40xf32>
      %t = neap.transpose %a [1, 0] : tensor<24x40xf32>
      %b = neap.dropout %x ratio 0.5 key %l, %h, %s, %i4 : tensor<24x40xf32>
      %u = neap.reshape %b : tensor<24x40xf32> -> tensor<960xf32>
      %c = neap.dropout %x ratio 0.5 key %l, %h, %s, %i5 : tensor<24x40xf32>
      %d = neap.reshape %c : tensor<24x40xf32> -> tensor<24x20x2xf32>
      %e = neap.transpose %z [1, 0] : tensor<2x20xf32>
      %f = neap.broadcast %e : tensor<20x2xf32> -> tensor<24x20x2xf32>
      %g = neap.add %d, %f : tensor<24x20x2xf32>
      neap.return %t, %u, %g : tensor<40x24xf32>, tensor<960xf32>, tensor<24x20x2xf32>)"),
                  anyWord),
            "pointwise pointwise pointwise");
}

TEST_F(KernelTest, DropoutBehindAProduct) {
  for (std::string columns : {"64", "50", "3"}) {
    std::string row = "tensor<" + columns + "xf32>", type = "tensor<37x" + columns + "xf32>",
                matrix = "tensor<24x" + columns + "xf32>";
    EXPECT_EQ(check(randomStep("%x: tensor<37x24xf32>, %w: " + matrix + ", %b: " + row + ", %r: " + type, type,
                               "%m = neap.matmul %x, %w : tensor<37x24xf32>, " + matrix +
                                   "\n%c = neap.broadcast %b : " + row + " -> " + type + "\n%n = neap.add %m, %c : " +
                                   type + "\n%d = neap.dropout %n ratio 0.1 key %l, %h, %s, %i7 : " + type +
                                   "\n%y = neap.add %d, %r : " + type + "\nneap.return %y : " + type),
                    anyWord),
              "gemm");
  }
}

/// As attention and a block's end have it, forward and backward; nothing of a mask is stored.
TEST_F(KernelTest, DropoutInRows) {
  for (std::string columns : {"80", "77", "5"}) {
    std::string row = "tensor<" + columns + "xf32>", type = "tensor<6x4x" + columns + "xf32>";
    EXPECT_EQ(check(randomStep("%x: " + type + ", %dy: " + type, type + ", " + type,
                               "%p = neap.softmax %x : " + type +
                                   "\n%y = neap.dropout %p ratio 0.1 key %l, %h, %s, %i9 : " + type +
                                   "\n%dp = neap.dropout %dy ratio 0.1 key %l, %h, %s, %i9 : " + type +
                                   "\n%dx = neap.softmax_backward %p, %dp : " + type +
                                   "\nneap.return %y, %dx : " + type + ", " + type),
                    anyWord),
              "row row");
    check(randomStep("%x: " + type + ", %r: " + type + ", %g: " + row + ", %b: " + row, type + ", " + row,
                     "%d = neap.dropout %x ratio 0.2 key %l, %h, %s, %i1 : " + type + "\n%a = neap.add %d, %r : " +
                         type + "\n%y, %m, %q = neap.layer_norm %a, %g, %b {epsilon = 1.0e-5 : f32} : " + type + ", " +
                         row + ", " + row + "\n%t = neap.reduce sum %d axes [0, 1] : " + type +
                         "\nneap.return %y, %t : " + type + ", " + row),
          anyWord);
  }
}

/// One mask, read by several groups: each draws it for itself.
TEST_F(KernelTest, DropoutOfConstantsAndUniformNumbers) {
  check(randomStep("%x: tensor<6x33xf32>", "tensor<6x33xf32>, tensor<33xf32>, tensor<6x33xf32>, tensor<6x33xi1>", R"(
      %o = neap.constant dense<1.0> : tensor<6x33xf32>
      %m = neap.dropout %o ratio 0.3 key %l, %h, %s, %i5 : tensor<6x33xf32>
      %y = neap.mul %m, %x : tensor<6x33xf32>
      %c = neap.reduce sum %m axes [0] : tensor<6x33xf32>
      %u = neap.random_uniform key %l, %h, %s, %i6 : tensor<6x33xf32>
      %p = neap.compare lt %u, %x : tensor<6x33xf32>
      neap.return %y, %c, %u, %p : tensor<6x33xf32>, tensor<33xf32>, tensor<6x33xf32>, tensor<6x33xi1>)"),
        anyWord);
}

} // namespace
