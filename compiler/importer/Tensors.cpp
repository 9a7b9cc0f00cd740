// See Tensors.h. Typed fields are first turned into the raw form, so that only one decoder exists.
#include "neap/compiler/importer/Tensors.h"

#include "neap/dialects/TensorLimits.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

#include <bit>
#include <cstring>

using namespace mlir;
using namespace neap;
using namespace neap::importer;
using ::onnx::TensorProto;

Type neap::importer::elementType(MLIRContext &context, int dataType) {
  Builder b(&context);
  auto unsignedType = [&](unsigned width) { return IntegerType::get(&context, width, IntegerType::Unsigned); };
  switch (dataType) {
  case TensorProto::FLOAT: return b.getF32Type();
  case TensorProto::DOUBLE: return b.getF64Type();
  case TensorProto::FLOAT16: return b.getF16Type();
  case TensorProto::BFLOAT16: return b.getBF16Type();
  case TensorProto::FLOAT8E4M3FN: return Float8E4M3FNType::get(&context);
  case TensorProto::FLOAT8E4M3FNUZ: return Float8E4M3FNUZType::get(&context);
  case TensorProto::FLOAT8E5M2: return Float8E5M2Type::get(&context);
  case TensorProto::FLOAT8E5M2FNUZ: return Float8E5M2FNUZType::get(&context);
  case TensorProto::FLOAT8E8M0: return Float8E8M0FNUType::get(&context);
  case TensorProto::BOOL: return b.getI1Type();
  case TensorProto::INT2: return b.getIntegerType(2);
  case TensorProto::INT4: return b.getIntegerType(4);
  case TensorProto::INT8: return b.getIntegerType(8);
  case TensorProto::INT16: return b.getIntegerType(16);
  case TensorProto::INT32: return b.getIntegerType(32);
  case TensorProto::INT64: return b.getIntegerType(64);
  case TensorProto::UINT2: return unsignedType(2);
  case TensorProto::UINT4: return unsignedType(4);
  case TensorProto::UINT8: return unsignedType(8);
  case TensorProto::UINT16: return unsignedType(16);
  case TensorProto::UINT32: return unsignedType(32);
  case TensorProto::UINT64: return unsignedType(64);
  default: return nullptr;
  }
}

std::string neap::importer::dataTypeName(int dataType) {
  if (::onnx::TensorProto_DataType_IsValid(dataType))
    return llvm::StringRef(TensorProto::DataType_Name(static_cast<TensorProto::DataType>(dataType))).lower();
  return std::to_string(dataType);
}

/// Bits that one element takes in a file; a bool takes a byte.
static int64_t storageBits(Type element) {
  unsigned bits = element.getIntOrFloatBitWidth();
  return bits == 1 ? 8 : bits;
}

int64_t neap::importer::storageBytes(RankedTensorType type) {
  return llvm::divideCeil(type.getNumElements() * storageBits(type.getElementType()), 8);
}

static std::string shapeText(llvm::ArrayRef<int64_t> shape) {
  std::string sizes = llvm::join(
      llvm::map_range(shape.take_front(maxTensorRank), [](int64_t size) { return std::to_string(size); }), "x");
  return shape.size() > maxTensorRank ? std::to_string(shape.size()) + " dimensions, " + sizes + "..." : sizes;
}

FailureOr<RankedTensorType> neap::importer::tensorType(MLIRContext &context, const TensorProto &tensor,
                                                       const ErrorStarter &error) {
  Type element = elementType(context, tensor.data_type());
  if (!element)
    return error() << "expected elements that can be computed with, got " << dataTypeName(tensor.data_type());
  SmallVector<int64_t> shape(tensor.dims().begin(), tensor.dims().end());
  for (int64_t size : shape)
    if (size < 0)
      return error() << "expected sizes of at least 0, got " << size;
  if (!isWithinLimits(shape))
    return error() << "expected " << tensorLimits << ", got one of " << shapeText(shape);
  return RankedTensorType::get(shape, element);
}

FailureOr<ExternalPlace> neap::importer::externalPlace(const TensorProto &tensor, RankedTensorType type,
                                                       const ErrorStarter &error) {
  ExternalPlace place;
  uint64_t length = static_cast<uint64_t>(storageBytes(type));
  for (const auto &entry : tensor.external_data()) {
    llvm::StringRef value = entry.value();
    if (entry.key() == "location") {
      place.file = entry.value();
    } else if (entry.key() == "offset") {
      if (value.getAsInteger(10, place.offset) || place.offset > INT64_MAX)
        return error() << "expected a byte offset into external data, got '" << value << "'";
    } else if (entry.key() == "length") {
      if (value.getAsInteger(10, length))
        return error() << "expected a length of external data in bytes, got '" << value << "'";
    }
  }
  if (place.file.empty())
    return error() << "expected external data to name a file, got no 'location'";
  if (length != static_cast<uint64_t>(storageBytes(type)))
    return error() << "expected " << storageBytes(type) << " bytes of external data for " << type << ", got " << length;
  return place;
}

/// Appends the low bytes of every value; false if one does not fit.
template <typename Values> static bool appendIntegers(const Values &values, unsigned bits, std::vector<char> &bytes) {
  for (auto value : values) {
    int64_t wide = static_cast<int64_t>(value);
    if (bits < 64 && !llvm::isIntN(bits, wide) && !llvm::isUIntN(bits, static_cast<uint64_t>(wide)))
      return false;
    for (unsigned bit = 0; bit < bits; bit += 8)
      bytes.push_back(static_cast<char>(static_cast<uint64_t>(wide) >> bit));
  }
  return true;
}

template <typename Values> static bool appendFloats(const Values &values, std::vector<char> &bytes) {
  for (auto value : values) {
    auto raw = std::bit_cast<std::array<char, sizeof value>>(value);
    bytes.insert(bytes.end(), raw.begin(), raw.end());
  }
  return true;
}

/// Turns the typed field that belongs to the data type into raw bytes.
static bool appendTypedField(const TensorProto &tensor, Type element, std::vector<char> &bytes) {
  switch (tensor.data_type()) {
  case TensorProto::FLOAT: return appendFloats(tensor.float_data(), bytes);
  case TensorProto::DOUBLE: return appendFloats(tensor.double_data(), bytes);
  case TensorProto::INT64: return appendIntegers(tensor.int64_data(), 64, bytes);
  case TensorProto::UINT32: return appendIntegers(tensor.uint64_data(), 32, bytes);
  case TensorProto::UINT64: return appendIntegers(tensor.uint64_data(), 64, bytes);
  // Everything else is in int32_data, 16-bit floats as their bits and sub-byte types packed into bytes.
  default: return appendIntegers(tensor.int32_data(), std::max<int64_t>(8, storageBits(element)), bytes);
  }
}

FailureOr<std::vector<char>> neap::importer::inlineBytes(const TensorProto &tensor, RankedTensorType type,
                                                         const ErrorStarter &error) {
  size_t expected = static_cast<size_t>(storageBytes(type));
  if (tensor.has_raw_data()) {
    if (tensor.raw_data().size() != expected)
      return error() << "expected " << expected << " bytes of raw_data for " << type << ", got "
                     << tensor.raw_data().size();
    return std::vector<char>(tensor.raw_data().begin(), tensor.raw_data().end());
  }
  std::vector<char> bytes;
  if (!appendTypedField(tensor, type.getElementType(), bytes))
    return error() << "expected values that fit " << type.getElementType() << ", got a larger one";
  if (bytes.size() != expected)
    return error() << "expected " << type.getNumElements() << " values for " << type << ", got " << bytes.size()
                   << " bytes of them where " << expected << " are needed";
  return bytes;
}

/// Spreads elements of 2 or 4 bits, packed from the low end, to one a byte, as MLIR keeps them.
static std::vector<char> unpack(llvm::ArrayRef<char> bytes, int64_t count, unsigned bits) {
  std::vector<char> result(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    auto byte = static_cast<unsigned char>(bytes[static_cast<size_t>(i * bits / 8)]);
    result[static_cast<size_t>(i)] = static_cast<char>((byte >> (i * bits % 8)) & ((1u << bits) - 1));
  }
  return result;
}

DenseElementsAttr neap::importer::elementsFromBytes(RankedTensorType type, llvm::ArrayRef<char> bytes) {
  Type element = type.getElementType();
  if (element.isInteger(1)) {
    SmallVector<bool> values(llvm::map_range(bytes, [](char byte) { return byte != 0; }));
    return DenseElementsAttr::get(type, values);
  }
  if (storageBits(element) < 8)
    return DenseElementsAttr::getFromRawBuffer(type, unpack(bytes, type.getNumElements(), storageBits(element)));
  return DenseElementsAttr::getFromRawBuffer(type, bytes);
}
