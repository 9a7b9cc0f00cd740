// Builds the operations of the onnx dialect from a parsed and checked container. Used by importOnnx only.
#pragma once

#include "neap/compiler/importer/Importer.h"
#include "neap/compiler/importer/Tensors.h"
#include "neap/dialects/onnx/Onnx.h"
#include "neap/passes/onnx/weight-files/WeightFiles.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace neap::importer {

/// Operator domains and their versions.
using Opsets = llvm::StringMap<int64_t>;

class GraphImporter {
public:
  /// `rawOffsets` holds, per initializer of the main graph, where its raw bytes are in the file, or -1.
  GraphImporter(mlir::ModuleOp module, const ::onnx::ModelProto &model, llvm::StringRef path,
                llvm::ArrayRef<int64_t> rawOffsets, const ImportOptions &options);

  mlir::LogicalResult run();

private:
  /// The names that can be seen at a place: those of one graph, then those of the graphs around it.
  struct Scope {
    Scope *outer = nullptr;
    const Opsets *opsets = nullptr;
    const ::onnx::GraphProto *graph = nullptr; // null within a function
    llvm::StringMap<mlir::Value> values;
    llvm::StringMap<mlir::Type> types;         // of value_info
    bool inFunction = false;
  };

  // Errors, each started with what it is about.
  mlir::InFlightDiagnostic fileError();
  mlir::InFlightDiagnostic nodeError(const ::onnx::NodeProto &node, int64_t version);

  // The container.
  mlir::FailureOr<Opsets> importOpsets(const google::protobuf::RepeatedPtrField<::onnx::OperatorSetIdProto> &imports);
  mlir::LogicalResult importFunction(const ::onnx::FunctionProto &function);
  mlir::LogicalResult importMainGraph();
  mlir::LogicalResult importInputs(Scope &scope, mlir::Block &block, llvm::SmallVectorImpl<mlir::Attribute> &names,
                                   llvm::SmallVectorImpl<mlir::Attribute> &dims);
  mlir::LogicalResult importSubgraph(const ::onnx::GraphProto &graph, mlir::Region &region, Scope &outer);
  mlir::LogicalResult importBody(const ::onnx::GraphProto &graph, Scope &scope);

  // Names and types.
  mlir::LogicalResult define(Scope &scope, llvm::StringRef name, mlir::Value value);
  mlir::Value lookup(Scope &scope, llvm::StringRef name);
  mlir::Value resolveInput(Scope &scope, const ::onnx::NodeProto &node, llvm::StringRef name, int64_t version);
  mlir::FailureOr<mlir::Type> importInputType(const ::onnx::ValueInfoProto &input,
                                              llvm::SmallVectorImpl<mlir::Attribute> &dims);
  void importValueInfo(const google::protobuf::RepeatedPtrField<::onnx::ValueInfoProto> &infos, Scope &scope);

  // Tensors.
  mlir::LogicalResult importInitializer(const ::onnx::TensorProto &tensor, int64_t rawOffset, Scope &scope);
  mlir::LogicalResult importExternal(const ::onnx::TensorProto &tensor, mlir::RankedTensorType type,
                                     const ErrorStarter &error, onnx::InitializerOp op);
  mlir::FailureOr<mlir::ElementsAttr> importTensorAttribute(const ::onnx::TensorProto &tensor, const ErrorStarter &error);
  mlir::DictionaryAttr metadataOf(const ::onnx::TensorProto &tensor, const ::onnx::GraphProto &graph);
  bool carriedAsValue(mlir::RankedTensorType type) const;

  // Nodes.
  mlir::LogicalResult importNode(const ::onnx::NodeProto &node, Scope &scope);
  mlir::FailureOr<int64_t> versionOf(const ::onnx::NodeProto &node, Scope &scope);
  mlir::LogicalResult importAttributes(const ::onnx::NodeProto &node, int64_t version, Scope &scope,
                                       mlir::OperationState &state);
  mlir::FailureOr<mlir::Attribute> importAttribute(const ::onnx::AttributeProto &attribute, const ErrorStarter &error);

  mlir::ModuleOp module;
  const ::onnx::ModelProto &model;
  std::string path;
  llvm::ArrayRef<int64_t> rawOffsets;
  const ImportOptions &options;
  mlir::MLIRContext &context;
  mlir::OpBuilder builder;
  weights::Files files;
  Opsets opsets;
  llvm::StringSet<> functionDomains;
  llvm::StringMap<const ::onnx::ValueInfoProto *> infoOf; // of the main graph, for the metadata of initializers
  llvm::StringSet<> symbols;
};

} // namespace neap::importer
