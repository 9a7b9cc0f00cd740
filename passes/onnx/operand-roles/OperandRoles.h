// What each operand of each ONNX operator is to the gradient: the one place that says along which edges of a graph a loss
// depends smoothly on its weights. Structural knowledge only; how to differentiate is the neap dialect's business.
#pragma once

#include "neap/dialects/onnx/Onnx.h"

namespace neap::onnx {

enum class OperandRole {
  None,        ///< no gradient: indices, shapes, ratios, statistics
  View,        ///< the result holds the operand's elements, moved, repeated or converted
  Weight,      ///< where layers keep their weights: matrices, kernels, tables, scales and biases of norms
  Setting,     ///< has a gradient, but is a mere number as a rule: exponents, bounds, divisors of a remainder
  Elementwise, ///< any other operand with a gradient
};

/// The role of operand `index` of `node`. Operators that are not known get Elementwise throughout.
OperandRole operandRole(NodeOp node, unsigned index);

/// Whether the node normalises, so that its Weight operands are a scale and a bias.
bool isNormalization(NodeOp node);

/// Whether the node looks rows up in a table.
bool isTableLookup(NodeOp node);

} // namespace neap::onnx
