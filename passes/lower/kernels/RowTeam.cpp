// A CPU thread alone with its row, and a half-warp that shares one.
#include "neap/passes/lower/kernels/RowTeam.h"

#include "neap/passes/lower/kernels/Cuda.h"
#include "neap/passes/lower/kernels/Nest.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace neap::lower {
namespace {

constexpr int64_t partialSums = 64;

/// Joins the lanes of a vector by halves; the result is a scalar.
Value joinLanes(Code &code, RowTeam::Combine combine, Value sum) {
  for (int64_t half = code.style.lanes / 2; half >= 1; half /= 2) {
    auto lower = llvm::to_vector(llvm::seq<int64_t>(0, half));
    auto upper = llvm::to_vector(llvm::seq<int64_t>(half, 2 * half));
    Value low = vector::ShuffleOp::create(code.builder, code.location, sum, sum, lower);
    Value high = vector::ShuffleOp::create(code.builder, code.location, sum, sum, upper);
    sum = combine(high, low);
  }
  return vector::ExtractOp::create(code.builder, code.location, sum, ArrayRef<int64_t>{0});
}

/// Four accumulators of sixteen lanes take the vectors of the row in turn.
class SingleThread final : public RowTeam {
public:
  SingleThread(Code &code, int64_t size) : code(code), size(size), lanes(code.style.lanes) {}

  int64_t accumulators() const override { return partialSums / lanes; }

  SmallVector<Value> sweep(SmallVector<Value> carried, Accumulate accumulate) override {
    int64_t whole = size / partialSums * partialSums;
    if (whole > 0)
      carried =
          code.loop(code.integer(0), code.integer(whole), partialSums, carried, [&](Value index, ValueRange current) {
            SmallVector<Value> next(current);
            for (int64_t number = 0; number < accumulators(); ++number)
              accumulate(code.add(index, code.integer(number * lanes)), {}, number, next);
            return next;
          });
    for (int64_t index = whole, number = 0; index < size; index += lanes, ++number) {
      Value mask = size - index < lanes ? code.mask(code.integer(size - index), lanes) : Value();
      accumulate(code.integer(index), mask, number, carried);
    }
    return carried;
  }

  Value join(Combine combine, ArrayRef<Value> parts) override {
    return joinLanes(code, combine, combine(combine(parts[1], parts[0]), combine(parts[3], parts[2])));
  }

  void forEachBlock(llvm::function_ref<void(Value, Value)> body) override {
    lower::forEachBlock(code, code.integer(0), code.integer(size), size, body);
  }

  void once(llvm::function_ref<void()> body) override { body(); }

private:
  Code &code;
  int64_t size, lanes;
};

/// Sixteen threads of four lanes: thread t has the partial sums 4 t to 4 t + 3. A vector at the row's end belongs to one of
/// them.
class HalfWarp final : public RowTeam {
public:
  HalfWarp(Code &code, int64_t size)
      : code(code), size(size), lanes(code.style.lanes), cuda(code), first(code.mul(cuda.memberNumber(halfWarp), lanes)) {}

  int64_t accumulators() const override { return 1; }

  SmallVector<Value> sweep(SmallVector<Value> carried, Accumulate accumulate) override {
    int64_t whole = size / lanes * lanes;
    if (whole > 0)
      carried = code.loop(first, code.integer(whole), partialSums, carried, [&](Value index, ValueRange current) {
        SmallVector<Value> next(current);
        accumulate(index, {}, 0, next);
        return next;
      });
    if (whole < size)
      accumulate(code.integer(whole), restMask(whole), 0, carried);
    return carried;
  }

  Value join(Combine combine, ArrayRef<Value> parts) override {
    Value sum = parts.front();
    // The partial sums n + 16 are four threads further, n + 32 eight; then 8 and 4 of the sixteen that are left.
    for (int64_t distance : {4, 8, 2, 1})
      sum = combine(cuda.shuffle(sum, distance, halfWarp), sum);
    return joinLanes(code, combine, sum);
  }

  void forEachBlock(llvm::function_ref<void(Value, Value)> body) override {
    int64_t whole = size / lanes * lanes;
    code.loop(first, code.integer(whole), partialSums, [&](Value index) { body(index, {}); });
    if (whole < size)
      code.when(ownsRest(whole), [&] { body(code.integer(whole), code.mask(code.integer(size - whole), lanes)); });
  }

  void once(llvm::function_ref<void()> body) override {
    cuda.synchronizeTeam(halfWarp);
    code.when(code.equal(first, code.integer(0)), body);
  }

private:
  Value ownsRest(int64_t whole) { return code.equal(first, code.integer(whole % partialSums)); }

  /// The lanes of the rest for the thread that owns it, none for the others.
  Value restMask(int64_t whole) {
    Value count = arith::SelectOp::create(code.builder, code.location, ownsRest(whole), code.integer(size - whole),
                                          code.integer(0));
    return code.mask(count, lanes);
  }

  Code &code;
  int64_t size, lanes;
  CudaCode cuda;
  Value first;
};

} // namespace

int64_t RowTeam::threadsOn(Device device) { return device == Device::Cuda ? halfWarp : 1; }

VectorStyle RowTeam::styleOn(Device device) {
  return device == Device::Cuda ? VectorStyle{cudaLanes, true} : VectorStyle{};
}

std::unique_ptr<RowTeam> RowTeam::create(Device device, Code &code, int64_t size) {
  if (device == Device::Cpu)
    return std::make_unique<SingleThread>(code, size);
  return std::make_unique<HalfWarp>(code, size);
}

} // namespace neap::lower
