// From linear forms to leading dimensions.
#include "neap/passes/fuse/LibraryProduct.h"

#include "neap/dialects/neap/TensorBuilder.h"

using namespace mlir;

namespace neap {
namespace {

/// Calls for one product that are still worth making.
constexpr int64_t mostCalls = 32;

/// Over the loops (batch, rows, columns); nothing unless one of rows and columns are neighbours and the others lie apart.
std::optional<LibraryMatrix> describeMatrix(const LinearForm &position, int64_t rows, int64_t columns) {
  ArrayRef<int64_t> strides = position.coefficients;
  int64_t rowStride = strides[strides.size() - 2], columnStride = strides.back();
  LibraryMatrix matrix;
  matrix.offset = position.constant;
  matrix.batchStrides = llvm::to_vector(strides.drop_back(2));
  if (position.constant < 0 || llvm::any_of(matrix.batchStrides, [](int64_t stride) { return stride < 0; }))
    return std::nullopt;
  if ((columns == 1 || columnStride == 1) && (rows == 1 || rowStride >= columns)) {
    matrix.leading = rows == 1 ? columns : rowStride;
    return matrix;
  }
  if ((rows == 1 || rowStride == 1) && (columns == 1 || columnStride >= rows)) {
    matrix.leading = columns == 1 ? rows : columnStride;
    matrix.transposed = true;
    return matrix;
  }
  return std::nullopt;
}

/// Joins dimensions of the batch: whatever strides over two of them as over one.
class BatchMerger {
public:
  explicit BatchMerger(LibraryProduct &product) : product(product) {
    matrices = {&product.lhs, &product.rhs, &product.result};
    if (product.bias)
      matrices.push_back(&*product.bias);
    if (product.addend)
      matrices.push_back(&*product.addend);
  }

  void run() {
    for (size_t dim = product.batch.size(); dim-- > 0;)
      if (product.batch[dim] == 1)
        erase(dim);
    for (size_t dim = product.batch.size(); dim-- > 1;)
      mergeWithOuter(dim);
    while (!product.batch.empty() && mergeIntoRows())
      ;
  }

private:
  void erase(size_t dim) {
    product.batch.erase(product.batch.begin() + dim);
    for (LibraryMatrix *matrix : matrices)
      matrix->batchStrides.erase(matrix->batchStrides.begin() + dim);
  }

  void mergeWithOuter(size_t dim) {
    auto isOneStride = [&](LibraryMatrix *matrix) {
      return matrix->batchStrides[dim - 1] == matrix->batchStrides[dim] * product.batch[dim];
    };
    if (!llvm::all_of(matrices, isOneStride))
      return;
    product.batch[dim - 1] *= product.batch[dim];
    for (LibraryMatrix *matrix : matrices)
      matrix->batchStrides[dim - 1] = matrix->batchStrides[dim];
    erase(dim);
  }

  /// Whether the rows of the next matrix go on where those of this one end.
  bool continuesRows(const LibraryMatrix &matrix, int64_t columns) const {
    int64_t stride = matrix.batchStrides.back();
    return !matrix.transposed && (product.m == 1 ? stride >= columns : stride == product.m * matrix.leading);
  }

  /// A weight that all of the batch shares makes its rows rows of one product.
  bool mergeIntoRows() {
    bool sharesWeight =
        product.rhs.batchStrides.back() == 0 && (!product.bias || product.bias->batchStrides.back() == 0);
    if (!sharesWeight || !continuesRows(product.lhs, product.k) || !continuesRows(product.result, product.n) ||
        (product.addend && !continuesRows(*product.addend, product.n)))
      return false;
    if (product.m == 1) {
      product.lhs.leading = product.lhs.batchStrides.back();
      product.result.leading = product.result.batchStrides.back();
      if (product.addend)
        product.addend->leading = product.addend->batchStrides.back();
    }
    product.m *= product.batch.back();
    erase(product.batch.size() - 1);
    return true;
  }

  LibraryProduct &product;
  SmallVector<LibraryMatrix *> matrices;
};

/// What the library counts with.
bool fitsWords(const LibraryProduct &product) {
  constexpr int64_t most = std::numeric_limits<int32_t>::max();
  return product.k > 0 && product.m <= most && product.n <= most && product.k <= most &&
         (product.batch.empty() || product.batch.back() <= most);
}

int64_t countCalls(const LibraryProduct &product) {
  return product.batch.empty() ? 1 : ShapedType::getNumElements(ArrayRef(product.batch).drop_back());
}

std::optional<LibraryProduct> finish(LibraryProduct product, std::string &obstacle) {
  BatchMerger(product).run();
  if (!fitsWords(product))
    obstacle = "its sizes are beyond what a library counts";
  else if (countCalls(product) > mostCalls)
    obstacle = "it would take " + std::to_string(countCalls(product)) + " calls";
  else
    return product;
  return std::nullopt;
}

/// Sizes and operands; the result is still to come.
std::optional<LibraryProduct> start(Operation *matmul, const LinearForm &lhs, const LinearForm &rhs,
                                    std::string &obstacle) {
  ArrayRef<int64_t> shape = shapeOf(matmul->getResult(0));
  LibraryProduct product;
  product.batch = llvm::to_vector(shape.drop_back(2));
  product.m = shape[shape.size() - 2];
  product.n = shape.back();
  product.k = shapeOf(matmul->getOperand(0)).back();
  auto left = describeMatrix(lhs, product.m, product.k), right = describeMatrix(rhs, product.k, product.n);
  if (!cast<ShapedType>(matmul->getResult(0).getType()).getElementType().isF32()) {
    obstacle = "it is not one of fp32";
    return std::nullopt;
  }
  if (findInitial(matmul)) { // a library would add that to the finished sum, or in the middle of it
    obstacle = "its sums go on from others, product by product";
    return std::nullopt;
  }
  if (!left || !right) {
    obstacle = "neither rows nor columns of an operand are neighbours in memory";
    return std::nullopt;
  }
  product.lhs = *left;
  product.rhs = *right;
  return product;
}

/// What follows the product in a body.
class EpilogueReader {
public:
  EpilogueReader(Block &body, const GroupAccesses &group, LibraryProduct &product)
      : body(body), group(group), product(product) {}

  /// False, with the obstacle, if it is more than a library does.
  bool read(Operation *matmul, std::string &obstacle) {
    if (body.getTerminator()->getNumOperands() != 1) {
      obstacle = "it has several results";
      return false;
    }
    for (Operation &op : body.without_terminator())
      if (&op != matmul && !isView(&op) && !readAddition(op)) {
        obstacle = "more follows than a bias or an addend";
        return false;
      }
    Value result = body.getTerminator()->getOperand(0);
    if (std::optional<LibraryMatrix> matrix = describeMatrix(group.position(result), product.m, product.n);
        matrix && !matrix->transposed) {
      product.result = *matrix;
      product.result.argument = body.getNumArguments();
      return true;
    }
    obstacle = "the columns of its result are not neighbours in memory";
    return false;
  }

private:
  /// The operand that comes from memory; the other one is the product.
  bool readAddition(Operation &op) {
    if (!isa<AddOp>(op) || product.bias || product.addend)
      return false;
    for (Value operand : op.getOperands())
      if (std::optional<int64_t> argument = findArgument(operand))
        return take(*argument);
    return false;
  }

  /// The argument that a value is a view of.
  static std::optional<int64_t> findArgument(Value value) {
    while (Operation *view = value.getDefiningOp()) {
      if (!isView(view))
        return std::nullopt;
      value = view->getOperand(0);
    }
    return cast<BlockArgument>(value).getArgNumber();
  }

  bool take(int64_t argument) {
    Value value = body.getArgument(argument);
    if (!group.accesses.contains(value))
      return false;
    LinearForm position = group.position(value);
    bool isBias = isLibraryBias(position, group.loops);
    if (!isBias && !isLibraryAddend(position, group.loops))
      return false;
    LibraryMatrix matrix = isBias ? LibraryMatrix{0, position.constant, 1, false,
                                                  llvm::to_vector(ArrayRef(position.coefficients).drop_back(2))}
                                  : *describeMatrix(position, product.m, product.n);
    matrix.argument = argument;
    (isBias ? product.bias : product.addend) = matrix;
    return true;
  }

  Block &body;
  const GroupAccesses &group;
  LibraryProduct &product;
};

} // namespace

/// With one row a bias is an addend as well, and may share its bytes with the result; then it is taken for one.
bool isLibraryBias(const LinearForm &position, ArrayRef<int64_t> loops) {
  ArrayRef<int64_t> strides = position.coefficients;
  int64_t rows = ShapedType::getNumElements(loops.drop_back());
  return rows > 1 && position.constant >= 0 && strides.back() == (loops.back() == 1 ? 0 : 1) &&
         llvm::all_of(strides.drop_back(), [](int64_t stride) { return stride == 0; });
}

bool isLibraryAddend(const LinearForm &position, ArrayRef<int64_t> loops) {
  std::optional<LibraryMatrix> matrix = describeMatrix(position, loops[loops.size() - 2], loops.back());
  return matrix && !matrix->transposed;
}

std::optional<LibraryProduct> describeLibraryProduct(Operation *matmul, const LinearForm &lhs, const LinearForm &rhs,
                                                     std::string &obstacle) {
  std::optional<LibraryProduct> product = start(matmul, lhs, rhs, obstacle);
  if (!product)
    return std::nullopt;
  ArrayRef<int64_t> shape = shapeOf(matmul->getResult(0));
  product->result = *describeMatrix(linearPosition(identityAccess(shape), shape, shape.size()), product->m, product->n);
  return finish(std::move(*product), obstacle);
}

std::optional<LibraryProduct> describeLibraryProduct(Block &body, std::string &obstacle) {
  Operation *matmul = &*llvm::find_if(body, [](Operation &op) { return isContraction(&op); });
  auto lhs = findMatrixPosition(matmul->getOperand(0)), rhs = findMatrixPosition(matmul->getOperand(1));
  auto group = analyzeGroup(body, GroupKind::Gemm);
  if (failed(lhs) || failed(rhs) || failed(group))
    return std::nullopt;
  std::optional<LibraryProduct> product = start(matmul, lhs->position, rhs->position, obstacle);
  if (!product || !EpilogueReader(body, *group, *product).read(matmul, obstacle))
    return std::nullopt;
  product->lhs.argument = lhs->argument.getArgNumber();
  product->rhs.argument = rhs->argument.getArgNumber();
  return finish(std::move(*product), obstacle);
}

} // namespace neap
