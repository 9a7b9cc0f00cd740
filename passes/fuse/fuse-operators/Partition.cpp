// The decisions of neap-fuse-operators. See Pass.td for the rules in words.
#include "neap/passes/fuse/fuse-operators/Partition.h"

#include "neap/dialects/neap/TensorBuilder.h"

using namespace mlir;

namespace neap {

static int64_t elementsOf(Value value) { return ShapedType::getNumElements(shapeOf(value)); }

bool isFree(Operation *op) { return isSplatConstant(op) || (isa<Fusible>(op) && op->getNumOperands() == 0); }

bool isComputing(Operation *op) {
  bool isThere = isMemoryPlanOp(op) || isa<TileLoopOp>(op) || op->hasTrait<OpTrait::ConstantLike>();
  if (op->getNumResults() == 0 || isFree(op) || isView(op) || isThere)
    return false;
  return op->getNumOperands() > 0;
}

bool readsMemory(Operation *op) { return isContraction(op) || !isa<Fusible>(op); }

/// Nothing that is in memory by itself, and computed by no kernel unless somebody wants it there.
static bool isMadeOnDemand(Operation *op) { return isView(op) || (isFree(op) && isa<Fusible>(op)); }

//===- Loops and accesses -------------------------------------------------------------------------------------------===//

ResolvedOperand Partition::resolve(Value operand, Access access, ArrayRef<int64_t> loops) const {
  while (Operation *view = operand.getDefiningOp()) {
    if (!isView(view) || groupOf.contains(view))
      break;
    auto through = composeAccess(cast<Fusible>(view).getOperandMap(0), access, loops);
    if (failed(through))
      break;
    operand = view->getOperand(0);
    access = std::move(*through);
  }
  return {operand, access};
}

static bool reducesLastAxis(Operation *reduction) {
  auto space = cast<Fusible>(reduction).getIterationSpace();
  return space.kinds.back() == LoopKind::Reduction;
}

FailureOr<Access> operandAccess(Operation *op, unsigned operand, const FusionGroup &group) {
  auto fusible = cast<Fusible>(op);
  AffineMap map = fusible.getOperandMap(operand);
  if (map.getNumSymbols() > 0)
    return failure();
  Access own = group.accesses.at(op->getResult(0));
  if (isInitial(op->getOpOperand(operand)))
    return own;
  if (!isReduction(op))
    return composeAccess(map, own, group.loops);
  // A reduction's loops are the dimensions of its operand: in a row group all but the last follow from the result.
  if (!reducesLastAxis(op))
    return identityAccess(group.loops);
  own.push_back(identityAccess(group.loops).back());
  return own;
}

bool Partition::isRowLevel(const FusionGroup &group, Value value) const {
  const Access &access = group.accesses.at(value);
  return group.loops.size() >= 2 && group.loops.back() > 1 &&
         llvm::none_of(access, [&](const LinearForm &form) { return form.dependsOn(group.loops.size() - 1); });
}

bool Partition::fits(const FusionGroup &group, Operation *op) const {
  Value result = op->getResult(0);
  if (group.readTwoWays.contains(result) || !group.accesses.contains(result))
    return false;
  if (!isBijective(group.accesses.at(result), shapeOf(result), group.loops))
    return false;
  int64_t points = ShapedType::getNumElements(group.loops);
  bool mayHaveRows = group.kind == GroupKind::Pointwise || group.kind == GroupKind::Row;
  if (isRowLevel(group, result)) {
    if (!mayHaveRows || elementsOf(result) * group.loops.back() != points)
      return false;
    return !isReduction(op) || (reducesLastAxis(op) && shapeOf(op->getOperand(0)).back() == group.loops.back());
  }
  bool computesAtLoopPoints =
      mayHaveRows || (group.kind == GroupKind::Gemm && !group.isLibraryProduct) || group.kind == GroupKind::Column;
  return !isReduction(op) && elementsOf(result) == points && computesAtLoopPoints;
}

//===- Who reads what -----------------------------------------------------------------------------------------------===//

void Partition::requireInMemory(Value value, FusionGroup *reader) {
  Operation *producer = value.getDefiningOp();
  if (producer && isa<ReshapeOp>(producer) && !groupOf.contains(producer))
    return requireInMemory(producer->getOperand(0), reader); // the same bytes under another shape
  if (producer && isMadeOnDemand(producer) && !groupOf.contains(producer))
    openGroup(producer);
  Readers &readers = readersOf[value];
  readers.inMemory = true;
  if (reader && readers.fromMemory.insert(reader))
    recordOrigins(*reader, value);
}

/// Who reads what a loop or an op of the memory plan leaves comes after what that reads, as if it read that itself.
void Partition::recordOrigins(FusionGroup &group, Value value) {
  Operation *producer = value.getDefiningOp();
  if (producer && (isMemoryPlanOp(producer) || isa<TileLoopOp>(producer)))
    for (Value origin : producer->getOperands())
      requireInMemory(origin, &group);
}

void Partition::recordRead(FusionGroup &group, Value operand, Access access, ArrayRef<int64_t> loops, bool fromMemory) {
  ResolvedOperand resolved = resolve(operand, std::move(access), loops);
  Operation *producer = resolved.source.getDefiningOp();
  if (producer && isFree(producer) && !fromMemory)
    return;
  bool isStuckView = producer && isView(producer) && !groupOf.contains(producer);
  if (isStuckView || fromMemory)
    return requireInMemory(resolved.source, &group);
  readersOf[resolved.source].atLoopPoints.insert(&group);
  recordOrigins(group, resolved.source);
  auto [entry, isNew] = group.accesses.try_emplace(resolved.source, resolved.access);
  if (!isNew && entry->second != resolved.access)
    group.readTwoWays.insert(resolved.source);
}

void Partition::recordOperands(FusionGroup &group, Operation *op) {
  for (auto [index, operand] : llvm::enumerate(op->getOperands())) {
    if (group.kind == GroupKind::Scatter) {
      requireInMemory(operand, &group);
      continue;
    }
    if (readsMemory(op)) {
      ArrayRef<int64_t> loops = shapeOf(operand);
      recordRead(group, operand, identityAccess(loops), loops, /*fromMemory=*/true);
      continue;
    }
    auto access = operandAccess(op, index, group);
    // A library computes no operand on the way. What a sum goes on from is kept for it to be written over.
    bool isOfLibrary = group.isLibraryProduct && !group.accesses.contains(operand);
    bool isThere = isOfLibrary || isInitial(op->getOpOperand(index));
    if (failed(access)) // a table, read wherever the indices say; or a view's operand that is not linear
      requireInMemory(operand, &group);
    else
      recordRead(group, operand, *access, group.loops, /*fromMemory=*/isThere);
  }
}

//===- Dependences --------------------------------------------------------------------------------------------------===//

/// The last position that a walk from here may come to: an op only reads what is before it, but that may be part of a group
/// whose other members come later.
unsigned Partition::farthestFrom(unsigned position) const {
  while (groupEnds[position] > position)
    position = groupEnds[position];
  return position;
}

/// Walks from values to what they are computed from, whole groups at a time: a group runs when all its inputs are there.
bool Partition::dependsOn(ArrayRef<Value> values, const FusionGroup &target) const {
  SmallVector<Operation *> pending;
  llvm::DenseSet<Operation *> seen;
  auto visit = [&](Value value) {
    Operation *producer = value.getDefiningOp();
    if (producer && farthestFrom(position(producer)) >= target.first && seen.insert(producer).second)
      pending.push_back(producer);
  };
  llvm::for_each(values, visit);
  llvm::DenseSet<const FusionGroup *> expanded;
  while (!pending.empty()) {
    Operation *op = pending.pop_back_val();
    const FusionGroup *group = groupOf.lookup(op);
    if (group == &target)
      return true;
    if (!group) {
      llvm::for_each(op->getOperands(), visit);
      continue;
    }
    if (!expanded.insert(group).second)
      continue;
    for (const auto &ops : {group->members, group->clones})
      for (Operation *member : ops)
        llvm::for_each(member->getOperands(), visit);
  }
  return false;
}

bool Partition::dependsOn(const FusionGroup &group, const FusionGroup &other) const {
  SmallVector<Value> inputs;
  for (const auto &ops : {group.members, group.clones})
    for (Operation *member : ops)
      for (Value operand : member->getOperands())
        if (Operation *producer = operand.getDefiningOp(); !producer || groupOf.lookup(producer) != &group)
          inputs.push_back(operand);
  return dependsOn(inputs, other);
}

//===- Gemm groups --------------------------------------------------------------------------------------------------===//

FusionGroup &Partition::createGroup(GroupKind kind, ArrayRef<int64_t> loops, Operation *op) {
  groups.push_back(std::make_unique<FusionGroup>());
  FusionGroup &group = *groups.back();
  group.kind = kind;
  group.number = groups.size();
  group.loops = llvm::to_vector(loops);
  group.first = group.last = position(op);
  return group;
}

void Partition::join(FusionGroup &group, Operation *op, bool asClone) {
  if (asClone) {
    group.clones.insert(op);
  } else {
    group.members.insert(op);
    groupOf[op] = &group;
    group.first = std::min(group.first, position(op));
    group.last = std::max(group.last, position(op));
    for (unsigned at = group.first; groupEnds[at] < group.last; ++at)
      groupEnds[at] = group.last;
  }
  bool hasRows = isReduction(op) || (group.kind == GroupKind::Pointwise && isRowLevel(group, op->getResult(0)));
  if (group.kind == GroupKind::Pointwise && hasRows)
    group.kind = GroupKind::Row;
  recordOperands(group, op);
}

std::string LibraryRules::findObjection(const LibraryProduct &product) const {
  if (const ProfiledProduct *known = profile.find(product, allowsTf32))
    return known->isLibraryFaster ? "" : "the profile prefers the generated kernel";
  return product.k >= leastDepth
             ? ""
             : "its depth of " + std::to_string(product.k) + " does not pay for an epilogue of its own";
}

/// Why a matmul is not left to a library; empty if its operands lie as that wants them, and it is worth asking.
std::string Partition::findObstacle(Operation *matmul) const {
  SmallVector<LinearForm> positions;
  for (Value operand : matmul->getOperands()) {
    ArrayRef<int64_t> loops = shapeOf(operand);
    ResolvedOperand resolved = resolve(operand, identityAccess(loops), loops);
    positions.push_back(linearPosition(resolved.access, shapeOf(resolved.source), loops.size()));
  }
  std::string obstacle;
  auto product = describeLibraryProduct(matmul, positions[0], positions[1], obstacle);
  return product ? rules.findObjection(*product) : obstacle;
}

void Partition::openGemmGroup(Operation *matmul) {
  Value result = matmul->getResult(0);
  FusionGroup &group = createGroup(GroupKind::Gemm, shapeOf(result), matmul);
  if (rules.usesLibrary)
    group.obstacle = findObstacle(matmul);
  group.isLibraryProduct = rules.usesLibrary && group.obstacle.empty();
  group.accesses[result] = identityAccess(group.loops);
  join(group, matmul, /*asClone=*/false);
  growEpilogue(group, result);
}

/// Takes what may follow `value` in the epilogue, and what may follow that.
void Partition::growEpilogue(FusionGroup &group, Value value) {
  SmallVector<Operation *> users(value.getUsers().begin(), value.getUsers().end());
  llvm::sort(users, [&](Operation *a, Operation *b) { return position(a) < position(b); });
  users.erase(llvm::unique(users), users.end());
  for (Operation *user : users)
    if (!groupOf.contains(user) &&
        ((users.size() == 1 && takeView(group, user, group.loops)) || takePointwise(group, user, value)))
      growEpilogue(group, user->getResult(0));
}

/// A reshape or transpose after which the innermost of `loops` still writes neighbours.
bool Partition::takeView(FusionGroup &group, Operation *view, ArrayRef<int64_t> loops) {
  if (!isView(view))
    return false;
  FailureOr<Access> result = accessThroughView(view, group.accesses.at(view->getOperand(0)), loops);
  if (failed(result))
    return false;
  LinearForm position = linearPosition(*result, shapeOf(view->getResult(0)), loops.size());
  if (position.coefficients.back() != 1 || (group.isLibraryProduct && !isLibraryAddend(position, loops)))
    return false;
  group.accesses[view->getResult(0)] = *result;
  join(group, view, /*asClone=*/false);
  return true;
}

/// Whether some reader of a value needs it in memory whatever is fused.
static bool hasMemoryReader(Value value) {
  return llvm::any_of(value.getUsers(), [](Operation *user) {
    if (isView(user))
      return hasMemoryReader(user->getResult(0));
    return isContraction(user) || !isa<Fusible>(user);
  });
}

/// One addition, of something in memory: the product and then this. `through` is read by nobody else.
bool Partition::isLibraryEpilogue(const FusionGroup &group, Operation *op, Value through) const {
  bool isFirst = llvm::none_of(group.members, isElementwise);
  if (!isa<AddOp>(op) || !isFirst || op->getOperand(0) == op->getOperand(1))
    return false;
  Value other = op->getOperand(op->getOperand(0) == through ? 1 : 0);
  ResolvedOperand resolved = resolve(other, group.accesses.at(through), group.loops);
  Operation *producer = resolved.source.getDefiningOp();
  if (producer && (isFree(producer) || isView(producer)))
    return false;
  LinearForm position = linearPosition(resolved.access, shapeOf(resolved.source), group.loops.size());
  return isLibraryBias(position, group.loops) || isLibraryAddend(position, group.loops);
}

bool Partition::takePointwise(FusionGroup &group, Operation *op, Value through) {
  if (!isElementwise(op))
    return false;
  bool isOnlyReader = llvm::all_of(through.getUsers(), [&](Operation *user) { return user == op; });
  if (group.isLibraryProduct ? !isOnlyReader || !isLibraryEpilogue(group, op, through)
                             : !isOnlyReader && !hasMemoryReader(op->getResult(0)))
    return false;
  SmallVector<Value> others;
  for (Value operand : op->getOperands())
    if (operand != through)
      others.push_back(operand);
  if (dependsOn(others, group))
    return false;
  group.accesses[op->getResult(0)] = group.accesses.at(through);
  join(group, op, /*asClone=*/false);
  return true;
}

//===- Attention groups ---------------------------------------------------------------------------------------------===//

/// Each result has loops of its own, over its shape. It is stored in the layout that its only reader wants.
void Partition::openAttentionGroup(Operation *attention) {
  FusionGroup &group = createGroup(GroupKind::Attention, shapeOf(attention->getResult(0)), attention);
  for (Value result : attention->getResults())
    group.accesses[result] = identityAccess(shapeOf(result));
  join(group, attention, /*asClone=*/false);
  for (Value result : attention->getResults()) {
    Value stored = result;
    while (stored.hasOneUse() && takeView(group, *stored.user_begin(), shapeOf(result)))
      stored = stored.user_begin()->getResult(0);
  }
}

//===- All other groups ---------------------------------------------------------------------------------------------===//

/// The loops of an op that is no reduction.
static GroupKind kindOf(Operation *op) {
  auto own = dyn_cast<OwnLoops>(op);
  return own ? own.getGroupKind() : GroupKind::Pointwise;
}

FusionGroup &Partition::openGroup(Operation *op) {
  Value result = op->getResult(0);
  if (isReduction(op)) {
    auto fusible = cast<Fusible>(op);
    auto space = fusible.getIterationSpace();
    FusionGroup &group = createGroup(reducesLastAxis(op) ? GroupKind::Row : GroupKind::Column, space.sizes, op);
    group.accesses[result] = *composeAccess(fusible.getResultMap(0), identityAccess(group.loops), group.loops);
    join(group, op, /*asClone=*/false);
    return group;
  }
  FusionGroup &group = createGroup(kindOf(op), shapeOf(result), op);
  group.accesses[result] = identityAccess(group.loops);
  join(group, op, /*asClone=*/false);
  return group;
}

/// The first reading group, in program order, that can compute the op without a cycle takes it.
bool Partition::joinReader(Operation *op, Readers &readers) {
  SmallVector<FusionGroup *> candidates = llvm::to_vector(readers.atLoopPoints);
  llvm::sort(candidates, [](FusionGroup *a, FusionGroup *b) { return a->first < b->first; });
  SmallVector<Value> operands(op->getOperands());
  for (FusionGroup *group : candidates) {
    auto leadsBack = [&](FusionGroup *reader) { return reader != group && dependsOn(*group, *reader); };
    if (!fits(*group, op) || dependsOn(operands, *group) || readers.fromMemory.contains(group) ||
        llvm::any_of(readers.atLoopPoints, leadsBack) || llvm::any_of(readers.fromMemory, leadsBack))
      continue;
    join(*group, op, /*asClone=*/false);
    return true;
  }
  return false;
}

bool Partition::isInMemoryAnyway(Value value) const {
  Operation *producer = value.getDefiningOp();
  if (!producer || !isComputing(producer))
    return true;
  auto readers = readersOf.find(value);
  return groupOf.contains(producer) || (readers != readersOf.end() && readers->second.inMemory);
}

/// Collects the tensors of at least an eighth of `size` elements that computing `value` reads. False where it takes more
/// than a few elementwise ops on what is in memory.
static bool collectLargeSources(Value value, int64_t size, unsigned depth, function_ref<bool(Value)> isInMemory,
                                llvm::SetVector<Value> &sources) {
  Operation *producer = value.getDefiningOp();
  if (producer && isFree(producer))
    return true;
  if (producer && isView(producer))
    return collectLargeSources(producer->getOperand(0), size, depth, isInMemory, sources);
  if (elementsOf(value) * 8 < size)
    return true;
  if (isInMemory(value)) {
    sources.insert(value);
    return true;
  }
  return depth > 0 && isElementwise(producer) && llvm::all_of(producer->getOperands(), [&](Value operand) {
           return collectLargeSources(operand, size, depth - 1, isInMemory, sources);
         });
}

bool Partition::isCheapToRepeat(Operation *op) const {
  constexpr unsigned longestChain = 6;
  if (!isElementwise(op))
    return false;
  llvm::SetVector<Value> sources;
  auto isInMemory = [&](Value value) { return isInMemoryAnyway(value); };
  return llvm::all_of(op->getOperands(),
                      [&](Value operand) {
                        return collectLargeSources(operand, elementsOf(op->getResult(0)), longestChain, isInMemory,
                                                   sources);
                      }) &&
         sources.size() <= 1;
}

bool Partition::repeatInReaders(Operation *op, Readers &readers) {
  if (readers.inMemory || readers.atLoopPoints.size() < 2 || !isCheapToRepeat(op))
    return false;
  if (!llvm::all_of(readers.atLoopPoints, [&](FusionGroup *group) { return fits(*group, op); }))
    return false;
  for (FusionGroup *group : llvm::to_vector(readers.atLoopPoints))
    join(*group, op, /*asClone=*/true);
  return true;
}

/// Paths through a chain may be many, so each value is taken once for each access, and no more than a few dozen.
SmallVector<ResolvedOperand> Partition::findSources(Operation *op, ArrayRef<int64_t> loops) const {
  constexpr size_t mostSeen = 64;
  SmallVector<ResolvedOperand> seen, sources;
  auto visitOperands = [&](Operation *reader, const Access &access) {
    for (auto [index, operand] : llvm::enumerate(reader->getOperands())) {
      auto inner = composeAccess(cast<Fusible>(reader).getOperandMap(index), access, loops);
      auto isIt = [&, operand = operand](const ResolvedOperand &other) {
        return other.source == operand && other.access == *inner;
      };
      if (succeeded(inner) && llvm::none_of(seen, isIt))
        seen.push_back({operand, *inner});
    }
  };
  visitOperands(op, identityAccess(loops));
  for (size_t i = 0; i < seen.size(); ++i) {
    ResolvedOperand value = seen[i]; // a copy: the list grows
    Operation *producer = value.source.getDefiningOp();
    bool isOnTheWay = producer && !groupOf.contains(producer) && (isElementwise(producer) || isView(producer));
    if (isOnTheWay && seen.size() < mostSeen)
      visitOperands(producer, value.access);
    else
      sources.push_back(std::move(value));
  }
  return sources;
}

/// Whether a column group's own reductions run over the same loops as another one, and in the same chunks.
static bool reducesLike(const FusionGroup &group, Operation *reduction) {
  auto loopsOf = [](Operation *op) { return reductionLoops(cast<Fusible>(op).getIterationSpace()); };
  return llvm::all_of(group.members, [&](Operation *member) {
    return !isReduction(member) || (loopsOf(member) == loopsOf(reduction) &&
                                    cast<ReduceOp>(member).getChunkRows() == cast<ReduceOp>(reduction).getChunkRows());
  });
}

/// Whether a pointwise op and a reduction along rows may share a kernel for what both read: not where too few rows would share the
/// work, nor where a row is so long that a second sweep, if it takes one, finds it gone from the cache.
static bool mayShareRows(ArrayRef<int64_t> loops) {
  constexpr int64_t fewestRows = 64, longestRow = 4096;
  return !loops.empty() && loops.back() <= longestRow && ShapedType::getNumElements(loops.drop_back()) >= fewestRows;
}

/// Whether the loops of an op are those of a group that it has no value in common with but what both read.
static bool hasLoopsOf(const FusionGroup &group, Operation *op, ArrayRef<int64_t> loops) {
  if (group.loops != loops)
    return false;
  if (!isReduction(op))
    return group.kind == GroupKind::Row && mayShareRows(loops);
  if (!reducesLastAxis(op))
    return group.kind == GroupKind::Column && reducesLike(group, op);
  return group.kind == GroupKind::Row || (group.kind == GroupKind::Pointwise && mayShareRows(loops));
}

/// Groups that compute a value or read it at their loop points, the oldest first.
SmallVector<FusionGroup *> Partition::findGroupsThatSee(ArrayRef<ResolvedOperand> values) const {
  llvm::SetVector<FusionGroup *> seen;
  for (const ResolvedOperand &value : values) {
    if (Operation *producer = value.source.getDefiningOp(); producer && groupOf.contains(producer))
      seen.insert(groupOf.lookup(producer));
    if (auto readers = readersOf.find(value.source); readers != readersOf.end())
      seen.insert_range(readers->second.atLoopPoints);
  }
  SmallVector<FusionGroup *> sorted = seen.takeVector();
  llvm::sort(sorted, [](FusionGroup *a, FusionGroup *b) { return a->number < b->number; });
  return sorted;
}

/// An op joins an independent group that already sweeps one of the tensors it reads, in the same loops: two sums over a tensor, or an
/// optimizer's update and the norm of its gradient.
bool Partition::joinSibling(Operation *op) {
  auto fusible = cast<Fusible>(op);
  SmallVector<int64_t> loops = fusible.getIterationSpace().sizes;
  SmallVector<ResolvedOperand> sources = findSources(op, loops);
  SmallVector<Value> operands(op->getOperands());
  for (FusionGroup *group : findGroupsThatSee(sources)) {
    if (!hasLoopsOf(*group, op, loops))
      continue;
    bool sharesTensor = llvm::any_of(sources, [&](const ResolvedOperand &read) {
      auto entry = group->accesses.find(read.source);
      return entry != group->accesses.end() && entry->second == read.access &&
             elementsOf(read.source) == ShapedType::getNumElements(loops);
    });
    if (!sharesTensor || dependsOn(operands, *group))
      continue;
    const Readers &readers = readersOf[op->getResult(0)];
    auto leadsBack = [&](FusionGroup *reader) { return reader == group || dependsOn(*group, *reader); };
    if (llvm::any_of(readers.atLoopPoints, leadsBack) || llvm::any_of(readers.fromMemory, leadsBack))
      continue;
    group->accesses[op->getResult(0)] = *composeAccess(fusible.getResultMap(0), identityAccess(loops), loops);
    join(*group, op, /*asClone=*/false);
    return true;
  }
  return false;
}

void Partition::assign(Operation *op) {
  Readers readers = readersOf[op->getResult(0)];
  if (op->getNumResults() != 1 || !isa<Fusible>(op)) {
    openGroup(op);
    return;
  }
  if (repeatInReaders(op, readers) || joinReader(op, readers))
    return;
  if ((isReduction(op) || isElementwise(op)) && joinSibling(op))
    return;
  openGroup(op);
}

Partition::Partition(Block &block, const LibraryRules &rules) : rules(rules) {
  for (auto [index, op] : llvm::enumerate(block)) {
    positions[&op] = index;
    groupEnds.push_back(index);
  }
  for (Operation &op : block)
    if (isContraction(&op))
      openGemmGroup(&op);
    else if (auto own = dyn_cast<OwnLoops>(op); own && own.getGroupKind() == GroupKind::Attention)
      openAttentionGroup(&op);
  for (Operation &op : block)
    if (!isComputing(&op) && !isView(&op))
      for (Value operand : op.getOperands())
        requireInMemory(operand, nullptr);
  for (Operation &op : llvm::reverse(block))
    if (isComputing(&op) && !groupOf.contains(&op))
      assign(&op);
}

} // namespace neap
