// What of a file ends up where in the IR: weights by place or value, names, sizes, locations, subgraphs, functions.
#include "neap/compiler/importer/Importer.h"

#include "neap/dialects/onnx/Onnx.h"
#include "neap/onnx-schema/onnx.pb.h"

#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace mlir;
namespace importer = neap::importer;
namespace ir = neap::onnx;

namespace {

struct ImporterTest : testing::Test {
  MLIRContext context;
  ::onnx::ModelProto model;
  std::string path =
      (std::filesystem::temp_directory_path() / ("neap-importer-" + std::to_string(::getpid()) + ".onnx")).string();
  OwningOpRef<ModuleOp> module;

  void SetUp() override {
    model.set_ir_version(10);
    model.add_opset_import()->set_version(20);
    addValue(*model.mutable_graph()->add_input(), "x", {"batch", ""});
    addValue(*model.mutable_graph()->add_output(), "y", {});
  }
  void TearDown() override { std::filesystem::remove(path); }

  /// A float tensor; an empty name is the size 3, "?" one that is neither named nor known.
  static void addValue(::onnx::ValueInfoProto &info, const char *name, std::vector<std::string> dims) {
    info.set_name(name);
    auto *tensor = info.mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(::onnx::TensorProto::FLOAT);
    auto *shape = tensor->mutable_shape();
    for (const std::string &dim : dims) {
      auto *added = shape->add_dim();
      if (dim.empty())
        added->set_dim_value(3);
      else if (dim != "?")
        added->set_dim_param(dim);
    }
  }

  static ::onnx::NodeProto &addNode(::onnx::NodeProto &node, const char *op, std::vector<std::string> inputs,
                                    const char *output) {
    node.set_op_type(op);
    node.set_name(std::string("node_") + output);
    for (const std::string &input : inputs)
      node.add_input(input);
    node.add_output(output);
    return node;
  }

  ::onnx::TensorProto &addWeight(const char *name, int64_t elements, std::string bytes) {
    auto *tensor = model.mutable_graph()->add_initializer();
    tensor->set_name(name);
    tensor->set_data_type(::onnx::TensorProto::FLOAT);
    tensor->add_dims(elements);
    tensor->set_raw_data(std::move(bytes));
    return *tensor;
  }

  ir::GraphOp import() {
    std::ofstream(path, std::ios::binary) << model.SerializeAsString();
    auto imported = importer::importOnnx(context, path);
    EXPECT_TRUE(succeeded(imported));
    module = std::move(*imported);
    return ir::findGraph(*module);
  }

  std::vector<ir::NodeOp> nodes(ir::GraphOp graph) {
    auto range = graph.getBody().getOps<ir::NodeOp>();
    return {range.begin(), range.end()};
  }
};

TEST_F(ImporterTest, NamesThePlaceOfLargeWeights) {
  addWeight("large", 2000, std::string(8000, 'L'));
  addWeight("small", 2, std::string(8, '\0'));
  addNode(*model.mutable_graph()->add_node(), "Sum", {"x", "large", "small"}, "y");
  import();
  auto large = module->lookupSymbol<ir::InitializerOp>("large"),
       small = module->lookupSymbol<ir::InitializerOp>("small");
  ASSERT_TRUE(large && small);
  EXPECT_EQ(large.getFile(), "");
  EXPECT_EQ(model.SerializeAsString().substr(*large.getOffset(), 8000), std::string(8000, 'L'));
  EXPECT_FALSE(large.getValue());
  EXPECT_TRUE(small.getValue() && !small.getFile());
}

TEST_F(ImporterTest, KeepsNamesAndSizes) {
  model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim();
  addNode(*model.mutable_graph()->add_node(), "Relu", {"x"}, "y");
  ir::GraphOp graph = import();
  EXPECT_EQ(graph.getSource(), path);
  auto type = cast<RankedTensorType>(graph.getBody().getArgument(0).getType());
  EXPECT_EQ(type.getShape(), (ArrayRef<int64_t>{ShapedType::kDynamic, 3, ShapedType::kDynamic}));
  auto dims = cast<ArrayAttr>(graph.getDimParams()[0]);
  EXPECT_EQ(cast<StringAttr>(dims[0]).getValue(), "batch");
  EXPECT_EQ(cast<StringAttr>(dims[1]).getValue(), "");
  EXPECT_EQ(cast<StringAttr>(dims[2]).getValue(), "x_dim_2");
}

TEST_F(ImporterTest, TakesInitializersOutOfTheInputs) {
  addValue(*model.mutable_graph()->add_input(), "w", {""});
  addWeight("w", 3, std::string(12, '\0'));
  addNode(*model.mutable_graph()->add_node(), "Add", {"x", "w"}, "y");
  EXPECT_EQ(import().getBody().getNumArguments(), 1u);
}

TEST_F(ImporterTest, LocatesNodesInPython) {
  auto &node = addNode(*model.mutable_graph()->add_node(), "Relu", {"x"}, "y");
  auto *trace = node.add_metadata_props();
  trace->set_key("pkg.torch.onnx.stack_trace");
  trace->set_value("File \"outer.py\", line 3, in f\n    g()\n  File \"inner.py\", line 17, in g\n    relu(x)");
  auto name = cast<NameLoc>(nodes(import()).front().getLoc());
  EXPECT_EQ(name.getName().getValue(), "node_y");
  auto line = cast<FileLineColLoc>(name.getChildLoc());
  EXPECT_EQ(line.getFilename().getValue(), "inner.py");
  EXPECT_EQ(line.getLine(), 17u);
}

TEST_F(ImporterTest, KeepsConstantNodesWithTheirTensors) {
  auto &node = addNode(*model.mutable_graph()->add_node(), "Constant", {}, "y");
  auto *attribute = node.add_attribute();
  attribute->set_name("value");
  attribute->set_type(::onnx::AttributeProto::TENSOR);
  attribute->mutable_t()->set_data_type(::onnx::TensorProto::INT64);
  attribute->mutable_t()->add_dims(2);
  attribute->mutable_t()->add_int64_data(5);
  attribute->mutable_t()->add_int64_data(6);
  auto value = nodes(import()).front().getNodeAttributes().getAs<DenseElementsAttr>("value");
  ASSERT_TRUE(value);
  EXPECT_EQ(llvm::to_vector(value.getValues<int64_t>()), (SmallVector<int64_t>{5, 6}));
}

TEST_F(ImporterTest, SubgraphsSeeTheNamesAroundThem) {
  auto &node = addNode(*model.mutable_graph()->add_node(), "If", {"x"}, "y");
  for (const char *branch : {"then_branch", "else_branch"}) {
    auto *attribute = node.add_attribute();
    attribute->set_name(branch);
    attribute->set_type(::onnx::AttributeProto::GRAPH);
    auto *graph = attribute->mutable_g();
    auto *weight = graph->add_initializer();
    weight->set_name("w"); // Both branches may use the name.
    weight->set_data_type(::onnx::TensorProto::FLOAT);
    weight->add_float_data(1);
    addNode(*graph->add_node(), "Mul", {"x", "w"}, "b");
    addValue(*graph->add_output(), "b", {});
  }
  ir::GraphOp graph = import();
  ir::NodeOp op = nodes(graph).front();
  ASSERT_EQ(op.getSubgraphs().size(), 2u);
  for (Region &region : op.getSubgraphs()) {
    auto inner = cast<ir::NodeOp>(*std::prev(region.front().end(), 2));
    EXPECT_EQ(inner.getInputs()[0], Value(graph.getBody().getArgument(0)));
  }
  EXPECT_TRUE(module->lookupSymbol("w") && module->lookupSymbol("w.1"));
}

TEST_F(ImporterTest, ImportsFunctions) {
  auto *function = model.add_functions();
  function->set_domain("custom");
  function->set_name("F");
  function->set_overload("o");
  function->add_input("a");
  function->add_output("b");
  function->add_attribute("alpha");
  function->add_opset_import()->set_version(18);
  auto &body = addNode(*function->add_node(), "Elu", {"a"}, "b");
  auto *reference = body.add_attribute();
  reference->set_name("alpha");
  reference->set_type(::onnx::AttributeProto::FLOAT);
  reference->set_ref_attr_name("alpha");
  auto &call = addNode(*model.mutable_graph()->add_node(), "F", {"x"}, "y");
  call.set_domain("custom");
  call.set_overload("o");
  ir::NodeOp op = nodes(import()).front();
  EXPECT_EQ(op.getFunctionName(), "custom::F:o");
  auto symbol = module->lookupSymbol<ir::FunctionOp>("custom::F:o");
  ASSERT_TRUE(symbol);
  auto elu = *symbol.getBody().getOps<ir::NodeOp>().begin();
  EXPECT_EQ(elu.getVersion(), 18u);
  EXPECT_EQ(elu.getAttributeRefsAttr().getAs<StringAttr>("alpha").getValue(), "alpha");
}

} // namespace
