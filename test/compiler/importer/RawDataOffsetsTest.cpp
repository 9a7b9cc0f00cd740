// The walk over the wire format finds the bytes that protobuf parsed.
#include "neap/compiler/importer/RawDataOffsets.h"

#include "neap/onnx-schema/onnx.pb.h"

#include "gtest/gtest.h"

#include <cstdio>
#include <unistd.h>

namespace {

/// A file without a name, with these bytes.
int temporaryFile(const std::string &bytes) {
  std::FILE *file = std::tmpfile();
  int descriptor = ::dup(::fileno(file));
  std::fclose(file);
  EXPECT_EQ(::write(descriptor, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  return descriptor;
}

TEST(RawDataOffsets, PointsAtTheBytes) {
  ::onnx::ModelProto model;
  model.set_producer_name("before the graph");
  for (int i = 0; i < 3; ++i) {
    auto *tensor = model.mutable_graph()->add_initializer();
    tensor->set_name("w" + std::to_string(i));
    if (i != 1)
      tensor->set_raw_data(std::string(100 + i, static_cast<char>('a' + i)));
  }
  std::string bytes = model.SerializeAsString();
  int file = temporaryFile(bytes);
  auto offsets = neap::importer::findRawData(file);
  ASSERT_TRUE(static_cast<bool>(offsets));
  ASSERT_EQ(offsets->size(), 3u);
  EXPECT_EQ(bytes.substr((*offsets)[0], 100), std::string(100, 'a'));
  EXPECT_EQ((*offsets)[1], -1);
  EXPECT_EQ(bytes.substr((*offsets)[2], 102), std::string(102, 'c'));
  ::close(file);
}

TEST(RawDataOffsets, RefusesATruncatedFile) {
  ::onnx::ModelProto model;
  model.mutable_graph()->add_initializer()->set_raw_data(std::string(100, 'a'));
  int file = temporaryFile(model.SerializeAsString().substr(0, 50));
  auto offsets = neap::importer::findRawData(file);
  EXPECT_FALSE(static_cast<bool>(offsets));
  EXPECT_EQ(llvm::toString(offsets.takeError()), "the file changed while it was read");
  ::close(file);
}

} // namespace
