// The check, one pass over each index input.
#include "neap/runtime/data/RangeCheck.h"

#include "neap/runtime/program/Failure.h"

namespace neap::runtime {

namespace {

/// The multi-index of element `element` in a dense tensor.
std::vector<int64_t> unravel(uint64_t element, const std::vector<int64_t> &shape) {
  std::vector<int64_t> position(shape.size());
  for (size_t axis = shape.size(); axis-- > 0;) {
    position[axis] = int64_t(element % uint64_t(shape[axis]));
    element /= uint64_t(shape[axis]);
  }
  return position;
}

[[noreturn]] void outOfRange(const Input &input, uint64_t element, int64_t value, uint64_t step) {
  const IndexRange &range = *input.range;
  std::string allowed = "from " + std::to_string(range.minimum) + " to " + std::to_string(range.limit - 1) +
                        (range.ignore ? ", or " + std::to_string(*range.ignore) + " to ignore a position" : "");
  throw Failure(ExitCode::Data, "data of step " + std::to_string(step) + ": '" + input.name + "' at " +
                                    printShape(unravel(element, input.shape)) + " is " + std::to_string(value) +
                                    ", allowed is " + allowed);
}

template <typename T> void checkInput(const Input &input, const std::byte *arena, uint64_t step) {
  const auto *values = reinterpret_cast<const T *>(arena + input.offset);
  const IndexRange range = *input.range;
  for (uint64_t i = 0; i < input.elements(); ++i) {
    bool inside = values[i] >= range.minimum && values[i] < range.limit;
    if (!inside && !(range.ignore && values[i] == *range.ignore))
      outOfRange(input, i, values[i], step);
  }
}

} // namespace

void checkIndexInputs(const std::vector<Input> &inputs, const std::byte *arena, uint64_t step) {
  for (const Input &input : inputs)
    if (input.range)
      input.type == Type::I64 ? checkInput<int64_t>(input, arena, step) : checkInput<int32_t>(input, arena, step);
}

} // namespace neap::runtime
