// Accesses of a fusion group's values, by propagation from its anchor.
#include "neap/passes/fuse/Group.h"

#include "neap/dialects/neap/TensorBuilder.h"
#include "neap/passes/support/Locations.h"

using namespace mlir;

namespace neap {

LinearForm GroupAccesses::position(Value value) const {
  return linearPosition(accesses.at(value), shapeOf(value), loops.size());
}

bool GroupAccesses::isRowLevel(Value value) const {
  return llvm::none_of(accesses.at(value), [&](const LinearForm &form) { return form.dependsOn(loops.size() - 1); });
}

FailureOr<MatrixPosition> findMatrixPosition(Value operand) {
  ArrayRef<int64_t> shape = shapeOf(operand);
  Access access = identityAccess(shape);
  while (Operation *view = operand.getDefiningOp()) {
    auto through = composeAccess(cast<Fusible>(view).getOperandMap(0), access, shape);
    if (failed(through))
      return view->emitError("expected a view that is linear in the loops of the kernel");
    access = *through;
    operand = view->getOperand(0);
  }
  return MatrixPosition{cast<BlockArgument>(operand), linearPosition(access, shapeOf(operand), shape.size())};
}

SmallVector<size_t> reductionLoops(const IterationSpace &space) {
  SmallVector<size_t> loops;
  for (auto [index, kind] : llvm::enumerate(space.kinds))
    if (kind == LoopKind::Reduction)
      loops.push_back(index);
  return loops;
}

bool isElementwise(Operation *op) {
  auto fusible = dyn_cast<Fusible>(op);
  return fusible && (op->hasTrait<OpTrait::Elementwise>() || isa<RandomReader>(op));
}

/// Whether an elementwise op reads a value at the loop point, and not as a scalar that is the same at all of them.
static bool readsAtLoopPoint(Operation *op, Value value) {
  return llvm::any_of(op->getOpOperands(), [&](OpOperand &operand) {
    return operand.get() == value && cast<Fusible>(op).getOperandMap(operand.getOperandNumber()).isIdentity();
  });
}

static bool hasReductionLoops(Operation *op) {
  auto fusible = dyn_cast<Fusible>(op);
  return fusible && !reductionLoops(fusible.getIterationSpace()).empty();
}

/// Whether an op joins elements of so many operands.
static bool reduces(Operation *op, unsigned operands) {
  return hasReductionLoops(op) && op->getNumOperands() - (findInitial(op) ? 1 : 0) == operands;
}

bool isReduction(Operation *op) { return reduces(op, 1); }
bool isContraction(Operation *op) { return reduces(op, 2); }

bool isInitial(OpOperand &operand) {
  auto fusible = dyn_cast<Fusible>(operand.getOwner());
  return fusible && fusible.getInitialOperand() == operand.getOperandNumber();
}

Value findInitial(Operation *op) {
  auto fusible = dyn_cast<Fusible>(op);
  auto initial = fusible ? fusible.getInitialOperand() : std::nullopt;
  return initial ? op->getOperand(*initial) : Value();
}

bool isView(Operation *op) {
  auto fusible = dyn_cast<Fusible>(op);
  return fusible && fusible.isView();
}

/// A slice from 0 on has the map of a permutation as well.
bool isPermutation(Operation *op) {
  return isView(op) && cast<Fusible>(op).getOperandMap(0).isPermutation() &&
         ShapedType::getNumElements(shapeOf(op->getOperand(0))) ==
             ShapedType::getNumElements(shapeOf(op->getResult(0)));
}

FailureOr<Access> accessThroughView(Operation *view, const Access &operand, ArrayRef<int64_t> loops) {
  if (isa<ReshapeOp>(view))
    return reshapeAccess(operand, shapeOf(view->getOperand(0)), shapeOf(view->getResult(0)), loops);
  if (!isPermutation(view))
    return failure();
  return composeAccess(inversePermutation(cast<Fusible>(view).getOperandMap(0)), operand, loops);
}

bool isIndirect(Operation *op) {
  auto fusible = dyn_cast<Fusible>(op);
  return fusible && fusible.getIndirectIndex();
}

bool isSplatConstant(Operation *op) {
  auto constant = dyn_cast<ConstantOp>(op);
  return constant && isa<SplatElementsAttr>(constant.getValue());
}

namespace {
/// Propagates accesses through the ops of a body until nothing new follows.
class Propagation {
public:
  explicit Propagation(GroupAccesses &group) : group(group) {}

  /// From an op whose own loops are the group's.
  void runFrom(Operation *op) {
    Access identity = identityAccess(group.loops);
    if (isReduction(op)) {
      set(op->getResult(0), *composeAccess(cast<Fusible>(op).getResultMap(0), identity, group.loops));
      set(op->getOperand(0), std::move(identity));
    } else {
      set(op->getResult(0), std::move(identity));
    }
    run(*op->getBlock());
  }

private:
  void set(Value value, Access access) {
    if (group.accesses.try_emplace(value, std::move(access)).second)
      pending.push_back(value);
  }

  void run(Block &body) {
    while (!pending.empty()) {
      Value value = pending.pop_back_val();
      Operation *producer = value.getDefiningOp();
      if (producer && isSplatConstant(producer))
        continue; // the same wherever it is read: one reader's access is none of the others'
      if (producer) {
        if (Value initial = findInitial(producer))
          set(initial, group.accesses.at(value));
        toOperands(producer, value);
      }
      for (Operation *user : value.getUsers())
        if (user->getBlock() == &body)
          toUser(user, value);
    }
  }

  void toOperands(Operation *op, Value result) {
    if (isReduction(op) && group.kind == GroupKind::Row)
      return alongRow(op, result);
    if (hasReductionLoops(op) || !isa<Fusible>(op))
      return;
    auto fusible = cast<Fusible>(op);
    for (auto [index, operand] : llvm::enumerate(op->getOperands())) {
      AffineMap map = fusible.getOperandMap(index);
      if (map.getNumSymbols() > 0)
        continue; // read indirectly: not an access of its own
      auto access = composeAccess(map, group.accesses.at(result), group.loops);
      if (succeeded(access))
        set(operand, *access);
    }
  }

  /// What a row's reduction reads is accessed as its result is, and by the innermost loop.
  void alongRow(Operation *reduction, Value result) {
    Value operand = reduction->getOperand(0);
    if (shapeOf(operand).back() != group.loops.back())
      return;
    Access access = group.accesses.at(result);
    access.push_back(identityAccess(group.loops).back());
    set(operand, std::move(access));
  }

  void toUser(Operation *op, Value operand) {
    if (isElementwise(op)) {
      if (readsAtLoopPoint(op, operand))
        set(op->getResult(0), group.accesses.at(operand));
      return;
    }
    if (isReduction(op)) {
      if (operand == op->getOperand(0))
        throughReduction(cast<Fusible>(op), operand);
      return;
    }
    if (!isView(op))
      return;
    auto access = accessThroughView(op, group.accesses.at(operand), group.loops);
    if (succeeded(access))
      set(op->getResult(0), *access);
  }

  void throughReduction(Fusible reduction, Value operand) {
    auto access = composeAccess(reduction.getResultMap(0), group.accesses.at(operand), group.loops);
    if (succeeded(access))
      set(reduction->getResult(0), *access);
  }

  GroupAccesses &group;
  SmallVector<Value> pending;
};
} // namespace

static SmallVector<int64_t> loopsOf(Operation *op) {
  return isReduction(op) ? cast<Fusible>(op).getIterationSpace().sizes : llvm::to_vector(shapeOf(op->getResult(0)));
}

/// Groups grow from their last op backwards, so that op's loops are the ones that all others were found to fit. What comes
/// later has fewer points, such as a second result of one element per row, or only shares the sweep. A view counts where it is
/// what the group was made for.
static Operation *findAnchor(Block &body, GroupKind kind) {
  if (kind == GroupKind::Gemm)
    return &*llvm::find_if(body, [](Operation &op) { return isContraction(&op); });
  Operation *anchor = nullptr;
  int64_t most = 0;
  for (Operation &op : llvm::reverse(body.without_terminator())) {
    int64_t points = ShapedType::getNumElements(loopsOf(&op));
    bool isSeenThrough = isView(&op) && !llvm::is_contained(op.getUsers(), body.getTerminator());
    if (!isSeenThrough && points > most) {
      anchor = &op;
      most = points;
    }
  }
  return anchor;
}

/// The reader, seen through views, that takes a value element by element; null if all read it as a matrix or a table.
static Operation *findReaderAtLoopPoints(Value value) {
  for (OpOperand &use : value.getUses()) {
    Operation *user = use.getOwner();
    if (isView(user)) {
      if (Operation *reader = findReaderAtLoopPoints(user->getResult(0)))
        return reader;
    } else if (isInitial(use) || (!isContraction(user) && !(isIndirect(user) && use.getOperandNumber() == 0))) {
      return user;
    }
  }
  return nullptr;
}

static LogicalResult verifyAccesses(Block &body, const GroupAccesses &group) {
  SmallVector<Value> values(body.getArguments());
  for (Operation &op : body)
    if (!isSplatConstant(&op))
      llvm::append_range(values, op.getResults());
  for (Value value : values) {
    Operation *reader = group.accesses.contains(value) ? nullptr : findReaderAtLoopPoints(value);
    if (reader)
      return reader->emitError("node '") << findNodeName(reader)
                                         << "': expected an access that is linear in the loops of its fusion group";
  }
  return success();
}

FailureOr<GroupAccesses> analyzeGroup(Block &body, GroupKind kind) {
  Operation *anchor = findAnchor(body, kind);
  GroupAccesses group;
  group.kind = kind;
  group.loops = loopsOf(anchor);
  Propagation propagation(group);
  propagation.runFrom(anchor);
  // Reductions that only share the sweep have no value in common with the anchor; they joined it for having its loops.
  for (Operation &op : body)
    if (isReduction(&op) && !group.accesses.contains(op.getResult(0)) && loopsOf(&op) == group.loops)
      propagation.runFrom(&op);
  if (failed(verifyAccesses(body, group)))
    return failure();
  return group;
}

} // namespace neap
