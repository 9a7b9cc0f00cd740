// See RandomGraph.h.
#include "RandomGraph.h"

#include "neap/dialects/neap/TensorBuilder.h"

using namespace mlir;

namespace neap::test {

namespace {

/// Grows one program. Every op takes values from the pool and puts its result there; values stay of order one, so that
/// differences of the loss are exact to many digits.
class Grower {
public:
  explicit Grower(uint64_t seed);
  RandomGraph grow();

private:
  using Rule = Value (Grower::*)();

  int64_t pick(int64_t limit) { return std::uniform_int_distribution<int64_t>(0, limit - 1)(random); }
  Value pickValue() { return pool[pick(pool.size())]; }
  Value pickValueOfRank(int64_t rank);
  RankedTensorType typeOf(ArrayRef<int64_t> shape) { return RankedTensorType::get(shape, opBuilder.getF64Type()); }
  Value stretch(Value value, ArrayRef<int64_t> shape);
  SmallVector<int64_t> pickAxes(int64_t rank);
  Value pickIndices(int64_t limit, int64_t count);
  void addParameter(unsigned number);
  Value sumAll(Value value);

  Value growUnary();
  Value growBinary();
  Value growSelect();
  Value growReshape();
  Value growTranspose();
  Value growBroadcast();
  Value growSlice();
  Value growUnslice();
  Value growConcat();
  Value growGather();
  Value growReduce();
  Value growMatmul();
  Value growSoftmax();
  Value growLayerNorm();
  Value growCrossEntropy();

  Random random;
  RandomGraph graph;
  OpBuilder opBuilder{&getContext()};
  TensorBuilder build{opBuilder, opBuilder.getUnknownLoc()};
  SmallVector<Value> pool;
};

Grower::Grower(uint64_t seed) : random(seed) {
  Location location = opBuilder.getUnknownLoc();
  graph.module = ModuleOp::create(location);
  opBuilder.setInsertionPointToEnd(graph.module->getBody());
  auto type = opBuilder.getFunctionType({}, {typeOf({})});
  graph.step = StepOp::create(opBuilder, location, "f", type, ArrayAttr(), ArrayAttr());
  graph.step.setResultAttr(0, "neap.name", opBuilder.getStringAttr("loss")); // what build-backward looks for
  opBuilder.createBlock(&graph.step.getBody());
}

void Grower::addParameter(unsigned number) {
  SmallVector<int64_t> shape(pick(4));
  for (int64_t &size : shape)
    size = pick(4) + 1;
  std::string name = "p" + std::to_string(number);
  RankedTensorType type = typeOf(shape);
  OpBuilder outside(graph.step);
  NamedAttrList attributes;
  attributes.append("sym_name", outside.getStringAttr(name));
  attributes.append("type", TypeAttr::get(type));
  attributes.append("trained", outside.getUnitAttr());
  attributes.append("file", outside.getStringAttr(""));
  attributes.append("offset", outside.getI64IntegerAttr(0));
  ParameterOp::create(outside, outside.getUnknownLoc(), TypeRange(), ValueRange(), attributes.getAttrs());
  graph.context.symbols[name] = draw(type, random, -1.0, 1.0);
  pool.push_back(ReadOp::create(opBuilder, opBuilder.getUnknownLoc(), type, name));
}

Value Grower::pickValueOfRank(int64_t rank) {
  Value value = pickValue();
  SmallVector<int64_t> shape(shapeOf(value));
  while (static_cast<int64_t>(shape.size()) > rank) {
    int64_t last = shape.pop_back_val();
    shape.back() *= last;
  }
  while (static_cast<int64_t>(shape.size()) < rank)
    shape.insert(shape.begin(), 1);
  return build.reshape(value, shape);
}

/// A value brought to a shape: stretched if it can be, else summed up and stretched.
Value Grower::stretch(Value value, ArrayRef<int64_t> shape) {
  ArrayRef<int64_t> from = shapeOf(value);
  bool fits = from.size() <= shape.size();
  for (auto [size, target] : llvm::zip(llvm::reverse(from), llvm::reverse(shape)))
    fits &= size == 1 || size == target;
  return build.broadcast(fits ? value : build.make<TanhOp>(sumAll(value)), shape);
}

SmallVector<int64_t> Grower::pickAxes(int64_t rank) {
  SmallVector<int64_t> axes;
  for (int64_t axis = 0; axis < rank; ++axis)
    if (pick(2))
      axes.push_back(axis);
  return axes;
}

Value Grower::pickIndices(int64_t limit, int64_t count) {
  SmallVector<int64_t> indices;
  for (int64_t i = 0; i < count; ++i)
    indices.push_back(pick(limit));
  auto type = RankedTensorType::get({count}, opBuilder.getI64Type());
  return ConstantOp::create(opBuilder, opBuilder.getUnknownLoc(), DenseElementsAttr::get(type, ArrayRef(indices)));
}

Value Grower::sumAll(Value value) {
  auto axes = llvm::to_vector(llvm::seq<int64_t>(0, shapeOf(value).size()));
  return build.sum(value, axes);
}

Value Grower::growUnary() {
  Value x = pickValue();
  switch (pick(14)) {
  case 0: return build.make<TanhOp>(x);
  case 1: return build.make<SigmoidOp>(x);
  case 2: return build.make<SinOp>(x);
  case 3: return build.make<CosOp>(x);
  case 4: return build.make<ErfOp>(x);
  case 5: return build.make<GeluOp>(build.make<TanhOp>(x), Approximation::None);
  case 6: return build.make<GeluOp>(build.make<SinOp>(x), Approximation::Tanh);
  case 7: return build.exp(build.make<TanhOp>(x));
  case 8: return build.make<LogOp>(build.add(build.make<SigmoidOp>(x), build.splatLike(x, 0.5)));
  case 9: return build.make<SqrtOp>(build.add(build.mul(x, x), build.splatLike(x, 1.0)));
  case 10: return build.make<ReciprocalOp>(build.add(build.mul(x, x), build.splatLike(x, 1.0)));
  case 11: return build.make<ReluOp>(x);
  case 12: return build.make<AbsOp>(x);
  default: return build.negate(x);
  }
}

Value Grower::growBinary() {
  Value x = pickValue(), y = stretch(pickValue(), shapeOf(x));
  switch (pick(8)) {
  case 0: return build.add(x, y);
  case 1: return build.sub(x, y);
  case 2: return build.mul(build.make<TanhOp>(x), y);
  case 3: return build.div(x, build.add(build.mul(y, y), build.splatLike(y, 1.0)));
  case 4: return build.make<MaximumOp>(x, y);
  case 5: return build.make<MinimumOp>(x, y);
  case 6: return build.make<PowOp>(build.exp(build.make<SinOp>(x)), build.make<CosOp>(y));
  default: return build.make<PowOp>(build.make<TanhOp>(x), build.splatLike(x, 2.0));
  }
}

Value Grower::growSelect() {
  Value x = pickValue(), y = stretch(pickValue(), shapeOf(x));
  return build.select(build.compare(Predicate::Less, x, y), build.make<SinOp>(x), y);
}

Value Grower::growReshape() {
  Value x = pickValue();
  int64_t elements = ShapedType::getNumElements(shapeOf(x));
  SmallVector<int64_t> shape{elements};
  for (int64_t divisor : {2, 3})
    if (elements % divisor == 0 && pick(2))
      shape = {divisor, elements / divisor};
  if (pick(2))
    shape.insert(shape.begin() + pick(shape.size() + 1), 1);
  return build.reshape(x, shape);
}

Value Grower::growTranspose() {
  Value x = pickValue();
  auto permutation = llvm::to_vector(llvm::seq<int64_t>(0, shapeOf(x).size()));
  std::shuffle(permutation.begin(), permutation.end(), random);
  return build.transpose(x, permutation);
}

Value Grower::growBroadcast() {
  Value x = pickValue();
  SmallVector<int64_t> shape(shapeOf(x));
  for (int64_t &size : shape)
    size = size == 1 && pick(2) ? 3 : size;
  if (shape.size() < 3)
    shape.insert(shape.begin(), 2);
  return build.broadcast(x, shape);
}

Value Grower::growSlice() {
  Value x = pickValue();
  SmallVector<int64_t> starts, sizes, strides;
  for (int64_t size : shapeOf(x)) {
    int64_t start = pick(size), step = pick(2) + 1;
    bool backward = pick(2);
    strides.push_back(backward ? -step : step);
    starts.push_back(start);
    sizes.push_back((backward ? start : size - 1 - start) / step + 1);
  }
  return build.make<SliceOp>(x, starts, sizes, strides);
}

Value Grower::growUnslice() {
  Value x = pickValue();
  SmallVector<int64_t> starts, strides, shape;
  for (int64_t size : shapeOf(x)) {
    starts.push_back(pick(2));
    strides.push_back(pick(2) + 1);
    shape.push_back(starts.back() + (size - 1) * strides.back() + 1 + pick(2));
  }
  return build.make<UnsliceOp>(typeOf(shape), x, starts, strides);
}

/// A split, each part changed, joined again: what a projection to queries, keys and values does.
Value Grower::growConcat() {
  Value x = pickValueOfRank(2);
  SmallVector<int64_t> starts(2, 0), sizes(shapeOf(x)), strides(2, 1);
  int64_t axis = pick(2), middle = pick(sizes[axis]) + 1, whole = sizes[axis];
  sizes[axis] = middle;
  SmallVector<Value> parts{build.make<SliceOp>(x, starts, sizes, strides)};
  if (middle < whole) {
    starts[axis] = middle;
    sizes[axis] = whole - middle;
    parts.push_back(build.make<SinOp>(build.make<SliceOp>(x, starts, sizes, strides)));
  }
  std::shuffle(parts.begin(), parts.end(), random);
  return build.make<ConcatOp>(parts, axis);
}

Value Grower::growGather() {
  Value x = pickValueOfRank(pick(2) + 1);
  return build.make<GatherOp>(x, pickIndices(shapeOf(x)[0], 3));
}

Value Grower::growReduce() {
  Value x = pickValue();
  auto kind = static_cast<Reduction>(pick(3));
  return build.make<SinOp>(build.reduce(kind, x, pickAxes(shapeOf(x).size())));
}

Value Grower::growMatmul() {
  Value x = pickValueOfRank(2), y = stretch(pickValueOfRank(1), {2, shapeOf(x).back()});
  Value product = build.matmul(x, build.transposeMatrix(y));
  return build.make<TanhOp>(product);
}

Value Grower::growSoftmax() { return build.make<SoftmaxOp>(pickValueOfRank(2)); }

/// Keeps variances away from zero, where differences lose their digits.
Value Grower::growLayerNorm() {
  Value x = stretch(pickValue(), {2, 3});
  Value ramp = build.cast(build.iota(RankedTensorType::get({2, 3}, opBuilder.getI64Type()), 1), opBuilder.getF64Type());
  Value scale = stretch(pickValue(), {3}), bias = stretch(pickValue(), {3});
  auto norm = LayerNormOp::create(opBuilder, opBuilder.getUnknownLoc(), build.add(build.make<TanhOp>(x), ramp), scale,
                                  bias, llvm::APFloat(1e-5f));
  return norm->getResult(pick(2) ? 0 : 1 + pick(2));
}

Value Grower::growCrossEntropy() {
  Value logits = pickValueOfRank(2);
  int64_t rows = shapeOf(logits)[0], columns = shapeOf(logits)[1];
  auto loss = CrossEntropyOp::create(opBuilder, opBuilder.getUnknownLoc(), logits, pickIndices(columns + 1, rows),
                                     /*ignore_index=*/columns);
  return loss->getResult(pick(2));
}

/// The loss looks at the last few values, and a little at everything.
RandomGraph Grower::grow() {
  static constexpr Rule rules[] = {&Grower::growUnary,     &Grower::growUnary,       &Grower::growBinary,
                                   &Grower::growBinary,    &Grower::growSelect,      &Grower::growReshape,
                                   &Grower::growTranspose, &Grower::growBroadcast,   &Grower::growSlice,
                                   &Grower::growUnslice,   &Grower::growConcat,      &Grower::growGather,
                                   &Grower::growReduce,    &Grower::growMatmul,      &Grower::growSoftmax,
                                   &Grower::growLayerNorm, &Grower::growCrossEntropy};
  for (unsigned i = 0, count = 2 + pick(3); i < count; ++i)
    addParameter(i);
  for (unsigned i = 0, count = 6 + pick(10); i < count; ++i)
    if (Value grown = (this->*rules[pick(std::size(rules))])(); ShapedType::getNumElements(shapeOf(grown)) <= 256)
      pool.push_back(grown);
  Value loss = build.splat(typeOf({}), 0.0);
  for (Value value : pool)
    loss = build.add(loss, sumAll(build.make<SinOp>(value)));
  ReturnOp::create(opBuilder, opBuilder.getUnknownLoc(), loss);
  return std::move(graph);
}

} // namespace

RandomGraph makeRandomGraph(uint64_t seed) { return Grower(seed).grow(); }

void decomposeAll(RandomGraph &graph) {
  SmallVector<Decomposable> ops;
  graph.step.walk([&](Decomposable op) { ops.push_back(op); });
  for (Decomposable op : ops) {
    OpBuilder builder(op);
    op->replaceAllUsesWith(op.decompose(builder));
    op->erase();
  }
}

} // namespace neap::test
