// Rewrites to fewer or simpler ops that need more than a fold.
#include "neap/dialects/neap/TensorBuilder.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace neap;

//===--- powers ---------------------------------------------------------------------------------------------------===//

/// The cheap form of x^exponent, as torch computes it; null if there is none.
static Value expandPower(TensorBuilder &build, Value x, double exponent) {
  if (exponent == 0.0)
    return build.splatLike(x, 1.0);
  if (exponent == 1.0)
    return x;
  if (exponent == 2.0)
    return build.mul(x, x);
  if (exponent == 3.0)
    return build.mul(build.mul(x, x), x);
  if (exponent == 0.5)
    return build.make<SqrtOp>(x);
  if (exponent == -0.5)
    return build.make<ReciprocalOp>(build.make<SqrtOp>(x));
  if (exponent == -1.0)
    return build.make<ReciprocalOp>(x);
  if (exponent == -2.0)
    return build.make<ReciprocalOp>(build.mul(x, x));
  return {};
}

namespace {
/// pow(x, 2) -> x * x, and so on for the exponents that exports contain.
struct ExpandPower : OpRewritePattern<PowOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(PowOp op, PatternRewriter &rewriter) const override {
    std::optional<double> exponent = getSplatNumber(op.getRhs());
    if (!exponent)
      return rewriter.notifyMatchFailure(op, "the exponent is not one constant");
    TensorBuilder build(rewriter, op.getLoc());
    Value expanded = expandPower(build, op.getLhs(), *exponent);
    if (!expanded)
      return rewriter.notifyMatchFailure(op, "no cheaper form");
    rewriter.replaceOp(op, expanded);
    return success();
  }
};
} // namespace

void PowOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<ExpandPower>(context);
}

//===--- sums of gradients ----------------------------------------------------------------------------------------===//

/// The scatter that adds into zeros and that nobody but this sum reads; null if the value is none.
static ScatterAddOp getScatterIntoZeros(Value value) {
  auto scatter = value.getDefiningOp<ScatterAddOp>();
  if (!scatter || !scatter->hasOneUse() || getSplatNumber(scatter.getBase()) != 0.0)
    return {};
  return scatter;
}

namespace {
/// scatter_add(0, i, u) + y -> scatter_add(y, i, u): no tensor of zeros, no sum.
struct ScatterIntoAddend : OpRewritePattern<AddOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AddOp op, PatternRewriter &rewriter) const override {
    for (unsigned i : {0u, 1u})
      if (ScatterAddOp scatter = getScatterIntoZeros(op->getOperand(i))) {
        rewriter.replaceOpWithNewOp<ScatterAddOp>(op, op->getOperand(1 - i), scatter.getIndices(),
                                                  scatter.getUpdates());
        return success();
      }
    return rewriter.notifyMatchFailure(op, "no operand scatters into zeros");
  }
};
} // namespace

/// The most parts that a sum is searched for: more than any split has, and few enough to look for them at every addition of a
/// long sum.
static constexpr size_t maxParts = 1024;

/// Collects the unslice ops that a tree of additions adds up. Fails on any other leaf, on a part that somebody else
/// reads, and on too many. Nearest leaves first: in a long sum of other things the first one ends the search.
static LogicalResult collectParts(AddOp root, SmallVectorImpl<UnsliceOp> &parts) {
  SmallVector<AddOp> sums{root};
  for (size_t next = 0; next < sums.size(); ++next) {
    for (Value operand : sums[next]->getOperands()) {
      if (!operand.hasOneUse() || sums.size() + parts.size() > maxParts)
        return failure();
      if (auto part = operand.getDefiningOp<UnsliceOp>())
        parts.push_back(part);
      else if (auto sum = operand.getDefiningOp<AddOp>())
        sums.push_back(sum);
      else
        return failure();
    }
  }
  return success();
}

/// Whether a part covers whole dimensions but for `axis`, without gaps.
static bool isPartAlong(UnsliceOp part, int64_t axis) {
  ArrayRef<int64_t> shape = shapeOf(part.getOperand()), whole = part.getType().getShape();
  for (int64_t i = 0; i < static_cast<int64_t>(whole.size()); ++i)
    if (i != axis && (part.getStarts()[i] != 0 || shape[i] != whole[i]))
      return false;
  return llvm::all_of(part.getStrides(), [](int64_t stride) { return stride == 1; });
}

/// Sorts the parts along an axis; whether they then follow one another from beginning to end.
static bool tileAxis(SmallVectorImpl<UnsliceOp> &parts, int64_t axis) {
  if (!llvm::all_of(parts, [&](UnsliceOp part) { return isPartAlong(part, axis); }))
    return false;
  llvm::sort(parts, [&](UnsliceOp x, UnsliceOp y) { return x.getStarts()[axis] < y.getStarts()[axis]; });
  int64_t end = 0;
  for (UnsliceOp part : parts) {
    if (part.getStarts()[axis] != end)
      return false;
    end += shapeOf(part.getOperand())[axis];
  }
  return end == parts.front().getType().getDimSize(axis);
}

namespace {
/// unslice(a) + unslice(b) + ... -> concat(a, b, ...), where the parts tile one axis: the gradient of a split.
struct JoinParts : OpRewritePattern<AddOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AddOp op, PatternRewriter &rewriter) const override {
    SmallVector<UnsliceOp> parts;
    if (failed(collectParts(op, parts)))
      return rewriter.notifyMatchFailure(op, "not a sum of parts");
    for (int64_t axis = 0; axis < op.getType().getRank(); ++axis)
      if (tileAxis(parts, axis)) {
        auto operands = llvm::map_to_vector(parts, [](UnsliceOp part) -> Value { return part.getOperand(); });
        rewriter.replaceOpWithNewOp<ConcatOp>(op, operands, axis);
        return success();
      }
    return rewriter.notifyMatchFailure(op, "the parts do not tile an axis");
  }
};
} // namespace

void AddOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<ScatterIntoAddend, JoinParts>(context);
}

//===--- sums that go on ------------------------------------------------------------------------------------------===//

namespace {
/// A sum that goes on from +0 is one that starts there: the same additions. From -0 it is not.
template <typename Sum> struct StartFromZero : OpRewritePattern<Sum> {
  using OpRewritePattern<Sum>::OpRewritePattern;
  LogicalResult matchAndRewrite(Sum op, PatternRewriter &rewriter) const override {
    SplatElementsAttr initial;
    if (!op.getInitial() || !matchPattern(op.getInitial(), m_Constant(&initial)) || !isZero(initial))
      return rewriter.notifyMatchFailure(op, "does not go on from +0");
    rewriter.modifyOpInPlace(op, [&] { op.getInitialMutable().clear(); });
    return success();
  }

private:
  static bool isZero(SplatElementsAttr splat) {
    if (isa<FloatType>(splat.getElementType()))
      return splat.getSplatValue<APFloat>().isPosZero();
    return splat.getSplatValue<APInt>().isZero();
  }
};
} // namespace

void ReduceOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<StartFromZero<ReduceOp>>(context);
}
void MatmulOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<StartFromZero<MatmulOp>>(context);
}

//===--- views ----------------------------------------------------------------------------------------------------===//

/// Whether a transposition keeps the order of all dimensions larger than 1.
static bool movesOnlyUnits(TransposeOp op) {
  ArrayRef<int64_t> shape = shapeOf(op.getOperand());
  SmallVector<int64_t> moved;
  for (int64_t dimension : op.getPermutation())
    if (shape[dimension] != 1)
      moved.push_back(dimension);
  return llvm::is_sorted(moved);
}

namespace {
/// A transposition that only moves dimensions of size 1 is a reshape, which merges with its neighbours.
struct TransposeToReshape : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    if (!movesOnlyUnits(op))
      return rewriter.notifyMatchFailure(op, "moves elements");
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getOperand());
    return success();
  }
};

/// A broadcast that stretches nothing only adds leading dimensions of size 1.
struct BroadcastToReshape : OpRewritePattern<BroadcastOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(BroadcastOp op, PatternRewriter &rewriter) const override {
    if (op.getType().getNumElements() != op.getOperand().getType().getNumElements())
      return rewriter.notifyMatchFailure(op, "stretches");
    rewriter.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getOperand());
    return success();
  }
};

/// slice(concat(..., x, ...)) -> slice(x), where it reads nothing but x.
struct SliceOfConcat : OpRewritePattern<SliceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(SliceOp op, PatternRewriter &rewriter) const override {
    auto concat = op.getOperand().getDefiningOp<ConcatOp>();
    if (!concat || op.getType().getNumElements() == 0)
      return rewriter.notifyMatchFailure(op, "not a slice of a concat");
    int64_t axis = concat.getAxis(), begin = 0, first = op.getStarts()[axis];
    int64_t last = first + (op.getSizes()[axis] - 1) * op.getStrides()[axis];
    for (Value input : concat.getInputs()) {
      int64_t end = begin + shapeOf(input)[axis];
      if (std::min(first, last) >= begin && std::max(first, last) < end) {
        auto starts = llvm::to_vector(op.getStarts());
        starts[axis] -= begin;
        rewriter.replaceOpWithNewOp<SliceOp>(op, input, starts, op.getSizes(), op.getStrides());
        return success();
      }
      begin = end;
    }
    return rewriter.notifyMatchFailure(op, "reads several operands");
  }
};
} // namespace

void TransposeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<TransposeToReshape>(context);
}
void BroadcastOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<BroadcastToReshape>(context);
}
void SliceOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<SliceOfConcat>(context);
}

//===--- gathers of ranges ----------------------------------------------------------------------------------------===//

/// The first of constant indices that count up by one and lie inside a table; nothing if they do not.
static std::optional<int64_t> getRangeStart(Value indices, int64_t limit) {
  ElementsAttr constant;
  if (!matchPattern(indices, m_Constant(&constant)))
    return std::nullopt;
  auto tensor = HostTensor::fromAttribute(constant);
  if (!tensor || tensor->integers.empty())
    return std::nullopt;
  for (auto [i, index] : llvm::enumerate(tensor->integers))
    if (index != tensor->integers.front() + static_cast<int64_t>(i))
      return std::nullopt;
  bool isInside = tensor->integers.front() >= 0 && tensor->integers.back() < limit;
  return isInside ? std::optional(tensor->integers.front()) : std::nullopt;
}

namespace {
/// gather(table, first, first + 1, ...) -> slice of the table: learned positions. The gradient then needs no scatter.
struct GatherOfRange : OpRewritePattern<GatherOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(GatherOp op, PatternRewriter &rewriter) const override {
    ArrayRef<int64_t> table = shapeOf(op.getTable());
    auto first = getRangeStart(op.getIndices(), table.front());
    if (!first)
      return rewriter.notifyMatchFailure(op, "the indices are not a constant range");
    SmallVector<int64_t> starts(table.size(), 0), sizes(table), strides(table.size(), 1);
    starts.front() = *first;
    sizes.front() = op.getIndices().getType().getNumElements();
    TensorBuilder build(rewriter, op.getLoc());
    Value rows = build.make<SliceOp>(op.getTable(), starts, sizes, strides);
    rewriter.replaceOp(op, build.reshape(rows, op.getType().getShape()));
    return success();
  }
};
} // namespace

//===--- elementwise ops on stretched constants -------------------------------------------------------------------===//

/// The operand of a broadcast of a constant; null for anything else.
static Value getStretchedConstant(Value value) {
  auto broadcast = value.getDefiningOp<BroadcastOp>();
  return broadcast && matchPattern(broadcast.getOperand(), m_Constant()) ? broadcast.getOperand() : Value();
}

namespace {
/// f(broadcast(c), broadcast(d), splat) -> broadcast(f(c, d, splat)) for constants c and d of one shape: f then folds
/// at the small size.
struct ApplyBeforeBroadcast : OpTraitRewritePattern<OpTrait::Elementwise> {
  using OpTraitRewritePattern::OpTraitRewritePattern;
  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    auto shape = findSourceShape(op);
    if (!shape)
      return rewriter.notifyMatchFailure(op, "operands are not constants of one shape, stretched");
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(shrink(rewriter, operand, *shape));
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    OperationState state(op->getLoc(), op->getName(), operands, type.clone(*shape), op->getAttrs());
    Value small = rewriter.create(state)->getResult(0);
    rewriter.replaceOpWithNewOp<BroadcastOp>(op, type, small);
    return success();
  }

private:
  /// The one shape that all stretched constants have; nothing if there is an operand of another kind.
  static std::optional<ArrayRef<int64_t>> findSourceShape(Operation *op) {
    std::optional<ArrayRef<int64_t>> shape;
    for (Value operand : op->getOperands()) {
      if (matchPattern(operand, m_Constant<SplatElementsAttr>(nullptr)))
        continue;
      Value source = getStretchedConstant(operand);
      if (!source || (shape && *shape != shapeOf(source)))
        return std::nullopt;
      shape = shapeOf(source);
    }
    return shape;
  }

  /// An operand at the size its constant has before the broadcast.
  static Value shrink(PatternRewriter &rewriter, Value operand, ArrayRef<int64_t> shape) {
    if (Value source = getStretchedConstant(operand))
      return source;
    SplatElementsAttr splat;
    matchPattern(operand, m_Constant(&splat));
    auto type = RankedTensorType::get(shape, splat.getElementType());
    return ConstantOp::create(rewriter, operand.getLoc(), splat.resizeSplat(type));
  }
};
} // namespace

void NeapDialect::getCanonicalizationPatterns(RewritePatternSet &patterns) const {
  patterns.add<ApplyBeforeBroadcast, GatherOfRange>(getContext());
}
