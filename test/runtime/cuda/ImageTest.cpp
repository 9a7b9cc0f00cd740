// Which of a program's two forms a device is given: the cubin if it was made for that device and the driver takes it, else the PTX.
// This test's openDriver takes the place of the runtime's: a simulated driver that says it is another device.
#include "neap/runtime/cuda/OpenDriver.h"
#include "neap/runtime/sim/driver/SimulatedDriver.h"

#include <gtest/gtest.h>

namespace neap::test {
namespace {

using cuda::Result;

const char *const ptx = ".version 7.8\n.target sm_80\n.address_size 64\n.visible .entry k()\n{\nret;\n}\n";
const char *const cubin = "\x7f"
                          "ELF and so on";

/// What the device says of itself and of cubins, and which images it was given.
struct Card {
  int capability = 90;
  bool takesCubins = true;
  std::vector<const void *> images;
} *card = nullptr;

const cuda::Driver *simulated = nullptr;

Result getAttribute(int *value, cuda::DeviceAttribute attribute, cuda::Device device) {
  if (attribute == cuda::DeviceAttribute::ComputeCapabilityMajor)
    *value = card->capability / 10;
  else if (attribute == cuda::DeviceAttribute::ComputeCapabilityMinor)
    *value = card->capability % 10;
  else
    return simulated->cuDeviceGetAttribute(value, attribute, device);
  return Result::Success;
}

/// The kernels of the cubin are those of the PTX.
Result load(cuda::Module *module, const void *image, unsigned count, cuda::JitOption *options, void **values) {
  card->images.push_back(image);
  if (image != cubin)
    return simulated->cuModuleLoadDataEx(module, image, count, options, values);
  return card->takesCubins ? simulated->cuModuleLoadDataEx(module, ptx, 0, nullptr, nullptr) : Result::NoBinaryForGpu;
}

class OpenCard final : public runtime::OpenDriver {
public:
  OpenCard() : table_(driver_.table()) {
    simulated = &driver_.table();
    table_.cuDeviceGetAttribute = getAttribute;
    table_.cuModuleLoadDataEx = load;
  }
  const cuda::Driver &driver() const override { return table_; }

private:
  sim::SimulatedDriver driver_;
  cuda::Driver table_;
};

/// The images that a program is loaded from on a card, in order.
std::vector<const void *> imagesLoaded(Card given, const void *cubinOfProgram, uint32_t cubinArchitecture) {
  card = &given;
  runtime::Manifest manifest;
  manifest.arenaBytes = 256;
  manifest.kernels = {{"k", 1, 32}};
  manifest.cubinArchitecture = cubinArchitecture;
  neap_program program{};
  program.ptx = ptx;
  program.cubin = cubinOfProgram;
  neap_cuda_device.create(program, manifest, {});
  return given.images;
}

using Images = std::vector<const void *>;

TEST(ImageTest, ACubinIsForItsOwnDevice) {
  EXPECT_EQ(imagesLoaded({90, true, {}}, cubin, 90), Images{cubin});
  EXPECT_EQ(imagesLoaded({100, true, {}}, cubin, 100), Images{cubin});
}

TEST(ImageTest, AnotherDeviceTakesThePtx) {
  EXPECT_EQ(imagesLoaded({100, true, {}}, cubin, 90), Images{ptx});
  EXPECT_EQ(imagesLoaded({80, true, {}}, cubin, 90), Images{ptx});
  EXPECT_EQ(imagesLoaded({89, true, {}}, cubin, 80), Images{ptx});
}

TEST(ImageTest, ADriverThatRefusesTheCubinTakesThePtx) {
  EXPECT_EQ(imagesLoaded({90, false, {}}, cubin, 90), (Images{cubin, ptx}));
}

TEST(ImageTest, AProgramWithoutACubinHasItsPtx) { EXPECT_EQ(imagesLoaded({90, true, {}}, nullptr, 0), Images{ptx}); }

} // namespace
} // namespace neap::test

namespace neap::runtime {

std::unique_ptr<OpenDriver> openDriver(const DeviceOptions &) { return std::make_unique<test::OpenCard>(); }

} // namespace neap::runtime
