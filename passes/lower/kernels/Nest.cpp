// Loops, places and bodies shared by all loop nests.
#include "neap/passes/lower/kernels/Nest.h"

#include "neap/passes/lower/kernels/RandomWords.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <numeric>

using namespace mlir;

namespace neap::lower {

//===- Nest -------------------------------------------------------------------------------------------------------===//

/// The part of an indirect read's position that the loops give: index map results without the symbol.
static FailureOr<LinearForm> tablePosition(Fusible op, const Access &result, ArrayRef<int64_t> loops) {
  AffineMap map = op.getOperandMap(0);
  LinearForm position = LinearForm::zero(loops.size());
  auto strides = rowMajorStrides(shapeOf(op->getOperand(0)));
  for (auto [expression, stride] : llvm::zip_equal(map.getResults(), strides)) {
    if (isa<AffineSymbolExpr>(expression))
      continue;
    auto form = composeAccess(AffineMap::get(map.getNumDims(), 0, expression), result, loops);
    if (failed(form))
      return failure();
    position = position + form->front() * stride;
  }
  return position;
}

FailureOr<Nest> Nest::create(Block &body, GroupKind kind) {
  auto group = analyzeGroup(body, kind);
  if (failed(group))
    return failure();
  Nest nest;
  nest.loops = group->loops;
  for (auto &[value, access] : group->accesses)
    nest.positions[value] = linearPosition(access, shapeOf(value), nest.loops.size());
  for (Operation &op : body) {
    if (isIndirect(&op)) {
      auto position = tablePosition(cast<Fusible>(op), group->accesses.at(op.getResult(0)), nest.loops);
      if (failed(position))
        return op.emitError("expected a table position that is linear in the loops");
      nest.indexForms[&op] = *position;
    } else if (auto iota = dyn_cast<IotaOp>(op)) {
      nest.indexForms[&op] = group->accesses.at(iota)[iota.getAxis()];
    } else if (auto random = dyn_cast<RandomReader>(op)) {
      auto number = composeAccess(random.getWordMap(), group->accesses.at(op.getResult(0)), nest.loops);
      if (failed(number))
        return op.emitError("expected a number of random words that is linear in the loops");
      nest.indexForms[&op] = number->front();
    }
  }
  return nest;
}

bool Nest::merge(size_t outer) {
  int64_t size = loops[outer + 1];
  auto allows = [&](const LinearForm &form) {
    return loops[outer] == 1 || size == 1 || form.coefficients[outer] == form.coefficients[outer + 1] * size;
  };
  auto values = [](auto &map) { return llvm::make_second_range(map); };
  if (!llvm::all_of(values(positions), allows) || !llvm::all_of(values(indexForms), allows))
    return false;
  auto apply = [&](LinearForm &form) {
    if (size == 1)
      form.coefficients[outer + 1] = form.coefficients[outer];
    form.coefficients.erase(form.coefficients.begin() + outer);
  };
  llvm::for_each(values(positions), apply);
  llvm::for_each(values(indexForms), apply);
  loops[outer + 1] *= loops[outer];
  loops.erase(loops.begin() + outer);
  return true;
}

size_t Nest::mergeAll(size_t first, size_t end) {
  for (size_t inner = end; inner-- > first + 1;)
    if (merge(inner - 1))
      --end;
  return end;
}

void Nest::addUnitLoop() {
  loops.push_back(1);
  for (auto &entry : positions)
    entry.second.coefficients.push_back(0);
  for (auto &entry : indexForms)
    entry.second.coefficients.push_back(0);
}

bool Nest::dependsOnInnermost(Value value) const {
  auto position = positions.find(value);
  if (position == positions.end() || loops.empty())
    return false;
  return position->second.dependsOn(loops.size() - 1);
}

//===- Body -------------------------------------------------------------------------------------------------------===//

Body Body::child(LoopPoint inner) const {
  Body body = *this;
  body.point = std::move(inner);
  return body;
}

Value Body::evaluate(const LinearForm &form) { return lower::evaluate(code, form, point.indices); }

Value Body::indexVector(const LinearForm &form) {
  Value first = evaluate(form);
  int64_t stride = form.coefficients.empty() ? 0 : form.coefficients.back();
  if (stride == 0)
    return first;
  return code.add(splat(code, first), code.mul(laneNumbers(code, code.style.lanes), splat(code, code.integer(stride))));
}

/// What the form's value is sure to be a multiple of, up to `lanes`, at an innermost index that is one.
static int64_t knownMultiple(const LinearForm &form, int64_t lanes) {
  int64_t multiple = std::gcd(lanes, form.constant);
  for (int64_t coefficient : ArrayRef(form.coefficients).drop_back())
    multiple = std::gcd(multiple, coefficient);
  return multiple;
}

Value Body::load(BlockArgument argument) {
  const LinearForm &form = nest.positions.at(argument);
  Elements elements(code, elementOf(argument));
  Value base = buffers[argument.getArgNumber()], offset = evaluate(form);
  if (!nest.dependsOnInnermost(argument))
    return elements.loadScalar(base, offset);
  return elements.loadVector(base, offset, form.coefficients.back(), point.mask, knownMultiple(form, code.style.lanes));
}

/// An indirect read: contiguous if one index serves the whole row, else one row for each lane.
Value Body::readTable(Operation *op) {
  auto fusible = cast<Fusible>(op);
  auto table = cast<BlockArgument>(op->getOperand(0));
  Value index = compute(op->getOperand(*fusible.getIndirectIndex()));
  Type wide = code.builder.getI64Type();
  if (auto vector = dyn_cast<VectorType>(index.getType()))
    wide = VectorType::get(vector.getShape(), wide);
  if (index.getType() != wide)
    index = arith::ExtSIOp::create(code.builder, code.location, wide, index);
  int64_t rowStride = rowMajorStrides(shapeOf(table))[0];
  const LinearForm &form = nest.indexForms.at(op);
  Elements elements(code, elementOf(table));
  Value base = buffers[table.getArgNumber()];
  bool isVector = nest.dependsOnInnermost(op->getResult(0));
  if (isa<VectorType>(index.getType())) {
    Value offsets = code.add(splat(code, indexVector(form)), code.mul(index, splat(code, code.integer(rowStride))));
    return elements.gather(base, offsets, point.mask);
  }
  Value offset = code.add(evaluate(form), code.mul(index, rowStride));
  if (!isVector)
    return elements.loadScalar(base, offset);
  return elements.loadVector(base, offset, form.coefficients.back(), point.mask);
}

/// The random word of each lane. Whole counters serve lanes that begin with one and go on word by word.
Value Body::drawWord(Operation *op) {
  auto random = cast<RandomReader>(op);
  auto key = llvm::map_to_vector(random.getKey(), [&](Value scalar) { return compute(scalar); });
  RandomStream<Value> stream = streamOf<Value>(key);
  const LinearForm &form = nest.indexForms.at(op);
  bool areNeighbours = form.coefficients.back() == 1 && code.style.lanes % wordsPerCounter == 0;
  if (areNeighbours && knownMultiple(form, wordsPerCounter) == wordsPerCounter)
    return drawNeighbouringWords(code, stream, evaluate(form));
  return drawWords(code, stream, indexVector(form));
}

/// Loop indices as an index-producing op wants them; it has one form, of the axis it asks for.
Value Body::run(Operation *op) {
  if (auto constant = dyn_cast<ConstantOp>(op)) {
    auto scalar = cast<SplatElementsAttr>(constant.getValue()).getSplatValue<TypedAttr>();
    Type type = computeType(elementOf(constant));
    if (auto integer = dyn_cast<IntegerAttr>(scalar))
      scalar = IntegerAttr::get(type, integer.getValue());
    return arith::ConstantOp::create(code.builder, code.location, scalar);
  }
  if (isView(op))
    return compute(op->getOperand(0));
  if (isIndirect(op))
    return readTable(op);
  SmallVector<Value> elements = llvm::map_to_vector(op->getOperands(), [&](Value operand) { return compute(operand); });
  SmallVector<Value> indices;
  if (isa<RandomReader>(op)) {
    elements.push_back(drawWord(op));
  } else if (auto form = nest.indexForms.find(op); form != nest.indexForms.end()) {
    // An index op is asked with one index per dimension of its result; only its own axis is looked at.
    indices.assign(shapeOf(op->getResult(0)).size(), indexVector(form->second));
  }
  if (llvm::any_of(elements, [](Value element) { return isa<VectorType>(element.getType()); }))
    for (Value &element : elements)
      element = splat(code, element);
  return cast<Fusible>(op).buildBody(code.builder, code.location, elements, indices);
}

/// The operands whose elements `run` needs: of a table only the indices.
static SmallVector<Value> getElementOperands(Operation *op) {
  if (isIndirect(op))
    return {op->getOperand(*cast<Fusible>(op).getIndirectIndex())};
  return llvm::to_vector(op->getOperands());
}

/// Operands first, by a stack of its own: a kernel may be a chain of thousands of ops.
Value Body::compute(Value value) {
  SmallVector<Value> open{value};
  while (!open.empty()) {
    Value next = open.back();
    Operation *op = next.getDefiningOp();
    SmallVector<Value> missing;
    if (op && !known.contains(next))
      missing = llvm::filter_to_vector(getElementOperands(op), [&](Value operand) { return !known.contains(operand); });
    if (!missing.empty()) {
      open.append(missing.rbegin(), missing.rend()); // the first operand is computed first
      continue;
    }
    if (!known.contains(next))
      known[next] = op ? run(op) : load(cast<BlockArgument>(next));
    open.pop_back();
  }
  return known.lookup(value);
}

Value Body::combine(Operation *reduction, Value element, Value accumulator) {
  return cast<Fusible>(reduction).buildBody(code.builder, code.location, {element, accumulator}, {});
}

/// Whether a value can be computed from what is known, without the innermost index or an unfinished reduction.
bool Body::isAvailable(Value value) const {
  if (known.contains(value))
    return true;
  Operation *op = value.getDefiningOp();
  if (op && isSplatConstant(op))
    return true;
  if (!nest.positions.contains(value) || nest.dependsOnInnermost(value))
    return false;
  if (!op)
    return true;
  if (isReduction(op) || isContraction(op))
    return false;
  if (auto form = nest.indexForms.find(op);
      form != nest.indexForms.end() && !nest.loops.empty() && form->second.dependsOn(nest.loops.size() - 1))
    return false;
  return llvm::all_of(op->getOperands(), [&](Value operand) {
    return (isIndirect(op) && operand == op->getOperand(0)) || isAvailable(operand);
  });
}

void Body::computeInvariant() {
  for (BlockArgument argument : block.getArguments())
    if (isAvailable(argument))
      compute(argument);
  for (Operation &op : block.without_terminator())
    if (isAvailable(op.getResult(0)))
      compute(op.getResult(0));
}

void Body::storeResults(bool alongInnermost) {
  storeResultsIf([&](Value value) { return nest.dependsOnInnermost(value) == alongInnermost; });
}

static Value firstLane(Code &code, Value value) {
  if (!isa<VectorType>(value.getType()))
    return value;
  return vector::ExtractOp::create(code.builder, code.location, value, ArrayRef<int64_t>{0});
}

/// All values first, then all stores: a result may lie on an operand's bytes.
void Body::storeResultsIf(llvm::function_ref<bool(Value)> condition) {
  SmallVector<std::pair<size_t, Value>> computed;
  for (auto [index, value] : llvm::enumerate(block.getTerminator()->getOperands()))
    if (condition(value))
      computed.push_back({index, compute(value)});
  for (auto [index, value] : computed) {
    Value yielded = block.getTerminator()->getOperand(index);
    const LinearForm &form = nest.positions.at(yielded);
    Elements elements(code, elementOf(yielded));
    Value base = buffers[block.getNumArguments() + index], offset = evaluate(form);
    if (nest.dependsOnInnermost(yielded))
      elements.storeVector(splat(code, value), base, offset, form.coefficients.back(), point.mask,
                           knownMultiple(form, code.style.lanes));
    else // an innermost loop of one iteration leaves its element in lane 0
      elements.storeScalar(firstLane(code, value), base, offset);
  }
}

//===- Functions and loops ----------------------------------------------------------------------------------------===//

KernelFunction::KernelFunction(ModuleOp module, Location location, StringRef name, const KernelShape &shape,
                               const KernelTarget &target)
    : builder(OpBuilder::atBlockEnd(module.getBody())), code(builder, location, shape.style) {
  if (target.device == Device::Cuda) {
    openCudaKernel(*this, name, shape);
    return;
  }
  Type pointer = LLVM::LLVMPointerType::get(module.getContext()), integer = builder.getI64Type();
  auto type = builder.getFunctionType({pointer, integer, integer, pointer}, {});
  function = func::FuncOp::create(builder, location, name, type);
  builder.setInsertionPointToStart(function.addEntryBlock());
  for (size_t i = 0; i < shape.buffers; ++i) {
    Value entry = LLVM::GEPOp::create(builder, location, pointer, pointer, function.getArgument(0),
                                      ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(i)});
    buffers.push_back(code.load(pointer, entry, 8));
  }
  begin = function.getArgument(1);
  end = function.getArgument(2);
}

Kernel KernelFunction::finish(const KernelShape &shape, int64_t grain) const {
  bool isCuda = block != nullptr;
  return Kernel{function, shape.items,       std::max<int64_t>(1, grain),
                0,        shape.itemThreads, isCuda ? shape.blockThreads() : 0};
}

KernelFunction::~KernelFunction() { func::ReturnOp::create(builder, code.location); }

Value evaluate(Code &code, const LinearForm &form, ArrayRef<Value> indices) {
  Value value = code.integer(form.constant);
  for (auto [coefficient, index] : llvm::zip_equal(form.coefficients, indices))
    if (coefficient != 0)
      value = code.add(value, code.mul(index, coefficient));
  return value;
}

SmallVector<Value> delinearize(Code &code, Value item, ArrayRef<int64_t> sizes) {
  SmallVector<Value> indices(sizes.size());
  for (size_t i = sizes.size(); i-- > 0;) {
    if (i == 0) {
      indices[i] = item;
      break;
    }
    auto [quotient, remainder] = code.divide(item, sizes[i]);
    indices[i] = remainder;
    item = quotient;
  }
  return indices;
}

void forEachBlock(Code &code, Value begin, Value end, int64_t size, llvm::function_ref<void(Value, Value)> body) {
  int64_t lanes = code.style.lanes;
  if (size % lanes == 0)
    return code.loop(begin, end, lanes, [&](Value index) { body(index, {}); });
  auto [blocks, rest] = code.divide(code.sub(end, begin), lanes);
  Value tail = code.add(begin, code.mul(blocks, lanes));
  if (size >= lanes)
    code.loop(begin, tail, lanes, [&](Value index) { body(index, {}); });
  code.when(code.less(tail, end), [&] { body(tail, code.mask(code.sub(end, tail), lanes)); });
}

} // namespace neap::lower
