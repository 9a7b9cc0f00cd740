// The ops around the tensors: parameters, the step, constants, fusion groups.
#include "neap/dialects/neap/Cost.h"
#include "neap/dialects/neap/Neap.h"

#include "mlir/Interfaces/FunctionImplementation.h"

using namespace mlir;
using namespace neap;

LogicalResult ParameterOp::verify() {
  if (getValue() && getValue()->getShapedType() != getType())
    return emitOpError("expected value of type ") << getType() << ", got " << getValue()->getShapedType();
  if (!getValue() && (!getFile() || !getOffset()))
    return emitOpError("expected a value, or a file and an offset");
  return success();
}

ParseResult StepOp::parse(OpAsmParser &parser, OperationState &result) {
  auto buildType = [](Builder &builder, ArrayRef<Type> arguments, ArrayRef<Type> results,
                      function_interface_impl::VariadicFlag,
                      std::string &) { return builder.getFunctionType(arguments, results); };
  return function_interface_impl::parseFunctionOp(parser, result, /*allowVariadic=*/false,
                                                  getFunctionTypeAttrName(result.name), buildType,
                                                  getArgAttrsAttrName(result.name), getResAttrsAttrName(result.name));
}

void StepOp::print(OpAsmPrinter &printer) {
  function_interface_impl::printFunctionOp(printer, *this, /*isVariadic=*/false, getFunctionTypeAttrName(),
                                           getArgAttrsAttrName(), getResAttrsAttrName());
}

LogicalResult StepOp::verify() {
  for (Type type : llvm::concat<const Type>(getArgumentTypes(), getResultTypes())) { // step_c1
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !tensor.hasStaticShape() || !isWithinLimits(tensor.getShape()))
      return emitOpError("expected ") << tensorLimits << " and static shape, got " << type;
  }
  return success();
}

static constexpr StringLiteral nameAttribute = "neap.name";

StringRef StepOp::getInputName(unsigned index) {
  auto name = getArgAttrOfType<StringAttr>(index, nameAttribute);
  return name ? name.getValue() : StringRef();
}

StringRef StepOp::getOutputName(unsigned index) {
  auto name = getResultAttrOfType<StringAttr>(index, nameAttribute);
  return name ? name.getValue() : StringRef();
}

LogicalResult ReturnOp::verify() {
  auto step = cast<StepOp>((*this)->getParentOp());
  if (TypeRange(getOperandTypes()) != TypeRange(step.getResultTypes()))
    return emitOpError("expected operands of the step's result types ")
           << step.getResultTypes() << ", got " << getOperandTypes();
  return success();
}

/// The declared type of a parameter or state; null if the symbol is neither.
static Type getSymbolType(Operation *user, FlatSymbolRefAttr symbol, SymbolTableCollection &symbols) {
  Operation *declaration = symbols.lookupNearestSymbolFrom(user, symbol);
  if (auto parameter = dyn_cast_or_null<ParameterOp>(declaration))
    return parameter.getType();
  if (auto state = dyn_cast_or_null<StateOp>(declaration))
    return state.getType();
  return {};
}

static LogicalResult verifySymbolUse(Operation *user, FlatSymbolRefAttr symbol, Type type,
                                     SymbolTableCollection &symbols) {
  Type declared = getSymbolType(user, symbol, symbols);
  if (!declared)
    return user->emitOpError("expected a parameter or state, got ") << symbol;
  if (declared != type)
    return user->emitOpError("expected the type of ") << symbol << ", " << declared << ", got " << type;
  return success();
}

LogicalResult ReadOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifySymbolUse(*this, getSymbolAttr(), getType(), symbols);
}

LogicalResult WriteOp::verifySymbolUses(SymbolTableCollection &symbols) {
  return verifySymbolUse(*this, getSymbolAttr(), getValue().getType(), symbols);
}

Type neap::getFieldType(StepField field, MLIRContext *context) {
  switch (field) {
  case StepField::Step:
  case StepField::MicroStep:
  case StepField::SeedLow:
  case StepField::SeedHigh: return IntegerType::get(context, 32, IntegerType::Unsigned);
  default: return Float32Type::get(context);
  }
}

LogicalResult StepValueOp::verify() {
  Type expected = getFieldType(getField(), getContext());
  if (getType().getElementType() != expected) // step_value_c1
    return emitOpError("expected ") << stringifyStepField(getField()) << " as " << expected << ", got " << getType();
  return success();
}

LogicalResult RecomputeOp::verify() {
  if (getSources().empty()) // recompute_c1
    return emitOpError("expected at least one source");
  return success();
}

/// Whether an op names a state that lies in far memory.
template <typename SymbolOp> static bool namesFarState(SymbolOp op) {
  auto state = SymbolTable::lookupNearestSymbolFrom<StateOp>(op, op.getSymbolAttr());
  return state && state.getFar();
}

/// Whether everybody who reads a value of far memory can.
static LogicalResult verifyFarUsers(Operation *op) {
  for (Operation *user : op->getUsers()) {
    auto write = dyn_cast<WriteOp>(user);
    if (!isa<AwaitOp, ReloadOp>(user) && !(write && namesFarState(write)))
      return op->emitOpError("expected its result to be awaited, reloaded or written to a state in far memory, got ")
             << user->getName();
  }
  return success();
}

LogicalResult OffloadOp::verify() { return verifyFarUsers(*this); } // offload_c1

LogicalResult AwaitOp::verify() {
  if (!getValue().getDefiningOp<OffloadOp>()) // await_c1
    return emitOpError("expected a value that is offloaded");
  return verifyFarUsers(*this);
}

LogicalResult ReloadOp::verify() {
  Operation *producer = getValue().getDefiningOp();
  auto read = dyn_cast_or_null<ReadOp>(producer);
  if (!isa_and_nonnull<OffloadOp, AwaitOp>(producer) && !(read && namesFarState(read))) // reload_c1
    return emitOpError("expected a value in far memory");
  return success();
}

bool neap::isMemoryPlanOp(Operation *op) { return isa<AwaitOp, BarrierOp, OffloadOp, RecomputeOp, ReloadOp>(op); }

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValueAttr(); }

LogicalResult FusedOp::verify() {
  Block &block = getBody().front();
  auto yield = block.empty() ? nullptr : dyn_cast<YieldOp>(block.back());
  if (!yield)
    return emitOpError("expected neap.yield at the end");
  if (TypeRange(block.getArgumentTypes()) != TypeRange(getOperandTypes()))
    return emitOpError("expected block arguments of the operands' types");
  if (TypeRange(yield.getOperandTypes()) != TypeRange(getResultTypes()))
    return emitOpError("expected to yield the results' types");
  if (getLibrary() && getKind() != GroupKind::Gemm)
    return emitOpError("expected a gemm for a library, got ") << stringifyGroupKind(getKind());
  return success();
}

int64_t FusedOp::getFlops() { return countGroupFlops(getBody().front()); }

int64_t FusedOp::countElementsRead(unsigned operand) {
  return countGroupElementsRead(getBody().front().getArgument(operand));
}

int64_t FusedOp::countElementsWritten(unsigned result) { return countGroupElementsWritten(getBody().front(), result); }
