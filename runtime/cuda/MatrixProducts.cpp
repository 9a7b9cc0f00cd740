// Descriptors, algorithms and calls of cuBLASLt.
#include "neap/runtime/cuda/MatrixProducts.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <utility>

namespace neap::runtime {

namespace {

using namespace cublas;

void require(const CublasLt &library, Status status, const char *function) {
  if (status == Status::Success)
    return;
  const char *name = library.cublasLtGetStatusName(status);
  throw LibraryCallFailed(std::string(function) + ": " + (name ? name : "status " + std::to_string(int(status))));
}

DataType dataTypeOf(Type type) {
  switch (type) {
  case Type::F32: return DataType::F32;
  case Type::F16: return DataType::F16;
  case Type::BF16: return DataType::BF16;
  default: throw LibraryCallFailed("no product of " + std::string(elementTypeName(type)));
  }
}

/// One matrix as the library sees it: column-major, `rows` of neighbours.
struct ColumnMajor {
  uint64_t rows, columns;
  int64_t leading;
  /// Between matrices of the innermost dimension of the batch, which the library strides over by itself.
  int64_t batchStride = 0;
  /// Whether the operation takes its transpose.
  bool isTransposed;
  /// Where the first one starts, and bytes between those of the outer dimensions of the batch.
  cuda::DevicePointer address;
  std::vector<uint64_t> outerBytes;

  /// What divides every address at which one starts.
  uint32_t alignment() const {
    constexpr uint64_t most = 256;
    uint64_t bits = address | most;
    for (uint64_t bytes : outerBytes)
      bits |= bytes;
    return uint32_t(1) << std::countr_zero(bits);
  }
};

/// A row-major `rows` x `columns` matrix is its own transpose, column-major.
ColumnMajor describe(const ProductMatrix &matrix, const MatrixProduct &product, uint64_t rows, uint64_t columns,
                     const std::vector<cuda::DevicePointer> &addresses) {
  uint64_t elementBytes = safetensors::elementBytes(product.type);
  ColumnMajor result{matrix.transposed ? rows : columns,
                     matrix.transposed ? columns : rows,
                     int64_t(matrix.leading),
                     0,
                     matrix.transposed,
                     addresses[matrix.argument] + matrix.offset * elementBytes,
                     {}};
  if (matrix.batchStrides.empty())
    return result;
  result.batchStride = int64_t(matrix.batchStrides.back());
  for (size_t i = 0; i + 1 < matrix.batchStrides.size(); ++i)
    result.outerBytes.push_back(matrix.batchStrides[i] * elementBytes);
  return result;
}

/// A descriptor that is destroyed with its owner.
template <class Object> class Descriptor {
public:
  Descriptor() = default;
  Descriptor(Object object, Status (*destroy)(Object)) : object_(object), destroy_(destroy) {}
  Descriptor(Descriptor &&other) noexcept : object_(std::exchange(other.object_, nullptr)), destroy_(other.destroy_) {}
  Descriptor &operator=(Descriptor &&other) noexcept {
    std::swap(object_, other.object_);
    std::swap(destroy_, other.destroy_);
    return *this;
  }
  ~Descriptor() {
    if (object_)
      destroy_(object_);
  }
  operator Object() const { return object_; }

private:
  Object object_ = nullptr;
  Status (*destroy_)(Object) = nullptr;
};

/// All that a call is told but its algorithm. Shared by plans of one product.
class Problem {
public:
  Problem(const CublasLt &library, Handle handle, const MatrixProduct &product,
          const std::vector<cuda::DevicePointer> &addresses, Workspace workspace);

  std::vector<HeuristicResult> findAlgorithms(int most) const;
  /// What the algorithm needs, if the library takes it for this product.
  std::optional<HeuristicResult> check(const Algorithm &algorithm) const;
  void enqueue(const HeuristicResult &algorithm, cuda::Stream stream, const std::function<void()> &beforeCall) const;

private:
  bool isAlignedFor(const Algorithm &algorithm) const;
  Descriptor<Layout> makeLayout(const ColumnMajor &matrix, DataType type) const;
  Descriptor<Preference> makePreference() const;
  void makeOperation(const MatrixProduct &product, const std::vector<cuda::DevicePointer> &addresses);
  /// Counts through the outer dimensions of the batch; calls with where a, b, c and d are then, in bytes from their first matrices.
  template <class Call> void forEachOuter(size_t dimension, std::array<uint64_t, 4> offsets, const Call &call) const;
  void multiply(const std::array<uint64_t, 4> &offsets, const HeuristicResult &algorithm, cuda::Stream stream) const;

  template <class Attribute, class Object, class Value>
  void set(Status (*function)(Object, Attribute, const void *, size_t), const char *name, Object object,
           Attribute attribute, Value value) const {
    require(library_, function(object, attribute, &value, sizeof value), name);
  }

  const CublasLt &library_;
  Handle handle_;
  Workspace workspace_;
  /// Of the batch, all dimensions but the last.
  std::vector<uint64_t> outer_;
  int32_t strided_ = 1;
  float beta_ = 0;
  ColumnMajor a_, b_, c_, d_;
  Descriptor<Matmul> operation_;
  Descriptor<Layout> layoutA_, layoutB_, layoutC_, layoutD_;
};

Problem::Problem(const CublasLt &library, Handle handle, const MatrixProduct &product,
                 const std::vector<cuda::DevicePointer> &addresses, Workspace workspace)
    : library_(library), handle_(handle), workspace_(workspace),
      a_(describe(product.rhs, product, product.k, product.n, addresses)),
      b_(describe(product.lhs, product, product.m, product.k, addresses)), c_(a_),
      d_(describe(product.result, product, product.m, product.n, addresses)) {
  if (!product.batch.empty()) {
    strided_ = int32_t(product.batch.back());
    outer_.assign(product.batch.begin(), product.batch.end() - 1);
  }
  c_ = product.addend ? describe(*product.addend, product, product.m, product.n, addresses) : d_;
  beta_ = product.addend ? 1 : 0;
  DataType type = dataTypeOf(product.type);
  makeOperation(product, addresses);
  layoutA_ = makeLayout(a_, type);
  layoutB_ = makeLayout(b_, type);
  layoutC_ = makeLayout(c_, type);
  layoutD_ = makeLayout(d_, type);
}

void Problem::makeOperation(const MatrixProduct &product, const std::vector<cuda::DevicePointer> &addresses) {
  Matmul operation = nullptr;
  ComputeType compute = product.allowsTf32 ? ComputeType::F32FastTf32 : ComputeType::F32;
  require(library_, library_.cublasLtMatmulDescCreate(&operation, compute, DataType::F32), "cublasLtMatmulDescCreate");
  operation_ = {operation, library_.cublasLtMatmulDescDestroy};
  auto setAttribute = [&](MatmulAttribute attribute, auto value) {
    set(library_.cublasLtMatmulDescSetAttribute, "cublasLtMatmulDescSetAttribute", operation, attribute, value);
  };
  setAttribute(MatmulAttribute::TransposeA, a_.isTransposed ? Operation::Transposed : Operation::None);
  setAttribute(MatmulAttribute::TransposeB, b_.isTransposed ? Operation::Transposed : Operation::None);
  if (!product.bias)
    return;
  setAttribute(MatmulAttribute::Epilogue, Epilogue::Bias);
  setAttribute(MatmulAttribute::BiasType, dataTypeOf(product.type));
  setAttribute(MatmulAttribute::BiasPointer,
               addresses[product.bias->argument] + product.bias->offset * safetensors::elementBytes(product.type));
}

Descriptor<Layout> Problem::makeLayout(const ColumnMajor &matrix, DataType type) const {
  Layout layout = nullptr;
  require(library_, library_.cublasLtMatrixLayoutCreate(&layout, type, matrix.rows, matrix.columns, matrix.leading),
          "cublasLtMatrixLayoutCreate");
  Descriptor<Layout> owner(layout, library_.cublasLtMatrixLayoutDestroy);
  if (strided_ == 1)
    return owner;
  constexpr const char *name = "cublasLtMatrixLayoutSetAttribute";
  set(library_.cublasLtMatrixLayoutSetAttribute, name, layout, LayoutAttribute::BatchCount, strided_);
  set(library_.cublasLtMatrixLayoutSetAttribute, name, layout, LayoutAttribute::BatchStride, matrix.batchStride);
  return owner;
}

/// Sums that are split are added in a fixed order: never in place.
Descriptor<Preference> Problem::makePreference() const {
  Preference preference = nullptr;
  require(library_, library_.cublasLtMatmulPreferenceCreate(&preference), "cublasLtMatmulPreferenceCreate");
  Descriptor<Preference> owner(preference, library_.cublasLtMatmulPreferenceDestroy);
  auto setAttribute = [&](PreferenceAttribute attribute, auto value) {
    set(library_.cublasLtMatmulPreferenceSetAttribute, "cublasLtMatmulPreferenceSetAttribute", preference, attribute,
        value);
  };
  setAttribute(PreferenceAttribute::MaxWorkspaceBytes, workspace_.bytes);
  setAttribute(PreferenceAttribute::ReductionSchemes, uint32_t(reductionComputeType | reductionOutputType));
  setAttribute(PreferenceAttribute::AlignmentA, a_.alignment());
  setAttribute(PreferenceAttribute::AlignmentB, b_.alignment());
  setAttribute(PreferenceAttribute::AlignmentC, c_.alignment());
  setAttribute(PreferenceAttribute::AlignmentD, d_.alignment());
  return owner;
}

std::vector<HeuristicResult> Problem::findAlgorithms(int most) const {
  Descriptor<Preference> preference = makePreference();
  std::vector<HeuristicResult> results(static_cast<size_t>(most));
  int found = 0;
  Status status = library_.cublasLtMatmulAlgoGetHeuristic(handle_, operation_, layoutA_, layoutB_, layoutC_, layoutD_,
                                                          preference, most, results.data(), &found);
  if (status == Status::NotSupported)
    return {};
  require(library_, status, "cublasLtMatmulAlgoGetHeuristic");
  results.resize(size_t(found));
  std::erase_if(results, [&](const HeuristicResult &result) {
    return result.state != Status::Success || result.workspaceBytes > workspace_.bytes;
  });
  return results;
}

/// The library checks that only when it is called, and then it is too late.
bool Problem::isAlignedFor(const Algorithm &algorithm) const {
  const std::pair<const ColumnMajor *, AlgorithmCapability> needs[] = {{&a_, AlgorithmCapability::AlignmentA},
                                                                       {&b_, AlgorithmCapability::AlignmentB},
                                                                       {&c_, AlgorithmCapability::AlignmentC},
                                                                       {&d_, AlgorithmCapability::AlignmentD}};
  return std::all_of(std::begin(needs), std::end(needs), [&](auto &need) {
    uint32_t bytes = 0;
    size_t written = 0;
    Status status = library_.cublasLtMatmulAlgoCapGetAttribute(&algorithm, need.second, &bytes, sizeof bytes, &written);
    return status == Status::Success && written == sizeof bytes && need.first->alignment() >= bytes;
  });
}

std::optional<HeuristicResult> Problem::check(const Algorithm &algorithm) const {
  HeuristicResult result{};
  Status status = library_.cublasLtMatmulAlgoCheck(handle_, operation_, layoutA_, layoutB_, layoutC_, layoutD_,
                                                   &algorithm, &result);
  if (status != Status::Success || result.workspaceBytes > workspace_.bytes || !isAlignedFor(algorithm))
    return std::nullopt;
  result.algorithm = algorithm; // the library leaves that field as it was
  return result;
}

void Problem::multiply(const std::array<uint64_t, 4> &offsets, const HeuristicResult &algorithm,
                       cuda::Stream stream) const {
  auto at = [&](const ColumnMajor &matrix, size_t index) {
    return reinterpret_cast<void *>(matrix.address + offsets[index]);
  };
  constexpr float alpha = 1;
  require(library_,
          library_.cublasLtMatmul(handle_, operation_, &alpha, at(a_, 0), layoutA_, at(b_, 1), layoutB_, &beta_,
                                  at(c_, 2), layoutC_, at(d_, 3), layoutD_, &algorithm.algorithm,
                                  reinterpret_cast<void *>(workspace_.address), algorithm.workspaceBytes, stream),
          "cublasLtMatmul");
}

template <class Call>
void Problem::forEachOuter(size_t dimension, std::array<uint64_t, 4> offsets, const Call &call) const {
  if (dimension == outer_.size())
    return call(offsets);
  const ColumnMajor *matrices[] = {&a_, &b_, &c_, &d_};
  for (uint64_t index = 0; index < outer_[dimension]; ++index) {
    forEachOuter(dimension + 1, offsets, call);
    for (size_t i = 0; i < 4; ++i)
      offsets[i] += matrices[i]->outerBytes[dimension];
  }
}

void Problem::enqueue(const HeuristicResult &algorithm, cuda::Stream stream,
                      const std::function<void()> &beforeCall) const {
  forEachOuter(0, {}, [&](const std::array<uint64_t, 4> &offsets) {
    if (beforeCall)
      beforeCall();
    multiply(offsets, algorithm, stream);
  });
}

class Planned final : public PlannedProduct {
public:
  Planned(std::shared_ptr<const Problem> problem, const HeuristicResult &algorithm)
      : problem_(std::move(problem)), algorithm_(algorithm) {}
  uint64_t workspaceBytes() const override { return algorithm_.workspaceBytes; }
  const Algorithm &algorithm() const override { return algorithm_.algorithm; }
  void enqueue(cuda::Stream stream, const std::function<void()> &beforeCall) const override {
    problem_->enqueue(algorithm_, stream, beforeCall);
  }

private:
  std::shared_ptr<const Problem> problem_;
  HeuristicResult algorithm_;
};

/// The algorithm that a profile has found, if it is one of this library.
std::optional<Algorithm> storedAlgorithm(const MatrixProduct &product, size_t version) {
  Algorithm algorithm;
  if (!product.algorithm || product.algorithm->library != version ||
      product.algorithm->config.size() != std::size(algorithm.data))
    return std::nullopt;
  std::copy(product.algorithm->config.begin(), product.algorithm->config.end(), algorithm.data);
  return algorithm;
}

} // namespace

MatrixProducts::MatrixProducts(const CublasLt &library) : library_(library) {
  require(library_, library_.cublasLtCreate(&handle_), "cublasLtCreate");
}

MatrixProducts::~MatrixProducts() { library_.cublasLtDestroy(handle_); }

std::unique_ptr<PlannedProduct> MatrixProducts::plan(const MatrixProduct &product,
                                                     const std::vector<cuda::DevicePointer> &addresses,
                                                     Workspace workspace) const {
  auto problem = std::make_shared<const Problem>(library_, handle_, product, addresses, workspace);
  if (std::optional<Algorithm> stored = storedAlgorithm(product, version()))
    if (std::optional<HeuristicResult> checked = problem->check(*stored))
      return std::make_unique<Planned>(problem, *checked);
  std::vector<HeuristicResult> found = problem->findAlgorithms(1);
  return found.empty() ? nullptr : std::make_unique<Planned>(problem, found.front());
}

std::vector<std::unique_ptr<PlannedProduct>> MatrixProducts::planAll(const MatrixProduct &product,
                                                                     const std::vector<cuda::DevicePointer> &addresses,
                                                                     Workspace workspace, int most) const {
  auto problem = std::make_shared<const Problem>(library_, handle_, product, addresses, workspace);
  std::vector<std::unique_ptr<PlannedProduct>> plans;
  for (const HeuristicResult &algorithm : problem->findAlgorithms(most))
    plans.push_back(std::make_unique<Planned>(problem, algorithm));
  return plans;
}

} // namespace neap::runtime
