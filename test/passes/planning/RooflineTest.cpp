// The device table against itself, and estimates against figures worked out by hand.
#include "neap/passes/planning/Roofline.h"

#include <gtest/gtest.h>

#include <set>

using namespace neap::planning;

namespace {

/// A device of round numbers: 1 TFLOP/s, 100 GB/s, tensor cores 8 and 16 times as fast.
DeviceModel roundDevice() {
  DeviceModel device{};
  device.memoryBandwidth = 1e11;
  device.fp32Flops = 1e12;
  device.tf32Flops = 8e12;
  device.halfFlops = 16e12;
  device.launchSeconds = 1e-6;
  return device;
}

/// 2 GFLOP over 100 MB.
KernelCost makeKernel(KernelClass kernelClass) { return {"k", kernelClass, 3, 2'000'000'000, 60'000'000, 40'000'000}; }

constexpr Efficiency peak{1, 1};

TEST(Devices, NamesAreDifferentAndFound) {
  std::set<std::string> names;
  for (const DeviceModel &device : getDeviceModels()) {
    EXPECT_TRUE(names.insert(device.name).second) << device.name;
    EXPECT_EQ(findDeviceModel(device.name), &device);
    EXPECT_FALSE(device.source.empty());
  }
  EXPECT_EQ(findDeviceModel("h1000"), nullptr);
}

TEST(Devices, Fp32PeakIsWhatCoresAndClockGive) {
  for (const DeviceModel &device : getDeviceModels()) {
    double cores = (device.architecture == "sm_80" ? 64 : 128) * double(device.multiprocessors);
    EXPECT_NEAR(device.fp32Flops, cores * 2 * device.clock, 0.01 * device.fp32Flops) << device.name;
  }
}

TEST(Devices, TensorCoresAreNoSlowerThanTheOthersAndHalfIsTwiceTf32) {
  for (const DeviceModel &device : getDeviceModels()) {
    EXPECT_GE(device.tf32Flops, device.fp32Flops) << device.name;
    EXPECT_NEAR(device.halfFlops, 2 * device.tf32Flops, 0.02 * device.halfFlops) << device.name;
    EXPECT_EQ(device.getProductFlops(Arithmetic::Bf16), device.halfFlops);
    EXPECT_EQ(device.getProductFlops(Arithmetic::Tf32), device.tf32Flops);
    EXPECT_EQ(device.getProductFlops(Arithmetic::Fp32), device.fp32Flops);
  }
}

TEST(Devices, AnArchitectureHasADefault) {
  EXPECT_EQ(findDeviceModelFor("sm_80")->name, "a100-40");
  EXPECT_EQ(findDeviceModelFor("sm_86")->name, "a100-40"); // none of its own
  EXPECT_EQ(findDeviceModelFor("sm_89")->name, "rtx4090");
  EXPECT_EQ(findDeviceModelFor("sm_90a")->name, "h100");
  EXPECT_EQ(findDeviceModelFor("sm_100")->name, "h100");
  EXPECT_EQ(findDeviceModelFor("sm_75"), nullptr);
  EXPECT_EQ(findDeviceModelFor("hopper"), nullptr);
}

TEST(Roofline, EveryClassHasANameThatFindsIt) {
  for (KernelClass kernelClass : getKernelClasses())
    EXPECT_EQ(findKernelClass(getName(kernelClass)), kernelClass);
  EXPECT_EQ(findKernelClass("none"), std::nullopt);
}

TEST(Roofline, TheSlowerOfArithmeticAndMemoryDecides) {
  // 2 GFLOP take 2 ms at 1 TFLOP/s, 100 MB take 1 ms at 100 GB/s.
  ClassEstimate fp32 = estimateLaunch(makeKernel(KernelClass::Product), roundDevice(), Arithmetic::Fp32, peak);
  EXPECT_DOUBLE_EQ(fp32.seconds, 2e-3 + 1e-6);
  EXPECT_EQ(fp32.memorySeconds, 0);
  ClassEstimate tf32 = estimateLaunch(makeKernel(KernelClass::Product), roundDevice(), Arithmetic::Tf32, peak);
  EXPECT_DOUBLE_EQ(tf32.seconds, 1e-3 + 1e-6);
  EXPECT_EQ(tf32.memorySeconds, tf32.seconds);
}

TEST(Roofline, TensorCoresServeProductsOnly) {
  ClassEstimate norm = estimateLaunch(makeKernel(KernelClass::Norm), roundDevice(), Arithmetic::Tf32, peak);
  EXPECT_DOUBLE_EQ(norm.seconds, 2e-3 + 1e-6);
  ClassEstimate attention = estimateLaunch(makeKernel(KernelClass::Attention), roundDevice(), Arithmetic::Tf32, peak);
  EXPECT_DOUBLE_EQ(attention.seconds, 1e-3 + 1e-6);
}

TEST(Roofline, SixteenBitsHalveTheBytesOutsideTheOptimizer) {
  EXPECT_EQ(countBytes(makeKernel(KernelClass::Pointwise), Arithmetic::Fp32), 1e8);
  EXPECT_EQ(countBytes(makeKernel(KernelClass::Pointwise), Arithmetic::Tf32), 1e8);
  EXPECT_EQ(countBytes(makeKernel(KernelClass::Pointwise), Arithmetic::Bf16), 5e7);
  EXPECT_EQ(countBytes(makeKernel(KernelClass::Optimizer), Arithmetic::Bf16), 1e8);
}

TEST(Roofline, EfficiencySlowsBothDown) {
  KernelCost kernel = makeKernel(KernelClass::Product);
  EXPECT_DOUBLE_EQ(estimateLaunch(kernel, roundDevice(), Arithmetic::Fp32, {0.5, 1}).seconds, 4e-3 + 1e-6);
  EXPECT_DOUBLE_EQ(estimateLaunch(kernel, roundDevice(), Arithmetic::Tf32, {1, 0.25}).seconds, 4e-3 + 1e-6);
}

TEST(Roofline, AStepIsTheSumOfItsLaunches) {
  std::vector<KernelCost> kernels{makeKernel(KernelClass::Product), makeKernel(KernelClass::Product),
                                  makeKernel(KernelClass::Norm)};
  StepEstimate step = estimateStep(kernels, roundDevice(), Arithmetic::Tf32, peak);
  EXPECT_EQ(step.classes.size(), 2u);
  const ClassEstimate &products = step.classes.at(KernelClass::Product);
  EXPECT_EQ(products.launches, 6);
  EXPECT_EQ(products.flops, 12'000'000'000);
  EXPECT_EQ(products.bytes, 600'000'000);
  EXPECT_NEAR(products.seconds, 6 * 1.001e-3, 1e-12);
  EXPECT_NEAR(step.total.seconds, 6 * 1.001e-3 + 3 * 2.001e-3, 1e-12);
  EXPECT_NEAR(step.total.memorySeconds, 6 * 1.001e-3, 1e-12);
}

} // namespace
