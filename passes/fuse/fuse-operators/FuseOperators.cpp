// Writes what a partition decides: one neap.fused for each group. See Pass.td.
#include "neap/passes/fuse/fuse-operators/FuseOperators.h"

#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Remarks.h"

#include "neap/dialects/neap/TensorBuilder.h"

using namespace mlir;

namespace neap {
namespace {

/// Writes the body of one group: clones of its ops and of the views and splats they read, over block arguments.
class BodyBuilder {
public:
  BodyBuilder(const Partition &partition, const FusionGroup &group, Block &body)
      : partition(partition), group(group), body(body), builder(group.members.front()->getContext()) {
    builder.setInsertionPointToEnd(&body);
  }

  /// What the group repeats for itself comes in where it is read: views that were to read it may have got groups of their own.
  void build() {
    SmallVector<Operation *> members(group.members.begin(), group.members.end());
    llvm::sort(members, [](Operation *a, Operation *b) { return a->isBeforeInBlock(b); });
    for (Operation *op : members)
      cloneOp(op);
  }

  Value lookup(Value value) const { return mapping.lookup(value); }
  ArrayRef<Value> getInputs() const { return inputs; }

private:
  void cloneOp(Operation *op) {
    IRMapping operands;
    for (auto [index, operand] : llvm::enumerate(op->getOperands()))
      operands.map(operand, import(op, index));
    Operation *clone = op->clone(operands);
    // Two operands may be one value read in two ways; a mapping by value cannot tell them apart.
    for (auto [index, operand] : llvm::enumerate(op->getOperands()))
      clone->setOperand(index, import(op, index));
    builder.insert(clone);
    for (auto [from, to] : llvm::zip_equal(op->getResults(), clone->getResults()))
      mapping.map(from, to);
  }

  /// The body's value for an operand of a member.
  Value import(Operation *op, unsigned index) {
    Value operand = op->getOperand(index);
    if (group.kind == GroupKind::Scatter) // reads dense rows
      return operand.getDefiningOp() && isSplatConstant(operand.getDefiningOp())
                 ? importFree(operand.getDefiningOp(), {})
                 : importArgument(operand, {});
    if (readsMemory(op))
      return importAt(operand, identityAccess(shapeOf(operand)), shapeOf(operand), /*fromMemory=*/true);
    auto access = operandAccess(op, index, group);
    if (failed(access))
      return importArgument(operand, {});
    return importAt(operand, *access, group.loops, /*fromMemory=*/isInitial(op->getOpOperand(index)));
  }

  Value importAt(Value operand, const Access &access, ArrayRef<int64_t> loops, bool fromMemory) {
    Operation *producer = operand.getDefiningOp();
    if (producer && group.clones.contains(producer) && !mapping.contains(operand))
      cloneOp(producer);
    if (producer && (group.members.contains(producer) || group.clones.contains(producer)))
      return mapping.lookup(operand);
    if (producer && isFree(producer) && !fromMemory)
      return importFree(producer, access);
    if (producer && isSplatConstant(producer))
      return importStretched(cast<ConstantOp>(producer));
    if (!producer || !isView(producer) || partition.getGroup(producer))
      return importArgument(operand, access);
    auto through = composeAccess(cast<Fusible>(producer).getOperandMap(0), access, loops);
    if (failed(through))
      return importArgument(operand, access);
    Value inner = importAt(producer->getOperand(0), *through, loops, fromMemory);
    return importView(producer, inner);
  }

  /// A splat for an op that reads memory: one element there, and a view that repeats it.
  Value importStretched(ConstantOp splat) {
    Value &known = views[{splat, nullptr}];
    if (!known) {
      OpBuilder outside(splat);
      auto scalar = RankedTensorType::get({}, splat.getType().getElementType());
      Value element =
          ConstantOp::create(outside, splat.getLoc(), cast<SplatElementsAttr>(splat.getValue()).resizeSplat(scalar));
      known = BroadcastOp::create(builder, splat.getLoc(), splat.getType(), importArgument(element, {}));
    }
    return known;
  }

  /// One clone for each way of reading an index; a splat is the same for all.
  Value importFree(Operation *producer, const Access &access) {
    Value source = producer->getResult(0);
    for (const Imported &known : clonesOfFree)
      if (known.source == source && (isSplatConstant(producer) || known.access == access))
        return known.value;
    clonesOfFree.push_back({source, access, builder.insert(producer->clone())->getResult(0)});
    return clonesOfFree.back().value;
  }

  Value importView(Operation *view, Value operand) {
    Value &known = views[{view, operand.getAsOpaquePointer()}];
    if (!known) {
      Operation *clone = builder.insert(view->clone());
      clone->setOperand(0, operand);
      known = clone->getResult(0);
    }
    return known;
  }

  /// One argument for each way of reading a value, so that an argument has one access.
  Value importArgument(Value value, const Access &access) {
    for (const Imported &known : arguments)
      if (known.source == value && known.access == access)
        return known.value;
    inputs.push_back(value);
    arguments.push_back({value, access, body.addArgument(value.getType(), value.getLoc())});
    return arguments.back().value;
  }

  /// What stands in the body for a value read through an access.
  struct Imported {
    Value source;
    Access access;
    Value value;
  };

  const Partition &partition;
  const FusionGroup &group;
  Block &body;
  OpBuilder builder;
  IRMapping mapping;
  SmallVector<Value> inputs;
  std::vector<Imported> arguments, clonesOfFree;
  std::map<std::pair<Operation *, const void *>, Value> views;
};

/// A group whose body is written but which has no op yet, since its results are what other groups turn out to read.
struct DraftedGroup {
  const FusionGroup *group;
  std::unique_ptr<Block> body;
  std::unique_ptr<BodyBuilder> builder;
};

/// Replaces the ops of a step by groups.
class OperatorFusion {
public:
  OperatorFusion(Block &block, const LibraryRules &rules, bool reports)
      : block(block), rules(rules), reports(reports), partition(block, rules) {}

  LogicalResult run(FusedValues *values);

private:
  std::vector<DraftedGroup> draftBodies() const;
  llvm::SetVector<Value> collectNeededValues(ArrayRef<DraftedGroup> drafts) const;
  void createFusedOp(DraftedGroup &draft, const llvm::SetVector<Value> &needed);
  void markLibraryProduct(FusedOp fused, const FusionGroup &group) const;
  void eraseFusedOps();

  Block &block;
  const LibraryRules &rules;
  bool reports;
  Partition partition;
  SmallVector<std::pair<Value, Value>> replacements;
};

/// Looks at what a group has become: its result may lie otherwise than thought, or be written twice.
void OperatorFusion::markLibraryProduct(FusedOp fused, const FusionGroup &group) const {
  std::string obstacle = group.obstacle;
  std::optional<LibraryProduct> product;
  if (group.isLibraryProduct)
    product = describeLibraryProduct(fused.getBody().front(), obstacle);
  if (product)
    obstacle = rules.findObjection(*product);
  bool isLibrary = product && obstacle.empty();
  fused.setLibrary(isLibrary);
  if (!reports)
    return;
  auto name = remark::RemarkOpts::name("LibraryProduct").category("neap-fuse-operators");
  if (isLibrary)
    remark::passed(fused.getLoc(), name) << remark::add("{0} x {1} x {2} is left to a library", product->m, product->n,
                                                        product->k);
  else
    remark::missed(fused.getLoc(), name) << remark::add("a matrix product keeps its generated kernel")
                                         << remark::reason("{0}", obstacle);
}

std::vector<DraftedGroup> OperatorFusion::draftBodies() const {
  std::vector<DraftedGroup> drafts;
  for (const auto &group : partition.getGroups()) {
    auto body = std::make_unique<Block>();
    auto builder = std::make_unique<BodyBuilder>(partition, *group, *body);
    builder->build();
    drafts.push_back({group.get(), std::move(body), std::move(builder)});
  }
  return drafts;
}

/// What must be in memory: the groups' inputs, and what the program's own ops use; of a reshape that no group has taken, the operand, as
/// it has the same bytes.
llvm::SetVector<Value> OperatorFusion::collectNeededValues(ArrayRef<DraftedGroup> drafts) const {
  llvm::SetVector<Value> needed;
  for (const DraftedGroup &draft : drafts)
    needed.insert_range(draft.builder->getInputs());
  for (Operation &op : block)
    if (!isComputing(&op) && !isView(&op))
      needed.insert_range(op.getOperands());
  for (size_t i = 0; i < needed.size(); ++i)
    if (auto reshape = needed[i].getDefiningOp<ReshapeOp>(); reshape && !partition.getGroup(reshape))
      needed.insert(reshape.getOperand());
  return needed;
}

Location fuseLocations(const DraftedGroup &draft) {
  SmallVector<Location> locations;
  for (Operation *member : draft.group->members)
    locations.push_back(member->getLoc());
  return FusedLoc::get(locations.front().getContext(), locations);
}

void OperatorFusion::createFusedOp(DraftedGroup &draft, const llvm::SetVector<Value> &needed) {
  SmallVector<Value> results;
  for (Operation *member : draft.group->members)
    for (Value result : member->getResults())
      if (needed.contains(result))
        results.push_back(result);
  if (results.empty())
    return; // dead code
  llvm::sort(results, [](Value a, Value b) { return a.getDefiningOp()->isBeforeInBlock(b.getDefiningOp()); });
  Operation *last = results.back().getDefiningOp();
  OpBuilder builder(last);
  SmallVector<Value> yielded = llvm::map_to_vector(results, [&](Value v) { return draft.builder->lookup(v); });
  auto fused = FusedOp::create(builder, fuseLocations(draft), ValueRange(results).getTypes(), draft.group->kind,
                               /*library=*/false, draft.builder->getInputs());
  fused.getBody().push_back(draft.body.release());
  auto inner = OpBuilder::atBlockEnd(&fused.getBody().front());
  YieldOp::create(inner, fused.getLoc(), yielded);
  if (reports)
    remark::passed(fused.getLoc(), remark::RemarkOpts::name("Fused").category("neap-fuse-operators")) << remark::add(
        "{0} group of {1} ops", stringifyGroupKind(draft.group->kind).str(), draft.group->members.size());
  if (rules.usesLibrary && fused.getKind() == GroupKind::Gemm)
    markLibraryProduct(fused, *draft.group);
  for (auto [value, result] : llvm::zip_equal(results, fused.getResults()))
    replacements.push_back({value, result});
}

/// The original ops are unused now, except by one another.
void OperatorFusion::eraseFusedOps() {
  for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
    if (op.use_empty() && !isa<FusedOp>(op) && (isComputing(&op) || isMemoryEffectFree(&op)) &&
        !op.hasTrait<OpTrait::IsTerminator>())
      op.erase();
}

/// Makers before readers: whoever is read too early comes right before its reader. All others keep their places, those too that
/// could run long before: they would wait in memory. False, and nothing done, where there is no order.
bool sortByNeed(Block &block) {
  llvm::SetVector<Operation *> sorted;
  llvm::DenseSet<Operation *> isPending;
  // Each a maker for the one before, with the operand that is next.
  SmallVector<std::pair<Operation *, unsigned>> pending;
  for (Operation &op : block) {
    if (!sorted.contains(&op))
      pending.push_back({&op, 0});
    while (!pending.empty()) {
      auto &[next, operand] = pending.back();
      isPending.insert(next);
      if (operand == next->getNumOperands()) {
        sorted.insert(next);
        pending.pop_back();
        continue;
      }
      Operation *maker = next->getOperand(operand++).getDefiningOp();
      if (!maker || sorted.contains(maker))
        continue;
      if (isPending.contains(maker))
        return false;
      pending.push_back({maker, 0});
    }
  }
  for (Operation *op : sorted)
    op->moveBefore(&block, block.end());
  return true;
}

LogicalResult OperatorFusion::run(FusedValues *values) {
  std::vector<DraftedGroup> drafts = draftBodies();
  llvm::SetVector<Value> needed = collectNeededValues(drafts);
  for (DraftedGroup &draft : drafts)
    createFusedOp(draft, needed);
  for (auto [value, result] : replacements) {
    value.replaceAllUsesWith(result);
    if (values)
      values->try_emplace(value, result);
  }
  eraseFusedOps();
  if (!sortByNeed(block))
    return block.front().emitError("expected kernels of which none waits for itself");
  return success();
}

} // namespace

/// Bodies of loops are blocks of their own: nothing is fused across a loop's border.
static LogicalResult fuseBlock(Block &block, const LibraryRules &rules, bool reports, FusedValues *values) {
  for (auto loop : block.getOps<TileLoopOp>()) {
    if (failed(fuseBlock(loop.getBody().front(), rules, reports, values)))
      return failure();
    if (values)
      for (Value result : loop.getResults())
        values->try_emplace(result, result);
  }
  return OperatorFusion(block, rules, reports).run(values);
}

LogicalResult fuseOperators(StepOp step, const LibraryRules &rules, bool reports, FusedValues *values) {
  return fuseBlock(step.getBody().front(), rules, reports, values);
}

LogicalResult fuseOperators(Block &block, const LibraryRules &rules) {
  return fuseBlock(block, rules, /*reports=*/false, nullptr);
}

static bool hasLoops(FusedOp fused) {
  switch (fused.getKind()) {
  case GroupKind::Pointwise:
  case GroupKind::Row:
  case GroupKind::Column:
  case GroupKind::Gemm: return succeeded(analyzeGroup(fused.getBody().front(), fused.getKind()));
  case GroupKind::Concat:
  case GroupKind::Scatter:
  case GroupKind::Scan:
  case GroupKind::Attention: return true; // read whole operands
  }
  llvm_unreachable("unknown kind of group");
}

LogicalResult verifyGroups(StepOp step) {
  WalkResult walked =
      step.walk([](FusedOp fused) { return hasLoops(fused) ? WalkResult::skip() : WalkResult::interrupt(); });
  return failure(walked.wasInterrupted());
}

llvm::Expected<LibraryRules> readLibraryRules(const LibraryOptions &options) {
  llvm::Expected<ProductProfile> profile = ProductProfile::read(options.profile);
  if (!profile)
    return profile.takeError();
  return LibraryRules{options.matrixProducts == MatrixProducts::Library, options.libraryDepth, options.allowTf32,
                      std::move(*profile)};
}

} // namespace neap
