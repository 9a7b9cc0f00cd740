// What is dropped, and what becomes of what is kept; for ops that drop elements of their own.
#pragma once

#include "neap/dialects/neap/Body.h"

namespace neap {

/// Whether a ratio is one: in [0, 1).
bool isDropoutRatio(double ratio);
/// Elements whose words are below this are dropped.
uint32_t dropThreshold(double ratio);
/// What elements that are kept are multiplied by.
double keepFactor(double ratio);
/// keepFactor where a word (i32, or a vector of it) is kept, else 0; of the float type `type`, or a vector of it as wide.
mlir::Value buildKeepFactor(Body body, mlir::Value word, mlir::Type type, double ratio);

} // namespace neap
