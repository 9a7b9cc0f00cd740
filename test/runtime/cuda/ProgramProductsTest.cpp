// The products of a whole program: planned once, with the generated kernels where there is no library.
#include "SimulatedArena.h"

#include "neap/runtime/cuda/Dependencies.h"
#include "neap/runtime/cuda/LoadCublasLt.h"
#include "neap/runtime/cuda/ProgramProducts.h"
#include "neap/runtime/program/Failure.h"

namespace neap::test {
namespace {

using namespace runtime;

/// Hands out a library that belongs to the test.
class Borrowed final : public OpenCublasLt {
public:
  explicit Borrowed(const cublas::CublasLt &table) : table_(table) {}
  const cublas::CublasLt &table() const override { return table_; }

private:
  const cublas::CublasLt &table_;
};

MatrixProduct makeProduct(uint64_t k) {
  MatrixProduct product;
  product.m = 4;
  product.n = 4;
  product.k = k;
  product.lhs = {0, 0, k, false, {}};
  product.rhs = {1, 0, 4, false, {}};
  product.result = {2, 0, 4, false, {}};
  return product;
}

constexpr uint64_t workspaceOffset = 32768, workspaceBytes = 4096, workspaceSlot = 7;

ProgramEntry launch(size_t kernel, uint64_t offset) {
  ProgramEntry entry;
  entry.kernel = kernel;
  entry.operands = {{offset, 256}, {offset + 256, 256}, {offset + 512, 64}};
  entry.inputs = 2;
  entry.workspace = {workspaceOffset, workspaceBytes, workspaceSlot};
  entry.origin = "'layer " + std::to_string(offset) + "'";
  return entry;
}

/// Two products that are deep enough for the library to use a workspace, one that is not, and a kernel that is none.
Manifest makeManifest() {
  Manifest manifest;
  manifest.kernels = {{"deep", 1, 256, makeProduct(16)}, {"flat", 1, 256, makeProduct(2)}, {"other", 1, 128, {}}};
  manifest.program = {launch(0, 0), launch(1, 1024), launch(0, 2048), launch(2, 4096)};
  return manifest;
}

struct Notes {
  std::vector<std::string> texts;
  std::function<void(const std::string &)> note = [this](const std::string &text) { texts.push_back(text); };
};

TEST(ProgramProductsTest, LaunchesOfProductsArePlanned) {
  SimulatedArena device;
  Manifest manifest = makeManifest();
  Notes notes;
  ProgramProducts products(
      manifest, device.arena, [&] { return std::make_unique<Borrowed>(device.library.table()); }, notes.note);
  EXPECT_TRUE(products.find(0) && products.find(1) && products.find(2));
  EXPECT_FALSE(products.find(3));
  products.enqueue(0, device.stream, "step 1");
  EXPECT_EQ(int(device.cuda.cuStreamSynchronize(device.stream)), 0);
  EXPECT_EQ(device.library.products().size(), 1u);
  EXPECT_TRUE(notes.texts.empty());
}

/// Three calls, each of which writes 512 bytes. Two fail if all are declared to write those of the first.
TEST(ProgramProductsTest, EveryCallOfABatchIsHeldToItsDeclaration) {
  SimulatedArena device;
  Manifest manifest = makeManifest();
  MatrixProduct &product = *manifest.kernels[0].product;
  product.batch = {3, 2};
  for (ProductMatrix *matrix : {&product.lhs, &product.rhs, &product.result})
    matrix->batchStrides = {128, 64};
  manifest.program = {launch(0, 0)};
  manifest.program[0].operands = {{0, 2048}, {2048, 2048}, {4096, 2048}};
  Notes notes;
  ProgramProducts products(
      manifest, device.arena, [&] { return std::make_unique<Borrowed>(device.library.table()); }, notes.note);
  size_t calls = 0;
  auto enqueue = [&](uint64_t writtenBytes) {
    products.enqueue(0, device.stream, "step 1", [&] {
      ++calls;
      cuda::DeclaredAccess accesses[] = {{device.arena, 4096, true, false, "factors"},
                                         {device.arena + 4096, writtenBytes, false, true, "result"},
                                         {device.arena + workspaceOffset, workspaceBytes, false, true, "workspace"}};
      device.cuda.declareAccesses(accesses, 3);
    });
  };
  enqueue(2048);
  EXPECT_EQ(calls, 3u);
  EXPECT_THROW(enqueue(512), Failure);
  EXPECT_EQ(calls, 5u);
  EXPECT_NE(device.driver.reports().back().find("writes bytes that were not declared"), std::string::npos);
}

/// What really uses the workspace waits for others that do; what does not waits for nobody.
TEST(ProgramProductsTest, OnlyUsersOfTheWorkspaceAreOrderedByIt) {
  SimulatedArena device;
  Manifest manifest = makeManifest();
  Notes notes;
  ProgramProducts products(
      manifest, device.arena, [&] { return std::make_unique<Borrowed>(device.library.table()); }, notes.note);
  EXPECT_EQ(products.operandsOf(0).size(), 4u);
  EXPECT_EQ(products.operandsOf(0).back().offset, workspaceOffset);
  EXPECT_EQ(products.operandsOf(0).back().bytes, 64u);
  EXPECT_EQ(products.operandsOf(0).back().slot, workspaceSlot);
  EXPECT_EQ(products.operandsOf(1).size(), 3u);
  std::vector<std::vector<uint32_t>> expected{{}, {}, {0}, {}};
  EXPECT_EQ(findDependencies(products.program()), expected);
}

TEST(ProgramProductsTest, WithoutALibraryKernelsStayAndANoteSaysWhy) {
  SimulatedArena device;
  Manifest manifest = makeManifest();
  Notes notes;
  auto open = []() -> std::unique_ptr<OpenCublasLt> { throw cublas::Unavailable("it is not there"); };
  ProgramProducts products(manifest, device.arena, open, notes.note);
  EXPECT_FALSE(products.find(0));
  EXPECT_EQ(products.operandsOf(0).size(), 3u);
  EXPECT_EQ(notes.texts,
            std::vector<std::string>{"matrix products run on generated kernels: no cuBLASLt: it is not there"});
}

TEST(ProgramProductsTest, AProductWithoutAnAlgorithmKeepsItsKernel) {
  SimulatedArena device({.version = 1, .isOffered = [](uint64_t, uint64_t, uint64_t k) { return k != 16; }});
  Manifest manifest = makeManifest();
  Notes notes;
  ProgramProducts products(
      manifest, device.arena, [&] { return std::make_unique<Borrowed>(device.library.table()); }, notes.note);
  EXPECT_FALSE(products.find(0));
  EXPECT_TRUE(products.find(1));
  EXPECT_EQ(notes.texts,
            std::vector<std::string>{"cuBLASLt has no algorithm for 2 matrix products; they run on generated kernels"});
}

TEST(ProgramProductsTest, AProgramWithoutProductsOpensNoLibrary) {
  SimulatedArena device;
  Manifest manifest = makeManifest();
  manifest.program = {launch(2, 0)};
  Notes notes;
  auto open = []() -> std::unique_ptr<OpenCublasLt> { throw std::logic_error("opened"); };
  ProgramProducts products(manifest, device.arena, open, notes.note);
  EXPECT_FALSE(products.find(0));
}

std::string failureOf(const std::function<void()> &action) {
  try {
    action();
    return "none";
  } catch (const Failure &error) {
    EXPECT_EQ(error.code(), ExitCode::DeviceFault);
    EXPECT_EQ(error.note(), "a program compiled with --matrix-products generated does without cuBLASLt");
    return error.what();
  }
}

TEST(ProgramProductsTest, FailuresNameStepNodeKernelAndStatus) {
  SimulatedArena device;
  Manifest manifest = makeManifest();
  Notes notes;
  auto open = [&] { return std::make_unique<Borrowed>(device.library.table()); };
  {
    ProgramProducts products(manifest, device.arena, open, notes.note);
    device.cuda.cuMemFree(device.arena);
    EXPECT_EQ(failureOf([&] { products.enqueue(2, device.stream, "step 7"); }),
              "step 7: the matrix product 4 x 4 x 16 from 'layer 2048' (kernel deep): cublasLtMatmul: "
              "CUBLAS_STATUS_INVALID_VALUE");
  }
  manifest.kernels[1].product->result.leading = 3;
  EXPECT_EQ(failureOf([&] { ProgramProducts products(manifest, device.arena, open, notes.note); }),
            "planning: the matrix product 4 x 4 x 2 from 'layer 1024' (kernel flat): cublasLtMatmulAlgoGetHeuristic: "
            "CUBLAS_STATUS_INVALID_VALUE");
  device.cuda.cuCtxSetCurrent(nullptr);
  EXPECT_EQ(failureOf([&] { ProgramProducts products(manifest, device.arena, open, notes.note); }),
            "starting cuBLASLt: cublasLtCreate: CUBLAS_STATUS_NOT_INITIALIZED");
}

} // namespace
} // namespace neap::test
