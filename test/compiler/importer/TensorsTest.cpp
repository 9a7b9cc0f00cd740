// TensorProto in all of its encodings.
#include "neap/compiler/importer/Tensors.h"

#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace neap::importer;
using ::onnx::TensorProto;

namespace {

struct TensorsTest : testing::Test {
  MLIRContext context;
  std::string message;
  ScopedDiagnosticHandler handler{&context, [this](Diagnostic &d) { message = d.str(); }};
  ErrorStarter error = [this] { return emitError(UnknownLoc::get(&context)); };

  TensorProto make(int type, std::initializer_list<int64_t> dims) {
    TensorProto tensor;
    tensor.set_data_type(type);
    for (int64_t size : dims)
      tensor.add_dims(size);
    return tensor;
  }

  DenseElementsAttr decode(const TensorProto &tensor) {
    auto type = tensorType(context, tensor, error);
    if (failed(type))
      return nullptr;
    auto bytes = inlineBytes(tensor, *type, error);
    return failed(bytes) ? nullptr : elementsFromBytes(*type, *bytes);
  }
};

TEST_F(TensorsTest, ReadsTypedFields) {
  TensorProto floats = make(TensorProto::FLOAT, {2});
  floats.add_float_data(1.5f);
  floats.add_float_data(-2.0f);
  EXPECT_EQ(llvm::to_vector(decode(floats).getValues<float>()), (SmallVector<float>{1.5f, -2.0f}));

  TensorProto longs = make(TensorProto::INT64, {2});
  longs.add_int64_data(INT64_MIN);
  longs.add_int64_data(7);
  EXPECT_EQ(llvm::to_vector(decode(longs).getValues<int64_t>()), (SmallVector<int64_t>{INT64_MIN, 7}));

  TensorProto doubles = make(TensorProto::DOUBLE, {1});
  doubles.add_double_data(0.1);
  EXPECT_EQ(decode(doubles).getSplatValue<double>(), 0.1);
}

TEST_F(TensorsTest, ReadsSixteenBitFloatsFromInt32Data) {
  TensorProto tensor = make(TensorProto::BFLOAT16, {2});
  tensor.add_int32_data(0x3F80);
  tensor.add_int32_data(0xC000);
  SmallVector<APFloat> values(decode(tensor).getValues<APFloat>());
  EXPECT_EQ(values[0].convertToFloat(), 1.0f);
  EXPECT_EQ(values[1].convertToFloat(), -2.0f);
}

TEST_F(TensorsTest, ReadsBooleans) {
  TensorProto typed = make(TensorProto::BOOL, {3});
  for (int value : {1, 0, 1})
    typed.add_int32_data(value);
  TensorProto raw = make(TensorProto::BOOL, {3});
  raw.set_raw_data(std::string("\1\0\1", 3));
  SmallVector<bool> expected{true, false, true};
  EXPECT_EQ(llvm::to_vector(decode(typed).getValues<bool>()), expected);
  EXPECT_EQ(llvm::to_vector(decode(raw).getValues<bool>()), expected);
}

TEST_F(TensorsTest, UnpacksFourBitsFromTheLowEnd) {
  TensorProto tensor = make(TensorProto::INT4, {3});
  tensor.set_raw_data(std::string("\xF1\x07", 2)); // 1, -1, 7
  SmallVector<int64_t> values(
      llvm::map_range(decode(tensor).getValues<APInt>(), [](const APInt &value) { return value.getSExtValue(); }));
  EXPECT_EQ(values, (SmallVector<int64_t>{1, -1, 7}));
}

TEST_F(TensorsTest, KeepsEmptyTensorsAndScalars) {
  EXPECT_EQ(decode(make(TensorProto::FLOAT, {0, 4})).getNumElements(), 0);
  TensorProto scalar = make(TensorProto::FLOAT, {});
  scalar.add_float_data(3);
  EXPECT_EQ(decode(scalar).getSplatValue<float>(), 3.0f);
}

TEST_F(TensorsTest, RefusesSizesThatOverflow) {
  EXPECT_FALSE(decode(make(TensorProto::FLOAT, {int64_t(1) << 40, int64_t(1) << 40})));
  EXPECT_EQ(message,
            "expected a tensor of at most 2^45 elements and 64 dimensions, got one of 1099511627776x1099511627776");
  EXPECT_FALSE(decode(make(TensorProto::FLOAT, {0, int64_t(1) << 62, int64_t(1) << 62})));
  EXPECT_FALSE(decode(make(TensorProto::FLOAT, {-1})));
  EXPECT_EQ(message, "expected sizes of at least 0, got -1");
}

TEST_F(TensorsTest, RefusesRawDataOfAnotherLength) {
  TensorProto tensor = make(TensorProto::FLOAT, {2});
  tensor.set_raw_data("1234567");
  EXPECT_FALSE(decode(tensor));
  EXPECT_EQ(message, "expected 8 bytes of raw_data for 'tensor<2xf32>', got 7");
}

TEST_F(TensorsTest, RefusesTooFewValues) {
  TensorProto tensor = make(TensorProto::FLOAT, {2});
  tensor.add_float_data(1);
  EXPECT_FALSE(decode(tensor));
  EXPECT_EQ(message, "expected 2 values for 'tensor<2xf32>', got 4 bytes of them where 8 are needed");
}

TEST_F(TensorsTest, RefusesValuesThatDoNotFit) {
  TensorProto tensor = make(TensorProto::INT8, {1});
  tensor.add_int32_data(300);
  EXPECT_FALSE(decode(tensor));
  EXPECT_EQ(message, "expected values that fit 'i8', got a larger one");
}

TEST_F(TensorsTest, RefusesTypesThatCannotBeComputedWith) {
  EXPECT_FALSE(decode(make(TensorProto::STRING, {1})));
  EXPECT_EQ(message, "expected elements that can be computed with, got string");
  EXPECT_FALSE(decode(make(99, {1})));
  EXPECT_EQ(message, "expected elements that can be computed with, got 99");
}

} // namespace
