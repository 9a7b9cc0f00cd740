// neap-decompose: compound ops into primitive ones. See Pass.td.
#include "neap/passes/fuse/Passes.h"

#include "neap/dialects/neap/TensorBuilder.h"
#include "neap/passes/support/ErrorKind.h"
#include "neap/passes/support/Locations.h"

using namespace mlir;

namespace neap {
#define GEN_PASS_DEF_DECOMPOSEPASS
#include "neap/passes/fuse/Fuse.h.inc"

namespace {

struct DecomposeCompound : OpInterfaceRewritePattern<Decomposable> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(Decomposable op, PatternRewriter &rewriter) const override {
    Location marked = markOrigin(op->getLoc(), op->getName().stripDialect());
    rewriter.modifyOpInPlace(op, [&] { op->setLoc(marked); }); // where its parts are made
    rewriter.replaceOp(op, op.decompose(rewriter));
    return success();
  }
};

/// Whether `axes` are the first dimensions (none of them the last), or just the last one.
bool hasKernelForm(ArrayRef<int64_t> axes, int64_t rank) {
  if (axes.size() == 1 && axes[0] == rank - 1)
    return true;
  for (auto [position, axis] : llvm::enumerate(axes))
    if (axis != static_cast<int64_t>(position))
      return false;
  return static_cast<int64_t>(axes.size()) < rank;
}

/// A reduction that includes the last axis: that one first, the others after it.
struct SplitReduction : OpRewritePattern<ReduceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReduceOp op, PatternRewriter &rewriter) const override {
    int64_t last = op.getOperand().getType().getRank() - 1;
    ArrayRef<int64_t> axes = op.getAxes();
    if (axes.size() < 2 || !llvm::is_contained(axes, last))
      return rewriter.notifyMatchFailure(op, "does not reduce the last axis and others");
    Value rows = ReduceOp::create(rewriter, op.getLoc(), op.getReduction(), op.getOperand(), ArrayRef<int64_t>{last});
    SmallVector<int64_t> others = llvm::to_vector(llvm::make_filter_range(axes, [&](int64_t a) { return a != last; }));
    rewriter.replaceOpWithNewOp<ReduceOp>(op, op.getReduction(), rows, others);
    return success();
  }
};

/// A reduction that spares the last axis but not only leading ones: the reduced axes move to the front.
struct MoveReducedAxesToFront : OpRewritePattern<ReduceOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReduceOp op, PatternRewriter &rewriter) const override {
    int64_t rank = op.getOperand().getType().getRank();
    ArrayRef<int64_t> axes = op.getAxes();
    if (llvm::is_contained(axes, rank - 1) || hasKernelForm(axes, rank))
      return rewriter.notifyMatchFailure(op, "has a kernel's form already");
    SmallVector<int64_t> permutation(axes);
    for (int64_t axis = 0; axis < rank; ++axis)
      if (!llvm::is_contained(axes, axis))
        permutation.push_back(axis);
    Value moved = TransposeOp::create(rewriter, op.getLoc(), op.getOperand(), permutation);
    auto front = llvm::to_vector(llvm::seq<int64_t>(0, axes.size()));
    rewriter.replaceOpWithNewOp<ReduceOp>(op, op.getReduction(), moved, front, op.getInitial(), op.getChunkAttr());
    return success();
  }
};

/// (A B) transposed so that A's rows become the innermost dimension: B^T A^T, whose kernel writes them side by side. The
/// products and the order of their sums are the same.
struct SwapTransposedMatmul : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto matmul = op.getOperand().getDefiningOp<MatmulOp>();
    int64_t rank = op.getType().getRank();
    if (!matmul || !matmul->hasOneUse() || op.getPermutation().back() != rank - 2)
      return rewriter.notifyMatchFailure(op, "does not bring the rows of a matmul to the innermost dimension");
    if (matmul.getInitial())
      return rewriter.notifyMatchFailure(op, "goes on from a matrix that lies as the product does");
    TensorBuilder tensor(rewriter, op.getLoc());
    Value swapped = tensor.matmul(tensor.transposeMatrix(matmul.getRhs()), tensor.transposeMatrix(matmul.getLhs()));
    SmallVector<int64_t> permutation(op.getPermutation());
    for (int64_t &dimension : permutation)
      if (dimension >= rank - 2)
        dimension = dimension == rank - 1 ? rank - 2 : rank - 1;
    rewriter.replaceOp(op, tensor.transpose(swapped, permutation));
    return success();
  }
};

struct SeparateDelta : OpRewritePattern<AttentionBackwardOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(AttentionBackwardOp op, PatternRewriter &rewriter) const override {
    if (op.getDelta())
      return rewriter.notifyMatchFailure(op, "has a delta");
    auto rows = AttentionDeltaOp::create(rewriter, op.getLoc(), op.getQuery(), op.getKey(), op.getValue(), op.getLse(),
                                         op.getCotangent(), Value(), Value(), op.getBias(), op.getDropoutKey(),
                                         op.getScaleAttr(), op.getCausalAttr(), op.getDropoutRatioAttr());
    rewriter.modifyOpInPlace(op, [&] {
      op.getDeltaMutable().assign(rows.getResult());
      op.getReciprocalMutable().assign(rows.getSumReciprocal());
    });
    return success();
  }
};

/// What kernels can be made of.
bool isPrimitive(Operation *op) { return isa<Fusible, OwnLoops>(op) || op->hasTrait<OpTrait::ConstantLike>(); }

/// The pass's guarantee: computing ops are the Evaluable ones.
LogicalResult verifyPrimitive(Operation *op) {
  if (!isa<Evaluable>(op) || isPrimitive(op))
    return success();
  return marked(op->emitError(), ErrorKind::Unsupported)
         << "node '" << findNodeName(op) << "': expected an op that kernels exist for, got " << op->getName()
         << " on what is not constant";
}

struct DecomposePass : impl::DecomposePassBase<DecomposePass> {
  using DecomposePassBase::DecomposePassBase;
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<DecomposeCompound, SplitReduction, MoveReducedAxesToFront, SwapTransposedMatmul>(&getContext());
    if (separateAttentionDelta)
      patterns.add<SeparateDelta>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    WalkResult result = getOperation()->walk(
        [](Operation *op) { return failed(verifyPrimitive(op)) ? WalkResult::interrupt() : WalkResult::advance(); });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};

} // namespace
} // namespace neap
