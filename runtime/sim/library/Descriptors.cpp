// Attributes have exactly the sizes that the header states.
#include "neap/runtime/sim/library/Descriptors.h"

#include <bit>
#include <cstring>

namespace neap::sim::library {

using namespace cublas;

void require(bool condition, const std::string &otherwise) {
  if (!condition)
    throw LibraryError{Status::InvalidValue, otherwise};
}

namespace {

template <class Field> void assign(Field &field, const void *value, size_t bytes) {
  require(value, "no value");
  require(bytes == sizeof(Field),
          "expected an attribute of " + std::to_string(sizeof(Field)) + " bytes, got " + std::to_string(bytes));
  std::memcpy(&field, value, sizeof(Field));
}

[[noreturn]] void unknownAttribute(int attribute) {
  throw LibraryError{Status::NotSupported, "attribute " + std::to_string(attribute) + " is not simulated"};
}

void assignOperation(Operation &field, const void *value, size_t bytes) {
  assign(field, value, bytes);
  require(field == Operation::None || field == Operation::Transposed,
          "operation " + std::to_string(int(field)) + " is not one of real matrices");
}

} // namespace

void MatmulState::set(MatmulAttribute attribute, const void *value, size_t bytes) {
  switch (attribute) {
  case MatmulAttribute::TransposeA: return assignOperation(transposeA, value, bytes);
  case MatmulAttribute::TransposeB: return assignOperation(transposeB, value, bytes);
  case MatmulAttribute::Epilogue:
    assign(epilogue, value, bytes);
    if (epilogue != Epilogue::Default && epilogue != Epilogue::Bias)
      throw LibraryError{Status::NotSupported, "epilogue " + std::to_string(unsigned(epilogue)) + " is not simulated"};
    return;
  case MatmulAttribute::BiasPointer: return assign(bias, value, bytes);
  case MatmulAttribute::BiasType: return assign(biasType, value, bytes);
  }
  unknownAttribute(int(attribute));
}

void LayoutState::set(LayoutAttribute attribute, const void *value, size_t bytes) {
  switch (attribute) {
  case LayoutAttribute::BatchCount:
    assign(batch, value, bytes);
    return require(batch >= 1, "a batch of " + std::to_string(batch));
  case LayoutAttribute::BatchStride: return assign(batchStride, value, bytes);
  }
  unknownAttribute(int(attribute));
}

void PreferenceState::set(PreferenceAttribute attribute, const void *value, size_t bytes) {
  switch (attribute) {
  case PreferenceAttribute::MaxWorkspaceBytes: return assign(maxWorkspaceBytes, value, bytes);
  case PreferenceAttribute::ReductionSchemes: return assign(reductionSchemes, value, bytes);
  case PreferenceAttribute::AlignmentA:
  case PreferenceAttribute::AlignmentB:
  case PreferenceAttribute::AlignmentC:
  case PreferenceAttribute::AlignmentD: {
    uint32_t &alignment = alignments[size_t(attribute) - size_t(PreferenceAttribute::AlignmentA)];
    assign(alignment, value, bytes);
    return require(std::has_single_bit(alignment), "an alignment of " + std::to_string(alignment) + " bytes");
  }
  }
  unknownAttribute(int(attribute));
}

uint64_t bytesOf(DataType type) {
  switch (type) {
  case DataType::F32: return 4;
  case DataType::F16:
  case DataType::BF16: return 2;
  }
  throw LibraryError{Status::NotSupported, "data type " + std::to_string(int(type)) + " is not simulated"};
}

} // namespace neap::sim::library
