// Opens and reads the files that hold a model's weights. A model is untrusted: a name in it must not lead out of the
// model's folder, nor to anything but a plain file of its own.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>

namespace neap::weights {

/// An open file, closed on destruction.
class File {
public:
  File(int descriptor, uint64_t size) : descriptor(descriptor), bytes(size) {}
  File(File &&other) noexcept;
  File &operator=(File &&other) noexcept;
  ~File();

  /// Bytes in the file when it was opened.
  uint64_t size() const { return bytes; }
  int handle() const { return descriptor; }

  /// Fills `target` from byte `offset` on; a file that has become shorter is an error.
  llvm::Error read(uint64_t offset, llvm::MutableArrayRef<char> target) const;

private:
  int descriptor = -1;
  uint64_t bytes = 0;
};

/// Opens the model file itself: any regular file that the user names.
llvm::Expected<File> openModel(llvm::StringRef path);

/// Opens `name` of the folder `folder`. Refuses absolute names, `..`, symbolic and hard links (unless `trustLinks`) and
/// all that is not a regular file.
llvm::Expected<File> openBeneath(llvm::StringRef folder, llvm::StringRef name, bool trustLinks);

/// The path of a file beside the model, as its external data are.
std::string pathBeside(llvm::StringRef modelPath, llvm::StringRef name);

/// The files of one model, each opened once; the empty name is the model file.
class Files {
public:
  Files(llvm::StringRef modelPath, bool trustLinks = false) : modelPath(modelPath.str()), trustLinks(trustLinks) {}

  llvm::Expected<const File *> open(llvm::StringRef name);

private:
  std::string modelPath;
  bool trustLinks;
  llvm::StringMap<File> files;
};

} // namespace neap::weights
