// Calls of cuBLASLt that header or documentation forbid: each is found, with the status that the library gives.
#include "neap/runtime/sim/library/SimulatedCublasLt.h"
#include "neap/runtime/sim/driver/SimulatedDriver.h"

#include <gtest/gtest.h>

namespace neap::test {
namespace {

using namespace cublas;

/// D (8 x 6) = A (8 x 5) B (5 x 6), column-major, in an arena of its own; what is wrong is changed before `multiply`.
class Call {
public:
  explicit Call(const std::string &faults = {})
      : driver(settings(faults)), cuda(driver.table()), table(library.table()) {
    cuda.cuInit(0);
    cuda.cuDevicePrimaryCtxRetain(&context, 0);
    cuda.cuCtxSetCurrent(context);
    cuda.cuStreamCreate(&stream, cuda::streamNonBlocking);
    cuda.cuMemAlloc(&arena, arenaBytes);
    cuda.cuMemsetD8Async(arena, 0, arenaBytes, stream);
    expect(table.cublasLtCreate(&handle));
    expect(table.cublasLtMatmulDescCreate(&operation, ComputeType::F32, DataType::F32));
    expect(table.cublasLtMatmulPreferenceCreate(&preference));
    setPreference(PreferenceAttribute::MaxWorkspaceBytes, uint64_t(4096));
    setPreference(PreferenceAttribute::ReductionSchemes, unsigned(reductionComputeType));
    a = layout(8, 5, 8);
    b = layout(5, 6, 5);
    c = d = layout(8, 6, 8);
    addressA = arena;
    addressB = arena + 1024;
    addressC = addressD = arena + 2048;
    workspace = arena + 4096;
  }

  Layout layout(uint64_t rows, uint64_t columns, int64_t leading, DataType type = DataType::F32) {
    Layout layout = nullptr;
    expect(table.cublasLtMatrixLayoutCreate(&layout, type, rows, columns, leading));
    return layout;
  }
  void setBatch(Layout layout, int32_t count, int64_t stride) {
    expect(table.cublasLtMatrixLayoutSetAttribute(layout, LayoutAttribute::BatchCount, &count, sizeof count));
    expect(table.cublasLtMatrixLayoutSetAttribute(layout, LayoutAttribute::BatchStride, &stride, sizeof stride));
  }
  template <class Value> void setPreference(PreferenceAttribute attribute, Value value) {
    expect(table.cublasLtMatmulPreferenceSetAttribute(preference, attribute, &value, sizeof value));
  }
  void setBias(cuda::DevicePointer bias) {
    Epilogue epilogue = Epilogue::Bias;
    expect(table.cublasLtMatmulDescSetAttribute(operation, MatmulAttribute::Epilogue, &epilogue, sizeof epilogue));
    expect(table.cublasLtMatmulDescSetAttribute(operation, MatmulAttribute::BiasPointer, &bias, sizeof bias));
  }

  /// The first algorithm for what is described now.
  Status choose() {
    int found = 0;
    Status status = table.cublasLtMatmulAlgoGetHeuristic(handle, operation, a, b, c, d, preference, 1, &chosen, &found);
    return status;
  }
  Status multiply() {
    auto pointer = [](cuda::DevicePointer address) { return reinterpret_cast<void *>(address); };
    return table.cublasLtMatmul(handle, operation, &alpha, pointer(addressA), a, pointer(addressB), b, &beta,
                                pointer(addressC), c, pointer(addressD), d, algorithm ? &chosen.algorithm : nullptr,
                                pointer(workspace), workspaceBytes, stream);
  }

  static void expect(Status status) { EXPECT_EQ(int(status), 0); }

  static constexpr uint64_t arenaBytes = 16384;
  sim::SimulatedDriver driver;
  const cuda::Driver &cuda;
  sim::SimulatedCublasLt library;
  const CublasLt &table;
  cuda::Context context = nullptr;
  cuda::Stream stream = nullptr;
  cuda::DevicePointer arena = 0, addressA, addressB, addressC, addressD, workspace;
  Handle handle = nullptr;
  Matmul operation = nullptr;
  Preference preference = nullptr;
  Layout a, b, c, d;
  HeuristicResult chosen{};
  bool algorithm = true;
  float alpha = 1, beta = 0;
  uint64_t workspaceBytes = 4096;

private:
  static sim::DriverSettings settings(const std::string &faults) {
    sim::DriverSettings settings;
    settings.faults = faults;
    settings.onReport = nullptr;
    settings.maxReports = 100;
    return settings;
  }
};

/// Requires a status, and a report that has the text.
void expectReport(Call &call, Status got, Status expected, const std::string &text) {
  EXPECT_EQ(int(got), int(expected)) << text;
  const std::vector<std::string> &reports = call.driver.reports();
  ASSERT_FALSE(reports.empty()) << "no report; expected " << text;
  EXPECT_NE(reports.back().find(text), std::string::npos) << "expected " << text << ", got " << reports.back();
}

/// A mistake in what is described: seen by the heuristic.
void expectRefusedProblem(const std::function<void(Call &)> &change, const std::string &text,
                          Status status = Status::InvalidValue) {
  Call call;
  change(call);
  expectReport(call, call.choose(), status, text);
}

/// A mistake in the call itself.
void expectRefusedCall(const std::function<void(Call &)> &change, const std::string &text,
                       Status status = Status::InvalidValue) {
  Call call;
  EXPECT_EQ(int(call.choose()), 0);
  change(call);
  expectReport(call, call.multiply(), status, text);
}

TEST(SimulatedCublasLtTest, ACorrectCallIsAccepted) {
  Call call;
  EXPECT_EQ(int(call.choose()), 0);
  EXPECT_EQ(int(call.multiply()), 0);
  EXPECT_EQ(int(call.cuda.cuStreamSynchronize(call.stream)), 0);
  EXPECT_TRUE(call.driver.reports().empty()) << call.driver.reports().front();
  EXPECT_EQ(call.driver.statistics().libraryCalls, 1u);
}

TEST(SimulatedCublasLtTest, ShapesMustFit) {
  expectRefusedProblem([](Call &call) { call.a = call.layout(8, 5, 7); }, "A, 8 x 5, has a leading dimension of 7");
  expectRefusedProblem([](Call &call) { call.a = call.layout(0, 5, 8); }, "A, 0 x 5, is empty");
  expectRefusedProblem([](Call &call) { call.a = call.layout(uint64_t(1) << 31, 5, int64_t(1) << 31); },
                       "is larger than 32-bit numbers count");
  expectRefusedProblem([](Call &call) { call.a = call.layout(9, 5, 9); }, "expected A of 8 x 5, got 9 x 5");
  expectRefusedProblem([](Call &call) { call.b = call.layout(6, 5, 6); }, "expected B of 5 x 6, got 6 x 5");
  expectRefusedProblem([](Call &call) { call.c = call.layout(6, 8, 6); }, "expected C of 8 x 6, got 6 x 8");
  Operation transposed = Operation::Transposed;
  expectRefusedProblem(
      [&](Call &call) {
        call.table.cublasLtMatmulDescSetAttribute(call.operation, MatmulAttribute::TransposeB, &transposed,
                                                  sizeof transposed);
      },
      "expected B of 6 x 5, got 5 x 6");
}

TEST(SimulatedCublasLtTest, BatchesMustFit) {
  expectRefusedProblem([](Call &call) { call.setBatch(call.a, 2, 40); }, "batches of different sizes");
  auto batch = [](Call &call, int64_t strideOfD) {
    call.c = call.d;
    call.setBatch(call.a, 2, 40);
    call.setBatch(call.b, 2, 30);
    call.setBatch(call.d, 2, strideOfD);
  };
  expectRefusedProblem([&](Call &call) { batch(call, 47); }, "the matrices of D overlap");
  expectRefusedProblem([&](Call &call) { batch(call, -48); }, "has a batch stride of -48");
  Call call;
  batch(call, 48);
  EXPECT_EQ(int(call.choose()), 0);
  EXPECT_EQ(int(call.multiply()), 0);
  int32_t none = 0;
  expectReport(call,
               call.table.cublasLtMatrixLayoutSetAttribute(call.a, LayoutAttribute::BatchCount, &none, sizeof none),
               Status::InvalidValue, "a batch of 0");
}

TEST(SimulatedCublasLtTest, TypesMustGoTogether) {
  auto types = "no product of these types";
  expectRefusedProblem([](Call &call) { call.a = call.layout(8, 5, 8, DataType::BF16); }, types, Status::NotSupported);
  expectRefusedProblem([](Call &call) { call.c = call.layout(8, 6, 8, DataType::BF16); }, types, Status::NotSupported);
  expectRefusedProblem(
      [](Call &call) { call.table.cublasLtMatmulDescCreate(&call.operation, ComputeType(70), DataType::F32); }, types,
      Status::NotSupported);
  expectRefusedProblem(
      [](Call &call) { call.table.cublasLtMatmulDescCreate(&call.operation, ComputeType::F32, DataType::BF16); }, types,
      Status::NotSupported);
  DataType other = DataType::BF16;
  expectRefusedProblem(
      [&](Call &call) {
        call.table.cublasLtMatmulDescSetAttribute(call.operation, MatmulAttribute::BiasType, &other, sizeof other);
      },
      "a bias of another type than D");
  expectRefusedCall(
      [](Call &call) {
        call.a = call.layout(8, 5, 8, DataType::BF16);
        call.b = call.layout(5, 6, 5, DataType::BF16);
        call.c = call.d = call.layout(8, 6, 8, DataType::BF16);
        call.choose();
      },
      "only products of fp32 are simulated", Status::NotSupported);
}

TEST(SimulatedCublasLtTest, AttributesHaveTheirSizesAndValues) {
  Call call;
  int64_t wide = 1;
  uint32_t narrow = 3;
  int32_t odd = 7;
  auto matmul = [&](MatmulAttribute attribute, const void *value, size_t bytes) {
    return call.table.cublasLtMatmulDescSetAttribute(call.operation, attribute, value, bytes);
  };
  expectReport(call, matmul(MatmulAttribute::TransposeA, &wide, 8), Status::InvalidValue,
               "expected an attribute of 4 bytes, got 8");
  expectReport(call, matmul(MatmulAttribute::TransposeA, nullptr, 4), Status::InvalidValue, "no value");
  expectReport(call, matmul(MatmulAttribute::TransposeA, &odd, 4), Status::InvalidValue,
               "operation 7 is not one of real matrices");
  expectReport(call, matmul(MatmulAttribute::Epilogue, &odd, 4), Status::NotSupported, "epilogue 7 is not simulated");
  expectReport(call, matmul(MatmulAttribute(2), &odd, 4), Status::NotSupported, "attribute 2 is not simulated");
  expectReport(
      call,
      call.table.cublasLtMatmulPreferenceSetAttribute(call.preference, PreferenceAttribute::AlignmentA, &narrow, 4),
      Status::InvalidValue, "an alignment of 3 bytes");
  expectReport(call,
               call.table.cublasLtMatmulPreferenceSetAttribute(call.preference, PreferenceAttribute::MaxWorkspaceBytes,
                                                               &narrow, 4),
               Status::InvalidValue, "expected an attribute of 8 bytes, got 4");
}

TEST(SimulatedCublasLtTest, MemoryMustBeThereAndApart) {
  expectRefusedCall([](Call &call) { call.addressA = 0; }, "A is null");
  expectRefusedCall([](Call &call) { call.addressA = call.arena + Call::arenaBytes - 100; },
                    "bytes that lie in no allocation");
  expectRefusedCall([](Call &call) { call.addressA = call.addressD + 48; }, "A overlaps D");
  expectRefusedCall([](Call &call) { call.addressB = call.addressD; }, "B overlaps D");
  expectRefusedCall(
      [](Call &call) {
        call.beta = 1;
        call.addressC = call.addressD + 16;
      },
      "C overlaps D");
  expectRefusedCall(
      [](Call &call) {
        call.beta = 1;
        call.c = call.layout(8, 6, 12);
        call.choose();
      },
      "C and D are at one place and lie differently");
}

TEST(SimulatedCublasLtTest, AlignmentIsPromisedAndKept) {
  auto align = [](Call &call) {
    call.b = call.layout(5, 6, 8); // all that counts is a multiple of 16
    call.choose();
  };
  expectRefusedCall(
      [&](Call &call) {
        align(call);
        call.addressB += 4;
      },
      "B is not aligned to the 16 bytes of its algorithm");
  Call call;
  call.setPreference(PreferenceAttribute::AlignmentB, uint32_t(4));
  align(call);
  call.addressB += 4;
  EXPECT_EQ(int(call.multiply()), 0) << "no more than 4 was promised";
}

TEST(SimulatedCublasLtTest, TheBiasMustBeThereAndApart) {
  auto bias = [](cuda::DevicePointer offset) {
    return [offset](Call &call) {
      call.setBias(offset == 0 ? 0 : call.arena + offset);
      call.choose();
    };
  };
  expectRefusedCall(bias(0), "the bias is null");
  expectRefusedCall(bias(3073), "the bias is not aligned to its elements");
  expectRefusedCall(bias(2048 + 4), "the bias overlaps D");
}

/// A product whose first algorithm uses the workspace.
void deepen(Call &call) {
  call.a = call.layout(8, 12, 8);
  call.b = call.layout(12, 6, 12);
  call.choose();
}

TEST(SimulatedCublasLtTest, TheWorkspaceMustBeLargeAndAligned) {
  auto workspace = [](const std::function<void(Call &)> &change) {
    return [change](Call &call) {
      deepen(call);
      change(call);
    };
  };
  expectRefusedCall(workspace([](Call &call) { call.workspaceBytes = 191; }),
                    "the algorithm needs a workspace of 192 bytes, got 191");
  expectRefusedCall(workspace([](Call &call) { call.workspace += 64; }), "does not start at a multiple of 256 bytes");
  expectRefusedCall(workspace([](Call &call) { call.workspace = 0; }), "does not start at a multiple of 256 bytes");
  expectRefusedCall(workspace([](Call &call) { call.workspace = call.arena; }), "the workspace overlaps an operand");
}

/// Two streams, two products, one workspace: a race even if the results are apart.
TEST(SimulatedCublasLtTest, AWorkspaceIsSharedByOrderedCallsOnly) {
  for (bool isOrdered : {true, false}) {
    Call call;
    deepen(call);
    EXPECT_EQ(int(call.multiply()), 0);
    call.cuda.cuStreamSynchronize(call.stream);
    EXPECT_EQ(int(call.multiply()), 0);
    call.addressD = call.addressC = call.arena + 8192;
    if (!isOrdered)
      call.cuda.cuStreamCreate(&call.stream, cuda::streamNonBlocking);
    EXPECT_EQ(int(call.multiply()), 0);
    EXPECT_EQ(call.cuda.cuCtxSynchronize() == cuda::Result::Success, isOrdered);
    EXPECT_EQ(call.driver.reports().empty(), isOrdered);
  }
}

TEST(SimulatedCublasLtTest, AlgorithmsAreForOneProduct) {
  expectRefusedCall([](Call &call) { call.algorithm = false; }, "no algorithm");
  expectRefusedCall([](Call &call) { call.chosen.algorithm.data[3] ^= 1; }, "these bytes are no algorithm");
  expectRefusedCall([](Call &call) { call.a = call.layout(8, 5, 9); }, "made for another product");
  expectRefusedCall(
      [](Call &call) {
        call.setPreference(PreferenceAttribute::ReductionSchemes, unsigned(reductionInPlace));
        call.choose();
      },
      "its bits change from run to run");
}

TEST(SimulatedCublasLtTest, AlgorithmsTellWhatAlignmentTheyWant) {
  Call call;
  EXPECT_EQ(int(call.choose()), 0);
  uint32_t bytes = 0;
  size_t written = 0;
  auto ask = [&](AlgorithmCapability capability, size_t room) {
    return call.table.cublasLtMatmulAlgoCapGetAttribute(&call.chosen.algorithm, capability, &bytes, room, &written);
  };
  EXPECT_EQ(int(ask(AlgorithmCapability::AlignmentD, 4)), 0);
  EXPECT_EQ(bytes, 4u);
  EXPECT_EQ(written, 4u);
  expectReport(call, ask(AlgorithmCapability::AlignmentD, 8), Status::InvalidValue, "no room for a number of 4 bytes");
  expectReport(call, ask(AlgorithmCapability(3), 4), Status::InvalidValue, "capability 3 is not simulated");
  call.chosen.algorithm.data[0] = 0;
  expectReport(call, ask(AlgorithmCapability::AlignmentD, 4), Status::InvalidValue, "these bytes are no algorithm");
}

TEST(SimulatedCublasLtTest, HandlesAreCheckedAtEveryUse) {
  expectRefusedCall([](Call &call) { call.table.cublasLtMatrixLayoutDestroy(call.a); }, "matrix layout 1");
  expectRefusedCall([](Call &call) { call.table.cublasLtMatmulDescDestroy(call.operation); }, "matmul descriptor 1");
  expectRefusedCall([](Call &call) { call.table.cublasLtDestroy(call.handle); }, "cublasLt handle 1");
  Call call;
  expectReport(call, call.table.cublasLtMatmulDescDestroy(reinterpret_cast<Matmul>(call.a)), Status::InvalidValue, "");
}

TEST(SimulatedCublasLtTest, ACallIsHeldToWhatWasDeclared) {
  for (bool declaresD : {true, false}) {
    Call call;
    EXPECT_EQ(int(call.choose()), 0);
    call.addressB = call.addressA + 160; // neighbours
    cuda::DeclaredAccess accesses[] = {{call.addressB, 120, true, false, "B"},
                                       {call.addressA, 160, true, false, "A"},
                                       {call.addressD, declaresD ? uint64_t(192) : 188, false, true, "D"}};
    call.cuda.declareAccesses(accesses, 3);
    if (declaresD)
      EXPECT_EQ(int(call.multiply()), 0);
    else
      expectReport(call, call.multiply(), Status::InvalidValue, "writes bytes that were not declared");
  }
}

TEST(SimulatedCublasLtTest, ProductsFailOnDemand) {
  Call call("library:2=failed");
  EXPECT_EQ(int(call.choose()), 0);
  for (cuda::Result expected : {cuda::Result::Success, cuda::Result::LaunchFailed}) {
    EXPECT_EQ(int(call.multiply()), 0);
    EXPECT_EQ(int(call.cuda.cuStreamSynchronize(call.stream)), int(expected));
  }
}

TEST(SimulatedCublasLtTest, ReadsOfWhatNobodyWroteAreFound) {
  Call call;
  EXPECT_EQ(int(call.choose()), 0);
  cuda::DevicePointer fresh = 0;
  call.cuda.cuMemAlloc(&fresh, 4096);
  call.addressA = fresh;
  EXPECT_EQ(int(call.multiply()), 0);
  EXPECT_NE(int(call.cuda.cuStreamSynchronize(call.stream)), 0);
  EXPECT_NE(call.driver.reports().back().find("cublasLtMatmul of 8 x 6 x 5"), std::string::npos);
}

} // namespace
} // namespace neap::test
