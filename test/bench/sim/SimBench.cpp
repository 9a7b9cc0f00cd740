// How many instructions of threads the simulated device executes in a second of processor time, with all checks on.
//
//     sim_bench [ARCHITECTURE]        sm_90 by default
#include "CompileKernels.h"
#include "neap/runtime/sim/machine/Launch.h"

#include <cstdio>
#include <ctime>
#include <exception>

namespace {

using namespace neap;

constexpr int repetitions = 5;

/// The best of some runs of one kernel. Buffers hold `sizes` floats; the last is written.
class Benchmark {
public:
  explicit Benchmark(const std::string &text) : module_(sim::ptx::decode(text), memory_, device()) {}

  void run(const char *name, sim::Dim3 grid, sim::Dim3 block, const std::vector<size_t> &sizes,
           const std::vector<int> &integers) {
    const sim::Executable &kernel = *module_.kernel(name);
    sim::Launch launch;
    launch.grid = grid;
    launch.block = block;
    std::vector<uint64_t> buffers = makeBuffers(sizes, launch);
    std::vector<const void *> arguments;
    for (const uint64_t &buffer : buffers)
      arguments.push_back(&buffer);
    for (const int &value : integers)
      arguments.push_back(&value);
    launch.arguments = sim::packArguments(kernel.kernel(), arguments);
    double best = 0;
    uint64_t instructions = 0;
    for (int repetition = 0; repetition < repetitions; ++repetition) {
      std::clock_t start = std::clock();
      sim::LaunchResult result = sim::run(kernel, launch, memory_, device());
      double seconds = double(std::clock() - start) / CLOCKS_PER_SEC;
      if (!result.ok())
        throw std::runtime_error(result.message());
      instructions = result.threadInstructions;
      best = std::max(best, double(instructions) / seconds);
    }
    std::printf("%-12s %12llu thread instructions %8.0f million/s\n", name,
                static_cast<unsigned long long>(instructions), best / 1e6);
    for (uint64_t buffer : buffers)
      memory_.free(buffer);
  }

private:
  static sim::Device device() { return {.architecture = 100}; }

  /// All but the last are filled and declared read-only.
  std::vector<uint64_t> makeBuffers(const std::vector<size_t> &sizes, sim::Launch &launch) {
    std::vector<uint64_t> buffers;
    launch.ranges.emplace();
    for (size_t size : sizes) {
      bool isLast = buffers.size() + 1 == sizes.size();
      buffers.push_back(memory_.allocate(size * 4, "buffer"));
      std::vector<float> values(size, 0.5f);
      if (!isLast)
        memory_.copyIn(buffers.back(), values.data(), size * 4);
      launch.ranges->push_back({buffers.back(), size * 4, !isLast, isLast, "buffer"});
    }
    return buffers;
  }

  sim::DeviceMemory memory_{uint64_t(1) << 32};
  sim::LoadedModule module_;
};

} // namespace

int main(int count, char **arguments) {
  try {
    Benchmark benchmark(test::compileKernels(count > 1 ? arguments[1] : "sm_90"));
    constexpr int elements = 1 << 22, rows = 256, columns = 4096, size = 256;
    benchmark.run("vector_add", {elements / 4 / 256, 1, 1}, {256, 1, 1}, {elements, elements, elements},
                  {elements / 4});
    benchmark.run("softmax", {rows, 1, 1}, {128, 1, 1}, {size_t(rows) * columns, size_t(rows) * columns}, {columns});
    benchmark.run("matmul", {size / 16, size / 16, 1}, {16, 16, 1}, {size * size, size * size, size * size},
                  {size, size, size});
    benchmark.run("column_sum", {columns / 128, 1, 1}, {128, 1, 1}, {size_t(rows) * columns, columns}, {rows, columns});
  } catch (const std::exception &error) {
    std::fprintf(stderr, "sim_bench: %s\n", error.what());
    return 1;
  }
}
