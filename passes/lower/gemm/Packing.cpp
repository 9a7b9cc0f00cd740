// Packing: copies a block of an operand into panels, in the order in which the register tile reads them. The panel's
// width is known, sizes and strides are arguments, so one function serves every kernel whose operand is contiguous the
// same way.
#include "neap/passes/lower/Code.h"
#include "neap/passes/lower/gemm/Parts.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace neap::lower {
namespace {

/// Emits the body of one packing function.
class PackingWriter {
public:
  PackingWriter(Code &code, func::FuncOp function, int64_t width, int64_t lanes)
      : code(code), width(width), lanes(lanes), source(function.getArgument(0)), acrossStride(function.getArgument(1)),
        depthStride(function.getArgument(2)), extent(function.getArgument(3)), depth(function.getArgument(4)),
        panels(function.getArgument(5)) {}

  /// k outermost: rows of the source are read whole, which is what the hardware prefetches; the rest of a width last.
  void copy() {
    Value remainder = code.divide(extent, width).second;
    Value whole = code.sub(extent, remainder);
    code.loop(code.integer(0), depth, 1, [&](Value k) {
      Value row = code.address(source, code.mul(k, depthStride));
      code.loop(code.integer(0), whole, width, [&](Value first) {
        Value values = code.load(code.vectorType(width), code.address(row, first));
        code.store(values, target(first, k));
      });
    });
    code.when(code.less(code.integer(0), remainder), [&] {
      code.loop(code.integer(0), depth, 1, [&](Value k) {
        Value row = code.address(source, code.add(code.mul(k, depthStride), whole));
        copyMasked(row, target(whole, k), remainder);
      });
    });
  }

  /// Squares of lanes x lanes elements are transposed in registers, the rest of the depth is taken one by one. Rows
  /// beyond the extent repeat the last one.
  void transpose() {
    Value whole = code.sub(depth, code.divide(depth, lanes).second);
    code.loop(code.integer(0), extent, width, [&](Value first) {
      SmallVector<Value> rows;
      for (int64_t lane = 0; lane < width; ++lane)
        rows.push_back(code.address(source, code.mul(inside(first, lane), acrossStride)));
      code.loop(code.integer(0), whole, lanes, [&](Value k) { transposeSquares(rows, first, k); });
      code.loop(whole, depth, 1, [&](Value k) {
        for (int64_t lane = 0; lane < width; ++lane)
          copyElement(code.address(rows[lane], k), code.address(target(first, k), lane));
      });
    });
  }

  void strided() {
    code.loop(code.integer(0), extent, width, [&](Value first) {
      code.loop(code.integer(0), code.integer(width), 1, [&](Value lane) {
        Value last = code.sub(extent, code.integer(1));
        Value across = code.mul(code.min(code.add(first, lane), last), acrossStride);
        code.loop(code.integer(0), depth, 1, [&](Value k) {
          Value from = code.address(source, code.add(across, code.mul(k, depthStride)));
          copyElement(from, code.address(target(first, k), lane));
        });
      });
    });
  }

private:
  /// Where step `k` of the panel that starts at `first` goes.
  Value target(Value first, Value k) {
    return code.address(panels, code.add(code.mul(first, depth), code.mul(k, width)));
  }

  Value inside(Value first, int64_t lane) {
    return code.min(code.add(first, code.integer(lane)), code.sub(extent, code.integer(1)));
  }

  void copyElement(Value from, Value to) { code.store(code.load(code.builder.getF32Type(), from), to); }

  /// Copies `count` < width elements and zeros behind them. Stores whole vectors: what they spill over is written
  /// later.
  void copyMasked(Value from, Value to, Value count) {
    for (int64_t lane = 0; lane < width; lane += lanes) {
      Value mask = code.mask(code.sub(count, code.integer(lane)), lanes);
      VectorType type = code.vectorType(lanes);
      Value values = LLVM::MaskedLoadOp::create(code.builder, code.location, type, code.address(from, lane), mask,
                                                code.zero(type), /*alignment=*/4);
      code.store(values, code.address(to, lane));
    }
  }

  /// Steps [k, k + lanes) of one panel. Stores whole vectors in ascending order, so that what a narrow panel's store
  /// spills over is written by the next.
  void transposeSquares(ArrayRef<Value> rows, Value first, Value k) {
    SmallVector<SmallVector<Value>> groups;
    VectorType type = code.vectorType(lanes);
    for (int64_t lane = 0; lane < width; lane += lanes) {
      SmallVector<Value> square(lanes, code.zero(type));
      for (int64_t i = 0; i < std::min(lanes, width - lane); ++i)
        square[i] = code.load(type, code.address(rows[lane + i], k));
      transposeInRegisters(square);
      groups.push_back(std::move(square));
    }
    Value to = target(first, k);
    for (int64_t i = 0; i < lanes; ++i)
      for (auto [g, group] : llvm::enumerate(groups))
        code.store(group[i], code.address(to, i * width + static_cast<int64_t>(g) * lanes));
  }

  /// Eklundh's transposition: each round swaps the off-diagonal blocks of one size.
  void transposeInRegisters(MutableArrayRef<Value> square) {
    for (int64_t block = 1; block < lanes; block *= 2) {
      SmallVector<int64_t> upper, lower;
      for (int64_t lane = 0; lane < lanes; ++lane) {
        upper.push_back(lane & block ? lanes + lane - block : lane);
        lower.push_back(lane & block ? lanes + lane : lane + block);
      }
      for (int64_t row = 0; row < lanes; ++row) {
        if (row & block)
          continue;
        Value a = square[row], b = square[row + block];
        square[row] = vector::ShuffleOp::create(code.builder, code.location, a, b, upper);
        square[row + block] = vector::ShuffleOp::create(code.builder, code.location, a, b, lower);
      }
    }
  }

  Code &code;
  int64_t width, lanes;
  Value source, acrossStride, depthStride, extent, depth, panels;
};

StringRef nameOf(Packing kind) {
  switch (kind) {
  case Packing::copy: return "copy";
  case Packing::transpose: return "transpose";
  case Packing::strided: return "strided";
  }
  llvm_unreachable("unknown packing");
}

} // namespace

Packing choosePacking(int64_t acrossStride, int64_t depthStride) {
  if (acrossStride == 1)
    return Packing::copy;
  return depthStride == 1 ? Packing::transpose : Packing::strided;
}

func::FuncOp getPacking(ModuleOp module, Packing kind, int64_t width, int64_t lanes) {
  std::string name = llvm::formatv("neap_gemm_pack_{0}_{1}", nameOf(kind), width);
  OpBuilder builder(module.getContext());
  Type pointer = LLVM::LLVMPointerType::get(module.getContext()), integer = builder.getI64Type();
  auto [function, isNew] = getSharedFunction(module, name, {pointer, integer, integer, integer, integer, pointer});
  if (!isNew)
    return function;

  builder.setInsertionPointToStart(&function.getBody().front());
  Code code(builder, function.getLoc());
  PackingWriter writer(code, function, width, lanes);
  switch (kind) {
  case Packing::copy: writer.copy(); break;
  case Packing::transpose: writer.transpose(); break;
  case Packing::strided: writer.strided(); break;
  }
  func::ReturnOp::create(builder, function.getLoc());
  return function;
}

} // namespace neap::lower
