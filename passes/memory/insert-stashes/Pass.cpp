// neap-insert-stashes. See Pass.td.
//   1. walk back from the loss: the forward pass
//   2. collect what others read of it, and which of that an op needs in fp32
//   3. decide for each: left alone, computed again, or stashed
//   4. let the readers read late versions
#include "neap/dialects/neap/TensorBuilder.h"
#include "neap/passes/fuse/Group.h"
#include "neap/passes/memory/Passes.h"
#include "neap/passes/memory/plan-memory/Recipe.h"
#include "neap/passes/support/Locations.h"
#include "neap/passes/support/Step.h"

#include "mlir/IR/Remarks.h"

using namespace mlir;

namespace neap {
#define GEN_PASS_DEF_INSERTSTASHESPASS
#include "neap/passes/memory/Memory.h.inc"

namespace {

constexpr StringLiteral category = "neap-insert-stashes";

int64_t bytesOf(Value value) {
  auto type = cast<RankedTensorType>(value.getType());
  return storageBytes(type.getElementType(), type.getShape());
}

/// Whether a view shows all of a result with loops of its own (attention's) and is the only one that does, itself or through
/// other views: that is how the result is stored.
bool isLayout(Operation *op) {
  if (!isView(op) || !op->getOperand(0).hasOneUse())
    return false;
  Operation *maker = op->getOperand(0).getDefiningOp();
  return maker && bytesOf(op->getOperand(0)) == bytesOf(op->getResult(0)) && (!isa<Fusible>(maker) || isLayout(maker));
}

Value skipViews(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isView(op) || isLayout(op))
      break;
    value = op->getOperand(0);
  }
  return value;
}

bool mustStayFp32(Operation *op) {
  auto precision = dyn_cast<Precision>(op);
  return precision && precision.mustStayFp32();
}

class StashInserter {
public:
  explicit StashInserter(StepOp step)
      : body(step.getBody().front()), forward(collectForward(step)),
        ops(llvm::map_to_vector(body, [](Operation &op) { return &op; })) {}

  void run() {
    findReaders();
    findFp32Readers();
    findSizesMade();
    for (Value value : wanted)
      decide(value);
    for (Operation *reader : readers)
      for (OpOperand &operand : reader->getOpOperands())
        operand.set(getLate(operand.get(), reader));
    report();
  }

private:
  void findReaders();
  void findFp32Readers();
  void findSizesMade();
  void decide(Value value);
  bool waits(Value value) const;
  bool isThereLate(Value value, int64_t size) const;
  std::optional<llvm::SetVector<Operation *>> findRepeatable(Value value) const;
  Value getLate(Value value, Operation *reader);
  Value makeLate(Value value, Operation *reader);
  Value repeat(OpResult value, Operation *reader);
  void report() const;

  Block &body;
  llvm::DenseSet<Operation *> forward;
  SmallVector<Operation *> ops;
  SmallVector<Operation *> readers;   ///< behind the forward pass
  llvm::SetVector<Value> wanted;      ///< what they read of it, in the order in which it is made
  llvm::DenseSet<Value> neededInFp32; ///< by op that must have it, through views and elementwise ops
  llvm::DenseMap<Operation *, int64_t>
      largestBehind; ///< bytes of the largest value with a kernel of its own from here on
  int64_t largestWanted = 0;
  llvm::DenseSet<Value> stashed;
  llvm::DenseSet<Operation *> repeated;
  llvm::DenseMap<Value, Value> late;
  int64_t stashedBytes = 0, spared = 0;
};

/// Whatever computes something behind the forward pass. What leaves the step (results, writes) does so as it was made.
void StashInserter::findReaders() {
  llvm::DenseSet<Value> read;
  for (Operation *op : ops) {
    if (forward.contains(op) || op->getNumResults() == 0 || isView(op))
      continue;
    readers.push_back(op);
    for (Value operand : op->getOperands())
      read.insert(skipViews(operand));
  }
  for (Operation *op : ops)
    for (Value result : op->getResults())
      if (forward.contains(op) && read.contains(result) && !isAlwaysThere(result))
        wanted.insert(result);
}

/// Users come behind what they use.
void StashInserter::findFp32Readers() {
  for (Operation *op : llvm::reverse(ops)) {
    if (forward.contains(op))
      continue;
    bool passesOn = (isElementwise(op) || isView(op)) && neededInFp32.contains(op->getResult(0));
    if (passesOn || mustStayFp32(op))
      neededInFp32.insert_range(op->getOperands());
  }
  for (Operation *op : llvm::reverse(ops)) // views of the forward pass, which both read
    if (forward.contains(op) && isView(op) && neededInFp32.contains(op->getResult(0)))
      neededInFp32.insert_range(op->getOperands());
}

void StashInserter::findSizesMade() {
  int64_t largest = 0;
  for (Operation *op : llvm::reverse(ops)) {
    bool isOnTheWay = isView(op) || isElementwise(op) || isReduction(op);
    bool liesInMemory = forward.contains(op) && !isOnTheWay && op->getNumOperands() > 0;
    for (Value result : liesInMemory ? ValueRange(op->getResults()) : ValueRange())
      largest = std::max(largest, bytesOf(result));
    largestBehind[op] = largest;
  }
  for (Value value : wanted)
    if (!neededInFp32.contains(value))
      largestWanted = std::max(largestWanted, bytesOf(value));
}

/// Whether what a stash saves is used: anything of that size is made from the last op of the forward pass on that reads the
/// value. Otherwise it would be rounded at the peak, and wanted back at once.
bool StashInserter::waits(Value value) const {
  Operation *last = value.getDefiningOp();
  SmallVector<Value> pending{value};
  while (!pending.empty())
    for (Operation *user : pending.pop_back_val().getUsers()) {
      if (!forward.contains(user))
        continue;
      if (isView(user))
        pending.push_back(user->getResult(0));
      else if (last->isBeforeInBlock(user))
        last = user;
    }
  if (last == value.getDefiningOp()) // the loss itself, or so
    return false;
  return largestBehind.lookup(last) >= bytesOf(value) / 2;
}

/// Whether the backward pass reads a value in any case, or it is not worth a thought beside one of `size` bytes.
bool StashInserter::isThereLate(Value value, int64_t size) const {
  constexpr int64_t isSmall = 8;
  return isAlwaysThere(value) || value.getDefiningOp()->getNumOperands() == 0 || wanted.contains(value) ||
         bytesOf(value) * isSmall <= size;
}

/// The few elementwise ops that make a value of others that are there late, if that is all there is to it.
std::optional<llvm::SetVector<Operation *>> StashInserter::findRepeatable(Value value) const {
  constexpr size_t mostOps = 6;
  llvm::SetVector<Operation *> chain;
  chain.insert(value.getDefiningOp());
  for (size_t i = 0; i < chain.size(); ++i) {
    if (!isElementwise(chain[i]) || mustStayFp32(chain[i]) || chain.size() > mostOps)
      return std::nullopt;
    for (Value operand : chain[i]->getOperands())
      if (Value source = skipViews(operand); !isThereLate(source, bytesOf(value)))
        chain.insert(source.getDefiningOp());
  }
  return chain;
}

void StashInserter::decide(Value value) {
  constexpr int64_t smallestShare = 32;
  bool isLarge = bytesOf(value) * smallestShare >= largestWanted;
  if (!cast<RankedTensorType>(value.getType()).getElementType().isF32() || !isLarge)
    return;
  auto missed = [&](StringRef reason) {
    remark::missed(value.getLoc(), remark::RemarkOpts::name("Stash").category(category))
        << remark::add("stays fp32") << remark::metric("Bytes", bytesOf(value)) << remark::reason("{0}", reason);
  };
  if (neededInFp32.contains(value))
    return missed("an op behind the forward pass needs it in fp32");
  if (auto chain = findRepeatable(value)) {
    repeated.insert_range(*chain);
    spared += bytesOf(value);
    remark::passed(value.getLoc(), remark::RemarkOpts::name("Repeat").category(category))
        << remark::add("computed from what is kept") << remark::metric("Bytes", bytesOf(value));
    return;
  }
  if (!waits(value))
    return missed("nothing large is made while it waits");
  stashed.insert(value);
  stashedBytes += bytesOf(value);
  remark::passed(value.getLoc(), remark::RemarkOpts::name("Stash").category(category))
      << remark::add("waits in bf16") << remark::metric("Bytes", bytesOf(value) / 2);
}

/// What a reader behind the forward pass is to read instead of a value.
Value StashInserter::getLate(Value value, Operation *reader) {
  if (isAlwaysThere(value))
    return value;
  if (Value known = late.lookup(value))
    return known;
  Value made = makeLate(value, reader);
  late[value] = made;
  return made;
}

Value StashInserter::makeLate(Value value, Operation *reader) {
  Operation *maker = value.getDefiningOp();
  if (stashed.contains(value)) {
    OpBuilder behind(maker->getContext());
    behind.setInsertionPointAfter(maker);
    Value stash = StashOp::create(behind, value.getLoc(),
                                  cast<RankedTensorType>(value.getType()).clone(behind.getBF16Type()), value);
    OpBuilder builder(reader);
    return CastOp::create(builder, value.getLoc(), value.getType(), stash);
  }
  return isView(maker) || repeated.contains(maker) ? repeat(cast<OpResult>(value), reader) : value;
}

/// The op once more, where it reads something else late.
Value StashInserter::repeat(OpResult value, Operation *reader) {
  Operation *maker = value.getOwner();
  auto operands = llvm::map_to_vector(maker->getOperands(), [&](Value operand) { return getLate(operand, reader); });
  if (llvm::equal(operands, maker->getOperands()))
    return value;
  OpBuilder builder(reader);
  Operation *clone = builder.clone(*maker);
  clone->setOperands(operands);
  return clone->getResult(value.getResultNumber());
}

void StashInserter::report() const {
  remark::analysis(body.getParentOp()->getLoc(), remark::RemarkOpts::name("Stashes").category(category))
      << remark::metric("Values", stashed.size()) << remark::metric("Bytes", stashedBytes / 2)
      << remark::metric("BytesBefore", stashedBytes) << remark::metric("RepeatedBytes", spared);
}

struct InsertStashesPass : impl::InsertStashesPassBase<InsertStashesPass> {
  void runOnOperation() override {
    StashInserter(getOperation()).run();
    eraseDeadOps(getOperation()); // views that stashes have versions of
  }
};

} // namespace
} // namespace neap
