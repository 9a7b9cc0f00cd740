// Two tensors are compared element by element at a few places first; only those that agree are read.
#include "neap/passes/onnx/decide-trained/EqualWeights.h"

#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;
using namespace neap::onnx;

namespace {

constexpr int64_t pieceBytes = 4 << 20;

/// The bytes of one initializer, wherever they are.
class Bytes {
public:
  Bytes(InitializerOp op, neap::weights::Files &files)
      : op(op), type(cast<RankedTensorType>(op.getType())), files(files) {}

  RankedTensorType getType() const { return type; }
  int64_t elementBytes() const { return type.getElementTypeBitWidth() / 8; }

  llvm::Error read(int64_t element, int64_t count, std::vector<char> &target) {
    target.resize(count * elementBytes());
    if (auto value = dyn_cast_or_null<DenseElementsAttr>(op.getValueAttr())) {
      ArrayRef<char> raw = value.getRawData();
      for (size_t i = 0; i < target.size(); ++i)
        target[i] = raw[value.isSplat() ? i % elementBytes() : element * elementBytes() + i];
      return llvm::Error::success();
    }
    auto file = files.open(op.getFile().value_or(""));
    if (!file)
      return file.takeError();
    return (*file)->read(*op.getOffset() + element * elementBytes(), target);
  }

private:
  InitializerOp op;
  RankedTensorType type;
  neap::weights::Files &files;
};

/// Whether `b` is the transpose of `a`: a few rows of `a` at a time against the same columns of `b`.
llvm::Expected<bool> equalTransposed(Bytes &a, Bytes &b) {
  int64_t rows = a.getType().getDimSize(0), columns = a.getType().getDimSize(1), size = a.elementBytes();
  int64_t step = std::clamp<int64_t>(pieceBytes / std::max<int64_t>(1, columns * size), 1, rows);
  std::vector<char> piece, column;
  for (int64_t row = 0; row < rows; row += step) {
    int64_t count = std::min(step, rows - row);
    if (llvm::Error error = a.read(row * columns, count * columns, piece))
      return std::move(error);
    for (int64_t j = 0; j < columns; ++j) {
      if (llvm::Error error = b.read(j * rows + row, count, column))
        return std::move(error);
      for (int64_t i = 0; i < count; ++i)
        if (std::memcmp(&piece[(i * columns + j) * size], &column[i * size], size) != 0)
          return false;
    }
  }
  return true;
}

llvm::Expected<bool> equalAsTheyAre(Bytes &a, Bytes &b) {
  std::vector<char> left, right;
  int64_t elements = a.getType().getNumElements(), step = pieceBytes / a.elementBytes();
  for (int64_t at = 0; at < elements; at += step) {
    int64_t count = std::min(step, elements - at);
    if (llvm::Error error = a.read(at, count, left))
      return std::move(error);
    if (llvm::Error error = b.read(at, count, right))
      return std::move(error);
    if (left != right)
      return false;
  }
  return true;
}

/// Whether a few elements, spread over the tensor, agree; cheap enough for every pair.
llvm::Expected<bool> samplesAgree(Bytes &a, Bytes &b, bool transposed) {
  int64_t elements = a.getType().getNumElements();
  std::vector<char> left, right;
  for (int64_t sample = 0; sample < 16; ++sample) {
    int64_t i = (elements - 1) / 15 * sample, j = i;
    if (transposed) {
      int64_t rows = a.getType().getDimSize(0), columns = a.getType().getDimSize(1);
      j = i % columns * rows + i / columns;
    }
    if (llvm::Error error = a.read(i, 1, left))
      return std::move(error);
    if (llvm::Error error = b.read(j, 1, right))
      return std::move(error);
    if (left != right)
      return false;
  }
  return true;
}

/// Whether the beginning of the tensor is one number again and again.
llvm::Expected<bool> isUniform(Bytes &bytes) {
  std::vector<char> start;
  if (llvm::Error error = bytes.read(0, std::min<int64_t>(4096, bytes.getType().getNumElements()), start))
    return std::move(error);
  size_t size = bytes.elementBytes();
  return std::equal(start.begin() + size, start.end(), start.begin());
}

llvm::Expected<bool> equal(Bytes &a, Bytes &b, bool transposed) {
  llvm::Expected<bool> agree = samplesAgree(a, b, transposed);
  if (!agree || !*agree)
    return agree;
  llvm::Expected<bool> same = transposed ? equalTransposed(a, b) : equalAsTheyAre(a, b);
  if (!same || !*same)
    return same;
  llvm::Expected<bool> uniform = isUniform(a);
  return uniform ? llvm::Expected<bool>(!*uniform) : uniform.takeError();
}

bool isMatrix(InitializerOp op) {
  auto type = cast<RankedTensorType>(op.getType());
  return type.getRank() >= 2 && type.getNumElements() > 1 && type.getElementTypeBitWidth() >= 8;
}

} // namespace

llvm::Expected<SmallVector<EqualPair>> neap::onnx::findEqualWeights(ArrayRef<InitializerOp> weights,
                                                                    neap::weights::Files &files) {
  SmallVector<EqualPair> pairs;
  SmallVector<InitializerOp> originals;
  for (InitializerOp copy : llvm::make_filter_range(weights, isMatrix)) {
    Bytes copyBytes(copy, files);
    auto type = copyBytes.getType();
    bool isCopy = false;
    for (InitializerOp original : originals) {
      Bytes originalBytes(original, files);
      auto other = originalBytes.getType();
      bool mayBeTransposed = type.getRank() == 2 && other.getRank() == 2 && type.getDimSize(0) == other.getDimSize(1) &&
                             type.getDimSize(1) == other.getDimSize(0);
      if (type.getElementType() != other.getElementType())
        continue;
      for (bool transposed : {false, true}) {
        if (isCopy || (transposed ? !mayBeTransposed : type != other))
          continue;
        llvm::Expected<bool> same = equal(originalBytes, copyBytes, transposed);
        if (!same)
          return same.takeError();
        if ((isCopy = *same))
          pairs.push_back({original, copy, transposed});
      }
      if (isCopy)
        break;
    }
    if (!isCopy)
      originals.push_back(copy);
  }
  return pairs;
}
