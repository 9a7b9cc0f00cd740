// The probes of each rate, and the rates that follow from them.
#include "neap/compiler/calibrate/CalibrateCpu.h"

#include "neap/compiler/calibrate/FarRates.h"
#include "neap/compiler/calibrate/Probe.h"
#include "neap/compiler/emit/Object.h"
#include "neap/passes/planning/LeastSquares.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Threading.h"

#include <algorithm>
#include <ctime>

namespace neap::calibrate {
namespace {

/// tensor<AxBxf32>
std::string tensor(std::initializer_list<int64_t> shape) {
  std::string text = "tensor<";
  for (int64_t size : shape)
    text += std::to_string(size) + "x";
  return text + "f32>";
}

/// A step of one result. In `body`, {0} is the type of the operands.
std::string makeStep(llvm::StringRef arguments, llvm::StringRef body, llvm::StringRef result, llvm::StringRef type) {
  return llvm::formatv("neap.step @probe({0}) -> ({1}) {{\n{2}\nneap.return %{3} : {1}\n}", arguments, type, body,
                       result);
}

/// Elements that stay in the second-level caches: what is left is computing.
constexpr int64_t cachedElements = 1 << 16;

/// A step that does something with `count` tensors %x, %y, ... of so many elements.
Probe makeElementwise(int64_t elements, const std::function<std::string(const std::string &type)> &body) {
  std::string type = tensor({elements});
  return {makeStep("%x: " + type + ", %y: " + type, body(type), "r", type)};
}

//===--- memory ---------------------------------------------------------------------------------------------------===//

/// Bytes that one launch moves. Sizes between are interpolated, larger ones are as the last.
constexpr double streamedMebibytes[] = {0.375, 1.5, 6, 24, 96, 288};

std::vector<Probe> makeMemoryProbes() {
  std::vector<Probe> probes;
  for (double mebibytes : streamedMebibytes) {
    auto elements = static_cast<int64_t>(mebibytes * (1 << 20) / (3 * sizeof(float)));
    probes.push_back(
        makeElementwise(elements, [](const std::string &type) { return "%r = neap.add %x, %y : " + type; }));
    probes.back().isInPlace = true;
  }
  return probes;
}

void setMemory(llvm::ArrayRef<Timing> timings, planning::CpuCosts &costs) {
  for (const Timing &timing : timings) {
    double bytes = timing.work.bytesRead + timing.work.bytesWritten;
    double seconds = std::max(timing.seconds - costs.launchSeconds, timing.seconds / 10);
    costs.memory.push_back({bytes, bytes / seconds});
  }
}

//===--- operations -----------------------------------------------------------------------------------------------===//

constexpr llvm::StringLiteral unaryOps[] = {"cos",        "erf",     "exp", "gelu", "log",
                                            "reciprocal", "sigmoid", "sin", "sqrt", "tanh"};
constexpr llvm::StringLiteral binaryOps[] = {"div", "gelu_backward", "mod", "pow"};
/// Simple operations in a row, so that loading and storing do not count.
constexpr int64_t chainLength = 24;

std::string makeChain(const std::string &type) {
  std::string body, last = "%x";
  for (int64_t i = 0; i < chainLength; ++i) {
    std::string next = i + 1 == chainLength ? "%r" : "%c" + std::to_string(i);
    body += next + " = neap." + (i % 2 ? "mul " : "sub ") + last + ", %y : " + type + "\n";
    last = next;
  }
  return body;
}

std::vector<Probe> makeOperationProbes() {
  auto makeSimple = [](const std::string &type) { return "%r = neap.add %x, %y : " + type; };
  std::vector<Probe> probes{makeElementwise(cachedElements, makeChain), makeElementwise(cachedElements, makeSimple)};
  for (llvm::StringRef op : unaryOps)
    probes.push_back(makeElementwise(cachedElements, [&](const std::string &type) {
      return "%s = neap." + op.str() + " %x : " + type + "\n%r = neap.add %s, %y : " + type;
    }));
  for (llvm::StringRef op : binaryOps)
    probes.push_back(makeElementwise(
        cachedElements, [&](const std::string &type) { return "%r = neap." + op.str() + " %x, %y : " + type; }));
  return probes;
}

/// What a kernel of two reads, a write and a simple op takes is taken off.
void setOperations(llvm::ArrayRef<Timing> timings, planning::CpuCosts &costs) {
  auto perElement = [&](const Timing &timing) {
    return std::max(timing.seconds - costs.launchSeconds, timing.seconds / 10) / cachedElements;
  };
  costs.otherOperationSeconds = perElement(timings[0]) / chainLength;
  double least = costs.otherOperationSeconds, frame = perElement(timings[1]) - least;
  for (auto [op, timing] :
       llvm::zip_equal(llvm::concat<const llvm::StringLiteral>(unaryOps, binaryOps), timings.drop_front(2)))
    costs.operationSeconds[op.str()] = std::max(perElement(timing) - frame, least);
}

//===--- reductions and reads that are not contiguous -------------------------------------------------------------===//

enum class Sweep { Rows, Columns, Strided, Moved };
constexpr Sweep sweeps[] = {Sweep::Rows, Sweep::Columns, Sweep::Strided, Sweep::Moved};
constexpr int64_t sweepRows = 1000, sweepColumns = 1040;
/// What is joined is often short, as the parts of attention heads are.
constexpr int64_t movedRows = 16384, movedColumns = 64;

/// A step on %x and %y: the sum of both, or of %x and the transpose of %y, is what is reduced or stored.
Probe makeSweepProbe(Sweep sweep) {
  std::string matrix = tensor({sweepRows, sweepColumns}), transposed = tensor({sweepColumns, sweepRows});
  std::string both = "%x: " + matrix + ", %y: " + matrix, sum = "%s = neap.add %x, %y : " + matrix + "\n";
  switch (sweep) {
  case Sweep::Rows:
    return {makeStep(both, sum + "%r = neap.reduce sum %s axes [1] : " + matrix, "r", tensor({sweepRows}))};
  case Sweep::Columns:
    return {makeStep(both, sum + "%r = neap.reduce sum %s axes [0] : " + matrix, "r", tensor({sweepColumns}))};
  case Sweep::Strided:
    return {makeStep("%x: " + matrix + ", %y: " + transposed,
                     "%t = neap.transpose %y [1, 0] : " + transposed + "\n%r = neap.add %x, %t : " + matrix, "r",
                     matrix)};
  case Sweep::Moved: {
    std::string part = tensor({movedRows, movedColumns}), whole = tensor({movedRows, 2 * movedColumns});
    return {makeStep("%x: " + part + ", %y: " + part, "%r = neap.concat %x, %y axis 1 : " + part + ", " + part, "r",
                     whole)};
  }
  }
  llvm_unreachable("unknown sweep");
}

void setSweeps(llvm::ArrayRef<Timing> timings, planning::CpuCosts &costs) {
  constexpr double elements = sweepRows * sweepColumns, moved = 2 * movedRows * movedColumns;
  auto perElement = [&](Sweep sweep, double elements) {
    return (timings[static_cast<size_t>(sweep)].seconds - costs.launchSeconds) / elements;
  };
  auto withoutSum = [&](Sweep sweep) {
    return std::max(perElement(sweep, elements) - costs.otherOperationSeconds, 0.0);
  };
  costs.operationSeconds["reduce"] = withoutSum(Sweep::Rows);
  costs.operationSeconds["reduce_columns"] = withoutSum(Sweep::Columns);
  costs.stridedSeconds = withoutSum(Sweep::Strided);
  costs.operationSeconds["moved"] = perElement(Sweep::Moved, moved);
}

//===--- products -------------------------------------------------------------------------------------------------===//

struct ProductShape {
  int64_t m, n, k;
  bool isLhsTransposed, isRhsTransposed;
};

/// Forward products, gradients of activations (rhs transposed) and of weights (lhs transposed), from narrow to wide and from shallow to
/// deep.
constexpr ProductShape productShapes[] = {
    {256, 768, 768, false, false},  {256, 768, 768, false, true},    {256, 3072, 768, false, false},
    {256, 768, 3072, false, true},  {768, 3072, 256, true, false},   {768, 768, 256, true, false},
    {1024, 384, 384, false, true},  {1024, 1536, 384, false, false}, {384, 1536, 1024, true, false},
    {512, 512, 512, false, false},  {1024, 4096, 512, false, true},  {4096, 512, 512, true, false},
    {64, 1024, 1024, false, false}, {512, 128, 2048, false, false},  {2048, 2048, 64, false, false},
};

Probe makeProductProbe(const ProductShape &shape) {
  auto [m, n, k, isLhsTransposed, isRhsTransposed] = shape;
  std::string lhs = tensor({m, k}), rhs = tensor({k, n}), result = tensor({m, n}), body, x = "%x", y = "%y";
  std::string lhsStored = isLhsTransposed ? tensor({k, m}) : lhs, rhsStored = isRhsTransposed ? tensor({n, k}) : rhs;
  for (auto [name, stored, isTransposed] :
       {std::tuple(&x, &lhsStored, isLhsTransposed), {&y, &rhsStored, isRhsTransposed}})
    if (isTransposed) {
      body += *name + "t = neap.transpose " + *name + " [1, 0] : " + *stored + "\n";
      *name += "t";
    }
  body += "%r = neap.matmul " + x + ", " + y + " : " + lhs + ", " + rhs;
  Probe probe{makeStep("%x: " + lhsStored + ", %y: " + rhsStored, body, "r", result)};
  probe.isCold = true;
  return probe;
}

void setProducts(llvm::ArrayRef<Timing> timings, planning::CpuCosts &costs) {
  std::vector<std::vector<double>> work;
  std::vector<double> seconds;
  for (const Timing &timing : timings) {
    const planning::ProductWork &product = *timing.work.product;
    work.push_back({product.idleFactor * product.multiplyAdds, product.idleFactor * product.copied,
                    product.idleFactor * product.transposed, timing.work.bytesRead + timing.work.bytesWritten});
    seconds.push_back(timing.seconds - costs.launchSeconds);
  }
  std::vector<double> rates = planning::fitRates(work, seconds);
  costs.multiplyAddSeconds = rates[0];
  costs.copySeconds = rates[1];
  costs.transposeSeconds = rates[2];
  costs.productByteSeconds = rates[3];
}

//===--- attention ------------------------------------------------------------------------------------------------===//

struct AttentionShape {
  int64_t batch, heads, tokens, size;
};

constexpr AttentionShape attentionShapes[] = {{2, 12, 256, 64}, {4, 8, 128, 64}, {1, 8, 512, 32}, {1, 4, 512, 128}};

Probe makeAttentionProbe(const AttentionShape &shape, bool isBackward) {
  auto [batch, heads, tokens, size] = shape;
  std::string operand = tensor({batch, heads, tokens, size}), row = tensor({batch, heads, tokens});
  std::string types = operand + ", " + operand + ", " + operand;
  auto finish = [&](const std::string &arguments, const std::string &results, const std::string &body,
                    const std::string &names) {
    return Probe{"neap.step @probe(%q: " + operand + ", %k: " + operand + ", %v: " + operand + arguments + ") -> (" +
                 results + ") {\n" + body + "\nneap.return " + names + " : " + results + "\n}"};
  };
  if (!isBackward)
    return finish("", operand + ", " + row,
                  "%y, %l = neap.attention %q, %k, %v {causal, scale = 0.125 : f32} : " + types, "%y, %l");
  return finish(", %l: " + row + ", %g: " + operand, types,
                "%dq, %dk, %dv = neap.attention_backward %q, %k, %v, %l, %g {causal, scale = 0.125 : f32} : " + types +
                    ", " + row + ", " + operand,
                "%dq, %dk, %dv");
}

void setAttention(llvm::ArrayRef<Timing> timings, planning::CpuCosts &costs, double &multiplyAdd, double &score) {
  std::vector<std::vector<double>> work;
  std::vector<double> seconds;
  for (const Timing &timing : timings) {
    const planning::AttentionWork &attention = *timing.work.attention;
    work.push_back(
        {attention.idleFactor * attention.scores * attention.depth, attention.idleFactor * attention.scores});
    seconds.push_back(timing.seconds - costs.launchSeconds);
  }
  std::vector<double> rates = planning::fitRates(work, seconds);
  multiplyAdd = rates[0];
  score = rates[1];
}

//===--- all together ---------------------------------------------------------------------------------------------===//

std::vector<Probe> makeProbes() {
  std::vector<Probe> probes = makeMemoryProbes();
  llvm::append_range(probes, makeOperationProbes());
  for (Sweep sweep : sweeps)
    probes.push_back(makeSweepProbe(sweep));
  for (const ProductShape &shape : productShapes)
    probes.push_back(makeProductProbe(shape));
  for (bool isBackward : {false, true})
    for (const AttentionShape &shape : attentionShapes)
      probes.push_back(makeAttentionProbe(shape, isBackward));
  return probes;
}

/// In the order of makeProbes.
void setRates(llvm::ArrayRef<Timing> timings, planning::CpuCosts &costs) {
  auto take = [&](size_t count) {
    llvm::ArrayRef<Timing> taken = timings.take_front(count);
    timings = timings.drop_front(count);
    return taken;
  };
  setMemory(take(std::size(streamedMebibytes)), costs);
  setOperations(take(2 + std::size(unaryOps) + std::size(binaryOps)), costs);
  setSweeps(take(std::size(sweeps)), costs);
  setProducts(take(std::size(productShapes)), costs);
  setAttention(take(std::size(attentionShapes)), costs, costs.forwardMultiplyAddSeconds, costs.forwardScoreSeconds);
  setAttention(take(std::size(attentionShapes)), costs, costs.backwardMultiplyAddSeconds, costs.backwardScoreSeconds);
}

std::string printTime() {
  std::time_t now = std::time(nullptr);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
  return text;
}

} // namespace

std::string getProcessorModel() {
  auto info = llvm::MemoryBuffer::getFileAsStream("/proc/cpuinfo");
  if (!info)
    return "";
  llvm::StringRef text = (*info)->getBuffer(), name = "model name";
  size_t line = text.find(name);
  if (line == llvm::StringRef::npos)
    return "";
  return text.substr(line).split('\n').first.split(':').second.trim().str();
}

bool isMeasuredHere(const planning::CpuCosts &costs, llvm::StringRef processor, int64_t lanes, int64_t threads) {
  return costs.processor == processor && costs.model == getProcessorModel() && costs.lanes == lanes &&
         costs.threads == threads;
}

llvm::Expected<planning::CpuCosts> calibrateCpu(const CpuCalibration &calibration,
                                                llvm::function_ref<void(llvm::StringRef what, double share)> progress) {
  llvm::Expected<emit::TargetOptions> target = emit::resolveTarget({});
  if (!target)
    return target.takeError();
  auto threads = static_cast<int64_t>(llvm::hardware_concurrency().compute_thread_count());
  Machine machine{{llvm::cantFail(emit::describeCpu("native")), threads, lower::Device::Cpu}, "native"};
  planning::CpuCosts costs;
  costs.processor = target->cpu;
  costs.model = getProcessorModel();
  costs.lanes = machine.target.cpu.lanes;
  costs.threads = threads;
  costs.measured = printTime();

  std::vector<Probe> probes = makeProbes();
  progress("compiling probes", 0);
  costs.launchSeconds = timeLaunch(machine);
  double farSeconds = calibration.offloadFolder.empty() ? 0 : calibration.seconds / 8;
  double each = (calibration.seconds - farSeconds) / static_cast<double>(probes.size());
  auto timings = timeProbes(probes, machine, each, [&](size_t done) {
    progress("timing kernels", static_cast<double>(done) / static_cast<double>(probes.size()));
  });
  if (!timings)
    return timings.takeError();
  setRates(*timings, costs);
  if (costs.multiplyAddSeconds == 0)
    return llvm::createStringError(
        "what was measured makes no sense: other programs were in the way. Try again, or for longer");
  if (calibration.offloadFolder.empty())
    return costs;
  progress("timing far memory", 1);
  if (llvm::Error error = measureFarRates(calibration.offloadFolder, farSeconds, costs))
    return error;
  return costs;
}

} // namespace neap::calibrate
