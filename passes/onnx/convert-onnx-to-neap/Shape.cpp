// Ops that move elements without looking at them, and those that ask for a shape.
#include "neap/passes/onnx/convert-onnx-to-neap/OpTable.h"

using namespace mlir;
using namespace neap;
using namespace neap::conversion;

//===--- Asking ---------------------------------------------------------------------------------------------------===//

/// `start` and `end` exist since opset 15; both are clamped.
static Outputs convertShape(Node &node) {
  int64_t rank = node.rank(0);
  auto clamp = [&](int64_t axis) { return std::clamp<int64_t>(axis < 0 ? axis + rank : axis, 0, rank); };
  int64_t start = clamp(node.getInt("start", 0)), end = clamp(node.getInt("end", rank));
  return one(node.integers(node.shape(0).slice(start, std::max<int64_t>(end - start, 0))));
}

static Outputs convertSize(Node &node) {
  auto scalar = RankedTensorType::get({}, node.getBuilder().getI64Type());
  return one(node.constant(DenseElementsAttr::get(scalar, node.type(0).getNumElements())));
}

//===--- Reshaping ------------------------------------------------------------------------------------------------===//

/// Replaces 0 by the input's size (unless `allowZero`) and one -1 by what is left.
static FailureOr<SmallVector<int64_t>> resolveShape(Node &node, SmallVector<int64_t> shape, bool allowZero) {
  for (auto [i, size] : llvm::enumerate(shape)) {
    if (size < -1)
      return node.invalid() << "expected sizes of at least -1, got " << size;
    if (size != 0 || allowZero)
      continue;
    if (static_cast<int64_t>(i) >= node.rank(0))
      return node.invalid() << "expected a 0 in the shape to stand for a dimension of the input, got one at position "
                            << i << " of an input of rank " << node.rank(0);
    size = node.shape(0)[i];
  }
  if (llvm::count(shape, -1) > 1)
    return node.invalid() << "expected at most one -1 in the shape, got " << llvm::count(shape, -1);
  auto *unknown = llvm::find(shape, -1);
  if (unknown != shape.end())
    *unknown = 1; // until the others are known
  if (failed(node.requireShape(shape)))
    return failure();
  int64_t elements = node.type(0).getNumElements(), known = ShapedType::getNumElements(shape);
  if (unknown != shape.end())
    *unknown = known == 0 ? -1 : elements / known;
  known = ShapedType::getNumElements(shape);
  if (known != elements || llvm::is_contained(shape, -1))
    return node.invalid() << "expected a shape of " << elements << " elements, got " << describeShape(shape);
  return shape;
}

static Outputs convertReshape(Node &node) {
  FailureOr<SmallVector<int64_t>> wanted = node.constantInts(1, "a shape");
  if (failed(wanted))
    return failure();
  FailureOr<SmallVector<int64_t>> shape = resolveShape(node, *wanted, node.getInt("allowzero", 0) != 0);
  if (failed(shape))
    return failure();
  return one(node.reshape(node.input(0), *shape));
}

static Outputs convertFlatten(Node &node) {
  FailureOr<int64_t> axis = node.getInt("axis", 1) == node.rank(0) ? node.rank(0) : node.getAxis(1, node.rank(0));
  if (failed(axis))
    return failure();
  int64_t rows = ShapedType::getNumElements(node.shape(0).take_front(*axis));
  int64_t columns = ShapedType::getNumElements(node.shape(0).drop_front(*axis));
  return one(node.reshape(node.input(0), {rows, columns}));
}

/// `axes` is an attribute below opset 13 and an input since; without it all dimensions of size 1 go.
static Outputs convertSqueeze(Node &node) {
  auto wanted = node.intsFromAttributeOrInput("axes", 1);
  if (failed(wanted))
    return failure();
  FailureOr<SmallVector<int64_t>> axes = node.normalizeAxes(wanted->value_or(SmallVector<int64_t>()), node.rank(0));
  if (failed(axes))
    return failure();
  SmallVector<int64_t> shape;
  for (auto [i, size] : llvm::enumerate(node.shape(0))) {
    bool squeezed = *wanted ? llvm::is_contained(*axes, static_cast<int64_t>(i)) : size == 1;
    if (squeezed && size != 1)
      return node.invalid() << "expected size 1 of the squeezed dimension " << i << ", got " << size;
    if (!squeezed)
      shape.push_back(size);
  }
  return one(node.reshape(node.input(0), shape));
}

static Outputs convertUnsqueeze(Node &node) {
  auto wanted = node.intsFromAttributeOrInput("axes", 1);
  if (failed(wanted))
    return failure();
  if (!*wanted)
    return node.invalid() << "expected axes, got none";
  int64_t rank = node.rank(0) + (*wanted)->size();
  if (failed(node.requireShape(SmallVector<int64_t>(rank, 1))))
    return failure();
  FailureOr<SmallVector<int64_t>> axes = node.normalizeAxes(**wanted, rank);
  if (failed(axes))
    return failure();
  SmallVector<int64_t> shape;
  const int64_t *next = node.shape(0).begin();
  for (int64_t i = 0; i < rank; ++i)
    shape.push_back(llvm::is_contained(*axes, i) ? 1 : *next++);
  return one(node.reshape(node.input(0), shape));
}

static Outputs convertTranspose(Node &node) {
  SmallVector<int64_t> reversed = llvm::to_vector(llvm::reverse(llvm::seq<int64_t>(0, node.rank(0))));
  SmallVector<int64_t> permutation = node.getInts("perm").value_or(reversed);
  SmallVector<int64_t> sorted = permutation;
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, node.rank(0))))
    return node.invalid() << "expected perm to be a permutation of " << node.rank(0) << " dimensions, got "
                          << describeShape(permutation);
  return one(node.transpose(node.input(0), permutation));
}

//===--- Stretching -----------------------------------------------------------------------------------------------===//

/// The shape may be smaller than the input's: both are stretched to each other.
static Outputs convertExpand(Node &node) {
  FailureOr<SmallVector<int64_t>> wanted = node.constantInts(1, "a shape");
  if (failed(wanted))
    return failure();
  if (failed(node.requireShape(*wanted)))
    return failure();
  auto shape = broadcastShapes(node.shape(0), *wanted);
  if (!shape)
    return node.invalid() << "expected shapes that broadcast, got " << describeShape(node.shape(0)) << " and "
                          << describeShape(*wanted);
  return one(node.broadcast(node.input(0), *shape));
}

/// [a, b] r times s: reshape to [1, a, 1, b], stretch to [r, a, s, b], reshape to [r * a, s * b].
static Outputs convertTile(Node &node) {
  FailureOr<SmallVector<int64_t>> repeats = node.constantInts(1, "repeats");
  if (failed(repeats))
    return failure();
  if (static_cast<int64_t>(repeats->size()) != node.rank(0) || llvm::any_of(*repeats, [](int64_t n) { return n < 0; }))
    return node.invalid() << "expected " << node.rank(0) << " repeats of at least 0, got " << describeShape(*repeats);
  SmallVector<int64_t> spread, stretched, joined;
  for (auto [size, times] : llvm::zip_equal(node.shape(0), *repeats)) {
    spread.append({1, size});
    stretched.append({times, size});
  }
  if (failed(node.requireShape(stretched)))
    return failure();
  for (auto [size, times] : llvm::zip_equal(node.shape(0), *repeats))
    joined.push_back(times * size);
  return one(node.reshape(node.broadcast(node.reshape(node.input(0), spread), stretched), joined));
}

//===--- Cutting and joining --------------------------------------------------------------------------------------===//

static Outputs convertConcat(Node &node) {
  if (failed(node.requireSameElementTypes(node.inputs())))
    return failure();
  FailureOr<int64_t> axis = node.getAxis(0, node.rank(0));
  if (failed(axis))
    return failure();
  SmallVector<int64_t> joined(node.shape(0));
  joined[*axis] = 0;
  for (Value value : node.inputs()) {
    SmallVector<int64_t> shape(shapeOf(value));
    if (rankOf(value) == node.rank(0)) {
      joined[*axis] += shape[*axis];
      shape[*axis] = node.shape(0)[*axis];
    }
    if (failed(node.requireShape(joined)))
      return failure();
    if (ArrayRef<int64_t>(shape) != node.shape(0))
      return node.invalid() << "expected inputs that differ in dimension " << *axis << " only, got "
                            << describeShape(node.shape(0)) << " and " << describeShape(shapeOf(value));
  }
  if (node.inputs().size() == 1)
    return one(node.input(0));
  return one(node.make<ConcatOp>(ValueRange(node.inputs()), *axis));
}

/// Sizes come as an attribute below opset 13, as an input since, or are equal: then the number of outputs counts, and
/// since opset 18 the last part may be smaller.
static FailureOr<SmallVector<int64_t>> splitSizes(Node &node, int64_t size) {
  auto wanted = node.intsFromAttributeOrInput("split", 1);
  if (failed(wanted))
    return failure();
  if (*wanted)
    return **wanted;
  int64_t parts = node.getInt("num_outputs", node.countOutputs());
  if (parts < 1 || parts != static_cast<int64_t>(node.countOutputs()))
    return node.invalid() << "expected as many parts as the node has outputs, " << node.countOutputs() << ", got "
                          << parts;
  int64_t part = llvm::divideCeil(size, parts);
  SmallVector<int64_t> sizes(parts, part);
  sizes.back() = size - part * (parts - 1);
  return sizes;
}

static Outputs convertSplit(Node &node) {
  FailureOr<int64_t> axis = node.getAxis(0, node.rank(0));
  if (failed(axis))
    return failure();
  int64_t size = node.shape(0)[*axis];
  FailureOr<SmallVector<int64_t>> sizes = splitSizes(node, size);
  if (failed(sizes))
    return failure();
  int64_t sum = 0;
  for (int64_t part : *sizes)
    sum = part < 0 || part > size - sum ? size + 1 : sum + part; // never more than that, as more need not be counted
  if (sum != size || sizes->size() != node.countOutputs())
    return node.invalid() << "expected " << node.countOutputs() << " parts that add up to " << size << ", got "
                          << describeShape(*sizes);
  SmallVector<Value> parts;
  int64_t start = 0;
  for (int64_t part : *sizes) {
    parts.push_back(node.sliceDimension(node.input(0), *axis, start, part));
    start += part;
  }
  return parts;
}

/// One dimension of a slice, clamped as ONNX and numpy do: its first index and the number of indices.
static std::pair<int64_t, int64_t> clampSlice(int64_t start, int64_t end, int64_t step, int64_t size) {
  auto fromEnd = [&](int64_t index) { return index < 0 ? index + size : index; };
  if (size == 0)
    return {0, 0};
  if (step > 0) {
    start = std::clamp<int64_t>(fromEnd(start), 0, size);
    end = std::clamp<int64_t>(fromEnd(end), 0, size);
    return {start, end > start ? llvm::divideCeil(end - start, step) : 0};
  }
  start = std::clamp<int64_t>(fromEnd(start), 0, size - 1);
  end = std::clamp<int64_t>(fromEnd(end), -1, size - 1);
  return {start, start > end ? llvm::divideCeil(start - end, -step) : 0};
}

static Outputs convertSlice(Node &node) {
  FailureOr<SmallVector<int64_t>> starts = node.constantInts(1, "starts"), ends = node.constantInts(2, "ends");
  if (failed(starts) || failed(ends))
    return failure();
  FailureOr<SmallVector<int64_t>> axes = llvm::to_vector(llvm::seq<int64_t>(0, starts->size()));
  FailureOr<SmallVector<int64_t>> steps = SmallVector<int64_t>(starts->size(), 1);
  if (node.hasInput(3))
    axes = node.constantInts(3, "axes");
  if (node.hasInput(4))
    steps = node.constantInts(4, "steps");
  if (failed(axes) || failed(steps) || failed(axes = node.normalizeAxes(*axes, node.rank(0))))
    return failure();
  if (ends->size() != starts->size() || axes->size() != starts->size() || steps->size() != starts->size())
    return node.invalid() << "expected starts, ends, axes and steps of one length, got " << starts->size() << ", "
                          << ends->size() << ", " << axes->size() << " and " << steps->size();
  SmallVector<int64_t> firsts(node.rank(0), 0), sizes(node.shape(0)), strides(node.rank(0), 1);
  for (auto [start, end, axis, step] : llvm::zip_equal(*starts, *ends, *axes, *steps)) {
    if (step == 0 || step == std::numeric_limits<int64_t>::min())
      return node.invalid() << "expected steps other than 0, got " << step;
    int64_t size = sizes[axis];
    std::tie(firsts[axis], sizes[axis]) = clampSlice(start, end, step, size);
    strides[axis] = sizes[axis] > 1 ? step : 1; // a step that is never taken may be as large as it likes
  }
  if (ArrayRef<int64_t>(sizes) == node.shape(0) && llvm::all_of(strides, [](int64_t s) { return s == 1; }))
    return one(node.input(0));
  return one(node.make<SliceOp>(node.input(0), firsts, sizes, strides));
}

ArrayRef<OpConversion> conversion::getShapeConversions() {
  static const OpConversion table[] = {
      {"", "Shape", 11, 25, 1, 1, convertShape},         {"", "Size", 11, 25, 1, 1, convertSize},
      {"", "Reshape", 11, 25, 2, 2, convertReshape},     {"", "Flatten", 11, 25, 1, 1, convertFlatten},
      {"", "Squeeze", 11, 25, 1, 2, convertSqueeze},     {"", "Unsqueeze", 11, 25, 1, 2, convertUnsqueeze},
      {"", "Transpose", 11, 25, 1, 1, convertTranspose}, {"", "Expand", 11, 25, 2, 2, convertExpand},
      {"", "Tile", 11, 25, 2, 2, convertTile},           {"", "Concat", 11, 25, 1, anyNumber, convertConcat},
      {"", "Split", 11, 25, 1, 2, convertSplit},         {"", "Slice", 11, 25, 3, 5, convertSlice},
  };
  return table;
}
