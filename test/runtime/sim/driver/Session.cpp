// See Session.h.
#include "Session.h"

namespace neap::cuda {

void PrintTo(Result result, std::ostream *stream) { *stream << int(result); }

} // namespace neap::cuda

namespace neap::test {

using cuda::Result;

namespace {

void expectSuccess(Result result) { EXPECT_EQ(result, Result::Success); }

std::string kernel(const std::string &name, int parameters, const std::string &body) {
  std::string text = ".visible .entry " + name + "(";
  for (int i = 0; i < parameters; ++i)
    text += (i > 0 ? ", " : "") + (".param .u64 p" + std::to_string(i));
  text += ")\n{\n.reg .b32 %r<8>;\n.reg .b64 %a<8>;\nmov.u32 %r0, %tid.x;\nmul.wide.u32 %a7, %r0, 4;\n";
  for (int i = 0; i < parameters; ++i) {
    std::string number = std::to_string(i);
    text += "ld.param.u64 %a" + number + ", [p" + number + "];\nadd.s64 %a" + number + ", %a" + number + ", %a7;\n";
  }
  return text + body + "ret;\n}\n";
}

std::string makeKernels() {
  return ".version 7.8\n.target sm_80\n.address_size 64\n" +
         kernel("increment", 1, "ld.global.u32 %r1, [%a0];\nadd.s32 %r1, %r1, 1;\nst.global.u32 [%a0], %r1;\n") +
         kernel("copy", 2, "ld.global.u32 %r1, [%a1];\nst.global.u32 [%a0], %r1;\n") +
         kernel(
             "copy_and_increment", 2,
             "ld.global.u32 %r1, [%a1];\nst.global.u32 [%a0], %r1;\nld.global.u32 %r2, [%a0];\nadd.s32 %r2, %r2, 1;\n"
             "st.global.u32 [%a0], %r2;\n") +
         kernel(
             "combine", 2,
             "ld.global.u32 %r1, [%a1];\nld.global.u32 %r2, [%a0];\nmad.lo.s32 %r3, %r2, 3, %r1;\nst.global.u32 [%a0], %r3;\n") +
         kernel("beyond", 1, "ld.global.u32 %r1, [%a0+4194304];\nst.global.u32 [%a0+4194304], %r1;\n") +
         kernel("increment_at", 1,
                "sub.s64 %a0, %a0, %a7;\nld.global.u64 %a1, [%a0];\nadd.s64 %a1, %a1, %a7;\n"
                "ld.global.u32 %r1, [%a1];\nadd.s32 %r1, %r1, 1;\nst.global.u32 [%a1], %r1;\n") +
         kernel("misaligned", 1, "ld.global.u32 %r1, [%a0+2];\nst.global.u32 [%a0], %r1;\n") +
         kernel("trap", 1, "trap;\n");
}

const std::string kernelText = makeKernels();

} // namespace

const char *const wordKernels = kernelText.c_str();

sim::DriverSettings quiet(uint64_t seed) {
  sim::DriverSettings settings;
  settings.seed = seed;
  settings.onReport = nullptr;
  return settings;
}

Session::Session(sim::DriverSettings settings) : driver(std::move(settings)), cuda(driver.table()) {
  expectSuccess(cuda.cuInit(0));
  expectSuccess(cuda.cuDevicePrimaryCtxRetain(&context, 0));
  expectSuccess(cuda.cuCtxSetCurrent(context));
  expectSuccess(cuda.cuModuleLoadDataEx(&module, wordKernels, 0, nullptr, nullptr));
}

cuda::DevicePointer Session::allocate(size_t bytes) {
  cuda::DevicePointer address = 0;
  expectSuccess(cuda.cuMemAlloc(&address, bytes));
  return address;
}

cuda::DevicePointer Session::words(uint32_t first) {
  std::vector<uint32_t> values(wordCount);
  for (uint32_t i = 0; i < wordCount; ++i)
    values[i] = first + i;
  cuda::DevicePointer address = allocate();
  expectSuccess(toDevice(address, values.data(), nullptr));
  expectSuccess(synchronize());
  return address;
}

uint32_t *Session::allocateHost(uint32_t first) {
  void *address = nullptr;
  expectSuccess(cuda.cuMemHostAlloc(&address, wordBytes, 0));
  auto *values = static_cast<uint32_t *>(address);
  for (uint32_t i = 0; i < wordCount; ++i)
    values[i] = first + i;
  return values;
}

cuda::Stream Session::stream() {
  cuda::Stream stream = nullptr;
  expectSuccess(cuda.cuStreamCreate(&stream, cuda::streamNonBlocking));
  return stream;
}

cuda::Event Session::event() {
  cuda::Event event = nullptr;
  expectSuccess(cuda.cuEventCreate(&event, cuda::eventDisableTiming));
  return event;
}

cuda::Function Session::function(const char *name) {
  cuda::Function function = nullptr;
  expectSuccess(cuda.cuModuleGetFunction(&function, module, name));
  return function;
}

Result Session::launch(const char *kernel, cuda::Stream stream, cuda::DevicePointer first, cuda::DevicePointer second,
                       uint32_t count) {
  cuda::Function function = nullptr;
  if (Result result = cuda.cuModuleGetFunction(&function, module, kernel); result != Result::Success)
    return result;
  void *parameters[] = {&first, &second};
  return cuda.cuLaunchKernel(function, 1, 1, 1, count, 1, 1, 0, stream, parameters, nullptr);
}

Result Session::toDevice(cuda::DevicePointer target, const void *source, cuda::Stream stream, size_t bytes) {
  return cuda.cuMemcpyHtoDAsync(target, source, bytes, stream);
}

Result Session::toHost(void *target, cuda::DevicePointer source, cuda::Stream stream, size_t bytes) {
  return cuda.cuMemcpyDtoHAsync(target, source, bytes, stream);
}

void Session::order(cuda::Stream first, cuda::Stream second) {
  cuda::Event between = event();
  expectSuccess(cuda.cuEventRecord(between, first));
  expectSuccess(cuda.cuStreamWaitEvent(second, between, 0));
  expectSuccess(cuda.cuEventDestroy(between));
}

std::vector<uint32_t> Session::read(cuda::DevicePointer address) {
  std::vector<uint32_t> values(wordCount);
  expectSuccess(synchronize());
  expectSuccess(toHost(values.data(), address, nullptr));
  return values;
}

cuda::Graph Session::graph() {
  cuda::Graph graph = nullptr;
  expectSuccess(cuda.cuGraphCreate(&graph, 0));
  return graph;
}

cuda::GraphNode Session::kernelNode(cuda::Graph graph, const std::vector<cuda::GraphNode> &after, const char *kernel,
                                    cuda::DevicePointer first, cuda::DevicePointer second, uint32_t count) {
  void *parameters[] = {&first, &second};
  cuda::KernelNodeParameters given{function(kernel), 1, 1, 1, count, 1, 1, 0, parameters, nullptr, nullptr, nullptr};
  cuda::GraphNode node = nullptr;
  expectSuccess(cuda.cuGraphAddKernelNode(&node, graph, after.data(), after.size(), &given));
  return node;
}

cuda::GraphNode Session::copyNode(cuda::Graph graph, const std::vector<cuda::GraphNode> &after,
                                  cuda::CopyNodeParameters given) {
  given.height = given.depth = 1;
  cuda::GraphNode node = nullptr;
  expectSuccess(cuda.cuGraphAddMemcpyNode(&node, graph, after.data(), after.size(), &given, context));
  return node;
}

cuda::GraphNode Session::toDeviceNode(cuda::Graph graph, const std::vector<cuda::GraphNode> &after,
                                      cuda::DevicePointer target, const void *source) {
  cuda::CopyNodeParameters given = {};
  given.widthBytes = wordBytes;
  given.sourceType = cuda::MemoryType::Host;
  given.sourceHost = source;
  given.targetType = cuda::MemoryType::Device;
  given.targetDevice = target;
  return copyNode(graph, after, given);
}

cuda::GraphNode Session::toHostNode(cuda::Graph graph, const std::vector<cuda::GraphNode> &after, void *target,
                                    cuda::DevicePointer source) {
  cuda::CopyNodeParameters given = {};
  given.widthBytes = wordBytes;
  given.sourceType = cuda::MemoryType::Device;
  given.sourceDevice = source;
  given.targetType = cuda::MemoryType::Host;
  given.targetHost = target;
  return copyNode(graph, after, given);
}

cuda::GraphExec Session::instantiate(cuda::Graph graph) {
  cuda::GraphExec exec = nullptr;
  expectSuccess(cuda.cuGraphInstantiateWithFlags(&exec, graph, 0));
  return exec;
}

::testing::AssertionResult hasReport(const Session &session, const std::string &text) {
  std::string all;
  for (const std::string &report : session.driver.reports()) {
    if (report.find(text) != std::string::npos)
      return ::testing::AssertionSuccess();
    all += report + "\n";
  }
  return ::testing::AssertionFailure() << "no report has '" << text << "'; there are:\n" << all;
}

::testing::AssertionResult isClean(const Session &session) {
  if (session.driver.reports().empty())
    return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << session.driver.reports().front();
}

} // namespace neap::test
