// A walk over ModelProto.graph.initializer.raw_data that skips all else.
#include "neap/compiler/importer/RawDataOffsets.h"

#include "neap/onnx-schema/onnx.pb.h"

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl.h"
#include "google/protobuf/wire_format_lite.h"

#include <unistd.h>

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedInputStream;

namespace {

/// Calls `visit(stream, length)` for every occurrence of the length-delimited `field` in the message that `stream` is in; visit
/// must consume the payload.
template <typename Visit> bool walkField(CodedInputStream &stream, int field, Visit visit) {
  while (uint32_t tag = stream.ReadTag()) {
    if (tag != WireFormatLite::MakeTag(field, WireFormatLite::WIRETYPE_LENGTH_DELIMITED)) {
      if (!WireFormatLite::SkipField(&stream, tag))
        return false;
      continue;
    }
    int length;
    if (!stream.ReadVarintSizeAsInt(&length) || !visit(length))
      return false;
  }
  return true;
}

/// Like walkField, for a field that holds a message: `visit` walks that message.
template <typename Visit> bool walkMessages(CodedInputStream &stream, int field, Visit visit) {
  return walkField(stream, field, [&](int length) {
    auto limit = stream.PushLimit(length);
    bool good = visit();
    stream.PopLimit(limit);
    return good;
  });
}

} // namespace

llvm::Expected<llvm::SmallVector<int64_t>> neap::importer::findRawData(int descriptor) {
  int64_t size = ::lseek(descriptor, 0, SEEK_END); // Skip may go past the end without an error.
  ::lseek(descriptor, 0, SEEK_SET);
  google::protobuf::io::FileInputStream file(descriptor);
  CodedInputStream stream(&file);
  llvm::SmallVector<int64_t> offsets;
  bool good = walkMessages(stream, ::onnx::ModelProto::kGraphFieldNumber, [&] {
    return walkMessages(stream, ::onnx::GraphProto::kInitializerFieldNumber, [&] {
      offsets.push_back(-1);
      return walkField(stream, ::onnx::TensorProto::kRawDataFieldNumber, [&](int length) {
        offsets.back() = stream.CurrentPosition();
        return offsets.back() + length <= size && stream.Skip(length);
      });
    });
  });
  if (!good)
    return llvm::createStringError("the file changed while it was read");
  return offsets;
}
