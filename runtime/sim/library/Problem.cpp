// Shapes, types and bytes of a product.
#include "neap/runtime/sim/library/Problem.h"

#include <algorithm>
#include <climits>
#include <cstring>
#include <span>

namespace neap::sim::library {

using namespace cublas;

namespace {

std::string sizeText(uint64_t rows, uint64_t columns) { return std::to_string(rows) + " x " + std::to_string(columns); }

void checkLayout(const char *name, const LayoutState &layout) {
  std::string matrix = std::string(name) + ", " + sizeText(layout.rows, layout.columns) + ",";
  require(layout.rows >= 1 && layout.columns >= 1, matrix + " is empty");
  require(layout.rows <= INT_MAX && layout.columns <= INT_MAX, matrix + " is larger than 32-bit numbers count");
  require(layout.leading >= int64_t(layout.rows),
          matrix + " has a leading dimension of " + std::to_string(layout.leading));
  require(layout.batchStride >= 0, matrix + " has a batch stride of " + std::to_string(layout.batchStride));
}

/// The combinations of the documentation's table that have fp32 scale and sums.
void checkTypes(const MatmulState &operation, const LayoutState &a, const LayoutState &b, const LayoutState &c,
                const LayoutState &d) {
  bool isF32 = a.type == DataType::F32 && d.type == DataType::F32;
  bool isBF16 = a.type == DataType::BF16 && (d.type == DataType::F32 || d.type == DataType::BF16) &&
                operation.compute == ComputeType::F32;
  bool isKnown = operation.compute == ComputeType::F32 || operation.compute == ComputeType::F32FastTf32;
  if (!isKnown || operation.scale != DataType::F32 || b.type != a.type || c.type != d.type || !(isF32 || isBF16))
    throw LibraryError{Status::NotSupported, "no product of these types"};
  require(operation.biasType == DataType(-1) || operation.biasType == d.type, "a bias of another type than D");
}

void checkShapes(const Problem &problem) {
  auto expect = [](const char *name, const LayoutState &layout, uint64_t rows, uint64_t columns, bool isTransposed) {
    if (isTransposed)
      std::swap(rows, columns);
    require(layout.rows == rows && layout.columns == columns, std::string("expected ") + name + " of " +
                                                                  sizeText(rows, columns) + ", got " +
                                                                  sizeText(layout.rows, layout.columns));
  };
  expect("A", problem.a, problem.m, problem.k, problem.operation.transposeA == Operation::Transposed);
  expect("B", problem.b, problem.k, problem.n, problem.operation.transposeB == Operation::Transposed);
  expect("C", problem.c, problem.m, problem.n, false);
}

/// FNV-1a over numbers.
class Hash {
public:
  Hash &add(uint64_t number) {
    value_ = (value_ ^ number) * 0x100000001b3;
    return *this;
  }
  Hash &add(const LayoutState &layout) {
    return add(uint64_t(layout.type))
        .add(layout.rows)
        .add(layout.columns)
        .add(uint64_t(layout.leading))
        .add(uint64_t(layout.batch))
        .add(uint64_t(layout.batchStride));
  }
  uint64_t value() const { return value_; }

private:
  uint64_t value_ = 0xcbf29ce484222325;
};

/// A bias may be another one at each call; whether there is one counts.
uint64_t hashOf(const Problem &problem) {
  const MatmulState &operation = problem.operation;
  return Hash()
      .add(uint64_t(operation.compute))
      .add(uint64_t(operation.transposeA))
      .add(uint64_t(operation.transposeB))
      .add(uint64_t(operation.epilogue))
      .add(problem.a)
      .add(problem.b)
      .add(problem.c)
      .add(problem.d)
      .value();
}

constexpr uint64_t algorithmMagic = 0x6e656170'616c676f;

uint64_t checksumOf(const AlgorithmContents &contents) {
  uint64_t words[8];
  static_assert(sizeof words == sizeof contents);
  std::memcpy(words, &contents, sizeof words);
  Hash hash;
  for (uint64_t word : std::span(words, 7))
    hash.add(word);
  return hash.value();
}

/// 16 bytes where all that counts is a multiple of it, else those of an element.
uint64_t bestAlignment(const Problem &problem, const PreferenceState &preference) {
  const LayoutState *layouts[] = {&problem.a, &problem.b, &problem.c, &problem.d};
  for (size_t i = 0; i < 4; ++i) {
    uint64_t element = bytesOf(layouts[i]->type);
    if (preference.alignments[i] % 16 != 0 || uint64_t(layouts[i]->leading) * element % 16 != 0 ||
        uint64_t(layouts[i]->batchStride) * element % 16 != 0)
      return bytesOf(problem.a.type);
  }
  return 16;
}

} // namespace

Problem::Problem(const MatmulState &operation, const LayoutState &a, const LayoutState &b, const LayoutState &c,
                 const LayoutState &d)
    : operation(operation), a(a), b(b), c(c), d(d), m(d.rows), n(d.columns),
      k(operation.transposeA == Operation::Transposed ? a.rows : a.columns) {
  checkLayout("A", a);
  checkLayout("B", b);
  checkLayout("C", c);
  checkLayout("D", d);
  checkTypes(operation, a, b, c, d);
  checkShapes(*this);
  require(a.batch == d.batch && b.batch == d.batch && c.batch == d.batch, "batches of different sizes");
  require(isDisjoint(d), "the matrices of D overlap");
}

std::string Problem::text() const {
  std::string size = std::to_string(m) + " x " + std::to_string(n) + " x " + std::to_string(k);
  return d.batch > 1 ? std::to_string(d.batch) + " of " + size : size;
}

std::vector<AlgorithmContents> findAlgorithms(const Problem &problem, const PreferenceState &preference,
                                              uint64_t version) {
  AlgorithmContents plain;
  plain.magic = algorithmMagic;
  plain.problem = hashOf(problem);
  plain.alignment = bestAlignment(problem, preference);
  plain.version = version;
  std::vector<AlgorithmContents> found;
  uint64_t partialBytes = problem.m * problem.n * uint64_t(problem.d.batch) * sizeof(float);
  AlgorithmContents split = plain;
  if (preference.reductionSchemes & reductionInPlace) {
    split.kind = AlgorithmContents::Kind::SplitInPlace;
    found.push_back(split);
  }
  if (preference.reductionSchemes & reductionComputeType && partialBytes <= preference.maxWorkspaceBytes &&
      problem.k >= problem.m) {
    split.kind = AlgorithmContents::Kind::SplitInWorkspace;
    split.workspaceBytes = partialBytes;
    found.push_back(split);
  }
  found.push_back(plain);
  return found;
}

Algorithm encode(const AlgorithmContents &contents) {
  AlgorithmContents sealed = contents;
  sealed.checksum = checksumOf(contents);
  Algorithm algorithm;
  static_assert(sizeof algorithm == sizeof sealed);
  std::memcpy(&algorithm, &sealed, sizeof algorithm);
  return algorithm;
}

AlgorithmContents contentsOf(const Algorithm &algorithm) {
  AlgorithmContents contents;
  std::memcpy(&contents, &algorithm, sizeof contents);
  require(contents.magic == algorithmMagic && contents.checksum == checksumOf(contents),
          "these bytes are no algorithm");
  return contents;
}

AlgorithmContents decode(const Algorithm &algorithm, const Problem &problem, uint64_t version) {
  AlgorithmContents contents = contentsOf(algorithm);
  require(contents.version == version, "an algorithm of another version of the library");
  require(contents.problem == hashOf(problem), "an algorithm that was made for another product");
  return contents;
}

/// Where the columns of all matrices start, as element offsets in ascending order.
static std::vector<uint64_t> columnStarts(const LayoutState &layout) {
  std::vector<uint64_t> starts;
  for (int32_t matrix = 0; matrix < layout.batch; ++matrix)
    for (uint64_t column = 0; column < layout.columns; ++column)
      starts.push_back(uint64_t(matrix) * uint64_t(layout.batchStride) + column * uint64_t(layout.leading));
  std::sort(starts.begin(), starts.end());
  return starts;
}

IntervalSet bytesOfMatrix(const LayoutState &layout, uint64_t address) {
  IntervalSet set;
  uint64_t element = bytesOf(layout.type);
  for (uint64_t start : columnStarts(layout))
    set.add({address + start * element, address + (start + layout.rows) * element});
  return set;
}

bool isDisjoint(const LayoutState &layout) {
  std::vector<uint64_t> starts = columnStarts(layout);
  for (size_t i = 1; i < starts.size(); ++i)
    if (starts[i] < starts[i - 1] + layout.rows)
      return false;
  return true;
}

} // namespace neap::sim::library
