// Helpers of result type inference.
#include "neap/dialects/neap/Inference.h"

using namespace mlir;

namespace neap {

FloatType getAccumulatorType(Type element) {
  return element.isF64() ? FloatType(Float64Type::get(element.getContext())) : Float32Type::get(element.getContext());
}

} // namespace neap
