// From text to a loaded library, and the launches of its kernels.
#include "neap/compiler/calibrate/Probe.h"

#include "neap/compiler/emit/Link.h"
#include "neap/compiler/emit/Object.h"
#include "neap/dialects/neap/Neap.h"
#include "neap/passes/costs/GroupWork.h"
#include "neap/passes/fuse/Passes.h"
#include "neap/passes/lower/ToLlvm.h"
#include "neap/runtime/threads/Pool.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"

#include <algorithm>
#include <chrono>
#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace mlir;

namespace neap::calibrate {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Bytes that no cache keeps: twice the last level's.
int64_t countColdBytes() {
  constexpr int64_t fewest = 64 << 20, most = 512 << 20;
  return std::clamp<int64_t>(2 * int64_t(sysconf(_SC_LEVEL3_CACHE_SIZE)), fewest, most);
}

/// A block of memory as a program's arena (runtime/cpu/Arena), full of numbers between 1/4 and 1: nothing in it makes a slow number.
class Numbers {
public:
  explicit Numbers(size_t bytes) : bytes(bytes) {
    void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
      llvm::report_bad_alloc_error("cannot allocate memory to measure with");
    madvise(memory, bytes, MADV_HUGEPAGE);
    block = static_cast<float *>(memory);
    uint32_t state = 1;
    for (size_t i = 0; i < bytes / sizeof(float); ++i) {
      state = state * 1664525 + 1013904223;
      block[i] = 0.25f + 0.75f * static_cast<float>(state >> 8) / static_cast<float>(1 << 24);
    }
  }
  Numbers(const Numbers &) = delete;
  ~Numbers() { munmap(block, bytes); }
  std::byte *data() const { return reinterpret_cast<std::byte *>(block); }

private:
  float *block;
  size_t bytes;
};

/// The kernel of a probe, and what it is launched with.
struct ProbeKernel {
  std::string name;
  lower::Kernel kernel;
  planning::CpuWork work;
  llvm::SmallVector<int64_t> operandBytes, resultBytes;
};

/// Compiles steps into one shared library, which lives as long as this.
class ProbeLibrary {
public:
  explicit ProbeLibrary(const Machine &machine) : machine(machine) {
    context.loadDialect<NeapDialect, arith::ArithDialect, func::FuncDialect, LLVM::LLVMDialect, math::MathDialect,
                        NVVM::NVVMDialect, scf::SCFDialect, vector::VectorDialect>();
    code = ModuleOp::create(UnknownLoc::get(&context));
  }
  ~ProbeLibrary() {
    if (handle)
      dlclose(handle);
  }

  llvm::Error add(const Probe &probe);
  llvm::Error load();
  llvm::ArrayRef<ProbeKernel> getKernels() const { return kernels; }
  neap_kernel find(llvm::StringRef name) const {
    return reinterpret_cast<neap_kernel>(dlsym(handle, name.str().c_str()));
  }

private:
  const Machine &machine;
  MLIRContext context{MLIRContext::Threading::DISABLED};
  OwningOpRef<ModuleOp> code;
  std::vector<ProbeKernel> kernels;
  void *handle = nullptr;
};

llvm::Error ProbeLibrary::add(const Probe &probe) {
  auto module = parseSourceString<ModuleOp>(probe.step, &context);
  PassManager manager(&context);
  manager.addPass(createDecomposePass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addNestedPass<StepOp>(createFuseOperatorsPass());
  if (!module || failed(manager.run(*module)))
    return llvm::createStringError("cannot compile the probe " + probe.step);
  llvm::SmallVector<FusedOp> groups;
  module->walk([&](FusedOp group) { groups.push_back(group); });
  if (groups.size() != 1)
    return llvm::createStringError("expected one kernel for the probe " + probe.step);
  FusedOp group = groups.front();
  ProbeKernel entry;
  entry.name = "probe_" + std::to_string(kernels.size());
  auto work = describeWork(group.getKind(), group.getBody().front(), machine.target);
  auto kernel = lower::buildKernel(*code, entry.name, group.getKind(), group.getBody().front(), machine.target);
  if (failed(work) || failed(kernel))
    return llvm::createStringError("cannot compile the probe " + probe.step);
  entry.work = *work;
  entry.kernel = *kernel;
  auto bytesOf = [](Type type) {
    auto tensor = cast<RankedTensorType>(type);
    return storageBytes(tensor.getElementType(), tensor.getShape());
  };
  entry.operandBytes = llvm::map_to_vector(group.getOperandTypes(), bytesOf);
  entry.resultBytes = llvm::map_to_vector(group.getResultTypes(), bytesOf);
  kernels.push_back(std::move(entry));
  return llvm::Error::success();
}

llvm::Error ProbeLibrary::load() {
  llvm::SmallString<128> object, library;
  std::error_code error = llvm::sys::fs::createTemporaryFile("neap-calibrate", "o", object);
  if (!error)
    error = llvm::sys::fs::createTemporaryFile("neap-calibrate", "so", library);
  llvm::scope_exit remove([&] {
    for (llvm::StringRef path : {object.str(), library.str()})
      if (!path.empty())
        llvm::sys::fs::remove(path);
  });
  if (error)
    return llvm::createStringError("cannot make a temporary file: " + error.message());
  PassManager manager(&context);
  lower::buildLowerToLlvm(manager);
  if (failed(manager.run(*code)) || failed(emit::emitObject(*code, {machine.processor}, object)))
    return llvm::createStringError("cannot compile the probes");
  if (llvm::Error failure = emit::linkLibrary(object, library))
    return failure;
  handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  return handle ? llvm::Error::success() : llvm::createStringError(dlerror());
}

/// Launches kernels on threads of its own.
class Timer {
public:
  Timer(const Machine &machine, int64_t scratchBytes, int64_t numberBytes)
      : scratchStride(llvm::alignTo(std::max<int64_t>(scratchBytes, 64), 4096)),
        scratch(scratchStride * machine.target.workers), numbers(numberBytes), numberBytes(numberBytes),
        pool(static_cast<int>(machine.target.workers), scratch.data(), scratchStride) {}

  double time(neap_kernel function, const ProbeKernel &kernel, const Probe &probe, double seconds) {
    std::vector<std::vector<void *>> sets = placeOperands(kernel, probe);
    std::vector<double> samples;
    size_t next = 0;
    auto start = Clock::now();
    launch(function, kernel, sets[next++ % sets.size()]); // code and pages are there from now on
    while (samples.size() < 3 || secondsSince(start) < seconds) {
      constexpr double shortest = 1e-4; // that the clock is good for
      auto begin = Clock::now();
      size_t count = 0;
      do {
        launch(function, kernel, sets[next++ % sets.size()]);
        ++count;
      } while (secondsSince(begin) < shortest);
      samples.push_back(secondsSince(begin) / static_cast<double>(count));
    }
    std::nth_element(samples.begin(), samples.begin() + samples.size() / 8, samples.end());
    return samples[samples.size() / 8];
  }

private:
  void launch(neap_kernel function, const ProbeKernel &kernel, const std::vector<void *> &buffers) {
    pool.launch(function, buffers.data(), kernel.kernel.items, kernel.kernel.grain);
  }

  /// Buffers of one launch after the other: a single set where caches may hold it, else as many as there is room for.
  std::vector<std::vector<void *>> placeOperands(const ProbeKernel &kernel, const Probe &probe) {
    std::vector<std::vector<void *>> sets;
    int64_t offset = 0;
    auto place = [&](int64_t bytes) {
      void *address = numbers.data() + offset;
      offset += llvm::alignTo(bytes, 64) + 64; // apart from multiples of a page, as slots of different sizes are
      return address;
    };
    int64_t end = 0;
    do {
      std::vector<void *> set;
      for (int64_t bytes : kernel.operandBytes)
        set.push_back(place(bytes));
      for (auto [index, bytes] : llvm::enumerate(kernel.resultBytes))
        set.push_back(probe.isInPlace && index == 0 ? set.front() : place(bytes));
      sets.push_back(std::move(set));
      end = std::max(end, offset / static_cast<int64_t>(sets.size()));
    } while (probe.isCold && offset + end <= numberBytes);
    return sets;
  }

  int64_t scratchStride;
  Numbers scratch, numbers;
  int64_t numberBytes;
  runtime::Pool pool;
};

} // namespace

llvm::Expected<std::vector<Timing>> timeProbes(llvm::ArrayRef<Probe> probes, const Machine &machine, double seconds,
                                               llvm::function_ref<void(size_t done)> progress) {
  ProbeLibrary library(machine);
  for (const Probe &probe : probes)
    if (llvm::Error error = library.add(probe))
      return error;
  if (llvm::Error error = library.load())
    return error;
  int64_t scratchBytes = 0, numberBytes = countColdBytes();
  for (const ProbeKernel &kernel : library.getKernels()) {
    scratchBytes = std::max(scratchBytes, kernel.kernel.scratchBytes);
    int64_t bytes = 0;
    for (int64_t operand : llvm::concat<const int64_t>(kernel.operandBytes, kernel.resultBytes))
      bytes += llvm::alignTo(operand, 64) + 64;
    numberBytes = std::max(numberBytes, bytes);
  }
  Timer timer(machine, scratchBytes, numberBytes);
  std::vector<Timing> timings;
  for (auto [probe, kernel] : llvm::zip_equal(probes, library.getKernels())) {
    progress(timings.size());
    timings.push_back({kernel.work, timer.time(library.find(kernel.name), kernel, probe, seconds)});
  }
  return timings;
}

double timeLaunch(const Machine &machine) {
  constexpr int64_t rounds = 2000, samples = 9;
  runtime::Pool pool(static_cast<int>(machine.target.workers), nullptr, 0);
  neap_kernel nothing = [](void *const *, int64_t, int64_t, void *) {};
  std::vector<double> seconds;
  for (int64_t sample = 0; sample < samples; ++sample) {
    auto start = Clock::now();
    for (int64_t round = 0; round < rounds; ++round)
      pool.launch(nothing, nullptr, 4 * machine.target.workers, 1);
    seconds.push_back(secondsSince(start) / rounds);
  }
  llvm::sort(seconds);
  return seconds[samples / 4];
}

} // namespace neap::calibrate
