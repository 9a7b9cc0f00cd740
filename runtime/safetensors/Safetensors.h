// Reads and writes safetensors files: eight bytes of header length, a JSON header that names types, shapes and byte
// ranges, then the data. A file is untrusted: every number is checked before it is used, memory stays in proportion
// to the header, and data goes straight into the caller's buffer.
#ifndef NEAP_RUNTIME_SAFETENSORS_SAFETENSORS_H
#define NEAP_RUNTIME_SAFETENSORS_SAFETENSORS_H

#include "neap/runtime/files/File.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace neap::safetensors {

/// The file is not what the format allows, or a caller asked for what it does not hold. what() begins with the path.
/// Failures of the system are files::Error.
class Error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// Element types of the format.
enum class Type { Bool, U8, I8, F8E4M3, F8E5M2, U16, I16, F16, BF16, U32, I32, F32, U64, I64, F64 };

/// The type's name in a header, such as "F32".
std::string_view typeName(Type type);
/// Inverse of typeName; nothing for a name that is unknown.
std::optional<Type> parseType(std::string_view name);
/// Bytes of one element.
uint64_t elementBytes(Type type);

/// Bytes of a dense tensor; nothing where a dimension is negative or the size does not fit 63 bits.
std::optional<uint64_t> tensorBytes(Type type, const std::vector<int64_t> &shape);

/// One tensor of a file. [begin, end) is its byte range behind the header.
struct Tensor {
  std::string name;
  Type type;
  std::vector<int64_t> shape;
  uint64_t begin = 0;
  uint64_t end = 0;

  uint64_t bytes() const { return end - begin; }
};

/// The free-form part of a header.
using Metadata = std::map<std::string, std::string>;

/// Longest header that is read, in bytes; the limit of the format's reference implementation.
inline constexpr uint64_t maxHeaderBytes = 100'000'000;

/// A file opened for reading.
class Reader {
public:
  /// Reads and checks the header: tensors must fill the data without overlap or gap.
  /// Throws Error for a damaged file, files::Error for an unreadable one.
  explicit Reader(const std::string &path);

  const std::string &path() const { return file_.path(); }
  /// Tensors in the order of the header.
  const std::vector<Tensor> &tensors() const { return tensors_; }
  const Metadata &metadata() const { return metadata_; }
  /// The tensor of that name, or null.
  const Tensor *find(std::string_view name) const;

  /// Reads a whole tensor into `buffer` of tensor.bytes() bytes.
  void read(const Tensor &tensor, void *buffer) const { read(tensor, 0, buffer, tensor.bytes()); }
  /// Reads `bytes` bytes from byte `offset` of the tensor on; throws Error where the tensor has fewer.
  void read(const Tensor &tensor, uint64_t offset, void *buffer, uint64_t bytes) const;

private:
  files::File file_;
  uint64_t dataBegin_ = 0;
  std::vector<Tensor> tensors_;
  std::vector<uint32_t> byName_;
  Metadata metadata_;
};

/// Writes a file of known tensors, whose data may come in any order. The file appears on commit(), complete; until
/// then an older one stays. Equal calls give equal bytes.
class Writer {
public:
  /// Lays out `tensors` in the given order (their ranges are assigned here) and writes the header.
  /// Throws Error for a name that is repeated, reserved or not UTF-8, and for an impossible shape.
  Writer(const std::string &path, std::vector<Tensor> tensors, const Metadata &metadata = {});

  const std::vector<Tensor> &tensors() const { return tensors_; }
  /// Writes all of tensor `index`.
  void write(size_t index, const void *data) { write(index, 0, data, tensors_.at(index).bytes()); }
  /// Writes `bytes` bytes at byte `offset` of tensor `index`.
  void write(size_t index, uint64_t offset, const void *data, uint64_t bytes);
  /// Puts the file in place. What was never written reads as zeros.
  void commit() { replacement_.commit(); }

private:
  files::Replacement replacement_;
  uint64_t dataBegin_ = 0;
  std::vector<Tensor> tensors_;
};

} // namespace neap::safetensors

#endif
