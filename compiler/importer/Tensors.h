// TensorProto to MLIR: element types, shapes whose sizes are checked, bytes from each of the places they may be in.
#pragma once

#include "neap/onnx-schema/onnx.pb.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"

#include <functional>
#include <string>
#include <vector>

namespace neap::importer {

/// Starts an error about the tensor at hand.
using ErrorStarter = std::function<mlir::InFlightDiagnostic()>;

/// The element type of an ONNX data type; null for those that no training graph can use (strings, complex and packed
/// floating-point numbers) and for numbers that are no data type.
mlir::Type elementType(mlir::MLIRContext &context, int dataType);

/// The name of a data type as the ONNX documentation writes it, or its number.
std::string dataTypeName(int dataType);

/// The static type of a tensor; refuses types that cannot be read and sizes that overflow.
mlir::FailureOr<mlir::RankedTensorType> tensorType(mlir::MLIRContext &context, const ::onnx::TensorProto &tensor,
                                                   const ErrorStarter &error);

/// Bytes of a tensor as ONNX stores it: dense, sub-byte types packed.
int64_t storageBytes(mlir::RankedTensorType type);

/// A tensor's `external_data`.
struct ExternalPlace {
  std::string file;
  uint64_t offset = 0;
};

/// Reads the keys of `external_data` and checks them against the type, but not against the file.
mlir::FailureOr<ExternalPlace> externalPlace(const ::onnx::TensorProto &tensor, mlir::RankedTensorType type,
                                             const ErrorStarter &error);

/// The bytes of a tensor whose data is in the protobuf, raw or in one of the typed fields.
mlir::FailureOr<std::vector<char>> inlineBytes(const ::onnx::TensorProto &tensor, mlir::RankedTensorType type,
                                               const ErrorStarter &error);

/// Elements from `storageBytes(type)` raw bytes.
mlir::DenseElementsAttr elementsFromBytes(mlir::RankedTensorType type, llvm::ArrayRef<char> bytes);

} // namespace neap::importer
