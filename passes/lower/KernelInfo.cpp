// The attribute `neap.kernel` of lowered kernels.
#include "neap/passes/lower/KernelInfo.h"

#include "neap/passes/fuse/KernelClass.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace neap;

static constexpr StringLiteral attributeName = "neap.kernel";

SmallVector<StringRef> lower::listOps(sched::KernelOp kernel) {
  llvm::SetVector<StringRef> ops;
  for (Operation &op : kernel.getBody().front().without_terminator())
    ops.insert(op.getName().stripDialect());
  return llvm::to_vector(ops);
}

planning::KernelCost lower::describeCost(sched::KernelOp kernel) {
  planning::KernelCost cost;
  cost.name = kernel.getSymName().str();
  cost.kernelClass = classifyGroup(kernel.getBody().front());
  cost.flops = kernel.getFlops();
  cost.bytesRead = kernel.getBytesRead();
  cost.bytesWritten = kernel.getBytesWritten();
  return cost;
}

llvm::StringMap<int64_t> lower::countLaunches(sched::ProgramOp program) {
  llvm::StringMap<int64_t> launches;
  program.walk([&](sched::LaunchOp launch) { launches[launch.getKernel()] += sched::countRuns(launch); });
  return launches;
}

/// Argument, offset, leading dimension, whether it is transposed, then the strides of the batch.
static Attribute encode(Builder &builder, const LibraryMatrix &matrix) {
  SmallVector<int64_t> numbers{matrix.argument, matrix.offset, matrix.leading, matrix.transposed};
  llvm::append_range(numbers, matrix.batchStrides);
  return builder.getDenseI64ArrayAttr(numbers);
}

static LibraryMatrix decodeMatrix(Attribute attribute) {
  ArrayRef<int64_t> numbers = cast<DenseI64ArrayAttr>(attribute).asArrayRef();
  return {numbers[0], numbers[1], numbers[2], numbers[3] != 0, llvm::to_vector(numbers.drop_front(4))};
}

static DictionaryAttr encode(Builder &builder, const LibraryProduct &product) {
  NamedAttrList fields;
  fields.set("sizes", builder.getDenseI64ArrayAttr({product.m, product.n, product.k}));
  fields.set("batch", builder.getDenseI64ArrayAttr(product.batch));
  fields.set("lhs", encode(builder, product.lhs));
  fields.set("rhs", encode(builder, product.rhs));
  fields.set("result", encode(builder, product.result));
  if (product.bias)
    fields.set("bias", encode(builder, *product.bias));
  if (product.addend)
    fields.set("addend", encode(builder, *product.addend));
  return fields.getDictionary(builder.getContext());
}

static LibraryProduct decodeProduct(DictionaryAttr fields) {
  ArrayRef<int64_t> sizes = cast<DenseI64ArrayAttr>(fields.get("sizes")).asArrayRef();
  LibraryProduct product;
  product.m = sizes[0];
  product.n = sizes[1];
  product.k = sizes[2];
  product.batch = llvm::to_vector(cast<DenseI64ArrayAttr>(fields.get("batch")).asArrayRef());
  product.lhs = decodeMatrix(fields.get("lhs"));
  product.rhs = decodeMatrix(fields.get("rhs"));
  product.result = decodeMatrix(fields.get("result"));
  if (Attribute bias = fields.get("bias"))
    product.bias = decodeMatrix(bias);
  if (Attribute addend = fields.get("addend"))
    product.addend = decodeMatrix(addend);
  return product;
}

void lower::setKernelInfo(const Kernel &lowered, sched::KernelOp kernel, const std::optional<LibraryProduct> &product) {
  Builder builder(kernel.getContext());
  auto integer = [&](StringRef name, int64_t value) {
    return builder.getNamedAttr(name, builder.getI64IntegerAttr(value));
  };
  SmallVector<NamedAttribute> fields{integer("items", lowered.items), integer("grain", lowered.grain),
                                     integer("scratch", lowered.scratchBytes),
                                     builder.getNamedAttr("kind", kernel.getKindAttr()),
                                     builder.getNamedAttr("ops", builder.getStrArrayAttr(listOps(kernel)))};
  planning::KernelCost cost = describeCost(kernel);
  llvm::append_values(fields, integer("flops", cost.flops), integer("bytes_read", cost.bytesRead),
                      integer("bytes_written", cost.bytesWritten),
                      builder.getNamedAttr("class", builder.getStringAttr(planning::getName(cost.kernelClass))));
  if (lowered.blockThreads != 0)
    llvm::append_values(fields, integer("blocks", lowered.blocks()), integer("block_threads", lowered.blockThreads));
  if (product)
    fields.push_back(builder.getNamedAttr("product", encode(builder, *product)));
  lowered.function->setAttr(attributeName, builder.getDictionaryAttr(fields));
}

static int64_t findInteger(DictionaryAttr fields, StringRef name, int64_t absent = 0) {
  auto value = fields.getAs<IntegerAttr>(name);
  return value ? value.getInt() : absent;
}

static std::optional<planning::KernelCost> readCost(StringRef kernel, DictionaryAttr fields) {
  auto name = fields.getAs<StringAttr>("class");
  auto kernelClass = name ? planning::findKernelClass(name.str()) : std::nullopt;
  if (!kernelClass)
    return std::nullopt;
  planning::KernelCost cost{kernel.str(), *kernelClass};
  cost.flops = findInteger(fields, "flops");
  cost.bytesRead = findInteger(fields, "bytes_read");
  cost.bytesWritten = findInteger(fields, "bytes_written");
  return cost;
}

std::optional<lower::KernelInfo> lower::getKernelInfo(Operation *function) {
  auto fields = function->getAttrOfType<DictionaryAttr>(attributeName);
  if (!fields)
    return std::nullopt;
  KernelInfo info;
  info.items = findInteger(fields, "items");
  info.grain = findInteger(fields, "grain", 1);
  info.scratchBytes = findInteger(fields, "scratch");
  info.blocks = findInteger(fields, "blocks");
  info.blockThreads = findInteger(fields, "block_threads");
  info.cost = readCost(SymbolTable::getSymbolName(function).getValue(), fields);
  if (auto kind = fields.getAs<GroupKindAttr>("kind"))
    info.kind = kind.getValue();
  if (auto ops = fields.getAs<ArrayAttr>("ops"))
    for (auto op : ops.getAsRange<StringAttr>())
      info.ops.push_back(op.getValue());
  if (auto product = fields.getAs<DictionaryAttr>("product"))
    info.product = decodeProduct(product);
  return info;
}
