// The functions of the table.
#include "neap/runtime/sim/library/SimulatedCublasLt.h"

#include "neap/runtime/sim/driver/Call.h"
#include "neap/runtime/sim/library/Product.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace neap::sim::library {

using namespace cublas;
using driver::Core;

/// What the functions work on.
class CublasLtState {
public:
  explicit CublasLtState(CublasLtSettings given) : settings(std::move(given)) {}

  const CublasLtSettings settings;
  std::vector<RecordedProduct> products;
  size_t liveObjects = 0;
};

namespace {

CublasLtState *currentLibrary = nullptr;

Status statusOf(cuda::Result result) {
  bool isMisuse = result == cuda::Result::InvalidHandle || result == cuda::Result::InvalidValue;
  return isMisuse ? Status::InvalidValue : Status::ExecutionFailed;
}

/// Runs the body of a call.
template <class Body> Status inLibrary(const char *function, Body body) {
  if (!currentLibrary || !driver::current)
    return Status::NotInitialized;
  std::lock_guard lock(driver::current->mutex);
  auto report = [&](const std::string &text) { driver::current->errors.report(std::string(function) + ": " + text); };
  try {
    body(*driver::current);
    return Status::Success;
  } catch (const LibraryError &error) {
    if (!error.text.empty())
      report(error.text);
    return error.status;
  } catch (const driver::CallError &error) {
    if (!error.text.empty())
      report(error.text);
    return statusOf(error.code);
  }
}

template <class Object, class Handle> void create(Core &core, Handle *handle, Object object) {
  require(handle, "no place for the handle");
  *handle = static_cast<Handle>(core.handles.add(std::make_shared<Object>(std::move(object))));
  ++currentLibrary->liveObjects;
}

template <class Object, class Handle> Status destroy(const char *function, Handle handle) {
  return inLibrary(function, [&](Core &core) {
    core.handles.remove<Object>(handle);
    --currentLibrary->liveObjects;
  });
}

/// The library is started in the current context.
Status createHandle(Handle *handle) {
  return inLibrary("cublasLtCreate", [&](Core &core) {
    if (!core.context || driver::currentContext != core.context)
      throw LibraryError{Status::NotInitialized, "this thread has no current context"};
    create(core, handle, HandleState());
  });
}

Status destroyHandle(Handle handle) { return destroy<HandleState>("cublasLtDestroy", handle); }

size_t getVersion() { return currentLibrary ? currentLibrary->settings.version : 0; }

const char *getStatusName(Status status) {
  switch (status) {
  case Status::Success: return "CUBLAS_STATUS_SUCCESS";
  case Status::NotInitialized: return "CUBLAS_STATUS_NOT_INITIALIZED";
  case Status::InvalidValue: return "CUBLAS_STATUS_INVALID_VALUE";
  case Status::ExecutionFailed: return "CUBLAS_STATUS_EXECUTION_FAILED";
  case Status::NotSupported: return "CUBLAS_STATUS_NOT_SUPPORTED";
  }
  return "unknown status";
}

Status createMatmul(Matmul *matmul, ComputeType compute, DataType scale) {
  return inLibrary("cublasLtMatmulDescCreate", [&](Core &core) {
    MatmulState state;
    state.compute = compute;
    state.scale = scale;
    create(core, matmul, state);
  });
}

Status createLayout(Layout *layout, DataType type, uint64_t rows, uint64_t columns, int64_t leading) {
  return inLibrary("cublasLtMatrixLayoutCreate",
                   [&](Core &core) { create(core, layout, LayoutState{type, rows, columns, leading}); });
}

Status createPreference(Preference *preference) {
  return inLibrary("cublasLtMatmulPreferenceCreate", [&](Core &core) { create(core, preference, PreferenceState()); });
}

Status destroyMatmul(Matmul matmul) { return destroy<MatmulState>("cublasLtMatmulDescDestroy", matmul); }
Status destroyLayout(Layout layout) { return destroy<LayoutState>("cublasLtMatrixLayoutDestroy", layout); }
Status destroyPreference(Preference preference) {
  return destroy<PreferenceState>("cublasLtMatmulPreferenceDestroy", preference);
}

Status setMatmulAttribute(Matmul matmul, MatmulAttribute attribute, const void *value, size_t bytes) {
  return inLibrary("cublasLtMatmulDescSetAttribute",
                   [&](Core &core) { core.handles.get<MatmulState>(matmul)->set(attribute, value, bytes); });
}

Status setLayoutAttribute(Layout layout, LayoutAttribute attribute, const void *value, size_t bytes) {
  return inLibrary("cublasLtMatrixLayoutSetAttribute",
                   [&](Core &core) { core.handles.get<LayoutState>(layout)->set(attribute, value, bytes); });
}

Status setPreferenceAttribute(Preference preference, PreferenceAttribute attribute, const void *value, size_t bytes) {
  return inLibrary("cublasLtMatmulPreferenceSetAttribute",
                   [&](Core &core) { core.handles.get<PreferenceState>(preference)->set(attribute, value, bytes); });
}

Problem makeProblem(const Core &core, Handle handle, Matmul matmul, Layout a, Layout b, Layout c, Layout d) {
  core.handles.get<HandleState>(handle);
  auto layout = [&](Layout given) { return *core.handles.get<LayoutState>(given); };
  return Problem(*core.handles.get<MatmulState>(matmul), layout(a), layout(b), layout(c), layout(d));
}

Status getHeuristic(Handle handle, Matmul matmul, Layout a, Layout b, Layout c, Layout d, Preference preference,
                    int wanted, HeuristicResult *results, int *found) {
  return inLibrary("cublasLtMatmulAlgoGetHeuristic", [&](Core &core) {
    Problem problem = makeProblem(core, handle, matmul, a, b, c, d);
    require(wanted > 0 && results && found, "no room for algorithms");
    const CublasLtSettings &settings = currentLibrary->settings;
    *found = 0;
    if (settings.isOffered && !settings.isOffered(problem.m, problem.n, problem.k))
      throw LibraryError{Status::NotSupported, {}};
    for (const AlgorithmContents &contents :
         findAlgorithms(problem, *core.handles.get<PreferenceState>(preference), settings.version))
      if (*found < wanted)
        results[(*found)++] = {encode(contents), contents.workspaceBytes, Status::Success, 1.0f, {}};
  });
}

/// What is asked may be no algorithm at all: that is an answer and no report.
Status checkAlgorithm(Handle handle, Matmul matmul, Layout a, Layout b, Layout c, Layout d, const Algorithm *algorithm,
                      HeuristicResult *result) {
  return inLibrary("cublasLtMatmulAlgoCheck", [&](Core &core) {
    Problem problem = makeProblem(core, handle, matmul, a, b, c, d);
    require(algorithm && result, "no algorithm, or no room for what is found");
    try {
      AlgorithmContents contents = decode(*algorithm, problem, currentLibrary->settings.version);
      *result = {*algorithm, contents.workspaceBytes, Status::Success, 1.0f, {}};
    } catch (const LibraryError &error) {
      throw LibraryError{error.status, {}};
    }
  });
}

/// Of whichever algorithm: these bytes may come from anywhere.
Status getCapability(const Algorithm *algorithm, AlgorithmCapability capability, void *value, size_t bytes,
                     size_t *written) {
  return inLibrary("cublasLtMatmulAlgoCapGetAttribute", [&](Core &) {
    auto number = unsigned(capability) - unsigned(AlgorithmCapability::AlignmentA);
    require(number < 4, "capability " + std::to_string(int(capability)) + " is not simulated");
    require(algorithm && value && written && bytes == sizeof(uint32_t),
            "no algorithm, or no room for a number of 4 bytes");
    auto alignment = uint32_t(contentsOf(*algorithm).alignment);
    std::memcpy(value, &alignment, sizeof alignment);
    *written = sizeof alignment;
  });
}

/// What the documentation demands of addresses.
class AddressCheck {
public:
  AddressCheck(const Problem &problem, const AlgorithmContents &algorithm, const ProductOperands &operands)
      : problem_(problem), algorithm_(algorithm), operands_(operands), d_(bytesOfMatrix(problem.d, operands.d)) {}

  void check(uint64_t workspace, uint64_t workspaceBytes) {
    checkMatrix("A", problem_.a, operands_.a);
    checkMatrix("B", problem_.b, operands_.b);
    checkMatrix("D", problem_.d, operands_.d);
    if (operands_.beta != 0)
      checkC();
    if (problem_.hasBias())
      checkBias();
    checkWorkspace(workspace, workspaceBytes);
  }

  IntervalSet reads, writes;

private:
  void checkMatrix(const char *name, const LayoutState &layout, uint64_t address) {
    require(address != 0, std::string(name) + " is null");
    uint64_t steps[] = {address, uint64_t(layout.leading) * bytesOf(layout.type),
                        layout.batch > 1 ? uint64_t(layout.batchStride) * bytesOf(layout.type) : 0};
    for (uint64_t step : steps)
      require(step % algorithm_.alignment == 0, std::string(name) + " is not aligned to the " +
                                                    std::to_string(algorithm_.alignment) + " bytes of its algorithm");
    IntervalSet bytes = bytesOfMatrix(layout, address);
    bool isResult = &layout == &problem_.d;
    require(isResult || !bytes.intersection(d_), std::string(name) + " overlaps D");
    add(isResult ? writes : reads, bytes);
  }

  /// In place only as a whole.
  void checkC() {
    if (operands_.c == operands_.d) {
      require(problem_.c == problem_.d, "C and D are at one place and lie differently");
      return add(reads, d_);
    }
    checkMatrix("C", problem_.c, operands_.c);
  }

  void checkBias() {
    require(operands_.bias != 0, "the bias is null");
    require(operands_.bias % bytesOf(problem_.d.type) == 0, "the bias is not aligned to its elements");
    IntervalSet bytes;
    bytes.add({operands_.bias, operands_.bias + problem_.m * bytesOf(problem_.d.type)});
    require(!bytes.intersection(d_), "the bias overlaps D");
    add(reads, bytes);
  }

  void checkWorkspace(uint64_t workspace, uint64_t bytes) {
    require(bytes >= algorithm_.workspaceBytes, "the algorithm needs a workspace of " +
                                                    std::to_string(algorithm_.workspaceBytes) + " bytes, got " +
                                                    std::to_string(bytes));
    if (algorithm_.workspaceBytes == 0)
      return;
    require(workspace != 0 && workspace % workspaceAlignment == 0,
            "the workspace does not start at a multiple of " + std::to_string(workspaceAlignment) + " bytes");
    IntervalSet used;
    used.add({workspace, workspace + algorithm_.workspaceBytes});
    require(!used.intersection(reads) && !used.intersection(writes), "the workspace overlaps an operand");
    add(writes, used);
  }

  static void add(IntervalSet &set, const IntervalSet &more) {
    for (const Interval &interval : more.intervals())
      set.add(interval);
  }

  const Problem &problem_;
  const AlgorithmContents &algorithm_;
  const ProductOperands &operands_;
  IntervalSet d_;
};

/// An algorithm uses its workspace before it writes its result; what it leaves there is for nobody to read.
void useWorkspace(DeviceMemory &memory, uint64_t workspace, uint64_t bytes) {
  constexpr uint8_t garbage = 0xee;
  if (bytes == 0)
    return;
  memory.fill(workspace, garbage, bytes);
  memory.poison(workspace, bytes);
}

void requireAllocated(const Core &core, const IntervalSet &bytes) {
  for (const Interval &interval : bytes.intervals()) {
    const Region *region = core.memory.find(interval.begin);
    require(region && region->contains(interval.begin, interval.end - interval.begin),
            "bytes that lie in no allocation: " + core.memory.describe(interval.begin));
  }
}

/// Neighbouring operands are one interval here.
template <class Allows>
bool isCovered(const IntervalSet &bytes, const std::vector<DeclaredRange> &declared, const Allows &allows) {
  IntervalSet allowed;
  for (const DeclaredRange &range : declared)
    if (allows(range))
      allowed.add({range.address, range.address + range.bytes});
  return std::all_of(bytes.intervals().begin(), bytes.intervals().end(), [&](const Interval &interval) {
    return std::any_of(allowed.intervals().begin(), allowed.intervals().end(), [&](const Interval &range) {
      return range.begin <= interval.begin && interval.end <= range.end;
    });
  });
}

/// Holds the call to what the program has declared, as kernels are. What it writes it does not read back.
void requireDeclared(const driver::Operation &operation, const IntervalSet &reads, const IntervalSet &writes) {
  if (operation.declared.empty())
    return;
  auto isInput = [](const DeclaredRange &range) { return !range.isResult; };
  auto isWritable = [](const DeclaredRange &range) { return range.writable; };
  require(isCovered(reads, operation.declared, isInput), "reads bytes that were not declared");
  require(isCovered(writes, operation.declared, isWritable), "writes bytes that were not declared");
}

RecordedProduct record(const Problem &problem, float beta, uint64_t workspaceBytes) {
  auto isTransposed = [](Operation operation) { return operation == Operation::Transposed; };
  return {problem.m,
          problem.n,
          problem.k,
          problem.d.batch,
          isTransposed(problem.operation.transposeA),
          isTransposed(problem.operation.transposeB),
          problem.hasBias(),
          beta,
          problem.operation.compute,
          workspaceBytes};
}

void requireComputable(const Problem &problem, const AlgorithmContents &algorithm) {
  if (problem.a.type != DataType::F32)
    throw LibraryError{Status::NotSupported, "only products of fp32 are simulated"};
  require(algorithm.kind != AlgorithmContents::Kind::SplitInPlace,
          "an algorithm that adds in place, in whatever order: its bits change from run to run");
}

Status multiply(Handle handle, Matmul matmul, const void *alpha, const void *a, Layout layoutA, const void *b,
                Layout layoutB, const void *beta, const void *c, Layout layoutC, void *d, Layout layoutD,
                const Algorithm *algorithm, void *workspace, size_t workspaceBytes, cuda::Stream stream) {
  return inLibrary("cublasLtMatmul", [&](Core &core) {
    Problem problem = makeProblem(core, handle, matmul, layoutA, layoutB, layoutC, layoutD);
    require(alpha && beta, "no alpha or no beta");
    require(algorithm, "no algorithm: the library would choose one at each call");
    AlgorithmContents contents = decode(*algorithm, problem, currentLibrary->settings.version);
    requireComputable(problem, contents);
    auto address = [](const void *pointer) { return reinterpret_cast<uint64_t>(pointer); };
    ProductOperands operands{address(a),
                             address(b),
                             address(c),
                             address(d),
                             address(problem.operation.bias),
                             *static_cast<const float *>(alpha),
                             *static_cast<const float *>(beta)};
    AddressCheck addresses(problem, contents, operands);
    addresses.check(address(workspace), workspaceBytes);
    requireAllocated(core, addresses.reads);
    requireAllocated(core, addresses.writes);
    auto run = [=, bytes = contents.workspaceBytes](DeviceMemory &memory) {
      useWorkspace(memory, address(workspace), bytes);
      computeProduct(problem, operands, memory);
    };
    driver::Operation operation{
        driver::LibraryWork{"cublasLtMatmul of " + problem.text(), run, addresses.reads, addresses.writes}, {}, {}};
    core.takeDeclarations(operation);
    requireDeclared(operation, addresses.reads, addresses.writes);
    currentLibrary->products.push_back(record(problem, operands.beta, contents.workspaceBytes));
    core.enqueue(*core.stream(stream), std::move(operation));
  });
}

void fill(CublasLt &table) {
  table.cublasLtCreate = createHandle;
  table.cublasLtDestroy = destroyHandle;
  table.cublasLtGetVersion = getVersion;
  table.cublasLtGetStatusName = getStatusName;
  table.cublasLtMatmulDescCreate = createMatmul;
  table.cublasLtMatmulDescDestroy = destroyMatmul;
  table.cublasLtMatmulDescSetAttribute = setMatmulAttribute;
  table.cublasLtMatrixLayoutCreate = createLayout;
  table.cublasLtMatrixLayoutDestroy = destroyLayout;
  table.cublasLtMatrixLayoutSetAttribute = setLayoutAttribute;
  table.cublasLtMatmulPreferenceCreate = createPreference;
  table.cublasLtMatmulPreferenceDestroy = destroyPreference;
  table.cublasLtMatmulPreferenceSetAttribute = setPreferenceAttribute;
  table.cublasLtMatmulAlgoGetHeuristic = getHeuristic;
  table.cublasLtMatmulAlgoCheck = checkAlgorithm;
  table.cublasLtMatmulAlgoCapGetAttribute = getCapability;
  table.cublasLtMatmul = multiply;
}

} // namespace

} // namespace neap::sim::library

namespace neap::sim {

SimulatedCublasLt::SimulatedCublasLt(CublasLtSettings settings)
    : state_(std::make_unique<library::CublasLtState>(std::move(settings))) {
  if (library::currentLibrary)
    throw std::logic_error("there is a simulated cuBLASLt already");
  library::currentLibrary = state_.get();
  library::fill(table_);
}

SimulatedCublasLt::~SimulatedCublasLt() { library::currentLibrary = nullptr; }

const std::vector<RecordedProduct> &SimulatedCublasLt::products() const { return state_->products; }
size_t SimulatedCublasLt::liveObjects() const { return state_->liveObjects; }

} // namespace neap::sim
