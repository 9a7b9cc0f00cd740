// One ONNX node while it is converted: its inputs as neap values, its attributes, and the errors it can give.
#pragma once

#include "neap/dialects/onnx/Onnx.h"
#include "neap/passes/support/ErrorKind.h"
#include "neap/passes/support/GraphBuilder.h"

namespace neap::conversion {

/// One value per output of the node, in order; outputs at the end that no neap op computes may be missing.
using Outputs = mlir::FailureOr<llvm::SmallVector<mlir::Value>>;

/// A GraphBuilder at the node's place and location, and the questions that conversions ask the node.
class Node : public GraphBuilder {
public:
  /// `inputs` are null where the file leaves an optional input out.
  /// `randomOps` counts the ops of the graph that draw random numbers.
  Node(onnx::NodeOp op, llvm::ArrayRef<mlir::Value> inputs, mlir::OpBuilder &builder, int64_t &randomOps)
      : GraphBuilder(builder, op.getLoc()), op(op), values(inputs), randomOps(randomOps) {}

  llvm::StringRef getOpType() const { return op.getOpType(); }
  int64_t getVersion() const { return static_cast<int64_t>(op.getVersion()); }
  unsigned countOutputs() const { return op.getNumResults(); }
  bool usesOutput(unsigned index) const { return index < op.getNumResults() && !op.getResult(index).use_empty(); }

  llvm::ArrayRef<mlir::Value> inputs() const { return values; }
  bool hasInput(unsigned index) const { return index < values.size() && values[index]; }
  mlir::Value input(unsigned index) const { return values[index]; }
  mlir::RankedTensorType type(unsigned index) const { return tensorType(values[index]); }
  llvm::ArrayRef<int64_t> shape(unsigned index) const { return type(index).getShape(); }
  int64_t rank(unsigned index) const { return type(index).getRank(); }

  bool hasAttribute(llvm::StringRef name) const { return static_cast<bool>(attribute(name)); }
  int64_t getInt(llvm::StringRef name, int64_t absent) const;
  double getFloat(llvm::StringRef name, double absent) const;
  llvm::StringRef getString(llvm::StringRef name, llvm::StringRef absent) const;
  std::optional<llvm::SmallVector<int64_t>> getInts(llvm::StringRef name) const;
  std::optional<llvm::SmallVector<double>> getFloats(llvm::StringRef name) const;
  mlir::ElementsAttr getElements(llvm::StringRef name) const;

  /// The elements of an input that must be known at compile time.
  mlir::FailureOr<HostTensor> constantInput(unsigned index, llvm::StringRef what) const;
  mlir::FailureOr<llvm::SmallVector<int64_t>> constantInts(unsigned index, llvm::StringRef what) const;
  mlir::FailureOr<int64_t> constantInt(unsigned index, llvm::StringRef what) const;
  /// A list that older opsets give as an attribute and newer ones as an input; nothing if neither is there.
  mlir::FailureOr<std::optional<llvm::SmallVector<int64_t>>> intsFromAttributeOrInput(llvm::StringRef name,
                                                                                    unsigned index) const;

  /// A dimension counted from either end, as one in [0, rank). With `rank + 1` an insertion place.
  mlir::FailureOr<int64_t> normalizeAxis(int64_t axis, int64_t rank) const;
  mlir::FailureOr<llvm::SmallVector<int64_t>> normalizeAxes(llvm::ArrayRef<int64_t> axes, int64_t rank) const;
  /// The attribute `axis` in [0, rank).
  mlir::FailureOr<int64_t> getAxis(int64_t absent, int64_t rank) const;

  /// What random words depend on: the halves of the seed, the step, and an id that no other op of the graph has.
  std::array<mlir::Value, 4> createRandomKey();

  mlir::LogicalResult requireFloat(unsigned index) const;
  /// An integer or a float, not a bool.
  mlir::LogicalResult requireNumber(unsigned index) const;
  mlir::LogicalResult requireInteger(unsigned index) const;
  mlir::LogicalResult requireBool(unsigned index) const;
  mlir::LogicalResult requireSameElementTypes(llvm::ArrayRef<mlir::Value> values) const;
  /// A shape that a tensor may have (dialects/TensorLimits.h).
  mlir::LogicalResult requireShape(llvm::ArrayRef<int64_t> shape) const;
  /// Values stretched to their common shape.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> stretch(llvm::ArrayRef<mlir::Value> values);
  mlir::FailureOr<mlir::Value> stretchTo(mlir::Value value, llvm::ArrayRef<int64_t> shape, llvm::StringRef what);

  /// An error that names file, node, op and opset: the file breaks a rule of ONNX.
  mlir::InFlightDiagnostic invalid() const { return error(ErrorKind::InvalidModel); }
  /// The same for what ONNX allows and Neap cannot do.
  mlir::InFlightDiagnostic unsupported() const { return error(ErrorKind::Unsupported); }

private:
  mlir::Attribute attribute(llvm::StringRef name) const { return op.getNodeAttributes().get(name); }
  mlir::InFlightDiagnostic error(ErrorKind kind) const;

  mutable onnx::NodeOp op;
  llvm::ArrayRef<mlir::Value> values;
  int64_t &randomOps;
};

/// The outputs of a conversion with a single one.
inline Outputs one(mlir::Value value) { return llvm::SmallVector<mlir::Value>{value}; }

/// Starts an error `FILE: node 'NAME' (OP, opset N): `.
mlir::InFlightDiagnostic nodeError(onnx::NodeOp op, ErrorKind kind);

/// The element type of a number of TensorProto.DataType; null for what cannot be computed with.
mlir::Type dataTypeElement(int64_t dataType, mlir::Builder &builder);

/// A shape as `4x64`, `scalar` if it has no dimensions.
std::string describeShape(llvm::ArrayRef<int64_t> shape);

} // namespace neap::conversion
