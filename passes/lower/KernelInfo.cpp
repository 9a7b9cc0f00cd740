// The attribute `neap.kernel` of lowered kernels.
#include "neap/passes/lower/KernelInfo.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace neap;

static constexpr StringLiteral attributeName = "neap.kernel";

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
  llvm::SetVector<Attribute> ops;
  for (Operation &op : kernel.getBody().front().without_terminator())
    ops.insert(builder.getStringAttr(op.getName().stripDialect()));
  SmallVector<NamedAttribute> fields{integer("items", lowered.items), integer("grain", lowered.grain),
                                     integer("scratch", lowered.scratchBytes),
                                     builder.getNamedAttr("kind", kernel.getKindAttr()),
                                     builder.getNamedAttr("ops", builder.getArrayAttr(ops.getArrayRef()))};
  if (lowered.blockThreads != 0)
    llvm::append_values(fields, integer("blocks", lowered.blocks()), integer("block_threads", lowered.blockThreads));
  if (product)
    fields.push_back(builder.getNamedAttr("product", encode(builder, *product)));
  lowered.function->setAttr(attributeName, builder.getDictionaryAttr(fields));
}

std::optional<lower::KernelInfo> lower::getKernelInfo(Operation *function) {
  auto dictionary = function->getAttrOfType<DictionaryAttr>(attributeName);
  if (!dictionary)
    return std::nullopt;
  auto integer = [&](StringRef name, int64_t absent) {
    auto value = dictionary.getAs<IntegerAttr>(name);
    return value ? value.getInt() : absent;
  };
  KernelInfo info{integer("items", 0),
                  integer("grain", 1),
                  integer("scratch", 0),
                  integer("blocks", 0),
                  integer("block_threads", 0),
                  GroupKind::Pointwise,
                  {},
                  {}};
  if (auto kind = dictionary.getAs<GroupKindAttr>("kind"))
    info.kind = kind.getValue();
  if (auto ops = dictionary.getAs<ArrayAttr>("ops"))
    for (auto op : ops.getAsRange<StringAttr>())
      info.ops.push_back(op.getValue());
  if (auto product = dictionary.getAs<DictionaryAttr>("product"))
    info.product = decodeProduct(product);
  return info;
}
