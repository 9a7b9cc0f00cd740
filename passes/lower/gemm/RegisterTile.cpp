// The register tile: the innermost loop of every product. All its sums stay in vector registers while it walks along k;
// per step it loads a row of the rhs panel, broadcasts a column of the lhs panel and issues one fused multiply-add per
// register.
#include "neap/passes/lower/Code.h"
#include "neap/passes/lower/gemm/Parts.h"

#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace neap::lower {
namespace {

/// Steps along k per iteration of the loop: enough to hide its bookkeeping.
constexpr int64_t unroll = 4;

/// Emits the tile's body; `rows` x `vectors` registers of `lanes` lanes. `lhsStride` is the distance of the lhs
/// elements along the way that is not contiguous; null for a packed panel, where it is `rows`.
class TileWriter {
public:
  TileWriter(Code &code, const GemmTiling &tiling, Value lhsStride)
      : code(code), rows(tiling.tileRows), vectors(tiling.tileColumns / tiling.lanes), lanes(tiling.lanes),
        form(tiling.lhs), lhsStride(lhsStride ? lhsStride : code.integer(rows)), vector(code.vectorType(lanes)) {}

  /// The sums so far: +0, or what `sums` holds.
  SmallVector<Value> start(Value sums, Value first) {
    auto choice = scf::IfOp::create(
        code.builder, code.location, first,
        [&](OpBuilder &builder, Location location) {
          Code inner(builder, location);
          scf::YieldOp::create(builder, location, SmallVector<Value>(rows * vectors, inner.zero(vector)));
        },
        [&](OpBuilder &builder, Location location) {
          Code inner(builder, location);
          SmallVector<Value> loaded;
          for (int64_t i = 0; i < rows * vectors; ++i)
            loaded.push_back(inner.load(vector, inner.address(sums, i * lanes), lanes * 4));
          scf::YieldOp::create(builder, location, loaded);
        });
    return llvm::to_vector_of<Value>(choice.getResults());
  }

  /// One step along k, `distance` steps behind the panel addresses.
  void step(ArrayRef<Value> lhs, Value rhs, int64_t distance, SmallVectorImpl<Value> &sums) {
    SmallVector<Value> right;
    for (int64_t v = 0; v < vectors; ++v)
      right.push_back(code.load(vector, code.address(rhs, (distance * vectors + v) * lanes), lanes * 4));
    for (int64_t r = 0; r < rows; ++r) {
      Value left = code.load(code.builder.getF32Type(), lhsAddress(lhs, distance, r));
      left = code.broadcast(left, lanes);
      for (int64_t v = 0; v < vectors; ++v)
        sums[r * vectors + v] = code.fma(left, right[v], sums[r * vectors + v]);
    }
  }

  /// The steps [begin, end), `stride` at a time.
  SmallVector<Value> steps(Value lhs, Value rhs, Value begin, Value end, int64_t stride, ValueRange sums) {
    return code.loop(begin, end, stride, sums, [&](Value k, ValueRange carried) {
      SmallVector<Value> next(carried);
      SmallVector<Value> left = lhsAddresses(lhs, k, stride);
      Value right = code.address(rhs, code.mul(k, vectors * lanes));
      for (int64_t i = 0; i < stride; ++i)
        step(left, right, i, next);
      return next;
    });
  }

  void finish(Value target, ValueRange sums) {
    for (auto [i, sum] : llvm::enumerate(sums))
      code.store(sum, code.address(target, i * lanes), lanes * 4);
  }

private:
  /// Addresses from which the elements of `steps` steps from `k` on are at constant distances: one per row where rows
  /// are contiguous along k, one per step otherwise.
  SmallVector<Value> lhsAddresses(Value lhs, Value k, int64_t steps) {
    SmallVector<Value> addresses;
    if (form == LhsForm::rows) {
      for (int64_t r = 0; r < rows; ++r)
        addresses.push_back(code.address(code.address(lhs, code.mul(lhsStride, r)), k));
      return addresses;
    }
    for (int64_t i = 0; i < steps; ++i)
      addresses.push_back(code.address(lhs, code.mul(code.add(k, code.integer(i)), lhsStride)));
    return addresses;
  }

  Value lhsAddress(ArrayRef<Value> addresses, int64_t distance, int64_t row) {
    return form == LhsForm::rows ? code.address(addresses[row], distance) : code.address(addresses[distance], row);
  }

  Code &code;
  int64_t rows, vectors, lanes;
  LhsForm form;
  Value lhsStride;
  VectorType vector;
};

StringRef suffixOf(LhsForm form) {
  switch (form) {
  case LhsForm::packed: return "";
  case LhsForm::rows: return "_rows";
  case LhsForm::columns: return "_columns";
  }
  llvm_unreachable("unknown form of lhs");
}

} // namespace

func::FuncOp getRegisterTile(ModuleOp module, const GemmTiling &tiling) {
  std::string name =
      llvm::formatv("neap_gemm_tile_{0}x{1}{2}", tiling.tileRows, tiling.tileColumns, suffixOf(tiling.lhs));
  OpBuilder builder(module.getContext());
  Type pointer = LLVM::LLVMPointerType::get(module.getContext()), integer = builder.getI64Type();
  auto [function, isNew] =
      getSharedFunction(module, name, {integer, pointer, integer, pointer, pointer, builder.getI1Type()});
  if (!isNew)
    return function;

  builder.setInsertionPointToStart(&function.getBody().front());
  Code code(builder, function.getLoc());
  Value depth = function.getArgument(0), lhs = function.getArgument(1), lhsStride = function.getArgument(2);
  Value rhs = function.getArgument(3), sums = function.getArgument(4), first = function.getArgument(5);
  TileWriter tile(code, tiling, tiling.lhs == LhsForm::packed ? nullptr : lhsStride);

  SmallVector<Value> values = tile.start(sums, first);
  Value whole = code.sub(depth, code.divide(depth, unroll).second);
  values = tile.steps(lhs, rhs, code.integer(0), whole, unroll, values);
  values = tile.steps(lhs, rhs, whole, depth, 1, values);
  tile.finish(sums, values);
  func::ReturnOp::create(builder, function.getLoc());
  return function;
}

} // namespace neap::lower
