// Special registers, shuffles and barriers through the NVVM dialect.
#include "neap/passes/lower/kernels/Cuda.h"

#include "neap/passes/lower/kernels/Nest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace neap::lower {

Value CudaCode::word(int64_t value) {
  return arith::ConstantOp::create(code.builder, code.location, code.builder.getI32IntegerAttr(value));
}

template <typename Register> static Value readRegister(Code &code) {
  Value number = Register::create(code.builder, code.location, code.builder.getI32Type());
  return arith::ExtUIOp::create(code.builder, code.location, code.builder.getI64Type(), number);
}

Value CudaCode::threadNumber() { return readRegister<NVVM::ThreadIdXOp>(code); }

Value CudaCode::blockNumber() { return readRegister<NVVM::BlockIdXOp>(code); }

Value CudaCode::memberNumber(int64_t team) { return code.divide(threadNumber(), team).second; }

/// The bits of the team's threads among the 32 of a warp.
Value CudaCode::teamMask(int64_t team) {
  constexpr int64_t warp = 32;
  Value thread = NVVM::ThreadIdXOp::create(code.builder, code.location, code.builder.getI32Type());
  Value firstLane = arith::AndIOp::create(code.builder, code.location, thread, word(warp - team));
  return arith::ShLIOp::create(code.builder, code.location, word((int64_t(1) << team) - 1), firstLane);
}

Value CudaCode::shuffleWord(Value value, int64_t distance, int64_t team) {
  constexpr int64_t wholeWarp = 0x1f; // no bound on the source lane: the distance keeps it inside the team
  return NVVM::ShflOp::create(code.builder, code.location, value.getType(), teamMask(team), value, word(distance),
                              word(wholeWarp), NVVM::ShflKind::bfly, UnitAttr());
}

/// Shuffles move 32 bits: wider numbers go in two words, narrower ones in a part of one.
Value CudaCode::shuffleScalar(Value value, int64_t distance, int64_t team) {
  OpBuilder &builder = code.builder;
  Location location = code.location;
  Type type = value.getType(), i32 = builder.getI32Type();
  unsigned width = type.getIntOrFloatBitWidth();
  if (width == 32)
    return shuffleWord(value, distance, team);
  Type bitsType = builder.getIntegerType(width);
  Value bits = arith::BitcastOp::create(builder, location, bitsType, value);
  if (width < 32) {
    Value moved = shuffleWord(arith::ExtUIOp::create(builder, location, i32, bits), distance, team);
    return arith::BitcastOp::create(builder, location, type, arith::TruncIOp::create(builder, location, bitsType, moved));
  }
  Value half = arith::ConstantOp::create(builder, location, builder.getIntegerAttr(bitsType, 32));
  Value low = shuffleWord(arith::TruncIOp::create(builder, location, i32, bits), distance, team);
  Value upper = arith::ShRUIOp::create(builder, location, bits, half);
  Value high = shuffleWord(arith::TruncIOp::create(builder, location, i32, upper), distance, team);
  Value joined = arith::OrIOp::create(
      builder, location, arith::ExtUIOp::create(builder, location, bitsType, low),
      arith::ShLIOp::create(builder, location, arith::ExtUIOp::create(builder, location, bitsType, high), half));
  return arith::BitcastOp::create(builder, location, type, joined);
}

Value CudaCode::shuffle(Value value, int64_t distance, int64_t team) {
  auto vector = dyn_cast<VectorType>(value.getType());
  if (!vector)
    return shuffleScalar(value, distance, team);
  Value result = value;
  for (int64_t lane = 0; lane < vector.getNumElements(); ++lane) {
    Value element = vector::ExtractOp::create(code.builder, code.location, value, ArrayRef<int64_t>{lane});
    result = vector::InsertOp::create(code.builder, code.location, shuffleScalar(element, distance, team), result,
                                      ArrayRef<int64_t>{lane});
  }
  return result;
}

void CudaCode::synchronizeTeam(int64_t team) {
  NVVM::SyncWarpOp::create(code.builder, code.location, teamMask(team));
}

void CudaCode::synchronizeBlock() { NVVM::Barrier0Op::create(code.builder, code.location); }

Value createSharedMemory(KernelFunction &kernel, StringRef name, int64_t bytes) {
  constexpr unsigned sharedMemory = 3, vectorBytes = 16;
  Code &code = kernel.code;
  OpBuilder builder(kernel.function);
  auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), bytes);
  std::string symbol = (kernel.function.getSymName() + "_" + name).str();
  LLVM::GlobalOp::create(builder, code.location, type, /*isConstant=*/false, LLVM::Linkage::Internal, symbol, Attribute(),
                         vectorBytes, sharedMemory);
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext(), sharedMemory);
  return LLVM::AddressOfOp::create(code.builder, code.location, pointer, symbol);
}

void openCudaKernel(KernelFunction &kernel, StringRef name, const KernelShape &shape) {
  Code &code = kernel.code;
  OpBuilder &builder = kernel.builder;
  constexpr unsigned globalMemory = 1;
  Type pointer = LLVM::LLVMPointerType::get(builder.getContext(), globalMemory);
  auto type = builder.getFunctionType(SmallVector<Type>(shape.buffers, pointer), {});
  kernel.function = func::FuncOp::create(builder, code.location, name, type);
  kernel.function->setAttr(cudaBlockAttribute, builder.getI64IntegerAttr(shape.blockThreads()));
  builder.setInsertionPointToStart(kernel.function.addEntryBlock());
  llvm::append_range(kernel.buffers, kernel.function.getArguments());
  CudaCode cuda(code);
  kernel.block = cuda.blockNumber();
  Value thread = code.add(code.mul(kernel.block, shape.blockThreads()), cuda.threadNumber());
  kernel.begin = code.divide(thread, shape.itemThreads).first;
  kernel.end = code.min(code.add(kernel.begin, code.integer(1)), code.integer(shape.items));
}

} // namespace neap::lower
