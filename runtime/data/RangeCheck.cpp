// The checks, one pass over each tensor.
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

std::string describeRange(const IndexRange &range) {
  return "from " + std::to_string(range.minimum) + " to " + std::to_string(range.limit - 1) +
         (range.ignore ? ", or " + std::to_string(*range.ignore) + " to ignore a position" : "");
}

struct Outlier {
  uint64_t element;
  int64_t value;
};

template <typename T> std::optional<Outlier> findOutlier(const Slot &slot, IndexRange range, const std::byte *bytes) {
  const auto *values = reinterpret_cast<const T *>(bytes);
  for (uint64_t i = 0; i < slot.elements(); ++i)
    if (!range.contains(values[i]))
      return Outlier{i, values[i]};
  return std::nullopt;
}

/// The first element outside the range; the tensor lies at `bytes`.
std::optional<Outlier> findOutlier(const Slot &slot, IndexRange range, const std::byte *bytes) {
  return slot.type == Type::I64 ? findOutlier<int64_t>(slot, range, bytes) : findOutlier<int32_t>(slot, range, bytes);
}

} // namespace

void checkIndexInputs(const std::vector<Input> &inputs, const std::byte *arena, uint64_t step) {
  for (const Input &input : inputs) {
    std::optional<Outlier> outlier = input.range ? findOutlier(input, *input.range, arena + input.offset) : std::nullopt;
    if (outlier)
      throw Failure(ExitCode::Data, "data of step " + std::to_string(step) + ": '" + input.name + "' at " +
                                        printShape(unravel(outlier->element, input.shape)) + " is " +
                                        std::to_string(outlier->value) + ", allowed is " + describeRange(*input.range));
  }
}

void checkBoundedOutputs(const std::vector<BoundedOutput> &outputs, const Device &device, uint64_t step) {
  std::vector<std::byte> bytes;
  for (const BoundedOutput &output : outputs) {
    bytes.resize(output.bytes);
    device.read(output.offset, bytes.data(), output.bytes);
    if (std::optional<Outlier> outlier = findOutlier(output, output.range, bytes.data()))
      throw Failure(ExitCode::Data, "step " + std::to_string(step) + ": the " + output.name + " is " +
                                        std::to_string(outlier->value) + ", allowed is " + describeRange(output.range) +
                                        "; nothing was saved",
                    "the model computes these indices from its inputs: the data of this step do not fit it");
  }
}

} // namespace neap::runtime
