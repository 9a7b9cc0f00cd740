// A file for bytes that do not fit into memory. It has no name, so that it is gone with the process, however that ends, and
// transfers go past the page cache, so that what was moved out of memory does not stay there in another guise.
#ifndef NEAP_RUNTIME_FILES_SPILLFILE_H
#define NEAP_RUNTIME_FILES_SPILLFILE_H

#include "neap/runtime/files/File.h"

#include <optional>

namespace neap::files {

/// There is no room for a file.
class NoRoom : public Error {
public:
  using Error::Error;
};

class SpillFile {
public:
  /// Transfers begin at multiples of so many bytes, in the file and in memory; their lengths are free.
  static constexpr uint64_t blockBytes = 4096;

  /// Creates the file in `folder`, with room for `bytes` zeros. Throws NoRoom if there is not enough, Error for anything else.
  SpillFile(std::string folder, uint64_t bytes);
  SpillFile(const SpillFile &) = delete;
  ~SpillFile();

  /// The file may be written past `bytes`, to the end of the last block. From any number of threads at once.
  void write(uint64_t offset, const std::byte *data, uint64_t bytes);
  /// Nothing behind `bytes` is touched. From any number of threads at once.
  void read(uint64_t offset, std::byte *target, uint64_t bytes) const;

  /// What keeps the file from doing what it is for, in words: a file system in memory, or one without direct I/O.
  std::optional<std::string> weakness() const;

private:
  void reserve(uint64_t bytes);
  bool tryDirect();
  void writeBlocks(uint64_t offset, const std::byte *data, uint64_t bytes);
  void readBlocks(uint64_t offset, std::byte *target, uint64_t bytes) const;
  void writeBack(uint64_t offset, uint64_t bytes) const;
  void dropCached(uint64_t offset, uint64_t bytes) const;

  std::string folder_;
  int descriptor_;
  bool isDirect_ = false;
};

} // namespace neap::files

#endif
