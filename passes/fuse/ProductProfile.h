// What `neap calibrate` has measured of matrix products: which shapes the library computes faster than the generated kernel, and by
// which of its algorithms. docs/reference/profile.md has the file's format.
#pragma once

#include "neap/passes/fuse/LibraryProduct.h"

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace neap {

/// An algorithm of one version of the library, as bytes.
struct ProfiledAlgorithm {
  int64_t library = 0;
  int64_t workspaceBytes = 0;
  std::string config; ///< hexadecimal
};

struct ProfiledProduct {
  int64_t m = 0, n = 0, k = 0;
  llvm::SmallVector<int64_t> batch;
  bool lhsTransposed = false, rhsTransposed = false;
  /// Whether the library was allowed to round factors to TF32.
  bool allowsTf32 = false;
  bool isLibraryFaster = false;
  std::optional<ProfiledAlgorithm> algorithm;
};

class ProductProfile {
public:
  /// Nothing is known.
  ProductProfile() = default;
  /// Reads a file; an empty name is a profile that knows nothing. The error is a sentence with the file's name.
  static llvm::Expected<ProductProfile> read(llvm::StringRef path);

  /// What is known of products of this shape; null if nothing is.
  const ProfiledProduct *find(const LibraryProduct &product, bool allowsTf32) const;

  /// The device's name; empty for a profile that knows nothing.
  const std::string &getDevice() const { return device; }

private:
  std::string device;
  std::vector<ProfiledProduct> products;
};

} // namespace neap
