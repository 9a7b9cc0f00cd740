// What PyTorch's exporter writes beside nodes and tensors, read from its `metadata_props`.
#pragma once

#include "neap/onnx-schema/onnx.pb.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"

namespace neap::importer {

using Properties = google::protobuf::RepeatedPtrField<::onnx::StringStringEntryProto>;

/// All entries as strings.
mlir::DictionaryAttr propertiesAttr(mlir::MLIRContext &context, const Properties &properties);

/// `kind` and `folded_from` of a tensor; null if it has neither.
mlir::DictionaryAttr tensorMetadata(mlir::MLIRContext &context, const Properties &properties);

/// `namespace` of a node: its path through the modules of the PyTorch model; null if it has none.
mlir::DictionaryAttr nodeMetadata(mlir::MLIRContext &context, const Properties &properties);

/// The name of a node over the innermost line of Python in its stack trace.
mlir::Location nodeLocation(mlir::MLIRContext &context, llvm::StringRef name, const Properties &properties);

} // namespace neap::importer
