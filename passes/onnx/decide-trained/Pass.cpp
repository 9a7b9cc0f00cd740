// neap-decide-trained. See Pass.td.
//   1. untie, if asked to
//   2. decide on every floating-point initializer
//   3. tie, if asked to
//   4. warn
#include "neap/dialects/onnx/Onnx.h"
#include "neap/passes/onnx/Passes.h"
#include "neap/passes/onnx/decide-trained/Selection.h"
#include "neap/passes/onnx/decide-trained/TrainedRule.h"
#include "neap/passes/onnx/decide-trained/Untie.h"
#include "neap/passes/onnx/decide-trained/Warnings.h"

namespace neap {
#define GEN_PASS_DEF_DECIDETRAINED
#include "neap/passes/onnx/Onnx.h.inc"
} // namespace neap

using namespace mlir;
using namespace neap;
using namespace neap::onnx;

namespace {

SmallVector<InitializerOp> floatInitializers(ModuleOp module) {
  return llvm::filter_to_vector(module.getOps<InitializerOp>(),
                                [](InitializerOp op) { return isFloatTensor(op.getType()); });
}

SmallVector<InitializerOp> trainedOnly(ArrayRef<InitializerOp> all) {
  return llvm::filter_to_vector(all, [](InitializerOp op) { return op.getTrained() == Trained::Trained; });
}

/// Replaces the reads of every copy by (the transpose of) its original and removes the copy.
void tieWeights(ArrayRef<EqualPair> pairs, GraphOp graph) {
  auto reads = readsOf(graph);
  for (auto [original, copy, transposed] : pairs) {
    for (ReadOp read : reads.lookup(copy.getSymName())) {
      OpBuilder builder(read);
      Value value = ReadOp::create(builder, read.getLoc(), original.getType(), original.getSymName());
      if (transposed)
        value = NodeOp::create(
                    builder, read.getLoc(), TypeRange(read.getType()), "Transpose", value, "",
                    cast<IntegerAttr>(graph.getOpsets().get("ai.onnx")).getInt(), (copy.getSymName() + "/tied").str(),
                    builder.getDictionaryAttr(builder.getNamedAttr("perm", builder.getI64ArrayAttr({1, 0}))),
                    /*region_names=*/ArrayAttr(), /*overload=*/StringAttr(), /*attribute_refs=*/DictionaryAttr(),
                    /*metadata=*/DictionaryAttr(), /*subgraphsCount=*/0)
                    .getResult(0);
      read.replaceAllUsesWith(value);
      read.erase();
    }
    copy->erase();
  }
}

struct DecideTrainedPass : neap::impl::DecideTrainedBase<DecideTrainedPass> {
  using DecideTrainedBase::DecideTrainedBase;

  void runOnOperation() override {
    GraphOp graph = findGraph(getOperation());
    if (!graph)
      return;
    if (untie)
      (void)untieNorms(getOperation(), graph);
    weights::Files files(graph.getSource().value_or(""), trustLinks);
    std::vector<std::string> warnings;
    if (failed(decide(graph, warnings)))
      return signalPassFailure();
    llvm::Expected<SmallVector<EqualPair>> pairs =
        findEqualWeights(trainedOnly(floatInitializers(getOperation())), files);
    if (!pairs) {
      emitModelError(graph) << "cannot read weights: " << llvm::toString(pairs.takeError());
      return signalPassFailure();
    }
    if (tie)
      tieWeights(*pairs, graph);
    else
      llvm::append_range(warnings, warnUntied(*pairs));
    SmallVector<InitializerOp> all = floatInitializers(getOperation()), trained = trainedOnly(all);
    llvm::append_range(warnings, warnMerged(trained, graph));
    llvm::append_range(warnings, warnLost(all, trained, graph));
    llvm::append_range(warnings, warnEvaluationMode(trained, graph));
    for (const std::string &warning : warnings)
      emitWarning(graph.getLoc()) << warning;
    for (const std::string &note : noteEvaluationMode(graph))
      emitRemark(graph.getLoc()) << note;
  }

  LogicalResult decide(GraphOp graph, std::vector<std::string> &warnings) {
    SmallVector<InitializerOp> initializers = floatInitializers(getOperation());
    FailureOr<Value> loss = findLoss(graph, output);
    if (failed(loss))
      return failure();
    FailureOr<Selection> selection =
        Selection::create(graph, initializers, llvm::to_vector(train), llvm::to_vector(freeze), trainList);
    if (failed(selection))
      return failure();
    TrainedRule rule(graph, *loss);
    for (InitializerOp initializer : initializers) {
      Verdict verdict = rule.decide(initializer);
      if (auto choice = selection->choose(initializer.getSymName()))
        verdict = applyChoice(*choice, rule.isCandidate(initializer), verdict);
      initializer.setTrained(verdict.trained ? Trained::Trained : Trained::Constant);
      initializer.setReason(verdict.reason);
      if (verdict.doubtful)
        warnings.push_back(("'" + initializer.getSymName() + "' is not trained: " + verdict.reason).str());
    }
    return success();
  }

  /// The user decides, but nothing can be trained without a gradient.
  static Verdict applyChoice(const Selection::Choice &choice, bool candidate, const Verdict &verdict) {
    if (choice.trained && !candidate)
      return {false, choice.reason + ", but " + verdict.reason, /*doubtful=*/true};
    return {choice.trained, choice.reason};
  }
};

} // namespace
