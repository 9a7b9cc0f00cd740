// A product as descriptors say it, and the algorithms for it.
#ifndef NEAP_RUNTIME_SIM_LIBRARY_PROBLEM_H
#define NEAP_RUNTIME_SIM_LIBRARY_PROBLEM_H

#include "neap/runtime/sim/library/Descriptors.h"
#include "neap/runtime/sim/memory/IntervalSet.h"

#include <vector>

namespace neap::sim::library {

struct Problem {
  MatmulState operation;
  LayoutState a, b, c, d;
  uint64_t m = 0, n = 0, k = 0;

  /// Throws LibraryError where descriptors contradict each other or the documentation.
  Problem(const MatmulState &operation, const LayoutState &a, const LayoutState &b, const LayoutState &c,
          const LayoutState &d);
  /// "64 x 32 x 16", with the batch if there is one.
  std::string text() const;
  bool hasBias() const { return operation.epilogue == cublas::Epilogue::Bias; }
};

/// What the bytes of an algorithm hold here: which it is, what it was made for, and what it needs.
struct AlgorithmContents {
  enum class Kind : uint64_t { Plain = 1, SplitInWorkspace = 2, SplitInPlace = 3 };
  uint64_t magic = 0;
  Kind kind = Kind::Plain;
  /// Of all that the descriptors say.
  uint64_t problem = 0;
  uint64_t alignment = 4; ///< bytes, of all pointers, leading dimensions and strides
  uint64_t workspaceBytes = 0;
  uint64_t version = 0;
  uint64_t reserved = 0;
  uint64_t checksum = 0;
};

/// The algorithms that a preference allows, best first.
std::vector<AlgorithmContents> findAlgorithms(const Problem &problem, const PreferenceState &preference,
                                              uint64_t version);
cublas::Algorithm encode(const AlgorithmContents &contents);
/// Throws LibraryError if the bytes are no algorithm.
AlgorithmContents contentsOf(const cublas::Algorithm &algorithm);
/// And if it is one for another problem or version.
AlgorithmContents decode(const cublas::Algorithm &algorithm, const Problem &problem, uint64_t version);

/// The bytes of a matrix, or of all matrices of its batch, that starts at `address`.
IntervalSet bytesOfMatrix(const LayoutState &layout, uint64_t address);
/// Whether no element of any matrix of the batch is another's as well.
bool isDisjoint(const LayoutState &layout);

} // namespace neap::sim::library

#endif
