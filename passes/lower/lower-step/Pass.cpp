// The step function and the description of the program, in terms of the runtime's ABI.
#include "neap/dialects/sched/Sched.h"
#include "neap/passes/lower/KernelInfo.h"
#include "neap/passes/lower/Program.h"
#include "neap/passes/lower/lower-step/ConstantData.h"
#include "neap/passes/lower/lower-step/FarMemory.h"
#include "neap/passes/lower/lower-step/StepFunction.h"
#include "neap/passes/support/SlotAlignment.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace neap {

#define GEN_PASS_DEF_LOWERSTEP
#include "neap/passes/lower/Program.h.inc"

namespace {
/// A constant of bytes, not terminated.
LLVM::GlobalOp createBytes(OpBuilder &builder, Location location, StringRef name, StringRef bytes) {
  auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), bytes.size());
  auto global = LLVM::GlobalOp::create(builder, location, type, /*isConstant=*/true, LLVM::Linkage::Internal, name,
                                       builder.getStringAttr(bytes), slotAlignment);
  return global;
}

/// Bytes that are defined elsewhere.
void declareBytes(OpBuilder &builder, Location location, StringRef name) {
  auto type = LLVM::LLVMArrayType::get(builder.getI8Type(), 0);
  LLVM::GlobalOp::create(builder, location, type, /*isConstant=*/true, LLVM::Linkage::External, name, Attribute());
}

int64_t sizeOf(LLVM::GlobalOp bytes) { return cast<LLVM::LLVMArrayType>(bytes.getType()).getNumElements(); }

/// `neap_program_instance`: the fields of neap_program, in its order. A C compiler must lay out the same fields as LLVM does.
static_assert(offsetof(neap_program, abi_version) == 0 && offsetof(neap_program, reserved) == 4 &&
              offsetof(neap_program, arena_bytes) == 8 && offsetof(neap_program, scratch_bytes_per_worker) == 16 &&
              offsetof(neap_program, max_workers) == 24 && offsetof(neap_program, manifest) == 32 &&
              offsetof(neap_program, manifest_bytes) == 40 && offsetof(neap_program, constants) == 48 &&
              offsetof(neap_program, constants_bytes) == 56 && offsetof(neap_program, step) == 64 &&
              offsetof(neap_program, device) == 72 && offsetof(neap_program, ptx) == 80 &&
              offsetof(neap_program, cubin) == 88 && offsetof(neap_program, far_bytes) == 96 &&
              sizeof(neap_program) == 104);
void writeInstance(ModuleOp module, sched::ProgramOp program, LLVM::GlobalOp constants, int64_t maxWorkers,
                   lower::Device device) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  Location location = program.getLoc();
  auto manifest = module.lookupSymbol<LLVM::GlobalOp>("neap_manifest");
  if (!manifest)
    manifest = createBytes(builder, location, "neap_manifest", "{}");
  int64_t scratch = 0;
  for (Operation &op : *module.getBody())
    if (auto info = lower::getKernelInfo(&op))
      scratch = std::max(scratch, info->scratchBytes);

  Type i32 = builder.getI32Type(), i64 = builder.getI64Type(),
       pointer = LLVM::LLVMPointerType::get(builder.getContext());
  auto type = LLVM::LLVMStructType::getLiteral(builder.getContext(), {i32, i32, i64, i64, i64, pointer, i64, pointer,
                                                                      i64, pointer, pointer, pointer, pointer, i64});
  bool isCuda = device == lower::Device::Cuda;
  StringRef deviceName = isCuda ? "neap_cuda_device" : "neap_cpu_device";
  declareBytes(builder, location, deviceName);
  if (isCuda)
    declareBytes(builder, location, "neap_ptx");
  auto instance = LLVM::GlobalOp::create(builder, location, type, /*isConstant=*/true, LLVM::Linkage::External,
                                         "neap_program_instance", Attribute());
  builder.createBlock(&instance.getInitializerRegion());
  auto integer = [&](Type integerType, int64_t value) -> Value {
    return LLVM::ConstantOp::create(builder, location, builder.getIntegerAttr(integerType, value));
  };
  auto address = [&](StringRef symbol) -> Value {
    return LLVM::AddressOfOp::create(builder, location, pointer, symbol);
  };
  Value none = LLVM::ZeroOp::create(builder, location, pointer);
  Value fields[] = {integer(i32, NEAP_ABI_VERSION),
                    integer(i32, 0),
                    integer(i64, program.getArenaBytes(sched::Space::Device)),
                    integer(i64, scratch),
                    integer(i64, maxWorkers),
                    address(manifest.getSymName()),
                    integer(i64, sizeOf(manifest)),
                    address(constants.getSymName()),
                    integer(i64, sizeOf(constants)),
                    isCuda ? none : address("neap_step"),
                    address(deviceName),
                    isCuda ? address("neap_ptx") : none,
                    /*cubin=*/none,
                    integer(i64, lower::getFarBytes(program))};
  Value value = LLVM::UndefOp::create(builder, location, type);
  for (auto [index, field] : llvm::enumerate(fields))
    value = LLVM::InsertValueOp::create(builder, location, value, field, index);
  LLVM::ReturnOp::create(builder, location, value);
}

/// A gradient is whole when it is shown, and whoever asked for it is told once.
LogicalResult checkObservations(sched::ProgramOp program) {
  WalkResult result = program.walk([](sched::ObserveOp observe) -> WalkResult {
    if (!observe->getParentOfType<sched::LoopOp>())
      return success();
    return observe.emitOpError("expected to stand outside of loops, as a gradient is shown once a step");
  });
  return failure(result.wasInterrupted());
}

/// The first of a launch's operands that does not begin where a CUDA kernel takes it to: such a kernel reads and writes as many
/// elements at once as divide an operand, up to 16 bytes.
std::optional<std::pair<int64_t, int64_t>> findUnaligned(sched::LaunchOp launch) {
  for (auto [index, operand] : llvm::enumerate(llvm::concat<Value>(launch.getInputs(), launch.getOutputs()))) {
    sched::Place place = sched::getPlace(operand);
    int64_t alignment = llvm::MinAlign(16, place.bytes);
    bool isAligned = place.begin % alignment == 0 && llvm::all_of(place.terms, [&](const sched::Place::Term &term) {
                       return term.stride % alignment == 0;
                     });
    if (!isAligned)
      return std::pair<int64_t, int64_t>(index, alignment);
  }
  return std::nullopt;
}

LogicalResult checkAlignment(sched::ProgramOp program) {
  WalkResult result = program.walk([](sched::LaunchOp launch) -> WalkResult {
    auto unaligned = findUnaligned(launch);
    if (!unaligned)
      return success();
    auto [operand, alignment] = *unaligned;
    return launch.emitOpError("expected operand ")
           << operand << " at multiples of " << alignment << " bytes, and to move by such: CUDA kernels rely on it";
  });
  return failure(result.wasInterrupted());
}

struct LowerStep : impl::LowerStepBase<LowerStep> {
  using LowerStepBase::LowerStepBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto programs = module.getOps<sched::ProgramOp>();
    if (!llvm::hasSingleElement(programs)) {
      module.emitError("expected one scheduled program, got ") << std::distance(programs.begin(), programs.end());
      return signalPassFailure();
    }
    sched::ProgramOp program = *programs.begin();
    if (failed(lower::checkFarMemory(program)) || failed(checkObservations(program)))
      return signalPassFailure();
    if (device == lower::Device::Cuda && failed(checkAlignment(program)))
      return signalPassFailure();
    FailureOr<std::string> constants = lower::collectConstantBytes(lower::layoutConstants(program));
    if (failed(constants))
      return signalPassFailure();
    if (device == lower::Device::Cpu && failed(lower::writeStepFunction(module, program)))
      return signalPassFailure();
    OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
    writeInstance(module, program, createBytes(builder, program.getLoc(), "neap_constants", *constants), maxWorkers,
                  device);
    program.erase();
    for (Operation &op : llvm::make_early_inc_range(*module.getBody()))
      if (isa<ParameterOp, StateOp>(op))
        op.erase();
  }
};
} // namespace
} // namespace neap
