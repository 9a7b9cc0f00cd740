// Bytes, operations, and the parts of products and attention.
#include "neap/passes/costs/GroupWork.h"

#include "neap/dialects/neap/Cost.h"
#include "neap/dialects/neap/TensorBuilder.h"
#include "neap/passes/fuse/Group.h"
#include "neap/passes/fuse/KernelClass.h"
#include "neap/passes/lower/kernels/GemmGroup.h"
#include "neap/passes/lower/kernels/attention/Problem.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace neap {
namespace {

/// As runtime/threads/Pool cuts a launch.
constexpr int64_t piecesPerWorker = 4;

/// How a launch is handed out: pieces of so many items.
struct Pieces {
  Pieces(int64_t items, int64_t grain, int64_t workers) {
    grain = std::max<int64_t>(grain, 1);
    size = std::max<int64_t>(items / (workers * piecesPerWorker) / grain, 1) * grain;
    count = std::max<int64_t>(items / size, 1);
    idleFactor = static_cast<double>(workers) / static_cast<double>(std::min(count, workers));
  }
  int64_t size, count;
  double idleFactor;
};

double asDouble(int64_t number) { return static_cast<double>(number); }

void countTraffic(Block &body, planning::CpuWork &work) {
  for (BlockArgument argument : body.getArguments())
    work.bytesRead += asDouble(countBytes(argument.getType(), countGroupElementsRead(argument)));
  for (auto [index, type] : llvm::enumerate(body.getTerminator()->getOperandTypes()))
    work.bytesWritten += asDouble(countBytes(type, countGroupElementsWritten(body, index)));
}

/// Loop points of an op that computes something at each.
int64_t countPoints(Operation *op) {
  auto fusible = dyn_cast<Fusible>(op);
  if (!fusible || isView(op) || isContraction(op) || isSplatConstant(op))
    return 0;
  return ShapedType::getNumElements(fusible.getIterationSpace().sizes);
}

} // namespace

void addOperation(Operation *op, planning::CpuWork &work) {
  if (int64_t points = countPoints(op))
    work.operations[op->getName().stripDialect().str()] += asDouble(points);
}

namespace {

/// The sweeps of a row kernel. A reduction runs as soon as all that it depends on has run; what is elementwise is computed again in
/// every sweep that needs it.
class Sweeps {
public:
  explicit Sweeps(Block &body) : body(body) {
    for (Operation &op : body.without_terminator()) {
      int level = 0;
      for (Value operand : op.getOperands())
        if (Operation *producer = operand.getDefiningOp())
          level = std::max(level, levels.lookup(producer));
      levels[&op] = isReduction(&op) ? level + 1 : level;
      count = std::max(count, levels[&op]);
    }
  }

  void countOperations(planning::CpuWork &work) const {
    for (int level = 1; level < count; ++level)
      addSweep(level, {}, work);
    SmallVector<Value> results = findResults();
    // Stored in the last sweep, unless they wait for what it sums.
    bool areFree = llvm::all_of(results, [&](Value value) { return levels.lookup(value.getDefiningOp()) < count; });
    addSweep(count, areFree ? results : SmallVector<Value>(), work);
    if (!areFree)
      addElements(results, work);
  }

private:
  SmallVector<Value> findResults() const {
    SmallVector<Value> results;
    for (Value value : body.getTerminator()->getOperands())
      if (Operation *producer = value.getDefiningOp(); producer && !isReduction(producer))
        results.push_back(value);
    return results;
  }

  /// The reductions of a level, what they sum up, and other elements that are wanted on the way.
  void addSweep(int level, SmallVector<Value> wanted, planning::CpuWork &work) const {
    for (Operation &op : body.without_terminator())
      if (isReduction(&op) && levels.lookup(&op) == level) {
        addOperation(&op, work);
        wanted.push_back(op.getOperand(0));
      }
    addElements(wanted, work);
  }

  /// Everything up to what earlier sweeps have summed.
  static void addElements(SmallVector<Value> wanted, planning::CpuWork &work) {
    llvm::SetVector<Operation *> ops;
    while (!wanted.empty()) {
      Operation *op = wanted.pop_back_val().getDefiningOp();
      if (op && !isReduction(op) && ops.insert(op))
        wanted.append(op->operand_begin(), op->operand_end());
    }
    for (Operation *op : ops)
      addOperation(op, work);
  }

  Block &body;
  int count = 0;
  llvm::DenseMap<Operation *, int> levels;
};

void countOperations(GroupKind kind, Block &body, planning::CpuWork &work) {
  if (kind == GroupKind::Row)
    return Sweeps(body).countOperations(work);
  for (Operation &op : body.without_terminator())
    addOperation(&op, work);
  if (llvm::is_contained({GroupKind::Concat, GroupKind::Scatter, GroupKind::Scan}, kind))
    work.operations["moved"] = work.bytesWritten / sizeof(float);
  // A strip of columns has few rows in flight, and neighbours of a column are far apart.
  if (auto reduced = work.operations.find("reduce"); kind == GroupKind::Column && reduced != work.operations.end()) {
    work.operations["reduce_columns"] = reduced->second;
    work.operations.erase(reduced);
  }
}

/// Elements whose neighbours along the innermost loop are not neighbours in memory: each is read by itself.
FailureOr<double> countStrided(GroupKind kind, Block &body) {
  FailureOr<GroupAccesses> group = analyzeGroup(body, kind);
  if (failed(group))
    return failure();
  double strided = 0;
  size_t innermost = group->loops.size();
  while (innermost > 0 && group->loops[innermost - 1] == 1)
    --innermost;
  for (BlockArgument argument : body.getArguments()) {
    if (innermost == 0 || !group->accesses.contains(argument))
      continue;
    int64_t step = std::abs(group->position(argument).coefficients[innermost - 1]);
    if (step > 1)
      strided += asDouble(countGroupElementsRead(argument));
  }
  return strided;
}

/// Elements that are packed, as they lie if `isContiguous`.
void addPacked(planning::ProductWork &work, double elements, bool isContiguous) {
  (isContiguous ? work.copied : work.transposed) += elements;
}

FailureOr<planning::ProductWork> describeProductWork(Block &body, const lower::KernelTarget &target) {
  FailureOr<lower::GemmProblem> problem = lower::describeProduct(lower::findMatmul(body), body);
  if (failed(problem))
    return failure();
  lower::GemmTiling tiling = lower::chooseGemmTiling(*problem, target.cpu, target.workers);
  int64_t batch = ShapedType::getNumElements(problem->batch), k = problem->k;
  int64_t rows = llvm::alignTo(problem->m, tiling.tileRows), columns = llvm::alignTo(problem->n, tiling.tileColumns);
  int64_t strips = llvm::divideCeil(problem->m, tiling.itemRows),
          blocks = llvm::divideCeil(problem->n, tiling.blockColumns);
  Pieces pieces(batch * strips * blocks, tiling.grain, target.workers);

  planning::ProductWork work;
  work.idleFactor = pieces.idleFactor;
  work.multiplyAdds = asDouble(batch * rows * columns) * asDouble(k);
  // rhs is packed for each run of strips: where a block of columns ends, where blockRows do, and where a piece does.
  int64_t runs = batch * blocks * llvm::divideCeil(strips * tiling.itemRows, tiling.blockRows);
  if (pieces.size % strips != 0)
    runs += pieces.count - 1;
  addPacked(work, asDouble(runs) * asDouble(k) * asDouble(columns) / asDouble(blocks), problem->rhs.columnStride == 1);
  if (tiling.lhs == lower::LhsForm::packed)
    addPacked(work, asDouble(batch * blocks * problem->m) * asDouble(k), problem->lhs.rowStride == 1);
  return work;
}

/// Scores of the blocks of 64 x 64 that are computed; of a causal block on the diagonal, all.
double countScores(const lower::AttentionProblem &problem) {
  int64_t queries = problem.queryBlocks(), keys = problem.keyBlocks(), blocks = 0;
  for (int64_t query = 0; query < queries; ++query)
    blocks += problem.causal ? std::min(query + 1, keys) : keys;
  return asDouble(problem.batchElements() * blocks * lower::attentionBlock * lower::attentionBlock);
}

FailureOr<std::optional<planning::AttentionWork>> describeAttentionWork(Block &body,
                                                                        const lower::KernelTarget &target) {
  auto describe = [&](const lower::AttentionProblem &problem, bool isBackward, int64_t items) {
    planning::AttentionWork work;
    work.isBackward = isBackward;
    work.scores = countScores(problem);
    work.depth = asDouble(isBackward ? 3 * problem.size + 2 * problem.valueSize : problem.size + problem.valueSize);
    work.idleFactor = Pieces(items, 1, target.workers).idleFactor;
    return work;
  };
  constexpr int64_t blocksOfItem = 4; // queries of an item of the forward kernel
  for (Operation &op : body.without_terminator()) {
    if (auto forward = dyn_cast<AttentionOp>(op)) {
      auto problem = lower::describeAttention(forward);
      if (failed(problem))
        return failure();
      int64_t items = problem->batchElements() * llvm::divideCeil(problem->queryBlocks(), blocksOfItem);
      return std::optional(describe(*problem, false, items));
    }
    if (auto backward = dyn_cast<AttentionBackwardOp>(op)) {
      auto problem = lower::describeAttention(backward);
      if (failed(problem))
        return failure();
      return std::optional(describe(*problem, true, problem->batchElements()));
    }
  }
  return std::optional<planning::AttentionWork>();
}

} // namespace

FailureOr<planning::CpuWork> describeWork(GroupKind kind, Block &body, const lower::KernelTarget &target) {
  planning::CpuWork work;
  countTraffic(body, work);
  work.isCold = classifyGroup(body) == planning::KernelClass::Optimizer; // states
  countOperations(kind, body, work);
  if (llvm::is_contained({GroupKind::Pointwise, GroupKind::Row, GroupKind::Column, GroupKind::Gemm}, kind)) {
    FailureOr<double> strided = countStrided(kind, body);
    if (failed(strided))
      return failure();
    work.strided = *strided;
  }
  if (kind == GroupKind::Gemm) {
    FailureOr<planning::ProductWork> product = describeProductWork(body, target);
    if (failed(product))
      return failure();
    work.product = *product;
  }
  if (kind == GroupKind::Attention) {
    FailureOr<std::optional<planning::AttentionWork>> attention = describeAttentionWork(body, target);
    if (failed(attention))
      return failure();
    work.attention = *attention;
  }
  return work;
}

} // namespace neap
