// Kernels of fusion groups against the reference interpreter: steps are decomposed and fused, every group's kernel is compiled
// and run on random inputs, whole and in pieces, and compared with what the group's body says. Then the same group's CUDA
// kernel runs on a simulated device and must give the same bits.
#pragma once

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

namespace neap::testing {

using namespace mlir;

/// bf16 is the upper half of fp32; a number that it holds is cut to it as it is.
inline void storeFloat(double number, Type type, char *bytes) {
  auto value = static_cast<float>(number);
  if (type.isBF16())
    std::memcpy(bytes, reinterpret_cast<const char *>(&value) + 2, 2);
  else
    std::memcpy(bytes, &value, 4);
}

inline float loadFloat(Type type, const char *bytes) {
  float value = 0;
  if (type.isBF16())
    std::memcpy(reinterpret_cast<char *>(&value) + 2, bytes, 2);
  else
    std::memcpy(&value, bytes, 4);
  return value;
}

/// A tensor as a kernel sees it: float, bf16, int64, int32 or one byte per bool.
inline std::vector<char> toBytes(const HostTensor &tensor) {
  std::vector<char> bytes(storageBytes(tensor.type.getElementType(), tensor.shape()));
  for (int64_t i = 0; i < tensor.size(); ++i) {
    if (tensor.isFloat()) {
      Type type = tensor.type.getElementType();
      storeFloat(tensor.floats[i], type, &bytes[i * (type.getIntOrFloatBitWidth() / 8)]);
    } else {
      unsigned width = tensor.type.getElementTypeBitWidth() == 1 ? 1 : tensor.type.getElementTypeBitWidth() / 8;
      std::memcpy(&bytes[i * width], &tensor.integers[i], width);
    }
  }
  return bytes;
}

/// A limit for integers that are seeds or steps.
inline constexpr int64_t anyWord = int64_t(1) << 32;

class KernelTest : public ::testing::Test {
protected:
  void SetUp() override {
    neap::testing::loadKernelDialects(context);
    context.loadDialect<NeapDialect>();
  }

  /// Parses a step, decomposes and fuses it.
  OwningOpRef<ModuleOp> fuse(StringRef text, bool separateDelta = false) {
    auto module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    PassManager manager(&context);
    manager.addPass(createDecomposePass({separateDelta}));
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
    if (type.getElementType().isBF16())
      tensor.round();
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
      checkKernel(entry.first, entry.second, compiled.kernel("k" + std::to_string(index)), index, indexLimit,
                  tolerance);
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
  void checkOnCuda(FusedOp op, size_t number, ArrayRef<HostTensor> inputs,
                   const std::vector<std::vector<char>> &whole) {
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

  /// Runs one group on tensors; its results as tensors.
  using RunGroup =
      llvm::function_ref<std::vector<std::vector<char>>(FusedOp op, size_t number, ArrayRef<HostTensor> inputs)>;

  /// Runs the groups of a step of floats one after the other; the step's results, element by element.
  std::vector<std::vector<double>> runStep(ModuleOp module, ArrayRef<HostTensor> inputs, RunGroup runGroup) {
    StepOp step = *module.getOps<StepOp>().begin();
    Evaluator values; // of what is no group, too
    size_t number = 0;
    for (auto [argument, input] : llvm::zip_equal(step.getArguments(), inputs))
      values.set(argument, input);
    for (Operation &op : step.getBody().front().without_terminator()) {
      auto group = dyn_cast<FusedOp>(op);
      if (!group) {
        EXPECT_TRUE(succeeded(values.run(&op)));
        continue;
      }
      auto results = runGroup(group, number++, values.get(group.getInputs()));
      for (auto [result, bytes] : llvm::zip_equal(group.getResults(), results))
        values.set(result, toTensor(cast<RankedTensorType>(result.getType()), bytes));
    }
    std::vector<std::vector<double>> results;
    for (Value result : step.getBody().front().getTerminator()->getOperands())
      results.push_back(values.get(result).floats);
    return results;
  }

  /// A tensor of fp32 from its bytes.
  static HostTensor toTensor(RankedTensorType type, const std::vector<char> &bytes) {
    HostTensor tensor = HostTensor::zeros(type);
    for (int64_t i = 0; i < tensor.size(); ++i) {
      float element;
      std::memcpy(&element, &bytes[i * sizeof(float)], sizeof(float));
      tensor.floats[i] = element;
    }
    return tensor;
  }

  std::vector<std::vector<double>> runStepOnCpu(ModuleOp module, ArrayRef<HostTensor> inputs) {
    OwningOpRef<ModuleOp> code = ModuleOp::create(UnknownLoc::get(&context));
    lower::CpuDescription cpu = llvm::cantFail(emit::describeCpu("native"));
    std::vector<lower::Kernel> kernels;
    module.walk([&](FusedOp op) {
      kernels.push_back(
          *lower::buildKernel(*code, "k" + std::to_string(kernels.size()), op.getKind(), op.getBody().front(), {cpu}));
    });
    neap::testing::CompiledModule compiled(*code, "native");
    return runStep(module, inputs, [&](FusedOp op, size_t number, ArrayRef<HostTensor> operands) {
      return run(op, kernels[number], compiled.kernel("k" + std::to_string(number)), operands, kernels[number].items,
                 -1, -1);
    });
  }

  std::vector<std::vector<double>> runStepOnCuda(ModuleOp module, ArrayRef<HostTensor> inputs) {
    cudaKernels.clear();
    loadCuda(module);
    return runStep(module, inputs, [&](FusedOp op, size_t number, ArrayRef<HostTensor> operands) {
      return runOnCuda(op, number, operands, -1, -1, /*seed=*/0);
    });
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
      Type type = tensor.type.getElementType();
      for (int64_t i = 0; i < tensor.size(); ++i) {
        float value = loadFloat(type, &actual[result][i * (type.getIntOrFloatBitWidth() / 8)]);
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

} // namespace neap::testing
