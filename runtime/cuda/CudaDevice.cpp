// A CUDA device: its arena is one allocation, its far memory another of the host, its step a list of launches and copies, walked
// one by one or replayed as a graph.
#include "neap/runtime/cuda/Calls.h"
#include "neap/runtime/cuda/Declarations.h"
#include "neap/runtime/cuda/Dependencies.h"
#include "neap/runtime/cuda/OpenDriver.h"
#include "neap/runtime/cuda/ProductTimer.h"
#include "neap/runtime/cuda/ProgramProducts.h"
#include "neap/runtime/cuda/ProgramStreams.h"
#include "neap/runtime/device/Device.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace neap::runtime {

namespace {

using namespace cuda;

/// The part of the arena that the host writes before every step: from the first input or step block to the end of the last.
Operand findHostRange(const Manifest &manifest) {
  uint64_t begin = manifest.stepBlock, end = manifest.stepBlock + sizeof(neap_step_block);
  for (const Input &input : manifest.inputs) {
    begin = std::min(begin, input.offset);
    end = std::max(end, input.offset + input.bytes);
  }
  return {begin, end - begin};
}

class CudaDevice final : public Device {
public:
  CudaDevice(const neap_program &program, const Manifest &manifest, const DeviceOptions &options);
  ~CudaDevice() override;

  uint64_t bytes() const override { return manifest_.arenaBytes; }
  std::optional<uint64_t> measureBytes() const override;
  std::byte *inputs() override { return staging_ - hostRange_.offset; }
  void write(uint64_t offset, const void *source, uint64_t bytes) override;
  void read(uint64_t offset, void *target, uint64_t bytes) const override;
  void runStep(const ShowGradient &show) override;
  DeviceProfile calibrate() override;

private:
  void open();
  uint64_t measureFree() const;
  void allocate();
  std::byte *allocateHost(uint64_t bytes, const std::string &what);
  void loadKernels(const neap_program &program);
  bool loadCubin(const void *cubin);
  void loadPtx(const char *ptx);
  void clearStates();

  void copyToHost(uint64_t offset, void *target, uint64_t bytes) const;
  void runEntries(const ShowGradient &show);
  void launch(const ProgramEntry &entry);
  void launchKernel(const ProgramEntry &entry);
  void enqueueProduct(const ProgramEntry &entry);
  void declare(const ProgramEntry &entry) const;
  void copy(const ProgramEntry &entry);
  void observe(const ProgramEntry &entry, const ShowGradient &show);

  void buildGraph();
  GraphNode addNode(const ProgramEntry &entry, const std::vector<GraphNode> &after);
  GraphNode addKernelNode(const ProgramEntry &entry, const std::vector<GraphNode> &after);
  GraphNode addCopyNode(const ProgramEntry &entry, const std::vector<GraphNode> &after);
  GraphNode addProductNode(const ProgramEntry &entry, const std::vector<GraphNode> &after);
  Graph captureProduct(const ProgramEntry &entry);

  void fillWithNumbers();
  ProductTiming timeProduct(const ProgramEntry &entry, const ProductTimer &timer);

  std::vector<DevicePointer> addressesOf(const ProgramEntry &entry) const;
  void require(cuda::Result result, const std::string &what) const { requireSuccess(driver_, result, what); }
  cuda::Stream stream() const { return streams_->compute(); }
  void synchronize(const std::string &what) const { require(driver_.cuStreamSynchronize(stream()), what); }
  size_t numberOf(const ProgramEntry &entry) const { return size_t(&entry - manifest_.program.data()); }
  bool isOfLibrary(const ProgramEntry &entry) const { return products_->find(numberOf(entry)); }
  /// "step 3", the one that the host has prepared last.
  std::string stepName() const;

  const Manifest &manifest_;
  bool usesGraph_, isSimulated_;
  std::unique_ptr<OpenDriver> opened_;
  const Driver &driver_;
  Declarations declarations_;
  cuda::Device ordinal_ = 0;
  Context context_ = nullptr;
  std::unique_ptr<ProgramStreams> streams_;
  Module module_ = nullptr;
  std::vector<Function> functions_; // by kernel
  uint64_t freeAtFirst_ = 0;        // of the device's memory, when there was nothing but a context
  DevicePointer arena_ = 0;
  Operand hostRange_;
  std::byte *staging_ = nullptr; // pinned, holds hostRange_
  std::byte *far_ = nullptr;     // pinned
  Graph graph_ = nullptr;
  GraphExec graphExec_ = nullptr;
  std::unique_ptr<ProgramProducts> products_;
};

CudaDevice::CudaDevice(const neap_program &program, const Manifest &manifest, const DeviceOptions &options)
    : manifest_(manifest), usesGraph_(options.graph), isSimulated_(options.simulate), opened_(openDriver(options)),
      driver_(opened_->driver()), declarations_(driver_, manifest), hostRange_(findHostRange(manifest)) {
  open();
  loadKernels(program);
  allocate();
  clearStates();
  products_ = std::make_unique<ProgramProducts>(
      manifest, arena_, [&] { return openCublasLt(options); },
      [](const std::string &note) { std::fprintf(stderr, "note: %s\n", note.c_str()); });
}

/// Everything goes with the context; what was made before a failure as well.
CudaDevice::~CudaDevice() {
  products_.reset();
  if (graphExec_)
    driver_.cuGraphExecDestroy(graphExec_);
  if (graph_)
    driver_.cuGraphDestroy(graph_);
  if (arena_)
    driver_.cuMemFree(arena_);
  for (std::byte *memory : {staging_, far_})
    if (memory)
      driver_.cuMemFreeHost(memory);
  if (module_)
    driver_.cuModuleUnload(module_);
  streams_.reset();
  if (context_)
    driver_.cuDevicePrimaryCtxRelease(ordinal_);
}

void CudaDevice::open() {
  require(driver_.cuInit(0), "starting the CUDA driver");
  require(driver_.cuDeviceGet(&ordinal_, 0), "finding a CUDA device");
  require(driver_.cuDevicePrimaryCtxRetain(&context_, ordinal_), "opening the CUDA device");
  require(driver_.cuCtxSetCurrent(context_), "opening the CUDA device");
  freeAtFirst_ = measureFree();
  streams_ = std::make_unique<ProgramStreams>(driver_, manifest_);
}

uint64_t CudaDevice::measureFree() const {
  size_t free = 0, total = 0;
  require(driver_.cuMemGetInfo(&free, &total), "asking for the device's free memory");
  return free;
}

std::optional<uint64_t> CudaDevice::measureBytes() const {
  uint64_t free = measureFree();
  return free < freeAtFirst_ ? freeAtFirst_ - free : 0;
}

/// Loads machine code made for this very device. A driver older than what made it refuses it, and takes PTX all the same.
bool CudaDevice::loadCubin(const void *cubin) {
  int major = 0, minor = 0;
  require(driver_.cuDeviceGetAttribute(&major, DeviceAttribute::ComputeCapabilityMajor, ordinal_),
          "asking for the device's kind");
  require(driver_.cuDeviceGetAttribute(&minor, DeviceAttribute::ComputeCapabilityMinor, ordinal_),
          "asking for the device's kind");
  return cubin && uint32_t(major * 10 + minor) == manifest_.cubinArchitecture &&
         driver_.cuModuleLoadDataEx(&module_, cubin, 0, nullptr, nullptr) == Result::Success;
}

void CudaDevice::loadPtx(const char *ptx) {
  char log[4096] = "";
  JitOption options[] = {JitOption::ErrorLogBuffer, JitOption::ErrorLogBufferBytes};
  void *values[] = {log, reinterpret_cast<void *>(sizeof(log))};
  Result result = driver_.cuModuleLoadDataEx(&module_, ptx, 2, options, values);
  require(result, std::string("loading the kernels") + (*log ? std::string(": ") + log : ""));
}

/// Before the arena is allocated: what the driver takes for code is gone from the free memory then.
void CudaDevice::loadKernels(const neap_program &program) {
  if (!loadCubin(program.cubin))
    loadPtx(program.ptx);
  for (const DeviceKernel &kernel : manifest_.kernels)
    require(driver_.cuModuleGetFunction(&functions_.emplace_back(), module_, kernel.name.c_str()),
            "finding kernel " + kernel.name);
}

void CudaDevice::allocate() {
  require(driver_.cuMemAlloc(&arena_, manifest_.arenaBytes),
          "allocating " + std::to_string(manifest_.arenaBytes) + " bytes on the device");
  declarations_.setArena(arena_);
  staging_ = allocateHost(hostRange_.bytes, "");
  std::memset(staging_, 0, hostRange_.bytes);
  if (manifest_.farBytes > 0)
    far_ = allocateHost(manifest_.farBytes, " for far memory");
  declarations_.setFarMemory(far_);
}

std::byte *CudaDevice::allocateHost(uint64_t bytes, const std::string &what) {
  void *memory = nullptr;
  require(driver_.cuMemHostAlloc(&memory, bytes, 0),
          "allocating " + std::to_string(bytes) + " bytes of pinned host memory" + what);
  return static_cast<std::byte *>(memory);
}

void CudaDevice::clearStates() {
  for (const Operand &state : manifest_.states) {
    if (state.bytes == 0)
      continue;
    if (state.space == Space::Far) {
      std::memset(far_ + state.offset, 0, state.bytes);
      continue;
    }
    declarations_.hostWrites(state.offset, state.bytes);
    require(driver_.cuMemsetD8Async(arena_ + state.offset, 0, state.bytes, stream()), "clearing optimizer state");
  }
  synchronize("clearing optimizer state");
}

void CudaDevice::write(uint64_t offset, const void *source, uint64_t bytes) {
  if (bytes == 0)
    return;
  declarations_.hostWrites(offset, bytes);
  require(driver_.cuMemcpyHtoDAsync(arena_ + offset, source, bytes, stream()), "copying to the device");
  synchronize("copying to the device");
}

void CudaDevice::read(uint64_t offset, void *target, uint64_t bytes) const {
  if (bytes == 0)
    return;
  declarations_.hostReads(offset, bytes);
  copyToHost(offset, target, bytes);
}

void CudaDevice::copyToHost(uint64_t offset, void *target, uint64_t bytes) const {
  require(driver_.cuMemcpyDtoHAsync(target, arena_ + offset, bytes, stream()), "copying from the device");
  synchronize("copying from the device");
}

/// Gradients are shown between launches, so a step that shows them is not a graph.
void CudaDevice::runStep(const ShowGradient &show) {
  require(declarations_.beginStep(), "beginning the step");
  declarations_.hostWrites(hostRange_.offset, hostRange_.bytes);
  require(driver_.cuMemcpyHtoDAsync(arena_ + hostRange_.offset, staging_, hostRange_.bytes, stream()),
          "copying the inputs to the device");
  if (show || !usesGraph_) {
    streams_->beginStep();
    runEntries(show);
    streams_->endStep();
  } else {
    if (!graphExec_)
      buildGraph();
    require(driver_.cuGraphLaunch(graphExec_, stream()), "launching the step");
  }
  synchronize(usesGraph_ ? "running the step (--no-graph names the kernel)" : "running the step");
}

void CudaDevice::runEntries(const ShowGradient &show) {
  for (const ProgramEntry &entry : manifest_.program) {
    streams_->beforeEntry(entry);
    switch (entry.kind) {
    case ProgramEntry::Kind::Launch: launch(entry); break;
    case ProgramEntry::Kind::Copy: copy(entry); break;
    case ProgramEntry::Kind::Observe:
      if (show)
        observe(entry, show);
      break;
    }
    streams_->afterEntry(entry);
  }
}

std::vector<DevicePointer> CudaDevice::addressesOf(const ProgramEntry &entry) const {
  std::vector<DevicePointer> addresses;
  for (const Operand &operand : entry.operands)
    addresses.push_back(arena_ + operand.offset);
  return addresses;
}

/// Kernel arguments as the driver takes them: a pointer to each value.
static std::vector<void *> pointersTo(std::vector<DevicePointer> &addresses) {
  std::vector<void *> pointers;
  for (DevicePointer &address : addresses)
    pointers.push_back(&address);
  return pointers;
}

/// Tells a simulated device what the next operation is.
void CudaDevice::declare(const ProgramEntry &entry) const {
  declarations_.operation(entry, products_->operandsOf(numberOf(entry)));
}

/// Without a graph every kernel is waited for, so that a fault is known to be its own.
void CudaDevice::launch(const ProgramEntry &entry) {
  std::string name = "kernel " + manifest_.kernels[entry.kernel].name;
  if (isOfLibrary(entry)) {
    name = products_->describe(numberOf(entry));
    enqueueProduct(entry);
  } else {
    declare(entry);
    launchKernel(entry);
  }
  if (!usesGraph_)
    synchronize("running " + name);
}

/// The library puts its work into the stream.
void CudaDevice::enqueueProduct(const ProgramEntry &entry) {
  products_->enqueue(numberOf(entry), stream(), stepName(), [&] { declare(entry); });
}

void CudaDevice::launchKernel(const ProgramEntry &entry) {
  std::vector<DevicePointer> addresses = addressesOf(entry);
  std::vector<void *> arguments = pointersTo(addresses);
  const DeviceKernel &kernel = manifest_.kernels[entry.kernel];
  require(driver_.cuLaunchKernel(functions_[entry.kernel], kernel.blocks, 1, 1, kernel.blockThreads, 1, 1, 0, stream(),
                                 arguments.data(), nullptr),
          "launching kernel " + kernel.name);
}

void CudaDevice::copy(const ProgramEntry &entry) {
  const Operand &from = entry.operands[0], &to = entry.operands[1];
  cuda::Stream stream = streams_->of(entry);
  declare(entry);
  switch (entry.stream) {
  case StreamId::Compute:
    require(driver_.cuMemcpyDtoDAsync(arena_ + to.offset, arena_ + from.offset, from.bytes, stream),
            "copying within the device");
    break;
  case StreamId::Offload:
    require(driver_.cuMemcpyDtoHAsync(far_ + to.offset, arena_ + from.offset, from.bytes, stream),
            "copying to far memory");
    break;
  case StreamId::Reload:
    require(driver_.cuMemcpyHtoDAsync(arena_ + to.offset, far_ + from.offset, from.bytes, stream),
            "copying from far memory");
    break;
  }
}

void CudaDevice::observe(const ProgramEntry &entry, const ShowGradient &show) {
  std::vector<std::byte> gradient(entry.operands[0].bytes);
  declare(entry);
  copyToHost(entry.operands[0].offset, gradient.data(), gradient.size());
  show(int64_t(entry.parameter), gradient.data());
}

GraphNode CudaDevice::addKernelNode(const ProgramEntry &entry, const std::vector<GraphNode> &after) {
  std::vector<DevicePointer> addresses = addressesOf(entry);
  std::vector<void *> arguments = pointersTo(addresses);
  const DeviceKernel &kernel = manifest_.kernels[entry.kernel];
  KernelNodeParameters parameters{
      functions_[entry.kernel], kernel.blocks, 1,       1,      kernel.blockThreads, 1, 1, 0,
      arguments.data(),         nullptr,       nullptr, nullptr};
  GraphNode node = nullptr;
  declare(entry);
  require(driver_.cuGraphAddKernelNode(&node, graph_, after.data(), after.size(), &parameters),
          "adding kernel " + kernel.name + " to the graph");
  return node;
}

GraphNode CudaDevice::addCopyNode(const ProgramEntry &entry, const std::vector<GraphNode> &after) {
  CopyNodeParameters parameters{};
  const Operand &from = entry.operands[0], &to = entry.operands[1];
  parameters.sourceType = from.space == Space::Far ? MemoryType::Host : MemoryType::Device;
  parameters.targetType = to.space == Space::Far ? MemoryType::Host : MemoryType::Device;
  if (from.space == Space::Far)
    parameters.sourceHost = far_ + from.offset;
  else
    parameters.sourceDevice = arena_ + from.offset;
  if (to.space == Space::Far)
    parameters.targetHost = far_ + to.offset;
  else
    parameters.targetDevice = arena_ + to.offset;
  parameters.widthBytes = from.bytes;
  parameters.height = parameters.depth = 1;
  GraphNode node = nullptr;
  declare(entry);
  require(driver_.cuGraphAddMemcpyNode(&node, graph_, after.data(), after.size(), &parameters, context_),
          "adding a copy to the graph");
  return node;
}

std::string CudaDevice::stepName() const {
  neap_step_block block;
  std::memcpy(&block, staging_ + manifest_.stepBlock - hostRange_.offset, sizeof block);
  return "step " + std::to_string(block.step);
}

/// A library puts its work into streams; captured, that becomes a graph.
Graph CudaDevice::captureProduct(const ProgramEntry &entry) {
  Graph captured = nullptr;
  require(driver_.cuStreamBeginCapture(stream(), CaptureMode::Relaxed), "capturing a matrix product");
  try {
    enqueueProduct(entry);
  } catch (...) {
    driver_.cuStreamEndCapture(stream(), &captured);
    throw;
  }
  require(driver_.cuStreamEndCapture(stream(), &captured), "capturing a matrix product");
  return captured;
}

GraphNode CudaDevice::addProductNode(const ProgramEntry &entry, const std::vector<GraphNode> &after) {
  Graph captured = captureProduct(entry);
  GraphNode node = nullptr;
  Result result = driver_.cuGraphAddChildGraphNode(&node, graph_, after.data(), after.size(), captured);
  driver_.cuGraphDestroy(captured); // the node has a copy
  require(result, "adding a matrix product to the graph");
  return node;
}

GraphNode CudaDevice::addNode(const ProgramEntry &entry, const std::vector<GraphNode> &after) {
  switch (entry.kind) {
  case ProgramEntry::Kind::Launch:
    return isOfLibrary(entry) ? addProductNode(entry, after) : addKernelNode(entry, after);
  case ProgramEntry::Kind::Copy: return addCopyNode(entry, after);
  case ProgramEntry::Kind::Observe: return nullptr;
  }
  return nullptr;
}

/// The edges are what bytes demand; what is free of them may run side by side.
void CudaDevice::buildGraph() {
  require(driver_.cuGraphCreate(&graph_, 0), "making the graph");
  std::vector<std::vector<uint32_t>> dependencies = findDependencies(products_->program());
  std::vector<GraphNode> nodes;
  for (size_t i = 0; i < manifest_.program.size(); ++i) {
    std::vector<GraphNode> after;
    for (uint32_t earlier : dependencies[i])
      after.push_back(nodes[earlier]);
    nodes.push_back(addNode(manifest_.program[i], after));
  }
  require(driver_.cuGraphInstantiateWithFlags(&graphExec_, graph_, 0), "making the graph");
}

/// Small numbers everywhere: a card is slower with numbers that differ than with zeros, and none may grow out of bounds.
void CudaDevice::fillWithNumbers() {
  constexpr unsigned char byte = 0x3c; // 0x3c3c3c3c is 0.0115
  require(driver_.cuMemsetD8Async(arena_, byte, manifest_.arenaBytes, stream()), "filling the arena");
  synchronize("filling the arena");
}

/// Nothing for an algorithm that the library offers and cannot run.
static std::optional<double> timePlan(const PlannedProduct &plan, cuda::Stream stream, const ProductTimer &timer) {
  try {
    return timer.measure([&] { plan.enqueue(stream, {}); });
  } catch (const LibraryCallFailed &) {
    return std::nullopt;
  }
}

ProductTiming CudaDevice::timeProduct(const ProgramEntry &entry, const ProductTimer &timer) {
  constexpr int mostAlgorithms = 8;
  ProductTiming timing;
  timing.product = &*manifest_.kernels[entry.kernel].product;
  timing.generatedMicroseconds = timer.measure([&] { launchKernel(entry); });
  for (const std::unique_ptr<PlannedProduct> &plan : products_->planAll(numberOf(entry), mostAlgorithms)) {
    std::optional<double> microseconds = timePlan(*plan, stream(), timer);
    if (!microseconds || (timing.libraryMicroseconds && *timing.libraryMicroseconds <= *microseconds))
      continue;
    timing.libraryMicroseconds = microseconds;
    const cublas::Algorithm &algorithm = plan->algorithm();
    timing.algorithm = {
        products_->version(), plan->workspaceBytes(), {std::begin(algorithm.data), std::end(algorithm.data)}};
  }
  return timing;
}

/// Whether a profile would tell two products apart.
bool isSameShape(const MatrixProduct &a, const MatrixProduct &b) {
  return a.m == b.m && a.n == b.n && a.k == b.k && a.batch == b.batch && a.lhs.transposed == b.lhs.transposed &&
         a.rhs.transposed == b.rhs.transposed;
}

DeviceProfile CudaDevice::calibrate() {
  DeviceProfile profile;
  char name[256] = "";
  require(driver_.cuDeviceGetName(name, sizeof name, ordinal_), "asking for the device's name");
  require(driver_.cuDriverGetVersion(&profile.driver), "asking for the driver's version");
  profile.device = name;
  profile.library = products_->version();
  if (profile.library == 0)
    throw Failure(ExitCode::DeviceFault, "calibrating: there is nothing to choose between without cuBLASLt");
  fillWithNumbers();
  // A simulated device has no time of its own: once is enough to see that all of it works.
  ProductTimer timer(driver_, stream(), isSimulated_ ? 1 : 20);
  for (const ProgramEntry &entry : manifest_.program) {
    if (entry.kind != ProgramEntry::Kind::Launch || !manifest_.kernels[entry.kernel].product)
      continue;
    const MatrixProduct &product = *manifest_.kernels[entry.kernel].product;
    auto isKnown = [&](const ProductTiming &timing) { return isSameShape(*timing.product, product); };
    if (std::none_of(profile.products.begin(), profile.products.end(), isKnown))
      profile.products.push_back(timeProduct(entry, timer));
  }
  return profile;
}

std::unique_ptr<runtime::Device> create(const neap_program &program, const Manifest &manifest,
                                        const DeviceOptions &options) {
  return std::make_unique<CudaDevice>(program, manifest, options);
}

} // namespace

} // namespace neap::runtime

const neap_device_class neap_cuda_device{neap::runtime::create};
