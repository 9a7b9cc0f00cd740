// Registration and verifiers of the sched dialect.
#include "neap/dialects/sched/Sched.h"

#include "neap/dialects/neap/Cost.h"

#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace neap;
using namespace neap::sched;

/// Plain integers print without their type.
static ParseResult parseBytes(OpAsmParser &parser, IntegerAttr &bytes) {
  int64_t value;
  if (parser.parseInteger(value))
    return failure();
  bytes = parser.getBuilder().getI64IntegerAttr(value);
  return success();
}
static void printBytes(OpAsmPrinter &printer, Operation *, IntegerAttr bytes) { printer << bytes.getInt(); }

#include "neap/dialects/sched/SchedDialect.cpp.inc"
#include "neap/dialects/sched/SchedEnums.cpp.inc"

/// `(compute)`, without the space that attributes print before themselves.
static ParseResult parseStream(OpAsmParser &parser, StreamAttr &attribute) {
  FailureOr<Stream> stream;
  if (parser.parseLParen() || failed(stream = FieldParser<Stream>::parse(parser)) || parser.parseRParen())
    return failure();
  attribute = StreamAttr::get(parser.getContext(), *stream);
  return success();
}
static void printStream(OpAsmPrinter &printer, Operation *, StreamAttr stream) {
  printer << "(" << stringifyStream(stream.getValue()) << ")";
}

#define GET_ATTRDEF_CLASSES
#include "neap/dialects/sched/SchedAttributes.cpp.inc"
#define GET_TYPEDEF_CLASSES
#include "neap/dialects/sched/SchedTypes.cpp.inc"
#define GET_OP_CLASSES
#include "neap/dialects/sched/SchedOps.cpp.inc"

void SchedDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "neap/dialects/sched/SchedAttributes.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "neap/dialects/sched/SchedTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "neap/dialects/sched/SchedOps.cpp.inc"
      >();
}

LogicalResult SlotType::verify(function_ref<InFlightDiagnostic()> error, RankedTensorType tensor, Space) {
  if (tensor.hasStaticShape() && isWithinLimits(tensor.getShape()))
    return success();
  return error() << "expected " << tensorLimits << " and static shape, got " << tensor;
}

int64_t SlotType::getBytes() const { return storageBytes(getTensor().getElementType(), getTensor().getShape()); }

// Places --------------------------------------------------------------------------------------------------------------

Space Place::getSpace() const { return cast<SlotType>(SlotOp(slot).getType()).getSpace(); }

bool Place::mayOverlap(const Place &other) const {
  return getSpace() == other.getSpace() && low < other.high && other.low < high;
}

bool Place::isSameAs(const Place &other) const {
  auto sameTerm = [](const Term &a, const Term &b) { return a.index == b.index && a.stride == b.stride; };
  return getSpace() == other.getSpace() && begin == other.begin && bytes == other.bytes &&
         llvm::equal(terms, other.terms, sameTerm);
}

/// The operand that lies where `value` does; null for a slot itself, and for what no op of this dialect has made.
static Value getSamePlace(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    auto loop = dyn_cast_or_null<LoopOp>(argument.getOwner()->getParentOp());
    unsigned carried = argument.getArgNumber() - 1; // behind the induction variable
    return loop && carried < loop.getInitial().size() ? loop.getInitial()[carried] : Value();
  }
  unsigned index = cast<OpResult>(value).getResultNumber();
  return TypeSwitch<Operation *, Value>(value.getDefiningOp())
      .Case([&](LaunchOp launch) { return launch.getOutputs()[index]; })
      .Case([&](CopyOp copy) { return copy.getDestination(); })
      .Case([&](MergeOp merge) { return merge.getWhole(); })
      .Case([&](LoopOp loop) { return index < loop.getInitial().size() ? loop.getInitial()[index] : Value(); })
      .Default([](Operation *) { return Value(); });
}

/// The loop whose induction variable `index` is; null for any other value.
static LoopOp getLoopOf(Value index) {
  auto argument = dyn_cast<BlockArgument>(index);
  auto loop = argument ? dyn_cast_or_null<LoopOp>(argument.getOwner()->getParentOp()) : nullptr;
  return loop && argument.getArgNumber() == 0 ? loop : nullptr;
}

/// Adds what a view moves its operand by; fails on one that its own verifier refuses.
static LogicalResult addView(ViewOp view, Place &place, int64_t &slack) {
  if (view.getIndices().size() != view.getStrides().size())
    return failure();
  place.begin += view.getOffset();
  for (auto [index, stride] : llvm::zip_equal(view.getIndices(), view.getStrides())) {
    LoopOp loop = getLoopOf(index);
    if (!loop)
      return failure();
    slack += (static_cast<int64_t>(loop.getCount()) - 1) * stride;
    place.terms.push_back({index, stride});
  }
  return success();
}

FailureOr<Place> sched::findPlace(Value value) {
  Place place{{}, 0, cast<SlotType>(value.getType()).getBytes(), 0, 0, {}};
  int64_t slack = 0;
  llvm::SmallPtrSet<Value, 8> seen; // where order means nothing, values may go round in a circle
  while (value && isa<SlotType>(value.getType()) && seen.insert(value).second) {
    if (auto slot = value.getDefiningOp<SlotOp>()) {
      place.slot = slot;
      place.begin += static_cast<int64_t>(slot.getOffset());
      place.low = place.begin;
      place.high = place.begin + slack + place.bytes;
      return place;
    }
    auto view = value.getDefiningOp<ViewOp>();
    if (view && failed(addView(view, place, slack)))
      return failure();
    value = view ? Value(view.getOperand()) : getSamePlace(value);
  }
  return failure();
}

Place sched::getPlace(Value value) { return *findPlace(value); }

int64_t sched::countRuns(Operation *op) {
  int64_t runs = 1;
  for (auto loop = op->getParentOfType<LoopOp>(); loop; loop = loop->getParentOfType<LoopOp>())
    if (llvm::MulOverflow(runs, static_cast<int64_t>(loop.getCount()), runs))
      return std::numeric_limits<int64_t>::max();
  return runs;
}

/// The places of operands; emits an error for one that no slot of the program holds.
static FailureOr<SmallVector<Place>> findPlaces(Operation *op, ValueRange values) {
  SmallVector<Place> places;
  for (Value value : values) {
    FailureOr<Place> place = findPlace(value);
    if (failed(place))
      return op->emitOpError("expected operands that lie in a slot of the program, got one of unknown place");
    places.push_back(std::move(*place));
  }
  return places;
}

// Verifiers -----------------------------------------------------------------------------------------------------------

LogicalResult KernelOp::verify() {
  FunctionType type = getFunctionType();
  Block &block = getBody().front();
  auto yield = block.empty() ? nullptr : dyn_cast<neap::YieldOp>(block.back());
  if (!yield)
    return emitOpError("expected neap.yield at the end");
  if (TypeRange(block.getArgumentTypes()) != TypeRange(type.getInputs())) // kernel_c1
    return emitOpError("expected block arguments of types ")
           << type.getInputs() << ", got " << block.getArgumentTypes();
  if (TypeRange(yield.getOperandTypes()) != TypeRange(type.getResults())) // kernel_c1
    return emitOpError("expected to yield ") << type.getResults() << ", got " << yield.getOperandTypes();
  if (!getInPlace())
    return success();
  for (auto pair : getInPlace()->getAsRange<InPlaceAttr>()) { // kernel_c2
    if (pair.getResult() < 0 || pair.getResult() >= type.getNumResults() || pair.getOperand() < 0 ||
        pair.getOperand() >= type.getNumInputs())
      return emitOpError("expected a result and an operand of the kernel, got ") << pair;
    if (type.getResult(pair.getResult()) != type.getInput(pair.getOperand()))
      return emitOpError("expected a result and an operand of one type, got ") << pair;
  }
  return success();
}

bool KernelOp::mayShare(unsigned result, unsigned operand) {
  return getInPlace() && llvm::any_of(getInPlace()->getAsRange<InPlaceAttr>(), [&](InPlaceAttr pair) {
           return pair.getResult() == result && pair.getOperand() == operand;
         });
}

int64_t KernelOp::getFlops() { return countGroupFlops(getBody().front()); }

int64_t KernelOp::getBytesRead() {
  int64_t bytes = 0;
  for (BlockArgument argument : getBody().getArguments())
    bytes += countBytes(argument.getType(), countGroupElementsRead(argument));
  return bytes;
}

int64_t KernelOp::getBytesWritten() {
  int64_t bytes = 0;
  for (auto [result, type] : llvm::enumerate(getFunctionType().getResults()))
    bytes += countBytes(type, countGroupElementsWritten(getBody().front(), result));
  return bytes;
}

LogicalResult ProgramOp::verify() {
  SmallVector<Space> seen;
  for (auto arena : getArenas().getAsRange<ArenaAttr>()) { // program_c1
    if (llvm::is_contained(seen, arena.getSpace()))
      return emitOpError("expected one arena per memory space, got two of ") << stringifySpace(arena.getSpace());
    seen.push_back(arena.getSpace());
  }
  if (getBody().front().empty() || !isa<sched::ReturnOp>(getBody().front().back()))
    return emitOpError("expected sched.return at the end");
  return success();
}

int64_t ProgramOp::getArenaBytes(Space space) {
  for (auto arena : getArenas().getAsRange<ArenaAttr>())
    if (arena.getSpace() == space)
      return arena.getBytes();
  return 0;
}

LogicalResult SlotOp::verify() {
  auto program = (*this)->getParentOfType<ProgramOp>();
  int64_t begin = getOffset(), bytes = getType().getBytes(), arena = program.getArenaBytes(getType().getSpace());
  if (begin < 0 || bytes > arena || begin > arena - bytes) // slot_c1
    return emitOpError("expected to lie within the arena of ")
           << arena << " bytes, got " << bytes << " bytes at " << begin;
  bool isDeclared = getRole() == Role::Parameter || getRole() == Role::State; // slot_c2
  bool isNamed = getRole() == Role::Input || getRole() == Role::Output;
  if (isDeclared != getSymbol().has_value())
    return emitOpError(isDeclared ? "expected the symbol of a " : "expected no symbol for a ")
           << stringifyRole(getRole());
  if (isNamed != getName().has_value())
    return emitOpError(isNamed ? "expected a name for an " : "expected no name for a ") << stringifyRole(getRole());
  if ((getRole() == Role::Constant) != getValue().has_value())
    return emitOpError(getValue() ? "expected no value for a " : "expected a value for a ") << stringifyRole(getRole());
  if (getValue() && getValue()->getShapedType() != getType().getTensor())
    return emitOpError("expected a value of type ") << getType().getTensor() << ", got " << getValue()->getShapedType();
  return success();
}

LogicalResult ViewOp::verify() {
  if (getIndices().size() != getStrides().size()) // view_c3
    return emitOpError("expected one stride for each of ")
           << getIndices().size() << " indices, got " << getStrides().size();
  int64_t low = getOffset(), high = low;
  for (auto [index, stride] : llvm::zip_equal(getIndices(), getStrides())) {
    LoopOp loop = getLoopOf(index);
    if (!loop) // view_c3
      return emitOpError("expected induction variables of loops as indices");
    if (stride < 0)
      return emitOpError("expected a stride of 0 bytes or more, got ") << stride;
    int64_t reach;
    if (llvm::MulOverflow(static_cast<int64_t>(loop.getCount()) - 1, stride, reach) ||
        llvm::AddOverflow(high, reach, high)) // view_c1
      return emitOpError("expected to lie within the operand in the last round too, got a stride of ") << stride;
  }
  int64_t available = getOperand().getType().getBytes(), bytes = getType().getBytes();
  if (low < 0 || bytes > available || high > available - bytes) // view_c1
    return emitOpError("expected to lie within the operand's ")
           << available << " bytes, got bytes " << low << " to " << high << " + " << bytes;
  if (getType().getSpace() != getOperand().getType().getSpace()) // view_c2
    return emitOpError("expected operand and result in one memory space");
  return success();
}

LogicalResult MergeOp::verify() {
  FailureOr<SmallVector<Place>> places = findPlaces(*this, getOperands());
  if (failed(places))
    return failure();
  if ((*places)[0].slot != (*places)[1].slot) // merge_c1
    return emitOpError("expected a part of the same slot");
  return success();
}

LogicalResult LaunchOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                         SmallVectorImpl<Type> &types) {
  llvm::append_range(types, adaptor.getOutputs().getTypes());
  return success();
}

/// Types of the tensors that slots hold.
static SmallVector<Type> getTensorTypes(ValueRange slots) {
  return llvm::map_to_vector(slots.getTypes(), [](Type type) -> Type { return cast<SlotType>(type).getTensor(); });
}

/// launch_c4
static LogicalResult verifyWorkspace(LaunchOp launch, ArrayRef<Place> inputs, ArrayRef<Place> outputs) {
  if (!launch.getWorkspace())
    return success();
  FailureOr<SmallVector<Place>> workspace = findPlaces(launch, launch.getWorkspace());
  if (failed(workspace))
    return failure();
  if (workspace->front().getSpace() != Space::Device)
    return launch.emitOpError("expected a workspace on the device");
  for (const Place &place : llvm::concat<const Place>(inputs, outputs))
    if (place.mayOverlap(workspace->front()))
      return launch.emitOpError("expected a workspace that overlaps no operand or result");
  return success();
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  Operation *callee = symbols.lookupNearestSymbolFrom(*this, getKernelAttr());
  if (!callee)
    return emitOpError("expected a kernel, got ") << getKernelAttr();
  auto kernel = dyn_cast<KernelOp>(callee);
  if (!kernel) // Already lowered to a function: there is no signature left to compare with.
    return isa<FunctionOpInterface>(callee) ? success() : emitOpError("expected a kernel, got ") << getKernelAttr();

  FunctionType type = kernel.getFunctionType(); // launch_c1
  if (getTensorTypes(getInputs()) != type.getInputs())
    return emitOpError("expected operands ") << type.getInputs() << ", got " << getTensorTypes(getInputs());
  if (getTensorTypes(getOutputs()) != type.getResults())
    return emitOpError("expected results ") << type.getResults() << ", got " << getTensorTypes(getOutputs());

  FailureOr<SmallVector<Place>> inputs = findPlaces(*this, getInputs()), outputs = findPlaces(*this, getOutputs());
  if (failed(inputs) || failed(outputs))
    return failure();
  for (const Place &place : llvm::concat<const Place>(*inputs, *outputs))
    if (place.getSpace() != Space::Device)
      return emitOpError("expected slots on the device, got one in ") << stringifySpace(place.getSpace());
  for (auto [result, output] : llvm::enumerate(*outputs)) {
    for (const Place &other : ArrayRef(*outputs).drop_front(result + 1)) // launch_c2
      if (output.mayOverlap(other))
        return emitOpError("expected results that do not overlap");
    for (auto [operand, input] : llvm::enumerate(*inputs)) { // launch_c3
      if (!output.mayOverlap(input))
        continue;
      if (!output.isSameAs(input))
        return emitOpError("expected result ") << result << " not to overlap a part of operand " << operand;
      if (!kernel.mayShare(result, operand))
        return emitOpError("expected result ")
               << result << " not to overlap operand " << operand << ": " << getKernelAttr() << " cannot work in place";
    }
  }
  return verifyWorkspace(*this, *inputs, *outputs);
}

LogicalResult CopyOp::verify() {
  if (getSource().getType().getTensor() != getDestination().getType().getTensor()) // copy_c1
    return emitOpError("expected slots of one tensor type");
  FailureOr<SmallVector<Place>> places = findPlaces(*this, {getSource(), getDestination()});
  if (failed(places))
    return failure();
  if ((*places)[0].mayOverlap((*places)[1])) // copy_c1
    return emitOpError("expected source and destination not to overlap");
  return success();
}

LogicalResult sched::ObserveOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto parameter = symbols.lookupNearestSymbolFrom<ParameterOp>(*this, getParameterAttr());
  if (!parameter) // observe_c1
    return emitOpError("expected a parameter, got ") << getParameterAttr();
  if (parameter.getType() != getGradient().getType().getTensor())
    return emitOpError("expected the type of ")
           << getParameterAttr() << ", " << parameter.getType() << ", got " << getGradient().getType().getTensor();
  return success();
}

LogicalResult LoopOp::verifyRegions() {
  if (static_cast<int64_t>(getCount()) < 1) // loop_c1
    return emitOpError("expected a positive count, got ") << static_cast<int64_t>(getCount());
  Block &block = getBody().front();
  auto yield = block.empty() ? nullptr : dyn_cast<sched::YieldOp>(block.back());
  if (!yield)
    return emitOpError("expected sched.yield at the end");
  TypeRange carried = getInitial().getTypes(); // loop_c2
  if (block.getNumArguments() == 0 || !block.getArgument(0).getType().isIndex())
    return emitOpError("expected an index as the first block argument");
  if (TypeRange(block.getArgumentTypes()).drop_front() != carried || TypeRange(getResultTypes()) != carried ||
      TypeRange(yield.getOperandTypes()) != carried)
    return emitOpError("expected block arguments, yielded values and results of types ") << carried;
  for (auto [argument, yielded] : llvm::zip_equal(block.getArguments().drop_front(), yield.getCarried())) {
    if (!isa<SlotType>(yielded.getType()))
      continue;
    FailureOr<SmallVector<Place>> places = findPlaces(*this, {argument, yielded});
    if (failed(places))
      return failure();
    if (!(*places)[0].isSameAs((*places)[1])) // loop_c3
      return emitOpError("expected carried slots to be yielded where they came in");
  }
  return success();
}

LogicalResult sched::ReturnOp::verify() {
  FailureOr<SmallVector<Place>> places = findPlaces(*this, getKept());
  if (failed(places))
    return failure();
  for (Place &place : *places) { // return_c1
    Role role = place.slot.getRole();
    if (role != Role::Parameter && role != Role::State && role != Role::Output)
      return emitOpError("expected parameters, states and outputs, got an ") << stringifyRole(role);
    if (place.bytes != place.slot.getType().getBytes())
      return emitOpError("expected whole slots");
  }
  return success();
}
