// neap-decompose: compound ops into primitive ones. See Pass.td.
#include "neap/passes/fuse/Passes.h"

#include "neap/dialects/neap/Neap.h"

using namespace mlir;

namespace neap {
#define GEN_PASS_DEF_DECOMPOSEPASS
#include "neap/passes/fuse/Fuse.h.inc"

namespace {

struct DecomposeCompound : OpInterfaceRewritePattern<Decomposable> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;
  LogicalResult matchAndRewrite(Decomposable op, PatternRewriter &rewriter) const override {
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
    rewriter.replaceOpWithNewOp<ReduceOp>(op, op.getReduction(), moved, front);
    return success();
  }
};

struct DecomposePass : impl::DecomposePassBase<DecomposePass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<DecomposeCompound, SplitReduction, MoveReducedAxesToFront>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};

} // namespace
} // namespace neap
