// Times the matrix products of one GPT-2 124M training step (batch 4, 256 tokens each) against oneDNN on the same data:
// interleaved, random-normal inputs, medians. Prints GFLOP/s of both, the median of the pairs' ratios and the ratio of
// the fastest runs, which neighbours on the machine disturb least.
//
//   gemm_bench [--cpu native] [--workers 1] [--rounds 9] [--cpu-time] [--filter text] [--save-object file]
//              [--tiling lanes,rows,columns,depth,blockColumns,itemRows,blockRows[,form of lhs]]
//
// With --cpu x86-64-v3, set DNNL_MAX_CPU_ISA=AVX2 to hold oneDNN to the same instructions.
#include "neap/compiler/emit/Object.h"
#include "neap/passes/lower/gemm/Gemm.h"
#include "neap/test/support/CompiledModule.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"

#include <dnnl.hpp>

#include <array>
#include <cmath>
#include <ctime>
#include <dlfcn.h>
#include <random>

using namespace mlir;
using namespace neap::lower;
using neap::testing::CompiledModule;
using neap::testing::Scratch;
namespace cl = llvm::cl;

namespace {

cl::opt<std::string> cpuOption("cpu", cl::init("native"), cl::desc("CPU to generate code for"));
cl::opt<int> workersOption("workers", cl::init(1), cl::desc("threads of either side"));
cl::opt<int> roundsOption("rounds", cl::init(9), cl::desc("interleaved pairs per shape"));
cl::opt<bool> cpuTimeOption("cpu-time",
                            cl::desc("count the CPU time of the main thread, on a machine that others use"));
cl::opt<std::string> filterOption("filter", cl::desc("only shapes whose name contains this"));
cl::list<int64_t> tilingOption("tiling", cl::CommaSeparated, cl::desc("tile sizes instead of the chosen ones"));
cl::opt<std::string> objectOption("save-object", cl::desc("copy the object file there, for a look at its code"));

/// A product by name; `result` is where it goes.
struct Shape {
  std::string name;
  GemmProblem problem;
  OperandLayout result;
};

double flops(const GemmProblem &problem) {
  double count = 2.0 * problem.m * problem.n * problem.k;
  for (int64_t size : problem.batch)
    count *= size;
  return count;
}

OperandLayout normal(int64_t buffer, int64_t columns) { return {buffer, 0, {}, columns, 1}; }
OperandLayout transposed(int64_t buffer, int64_t rows) { return {buffer, 0, {}, 1, rows}; }

Shape dense(std::string name, int64_t m, int64_t n, int64_t k, bool lhsTransposed, bool rhsTransposed) {
  return {
      std::move(name),
      {{}, m, n, k, lhsTransposed ? transposed(0, m) : normal(0, k), rhsTransposed ? transposed(1, k) : normal(1, n)},
      normal(2, n)};
}

/// Forward, data gradient and weight gradient of a linear layer; `weightTransposed`: the weight lies as out x in.
void addLinear(std::vector<Shape> &shapes, std::string name, int64_t tokens, int64_t in, int64_t out,
               bool weightTransposed) {
  shapes.push_back(dense(name + " forward", tokens, out, in, false, weightTransposed));
  shapes.push_back(dense(name + " dX", tokens, in, out, false, !weightTransposed));
  if (weightTransposed)
    shapes.push_back(dense(name + " dW", out, in, tokens, true, false));
  else
    shapes.push_back(dense(name + " dW", in, out, tokens, true, false));
}

constexpr int64_t batch = 4, sequence = 256, heads = 12, headSize = 64, width = heads * headSize;

/// Heads side by side in rows of `rowStride` elements, as a sequence x headSize matrix or its transpose.
OperandLayout headRows(int64_t buffer, int64_t rowStride, bool transpose) {
  SmallVector<int64_t> strides{sequence * rowStride, headSize};
  return transpose ? OperandLayout{buffer, 0, strides, 1, rowStride} : OperandLayout{buffer, 0, strides, rowStride, 1};
}

OperandLayout scores(int64_t buffer, bool transpose) {
  SmallVector<int64_t> strides{heads * sequence * sequence, sequence * sequence};
  return transpose ? OperandLayout{buffer, 0, strides, 1, sequence} : OperandLayout{buffer, 0, strides, sequence, 1};
}

void addAttention(std::vector<Shape> &shapes) {
  SmallVector<int64_t> elements{batch, heads};
  shapes.push_back(
      {"attention QK'",
       {elements, sequence, sequence, headSize, headRows(0, 3 * width, false), headRows(1, 3 * width, true)},
       scores(2, false)});
  shapes.push_back({"attention PV",
                    {elements, sequence, headSize, sequence, scores(0, false), headRows(1, 3 * width, false)},
                    headRows(2, width, false)});
  shapes.push_back({"attention dP",
                    {elements, sequence, sequence, headSize, headRows(0, width, false), headRows(1, 3 * width, true)},
                    scores(2, false)});
  shapes.push_back({"attention dV",
                    {elements, sequence, headSize, sequence, scores(0, true), headRows(1, width, false)},
                    headRows(2, 3 * width, false)});
}

std::vector<Shape> gptShapes() {
  std::vector<Shape> shapes;
  int64_t tokens = batch * sequence;
  addLinear(shapes, "qkv", tokens, width, 3 * width, false);
  addLinear(shapes, "projection", tokens, width, width, false);
  addLinear(shapes, "mlp up", tokens, width, 4 * width, false);
  addLinear(shapes, "mlp down", tokens, 4 * width, width, false);
  addLinear(shapes, "head", tokens, width, 50257, true);
  addAttention(shapes);
  return shapes;
}

GemmTiling tilingFor(const GemmProblem &problem) {
  if (tilingOption.empty())
    return chooseGemmTiling(problem, llvm::cantFail(neap::emit::describeCpu(cpuOption)), workersOption);
  GemmTiling tiling;
  tiling.lanes = tilingOption[0];
  tiling.tileRows = tilingOption[1];
  tiling.tileColumns = tilingOption[2];
  tiling.depth = tilingOption[3];
  tiling.blockColumns = tilingOption[4];
  tiling.itemRows = tilingOption[5];
  tiling.blockRows = tilingOption[6];
  tiling.lhs = static_cast<LhsForm>(tilingOption.size() > 7 ? tilingOption[7] : 0);
  return tiling;
}

/// Elements from the start of a buffer to the end of what `layout` reaches.
int64_t extent(const OperandLayout &layout, ArrayRef<int64_t> sizes, int64_t rows, int64_t columns) {
  int64_t last = layout.offset + (rows - 1) * layout.rowStride + (columns - 1) * layout.columnStride;
  for (auto [size, stride] : llvm::zip_equal(sizes, layout.batchStrides))
    last += (size - 1) * stride;
  return last + 1;
}

std::vector<float> randomValues(int64_t count) {
  static std::mt19937 generator(1);
  std::normal_distribution<float> distribution;
  // Values repeat with a period that no size has: drawing 10^8 normals would outlast the measurement.
  static const std::vector<float> pool = [&] {
    std::vector<float> values(1000003);
    for (float &value : values)
      value = distribution(generator);
    return values;
  }();
  static size_t start = 0; // Operands must not be correlated, so each goes on where the last one ended.
  std::vector<float> values(count);
  for (float &value : values)
    value = pool[start++ % pool.size()];
  return values;
}

/// The OpenMP runtime that oneDNN brings, asked for by name because its headers belong to another compiler. Both sides
/// run on its threads: with threads of our own, its idle ones would spin on our cores.
struct OpenMp {
  using Parallel = void (*)(void (*)(void *), void *, unsigned threads, unsigned flags);
  Parallel parallel = reinterpret_cast<Parallel>(dlsym(RTLD_DEFAULT, "GOMP_parallel"));
  int (*threadNumber)() = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "omp_get_thread_num"));
  void (*setThreads)(int) = reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "omp_set_num_threads"));
} openMp;

/// Every worker runs a contiguous share of the items.
class NeapSide {
public:
  NeapSide(const CompiledModule &code, const std::string &symbol, const GemmKernel &kernel, std::array<float *, 3> data)
      : function(code.kernel(symbol)), items(kernel.items), buffers{data[0], data[1], data[2]} {
    for (int i = 0; i < workersOption; ++i)
      scratch.push_back(std::make_unique<Scratch>(kernel.scratchBytes));
  }

  void run() {
    if (workersOption == 1)
      return share(0);
    openMp.parallel([](void *self) { static_cast<NeapSide *>(self)->share(openMp.threadNumber()); }, this,
                    workersOption, 0);
  }

private:
  void share(int i) {
    function(buffers, items * i / workersOption, items * (i + 1) / workersOption, scratch[i]->data());
  }

  neap::testing::Kernel function;
  int64_t items;
  void *buffers[3];
  std::vector<std::unique_ptr<Scratch>> scratch;
};

/// oneDNN's matmul primitive on the same memory, through strides.
class DnnlSide {
public:
  DnnlSide(const Shape &shape, std::array<float *, 3> data) : engine(dnnl::engine::kind::cpu, 0), stream(engine) {
    const GemmProblem &p = shape.problem;
    auto lhs = describe(p, p.lhs, p.m, p.k), rhs = describe(p, p.rhs, p.k, p.n),
         result = describe(p, shape.result, p.m, p.n);
    dnnl::matmul::primitive_desc description(dnnl::matmul::desc(lhs, rhs, result), engine);
    primitive = dnnl::matmul(description);
    arguments = {{DNNL_ARG_SRC, dnnl::memory(lhs, engine, data[0])},
                 {DNNL_ARG_WEIGHTS, dnnl::memory(rhs, engine, data[1])},
                 {DNNL_ARG_DST, dnnl::memory(result, engine, data[2])}};
  }

  void run() {
    primitive.execute(stream, arguments);
    stream.wait();
  }

private:
  static dnnl::memory::desc describe(const GemmProblem &problem, const OperandLayout &layout, int64_t rows,
                                     int64_t columns) {
    dnnl::memory::dims sizes(problem.batch.begin(), problem.batch.end());
    dnnl::memory::dims strides(layout.batchStrides.begin(), layout.batchStrides.end());
    sizes.insert(sizes.end(), {rows, columns});
    strides.insert(strides.end(), {layout.rowStride, layout.columnStride});
    return dnnl::memory::desc(sizes, dnnl::memory::data_type::f32, strides);
  }

  dnnl::engine engine;
  dnnl::stream stream;
  dnnl::matmul primitive;
  std::unordered_map<int, dnnl::memory> arguments;
};

double now() {
  timespec time;
  clock_gettime(cpuTimeOption ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec * 1e-9;
}

double seconds(llvm::function_ref<void()> work) {
  double start = now();
  work();
  return now() - start;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + values.size() / 2, values.end());
  return values[values.size() / 2];
}

double best(const std::vector<double> &values) { return *std::min_element(values.begin(), values.end()); }

/// The largest difference of two results, relative to what a sum of `k` random products is like.
double difference(const std::vector<float> &a, const std::vector<float> &b, int64_t k) {
  double largest = 0;
  for (size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::fabs(double(a[i]) - double(b[i])));
  return largest / std::sqrt(double(k));
}

/// Times one shape; returns the ratio of oneDNN's time to ours.
double measure(const Shape &shape, const CompiledModule &code, const std::string &symbol, const GemmKernel &kernel) {
  const GemmProblem &p = shape.problem;
  std::vector<float> lhs = randomValues(extent(p.lhs, p.batch, p.m, p.k));
  std::vector<float> rhs = randomValues(extent(p.rhs, p.batch, p.k, p.n));
  std::vector<float> ours(extent(shape.result, p.batch, p.m, p.n)), theirs(ours.size());
  NeapSide neapSide(code, symbol, kernel, {lhs.data(), rhs.data(), ours.data()});
  DnnlSide dnnlSide(shape, {lhs.data(), rhs.data(), theirs.data()});
  neapSide.run();
  dnnlSide.run();
  if (difference(ours, theirs, p.k) > 1e-4)
    llvm::errs() << shape.name << ": results differ\n";

  std::vector<double> neapSeconds, dnnlSeconds, ratios;
  for (int round = 0; round < roundsOption; ++round) {
    neapSeconds.push_back(seconds([&] { neapSide.run(); }));
    dnnlSeconds.push_back(seconds([&] { dnnlSide.run(); }));
    ratios.push_back(dnnlSeconds.back() / neapSeconds.back());
  }
  double work = flops(p) * 1e-9;
  llvm::outs() << llvm::left_justify(shape.name, 20)
               << llvm::format("%9.1f %9.1f %8.3f %8.3f %7lld %8lld KiB\n", work / median(neapSeconds),
                               work / median(dnnlSeconds), median(ratios), best(dnnlSeconds) / best(neapSeconds),
                               (long long)kernel.items, (long long)kernel.scratchBytes / 1024);
  llvm::outs().flush();
  return median(ratios);
}

} // namespace

int main(int argc, char **argv) {
  cl::ParseCommandLineOptions(argc, argv, "generated GEMM against oneDNN\n");
  if (!openMp.parallel || !openMp.threadNumber || !openMp.setThreads) {
    llvm::errs() << "expected a oneDNN built with GNU OpenMP\n";
    return 1;
  }
  if (cpuTimeOption && workersOption != 1) {
    llvm::errs() << "expected one worker with --cpu-time, got " << workersOption << "\n";
    return 1;
  }
  openMp.setThreads(workersOption);
  MLIRContext context;
  neap::testing::loadKernelDialects(context);
  OwningOpRef<ModuleOp> module = ModuleOp::create(UnknownLoc::get(&context));
  std::vector<Shape> shapes = gptShapes();
  llvm::erase_if(shapes, [](const Shape &shape) { return shape.name.find(filterOption) == std::string::npos; });
  std::vector<GemmKernel> kernels;
  for (auto [i, shape] : llvm::enumerate(shapes)) {
    auto store = [&](OpBuilder &builder, Location location, const GemmSite &site) {
      emitStoreEpilogue(builder, location, site, shape.result);
    };
    kernels.push_back(buildGemm(*module, UnknownLoc::get(&context), "g" + std::to_string(i), shape.problem,
                                tilingFor(shape.problem), store));
  }
  std::optional<CompiledModule> code;
  double compileSeconds = seconds([&] { code.emplace(*module, cpuOption); });
  llvm::outs() << llvm::format("%zu kernels compiled in %.2f s\n", shapes.size(), compileSeconds);
  if (!objectOption.empty() && llvm::sys::fs::copy_file(code->objectPath(), objectOption))
    llvm::errs() << "cannot write " << objectOption << "\n";

  llvm::outs() << "shape                    neap    oneDNN    ratio     best   items   scratch\n";
  double logarithms = 0;
  for (auto [i, shape] : llvm::enumerate(shapes))
    logarithms += std::log(measure(shape, *code, "g" + std::to_string(i), kernels[i]));
  llvm::outs() << llvm::format("geometric mean of the ratios %.3f\n", std::exp(logarithms / shapes.size()));
}
