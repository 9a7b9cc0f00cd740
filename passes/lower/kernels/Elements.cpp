// Typed element access on opaque pointers.
#include "neap/passes/lower/kernels/Elements.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace neap::lower {

Type storageType(Type elementType) {
  if (elementType.isInteger(1))
    return IntegerType::get(elementType.getContext(), 8);
  return computeType(elementType);
}

Type computeType(Type elementType) {
  if (auto integer = dyn_cast<IntegerType>(elementType))
    return IntegerType::get(elementType.getContext(), integer.getWidth());
  return elementType;
}

Value splat(Code &code, Value value) {
  if (isa<VectorType>(value.getType()))
    return value;
  auto type = VectorType::get({code.style.lanes}, value.getType());
  return vector::BroadcastOp::create(code.builder, code.location, type, value);
}

Value laneNumbers(Code &code, int64_t lanes) {
  auto numbers = llvm::to_vector(llvm::seq<int64_t>(0, lanes));
  auto type = VectorType::get({lanes}, code.builder.getI64Type());
  return arith::ConstantOp::create(code.builder, code.location, DenseElementsAttr::get(type, ArrayRef<int64_t>(numbers)));
}

Value constantOf(Code &code, TypedAttr scalar, Type type) {
  if (auto vector = dyn_cast<VectorType>(type))
    return arith::ConstantOp::create(code.builder, code.location, DenseElementsAttr::get(vector, Attribute(scalar)));
  return arith::ConstantOp::create(code.builder, code.location, scalar);
}

unsigned Elements::alignment(int64_t multiple) const {
  return storageType(elementType).getIntOrFloatBitWidth() / 8 * (code.style.aligned ? multiple : 1);
}

VectorType Elements::storageVector() const { return VectorType::get({code.style.lanes}, storageType(elementType)); }

Value Elements::address(Value base, Value offset) {
  return LLVM::GEPOp::create(code.builder, code.location, base.getType(), storageType(elementType), base,
                             ValueRange{offset});
}

Value Elements::addresses(Value base, Value offsets) {
  Type pointers = VectorType::get({code.style.lanes}, base.getType());
  return LLVM::GEPOp::create(code.builder, code.location, pointers, storageType(elementType), base, ValueRange{offsets});
}

Value Elements::strided(Value offset, int64_t stride) {
  Value steps = code.mul(laneNumbers(code, code.style.lanes), splat(code, code.integer(stride)));
  return code.add(splat(code, offset), steps);
}

Value Elements::fromStorage(Value stored) {
  if (!elementType.isInteger(1))
    return stored;
  Value zero = code.zero(stored.getType());
  return arith::CmpIOp::create(code.builder, code.location, arith::CmpIPredicate::ne, stored, zero);
}

Value Elements::toStorage(Value value) {
  if (!elementType.isInteger(1))
    return value;
  Type type = storageType(elementType);
  if (isa<VectorType>(value.getType()))
    type = storageVector();
  return arith::ExtUIOp::create(code.builder, code.location, type, value);
}

Value Elements::loadScalar(Value base, Value offset) {
  return fromStorage(code.load(storageType(elementType), address(base, offset), alignment()));
}

void Elements::storeScalar(Value value, Value base, Value offset) {
  code.store(toStorage(value), address(base, offset), alignment());
}

static Value allLanes(Code &code) {
  auto type = VectorType::get({code.style.lanes}, code.builder.getI1Type());
  return arith::ConstantOp::create(code.builder, code.location, DenseElementsAttr::get(type, true));
}

Value Elements::gather(Value base, Value offsets, Value mask) {
  Value everywhere = mask ? mask : allLanes(code);
  Value none = code.zero(storageVector());
  Value stored = LLVM::masked_gather::create(code.builder, code.location, storageVector(), addresses(base, offsets),
                                             everywhere, ValueRange{none}, code.builder.getI32IntegerAttr(alignment()));
  return fromStorage(stored);
}

Value Elements::loadVector(Value base, Value offset, int64_t stride, Value mask, int64_t multiple) {
  if (stride == 0)
    return splat(code, loadScalar(base, offset));
  if (stride != 1)
    return gather(base, strided(offset, stride), mask);
  Value pointer = address(base, offset);
  if (!mask)
    return fromStorage(code.load(storageVector(), pointer, alignment(multiple)));
  Value none = code.zero(storageVector());
  return fromStorage(LLVM::MaskedLoadOp::create(code.builder, code.location, storageVector(), pointer, mask,
                                                none, alignment()));
}

void Elements::storeVector(Value value, Value base, Value offset, int64_t stride, Value mask, int64_t multiple) {
  Value stored = toStorage(value);
  if (stride != 1) {
    Value everywhere = mask ? mask : allLanes(code);
    LLVM::masked_scatter::create(code.builder, code.location, stored, addresses(base, strided(offset, stride)), everywhere,
                                 code.builder.getI32IntegerAttr(alignment()));
    return;
  }
  Value pointer = address(base, offset);
  if (!mask)
    return code.store(stored, pointer, alignment(multiple));
  LLVM::MaskedStoreOp::create(code.builder, code.location, stored, pointer, mask,
                              code.builder.getI32IntegerAttr(alignment()));
}

} // namespace neap::lower
