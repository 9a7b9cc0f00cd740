// The safetensors library against valid, damaged and hostile files.
#include "Process.h"

#include "neap/runtime/safetensors/Safetensors.h"

#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace neap::test {
namespace {

using namespace safetensors;

class SafetensorsTest : public testing::Test {
protected:
  SafetensorsTest() {
    std::string pattern = testing::TempDir() + "neap-safetensors-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    path_ = folder_ + "/file.safetensors";
  }
  ~SafetensorsTest() override { std::filesystem::remove_all(folder_); }

  /// A file of this header and this many bytes of data.
  void writeRaw(const std::string &header, size_t dataBytes = 0) {
    uint64_t length = header.size();
    writeFile(path_, std::string(reinterpret_cast<char *>(&length), 8) + header + std::string(dataBytes, 'x'));
  }
  /// The message that opening the file fails with; empty if it opens.
  std::string openError() {
    try {
      Reader reader(path_);
      return "";
    } catch (const Error &error) {
      return error.what();
    } catch (const files::Error &error) {
      return error.what();
    }
  }
  void expectRefused(const std::string &header, size_t dataBytes, const std::string &message) {
    writeRaw(header, dataBytes);
    std::string error = openError();
    EXPECT_NE(error.find(message), std::string::npos) << header << "\nexpected: " << message << "\ngot: " << error;
    EXPECT_EQ(error.find(path_), 0u) << "the message begins with the path: " << error;
  }
  void writeSample() {
    Writer writer(path_, {{"b", Type::F32, {2, 3}}, {"empty", Type::U8, {0, 7}}, {"a \"x\"", Type::I64, {}}},
                  {{"format", "pt"}});
    float b[6] = {1, 2, 3, 4, 5, 6};
    int64_t a = -7;
    writer.write(2, &a);
    writer.write(0, b);
    writer.commit();
  }

  std::string folder_, path_;
};

TEST_F(SafetensorsTest, WhatIsWrittenReadsBack) {
  writeSample();
  Reader reader(path_);
  ASSERT_EQ(reader.tensors().size(), 3u);
  EXPECT_EQ(reader.tensors()[0].name, "b");
  EXPECT_EQ(reader.metadata().at("format"), "pt");
  const Tensor *b = reader.find("b"), *a = reader.find("a \"x\"");
  ASSERT_TRUE(a && b);
  EXPECT_EQ(b->shape, (std::vector<int64_t>{2, 3}));
  float values[2];
  reader.read(*b, 8, values, 8);
  EXPECT_EQ(values[0], 3);
  int64_t value;
  reader.read(*a, &value);
  EXPECT_EQ(value, -7);
  EXPECT_EQ(reader.find("c"), nullptr);
  EXPECT_EQ(reader.find("empty")->bytes(), 0u);
}

TEST_F(SafetensorsTest, EqualCallsGiveEqualBytesAndAlignedData) {
  writeSample();
  std::string first = readFile(path_);
  writeSample();
  EXPECT_EQ(readFile(path_), first);
  uint64_t length;
  std::memcpy(&length, first.data(), 8);
  EXPECT_EQ(length % 8, 0u);
}

TEST_F(SafetensorsTest, EveryPrefixOfAFileIsRefused) {
  writeSample();
  std::string whole = readFile(path_);
  for (size_t size = 0; size < whole.size(); ++size) {
    writeFile(path_, whole.substr(0, size));
    EXPECT_NE(openError(), "") << size;
  }
}

TEST_F(SafetensorsTest, NoFlippedByteOfTheHeaderCrashes) {
  writeSample();
  std::string whole = readFile(path_);
  for (size_t i = 0; i < whole.size() - 32; ++i)
    for (int bit = 0; bit < 8; ++bit) {
      std::string flipped = whole;
      flipped[i] = char(flipped[i] ^ (1 << bit));
      writeFile(path_, flipped);
      openError();
    }
}

TEST_F(SafetensorsTest, AHeaderLongerThanTheFileOrTheLimitIsRefused) {
  for (uint64_t length : {uint64_t(3), uint64_t(100'000'000), uint64_t(100'000'001), uint64_t(1) << 63, ~uint64_t(0)}) {
    writeFile(path_, std::string(reinterpret_cast<char *>(&length), 8) + "{}");
    EXPECT_NE(openError().find("the header would have " + std::to_string(length)), std::string::npos);
  }
}

TEST_F(SafetensorsTest, RangesMustCoverTheDataOnce) {
  std::string a = R"("a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]})";
  expectRefused("{" + a + R"(,"b":{"dtype":"U8","shape":[4],"data_offsets":[3,7]}})", 7, "it overlaps another");
  expectRefused("{" + a + R"(,"b":{"dtype":"U8","shape":[4],"data_offsets":[5,9]}})", 9, "(a gap)");
  expectRefused("{" + a + R"(,"b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})", 4, "it overlaps another");
  expectRefused("{" + a + "}", 3, "the tensors need 4 bytes of data, the file has 3");
  expectRefused("{" + a + "}", 5, "the tensors need 4 bytes of data, the file has 5");
  expectRefused(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[4,0]}})", 4, "data_offsets are [4, 0]");
  expectRefused(R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,4]}})", 4, "needs 16 bytes");
}

TEST_F(SafetensorsTest, NumbersOutOfRangeAreRefused) {
  auto entry = [](const std::string &shape, const std::string &offsets) {
    return R"({"a":{"dtype":"F32","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
  };
  expectRefused(entry("[4294967296,4294967296]", "[0,0]"), 0, "the shape of tensor 'a' overflows");
  expectRefused(entry("[9223372036854775808]", "[0,0]"), 0, "the shape of tensor 'a' overflows");
  expectRefused(entry("[2305843009213693952]", "[0,0]"), 0, "the shape of tensor 'a' overflows");
  expectRefused(entry("[99999999999999999999999]", "[0,0]"), 0, "unexpected the number 99999999999999999999999");
  expectRefused(entry("[-1]", "[0,4]"), 4, "unexpected a negative number in the header at 'a'");
  expectRefused(entry("[1.0]", "[0,4]"), 4, "unexpected the number 1.0");
  expectRefused(entry("[1]", "[0,4,4]"), 4, "needs two data_offsets, got 3");
  expectRefused(entry("[1]", "[18446744073709551612,18446744073709551615]"), 4, "needs 4 bytes");
  expectRefused(entry("[1]", "[18446744073709551611,18446744073709551615]"), 4, "(a gap)");
}

TEST_F(SafetensorsTest, HeadersOfAnotherFormAreRefused) {
  expectRefused("", 0, "does not begin with '{'");
  expectRefused("[]", 0, "does not begin with '{'");
  expectRefused("{", 0, "not JSON at byte");
  expectRefused("{}{}", 0, "not JSON at byte");
  expectRefused("{\"\xff\":{}}", 0, "not JSON at byte");
  expectRefused(R"({"a":1})", 0, "unexpected a number in the header at 'a'");
  expectRefused(R"({"a":null})", 0, "unexpected null");
  expectRefused(R"({"a":{}})", 0, "needs dtype, shape and data_offsets");
  expectRefused(R"({"a":{"dtype":"F31","shape":[],"data_offsets":[0,4]}})", 4, "unknown type 'F31'");
  expectRefused(R"({"a":{"dtype":"F32","dtype":"F32","shape":[],"data_offsets":[0,4]}})", 4, "unexpected a string");
  expectRefused(R"({"a":{"other":true}})", 0, "unexpected a boolean");
  expectRefused(R"({"a":{"shape":[[1]]}})", 0, "unexpected an array");
  expectRefused(R"({"a":{"shape":[]},"shape":[]})", 0, "needs dtype");
  expectRefused(R"({"__metadata__":{"a":1}})", 0, "unexpected a number");
  expectRefused(R"({"__metadata__":{"a":{}}})", 0, "unexpected an object");
  std::string a = R"("a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  expectRefused("{" + a + "," + a + "}", 0, "tensor 'a' is there twice");
}

TEST_F(SafetensorsTest, DeepNestingAndManyDimensionsAreRefused) {
  expectRefused("{\"a\":" + std::string(1'000'000, '['), 0, "unexpected an array");
  expectRefused("{\"a\":{\"shape\":[" +
                    std::string(200'000, '0')
                        .replace(1, 199'999,
                                 [] {
                                   std::string rest;
                                   for (int i = 0; i < 99'999; ++i)
                                     rest += ",0";
                                   return rest;
                                 }()) +
                    "]}}",
                0, "more than 64 dimensions");
}

TEST_F(SafetensorsTest, AnEmptyFileOfTensorsIsValid) {
  writeRaw("{}");
  EXPECT_EQ(openError(), "");
}

TEST_F(SafetensorsTest, WhatIsNoRegularFileIsRefusedAtOnce) {
  path_ = folder_;
  EXPECT_NE(openError().find("not a regular file"), std::string::npos);
  path_ = folder_ + "/pipe";
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_NE(openError().find("not a regular file"), std::string::npos);
  path_ = folder_ + "/none";
  EXPECT_NE(openError().find("cannot open: No such file or directory"), std::string::npos);
}

TEST_F(SafetensorsTest, ReadsBeyondATensorAreRefused) {
  writeSample();
  Reader reader(path_);
  char buffer[64];
  EXPECT_THROW(reader.read(*reader.find("b"), 20, buffer, 5), Error);
  EXPECT_THROW(reader.read(*reader.find("b"), ~uint64_t(0), buffer, 2), Error);
}

TEST_F(SafetensorsTest, AFileThatShrinksAfterOpeningIsAnError) {
  writeSample();
  Reader reader(path_);
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) - 20);
  float values[6];
  EXPECT_THROW(reader.read(*reader.find("b"), values), files::Error);
}

TEST_F(SafetensorsTest, AWriterRefusesImpossibleTensors) {
  EXPECT_THROW(Writer(path_, {{"a", Type::F32, {1}}, {"a", Type::F32, {1}}}), Error);
  EXPECT_THROW(Writer(path_, {{"a", Type::F32, {-1}}}), Error);
  EXPECT_THROW(Writer(path_, {{"__metadata__", Type::F32, {1}}}), Error);
  EXPECT_THROW(Writer(path_, {{"\xff", Type::F32, {1}}}), Error);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(SafetensorsTest, WithoutCommitTheOldFileStays) {
  writeSample();
  std::string before = readFile(path_);
  { Writer writer(path_, {{"other", Type::F32, {100}}}); }
  EXPECT_EQ(readFile(path_), before);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_), {}), 1);
}

TEST_F(SafetensorsTest, WritesBeyondATensorAreRefused) {
  Writer writer(path_, {{"a", Type::U8, {4}}});
  EXPECT_THROW(writer.write(0, 2, "abc", 3), Error);
  EXPECT_THROW(writer.write(0, ~uint64_t(0), "abc", 3), Error);
  EXPECT_THROW(writer.write(1, "abc"), std::out_of_range);
}

} // namespace
} // namespace neap::test
