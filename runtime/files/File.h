// Files with exact reads and writes, and files that appear complete or not at all. Everything the runtime reads or
// writes goes through here, so that short transfers, interrupted calls and full disks are handled in one place.
#ifndef NEAP_RUNTIME_FILES_FILE_H
#define NEAP_RUNTIME_FILES_FILE_H

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace neap::files {

/// A file operation failed. what() reads "PATH: cannot OPERATION: REASON".
class Error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
  /// `code` is a value of errno.
  Error(const std::string &path, const std::string &operation, int code);
};

/// An open file, closed on destruction. Every operation transfers all it was asked for or throws Error.
class File {
public:
  /// Opens a regular file. Refuses pipes, devices and folders without blocking on them.
  static File openForReading(const std::string &path);
  /// Opens `path` for writing from its start, dropping what was in it. Devices and pipes are allowed.
  static File openForWriting(const std::string &path);
  /// Creates `path`, which must not exist.
  static File createNew(const std::string &path);

  File(File &&other) noexcept;
  File &operator=(File &&) = delete;
  ~File();

  const std::string &path() const { return path_; }
  /// Size in bytes at the time of the call.
  uint64_t size() const;
  /// Reads `bytes` bytes that start at byte `offset`; a file that ends before is an error.
  void readAt(uint64_t offset, void *buffer, uint64_t bytes) const;
  void writeAt(uint64_t offset, const void *data, uint64_t bytes);
  /// Writes at the current position.
  void append(const void *data, uint64_t bytes);
  /// Drops what lies behind byte `bytes`.
  void truncate(uint64_t bytes);
  /// Reserves room for `bytes` bytes where the file system can, so that a full disk shows now.
  void reserve(uint64_t bytes);
  /// Waits until what was written is on the disk.
  void sync();

private:
  File(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  static File open(const std::string &path, int flags, const char *operation);

  std::string path_;
  int descriptor_;
};

/// A new version of a file: written under a temporary name in the same folder and put in place by commit(). Without a
/// commit the old version stays and the temporary file goes.
class Replacement {
public:
  /// Creates the temporary file. Refuses a `path` that exists and is no regular file.
  explicit Replacement(std::string path);
  Replacement(const Replacement &) = delete;
  ~Replacement();

  File &file() { return file_; }
  const std::string &path() const { return path_; }
  /// Brings the bytes to the disk, then renames, then brings the name to the disk.
  void commit();

private:
  std::string path_;
  File file_;
  bool committed_ = false;
};

/// Removes the temporary file of every Replacement alive. Async-signal-safe; for a process about to end.
void removeTemporaryFiles() noexcept;

} // namespace neap::files

#endif
