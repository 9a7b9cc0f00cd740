// Implementation of the loop-nest writer. Constant operands fold at once, so a nest of static sizes comes out short.
#include "neap/passes/lower/Code.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace neap::lower {
namespace {

std::optional<int64_t> constantOf(Value value) {
  APInt constant;
  if (matchPattern(value, m_ConstantInt(&constant)))
    return constant.getSExtValue();
  return std::nullopt;
}

} // namespace

Value Code::integer(int64_t value) {
  return arith::ConstantOp::create(builder, location, builder.getI64IntegerAttr(value));
}

Value Code::flag(bool value) { return arith::ConstantOp::create(builder, location, builder.getBoolAttr(value)); }

Value Code::add(Value a, Value b) { return builder.createOrFold<arith::AddIOp>(location, a, b); }
Value Code::sub(Value a, Value b) { return builder.createOrFold<arith::SubIOp>(location, a, b); }
Value Code::mul(Value a, Value b) { return builder.createOrFold<arith::MulIOp>(location, a, b); }
Value Code::min(Value a, Value b) { return builder.createOrFold<arith::MinSIOp>(location, a, b); }

std::pair<Value, Value> Code::divide(Value a, int64_t b) {
  if (b == 1)
    return {a, integer(0)};
  Value divisor = integer(b);
  return {builder.createOrFold<arith::DivUIOp>(location, a, divisor),
          builder.createOrFold<arith::RemUIOp>(location, a, divisor)};
}

Value Code::less(Value a, Value b) {
  return builder.createOrFold<arith::CmpIOp>(location, arith::CmpIPredicate::slt, a, b);
}

Value Code::equal(Value a, Value b) {
  return builder.createOrFold<arith::CmpIOp>(location, arith::CmpIPredicate::eq, a, b);
}

Value Code::address(Value base, Value offset) {
  if (std::optional<int64_t> constant = constantOf(offset))
    return address(base, *constant);
  return LLVM::GEPOp::create(builder, location, base.getType(), builder.getF32Type(), base, ValueRange{offset});
}

Value Code::address(Value base, int64_t offset) {
  if (offset == 0)
    return base;
  if (!llvm::isInt<32>(offset)) // A GEP's literal indices have 32 bits.
    return LLVM::GEPOp::create(builder, location, base.getType(), builder.getF32Type(), base,
                               ValueRange{integer(offset)});
  return LLVM::GEPOp::create(builder, location, base.getType(), builder.getF32Type(), base,
                             ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(offset)});
}

Value Code::load(Type type, Value pointer, unsigned alignment) {
  return LLVM::LoadOp::create(builder, location, type, pointer, alignment);
}

void Code::store(Value value, Value pointer, unsigned alignment) {
  LLVM::StoreOp::create(builder, location, value, pointer, alignment);
}

VectorType Code::vectorType(int64_t lanes) { return VectorType::get({lanes}, builder.getF32Type()); }

Value Code::zero(Type type) { return arith::ConstantOp::create(builder, location, builder.getZeroAttr(type)); }

Value Code::broadcast(Value scalar, int64_t lanes) {
  return vector::BroadcastOp::create(builder, location, vectorType(lanes), scalar);
}

Value Code::fma(Value a, Value b, Value c) { return math::FmaOp::create(builder, location, a, b, c); }

Value Code::mask(Value count, int64_t lanes) {
  SmallVector<int64_t> numbers = llvm::to_vector(llvm::seq<int64_t>(0, lanes));
  auto type = VectorType::get({lanes}, builder.getI64Type());
  Value lane = arith::ConstantOp::create(builder, location, DenseElementsAttr::get(type, ArrayRef<int64_t>(numbers)));
  Value limit = vector::BroadcastOp::create(builder, location, type, count);
  return arith::CmpIOp::create(builder, location, arith::CmpIPredicate::slt, lane, limit);
}

void Code::loop(Value begin, Value end, int64_t step, llvm::function_ref<void(Value)> body) {
  loop(begin, end, step, {}, [&](Value i, ValueRange) -> SmallVector<Value> {
    body(i);
    return {};
  });
}

SmallVector<Value> Code::loop(Value begin, Value end, int64_t step, ValueRange carried,
                              llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  auto loop = scf::ForOp::create(builder, location, begin, end, integer(step), carried);
  OpBuilder::InsertionGuard guard(builder);
  // Without carried values the loop comes with its terminator.
  if (carried.empty()) {
    builder.setInsertionPoint(loop.getBody()->getTerminator());
    body(loop.getInductionVar(), {});
  } else {
    builder.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> next = body(loop.getInductionVar(), loop.getRegionIterArgs());
    scf::YieldOp::create(builder, location, next);
  }
  return llvm::to_vector_of<Value>(loop.getResults());
}

void Code::when(Value condition, llvm::function_ref<void()> then, llvm::function_ref<void()> otherwise) {
  if (std::optional<int64_t> constant = constantOf(condition)) {
    if (*constant)
      then();
    else if (otherwise)
      otherwise();
    return;
  }
  auto branch = scf::IfOp::create(builder, location, condition, static_cast<bool>(otherwise));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPoint(branch.thenBlock()->getTerminator());
  then();
  if (!otherwise)
    return;
  builder.setInsertionPoint(branch.elseBlock()->getTerminator());
  otherwise();
}

Value Code::choose(Value condition, llvm::function_ref<Value()> then, Value otherwise) {
  auto branch = scf::IfOp::create(builder, location, otherwise.getType(), condition, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(builder, location, then());
  builder.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(builder, location, otherwise);
  return branch.getResult(0);
}

} // namespace neap::lower
