// Column groups: reductions along leading loops. A column's rows come in chunks, 64 at most: each chunk's sum takes its rows in
// order, then the chunks' sums are added in order, to +0 or to what the sum goes on from. How many rows a chunk has is the op's
// to say (ReduceOp::getChunkRows). On the CPU an item is a strip of columns, kept in registers while the rows go by. On CUDA a
// block of threads has a strip, and every 8 threads, one for each vector of columns, have chunks of their own, whose sums meet
// in shared memory.
#include "neap/passes/lower/kernels/Nest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace neap::lower {
namespace {

/// Columns of a strip on the CPU: four vectors.
constexpr int64_t cpuStrip = 64;
/// CUDA: vectors of columns of a strip, and chunks that are summed at once.
constexpr int64_t teamVectors = 8, teamChunks = 32, teamThreads = teamVectors * teamChunks;

class ColumnWriter {
public:
  ColumnWriter(Code &code, const Nest &nest, Block &body, ArrayRef<Value> buffers, size_t reductionLoops,
               int64_t stripColumns)
      : code(code), nest(nest), outer(code, nest, body, buffers), reductionLoops(reductionLoops),
        rows(ShapedType::getNumElements(ArrayRef(nest.loops).take_front(reductionLoops))), stripColumns(stripColumns),
        lanes(code.style.lanes) {
    for (Operation &op : body)
      if (isReduction(&op))
        reductions.push_back(&op);
    chunkRows = cast<ReduceOp>(reductions.front()).getChunkRows();
    goesOn = llvm::any_of(reductions, findInitial);
  }

  /// One thread has the strip.
  void writeStrip(ArrayRef<Value> keptIndices, Value firstColumn) {
    enter(keptIndices, firstColumn);
    SmallVector<Value> masks;
    int64_t columns = nest.loops.back();
    int64_t blocks = std::min<int64_t>(stripColumns / lanes, llvm::divideCeil(columns, lanes));
    for (int64_t block = 0; block < blocks; ++block)
      masks.push_back(maskOf(firstColumn, block, columns));
    SmallVector<Value> sums = neutrals(blocks);
    if (rows <= chunkRows && !goesOn) // +0 and the chunk's sum make the chunk's sum, which is never -0
      sums = addRows(code.integer(0), code.integer(rows), sums, masks);
    else
      sums = code.loop(code.integer(0), code.integer(rows), chunkRows, starts(masks),
                       [&](Value first, ValueRange current) {
                         Value end = code.min(code.add(first, code.integer(chunkRows)), code.integer(rows));
                         return join(addRows(first, end, neutrals(blocks), masks), current, blocks);
                       });
    for (int64_t block = 0; block < blocks; ++block)
      storeSums(block, masks, sums);
  }

  /// A block of threads has the strip.
  void writeStripOnCuda(ArrayRef<Value> keptIndices, Value strip, KernelFunction &kernel) {
    CudaCode cuda(code);
    auto [chunk, vector] = code.divide(cuda.threadNumber(), teamVectors);
    Value column = code.add(code.mul(strip, stripColumns), code.mul(vector, lanes));
    Value isInside = code.less(column, code.integer(nest.loops.back()));
    enter(keptIndices, column);
    int64_t chunks = llvm::divideCeil(rows, chunkRows);
    Value isFirst = code.equal(chunk, code.integer(0));
    Value isStoring = arith::AndIOp::create(code.builder, code.location, isFirst, isInside);
    SmallVector<Value> totals = startsOfThread(isStoring);
    SmallVector<SmallVector<Value>> sums; // by chunks of this thread, then reductions
    for (int64_t first = 0; first < chunks; first += teamChunks)
      sums.push_back(sumChunk(code.add(chunk, code.integer(first)), isInside));
    Value shared = createSharedMemory(kernel, "sums", chunks * teamVectors * lanes * bytesOfLargest());
    for (size_t r = 0; r < reductions.size(); ++r) {
      SmallVector<Value> parts = llvm::map_to_vector(sums, [&](const SmallVector<Value> &chunk) { return chunk[r]; });
      totals[r] = joinThreads(r, parts, totals[r], {shared, chunk, vector, chunks});
    }
    code.when(isStoring, [&] { storeSums(0, Value(), totals); });
  }

private:
  void enter(ArrayRef<Value> keptIndices, Value firstColumn) {
    indices.assign(reductionLoops, code.integer(0));
    indices.append(keptIndices.begin(), keptIndices.end());
    indices.push_back(firstColumn);
  }

  /// Null where every strip is full.
  Value maskOf(Value firstColumn, int64_t block, int64_t columns) {
    if (columns % stripColumns == 0 || (columns < stripColumns && (block + 1) * lanes <= columns))
      return {};
    Value first = code.add(firstColumn, code.integer(block * lanes));
    return code.mask(code.sub(code.integer(columns), first), lanes);
  }

  Type elementOfSum(Operation *reduction) { return elementOf(reduction->getResult(0)); }

  int64_t bytesOfLargest() {
    int64_t bytes = 1;
    for (Operation *reduction : reductions)
      bytes = std::max<int64_t>(bytes, storageType(elementOfSum(reduction)).getIntOrFloatBitWidth() / 8);
    return bytes;
  }

  /// What sums of `blocks` vectors of columns start from, reduction by reduction.
  SmallVector<Value> neutrals(int64_t blocks) {
    SmallVector<Value> sums;
    for (Operation *reduction : reductions) {
      Type vector = VectorType::get({lanes}, computeType(elementOfSum(reduction)));
      sums.append(blocks, constantOf(code, cast<Fusible>(reduction).getNeutralElement(), vector));
    }
    return sums;
  }

  /// What the totals of vectors of columns start from: the neutral element, or what the sum goes on from.
  SmallVector<Value> starts(ArrayRef<Value> masks) {
    SmallVector<Value> totals = neutrals(masks.size());
    for (auto [index, total] : llvm::enumerate(totals)) {
      size_t block = index % masks.size();
      if (Value initial = findInitial(reductions[index / masks.size()]))
        total = splat(code, at(outer, block, masks[block]).compute(initial));
    }
    return totals;
  }

  /// The same for one vector, read by the thread that will store the totals.
  SmallVector<Value> startsOfThread(Value isStoring) {
    SmallVector<Value> totals = neutrals(1);
    for (auto [reduction, total] : llvm::zip_equal(reductions, totals))
      if (Value initial = findInitial(reduction))
        total = code.choose(isStoring, [&] { return splat(code, at(outer, 0, Value()).compute(initial)); }, total);
    return totals;
  }

  SmallVector<Value> addRows(Value first, Value end, SmallVector<Value> sums, ArrayRef<Value> masks) {
    return code.loop(first, end, 1, sums, [&](Value row, ValueRange current) {
      llvm::copy(delinearize(code, row, ArrayRef(nest.loops).take_front(reductionLoops)), indices.begin());
      return addRow(SmallVector<Value>(current), masks);
    });
  }

  /// Adds the sums of a chunk to those of the chunks before it.
  SmallVector<Value> join(ArrayRef<Value> chunk, ValueRange before, int64_t blocks) {
    SmallVector<Value> sums;
    for (auto [index, sum] : llvm::enumerate(chunk))
      sums.push_back(outer.combine(reductions[index / blocks], sum, before[index]));
    return sums;
  }

  /// The sums of a chunk, if the thread has columns and there are that many chunks.
  SmallVector<Value> sumChunk(Value chunk, Value isInside) {
    Value first = code.min(code.mul(chunk, chunkRows), code.integer(rows));
    Value end = code.min(code.add(first, code.integer(chunkRows)), code.integer(rows));
    end = arith::SelectOp::create(code.builder, code.location, isInside, end, first);
    return addRows(first, end, neutrals(1), Value());
  }

  /// Where the chunks of a strip meet: shared memory, as [chunk][vector], and which of them the thread has.
  struct Meeting {
    Value shared, chunk, vector;
    int64_t chunks;
  };

  /// `start` and the sum over all chunks of one reduction, from those of this thread: every teamChunks-th. Meant for the
  /// threads of chunk 0.
  Value joinThreads(size_t reduction, ArrayRef<Value> parts, Value start, const Meeting &meeting) {
    Elements elements(code, elementOfSum(reductions[reduction]));
    auto place = [&](Value chunk) { return code.mul(code.add(code.mul(chunk, teamVectors), meeting.vector), lanes); };
    CudaCode cuda(code);
    cuda.synchronizeBlock(); // the reduction before has been read
    for (auto [number, part] : llvm::enumerate(parts)) {
      Value chunk = code.add(meeting.chunk, code.integer(number * teamChunks));
      code.when(code.less(chunk, code.integer(meeting.chunks)),
                [&, part = part] { elements.storeVector(part, meeting.shared, place(chunk), 1, Value(), lanes); });
    }
    cuda.synchronizeBlock(); // all sums are there
    return code
        .loop(code.integer(0), code.integer(meeting.chunks), 1, start,
              [&](Value chunk, ValueRange before) {
                Value sum = elements.loadVector(meeting.shared, place(chunk), 1, Value(), lanes);
                return SmallVector<Value>{outer.combine(reductions[reduction], sum, before.front())};
              })
        .front();
  }

  Body at(const Body &parent, int64_t block, Value mask) {
    SmallVector<Value> inner(indices);
    inner.back() = code.add(inner.back(), code.integer(block * lanes));
    return parent.child({inner, mask});
  }

  SmallVector<Value> addRow(SmallVector<Value> sums, ArrayRef<Value> masks) {
    Body row = outer.child({indices, {}});
    row.computeInvariant();
    for (auto [block, mask] : llvm::enumerate(masks)) {
      Body point = at(row, block, mask);
      for (auto [r, reduction] : llvm::enumerate(reductions)) {
        Value &sum = sums[r * masks.size() + block];
        sum = point.combine(reduction, splat(code, point.compute(reduction->getOperand(0))), sum);
      }
      storeElements(point);
    }
    return sums;
  }

  /// Results that are elements of the swept tensor rather than sums.
  void storeElements(Body &point) {
    point.storeResultsIf([&](Value value) { return !isSum(value); });
  }

  void storeSums(int64_t block, ArrayRef<Value> masks, ArrayRef<Value> sums) {
    Body point = at(outer, block, masks[block]);
    for (auto [r, reduction] : llvm::enumerate(reductions))
      point.define(reduction->getResult(0), sums[r * masks.size() + block]);
    point.storeResultsIf([&](Value value) { return isSum(value); });
  }

  bool isSum(Value value) {
    Operation *op = value.getDefiningOp();
    return op && (isReduction(op) || (isView(op) && isSum(op->getOperand(0))));
  }

  Code &code;
  const Nest &nest;
  Body outer;
  size_t reductionLoops;
  int64_t rows, stripColumns, lanes, chunkRows;
  bool goesOn; ///< some reduction does not start from its neutral element
  SmallVector<Operation *> reductions;
  SmallVector<Value> indices;
};

/// The sums of a group go through its chunks together.
LogicalResult verifyChunks(Block &body) {
  std::optional<int64_t> chunk;
  for (auto op : body.getOps<ReduceOp>()) {
    if (op.getChunkRows() != chunk.value_or(op.getChunkRows()))
      return op.emitError("expected chunks of ")
             << *chunk << " rows as in the rest of the group, got " << op.getChunkRows();
    chunk = op.getChunkRows();
  }
  return success();
}

size_t countReductionLoops(Block &body) {
  for (Operation &op : body)
    if (isReduction(&op))
      return reductionLoops(cast<Fusible>(op).getIterationSpace()).size();
  return 0;
}

} // namespace

FailureOr<Kernel> buildColumnKernel(ModuleOp module, StringRef name, Block &body, const KernelTarget &target) {
  auto nest = Nest::create(body, GroupKind::Column);
  if (failed(nest) || failed(verifyChunks(body)))
    return failure();
  size_t reduced = countReductionLoops(body);
  nest->mergeAll(reduced, nest->loops.size());
  reduced = nest->mergeAll(0, reduced);
  bool isCuda = target.device == Device::Cuda;
  int64_t columns = nest->loops.back();
  int64_t stripColumns = isCuda ? teamVectors * target.vectorStyle(columns).lanes : cpuStrip;
  int64_t strips = llvm::divideCeil(columns, stripColumns);
  ArrayRef<int64_t> kept = ArrayRef(nest->loops).drop_front(reduced).drop_back();
  KernelShape shape{KernelShape::countBuffers(body), ShapedType::getNumElements(kept) * strips,
                    target.vectorStyle(columns), isCuda ? teamThreads : 1};
  KernelFunction kernel(module, body.getParentOp()->getLoc(), name, shape, target);
  Code &code = kernel.code;
  ColumnWriter writer(code, *nest, body, kernel.buffers, reduced, stripColumns);
  auto split = [&](Value item) { // into kept indices and a strip
    auto [outer, strip] = code.divide(item, strips);
    return std::pair(delinearize(code, strips == 1 ? item : outer, kept), strips == 1 ? code.integer(0) : strip);
  };
  if (isCuda) { // a block is an item: all of its threads meet
    auto [keptIndices, strip] = split(kernel.block);
    writer.writeStripOnCuda(keptIndices, strip, kernel);
    return kernel.finish(shape, 1);
  }
  code.loop(kernel.begin, kernel.end, 1, [&](Value item) {
    auto [keptIndices, strip] = split(item);
    writer.writeStrip(keptIndices, code.mul(strip, stripColumns));
  });
  constexpr int64_t grainElements = 16384;
  int64_t itemElements = ShapedType::getNumElements(ArrayRef(nest->loops).take_front(reduced)) * stripColumns;
  return kernel.finish(shape, grainElements / std::max<int64_t>(1, itemElements));
}

} // namespace neap::lower
