// Compares by device and inode where both files are there, else by canonical paths.
#include "neap/runtime/files/Overwrite.h"

#include <filesystem>

namespace neap::files {

namespace {

namespace fs = std::filesystem;

fs::path canonicalPath(const std::string &path) {
  std::error_code error;
  fs::path canonical = fs::weakly_canonical(fs::absolute(path, error), error);
  return error ? fs::path(path).lexically_normal() : canonical;
}

/// Devices and pipes are written and read by many; that destroys nothing.
bool mayBeDestroyed(const std::string &path) {
  std::error_code error;
  fs::file_status status = fs::status(path, error);
  return !fs::exists(status) || fs::is_regular_file(status);
}

} // namespace

bool isSameFile(const std::string &a, const std::string &b) {
  if (a.empty() || b.empty() || !mayBeDestroyed(a) || !mayBeDestroyed(b))
    return false;
  std::error_code error;
  return fs::equivalent(a, b, error) || canonicalPath(a) == canonicalPath(b);
}

std::optional<std::string> findOverwrite(const std::vector<NamedPath> &reads, const std::vector<NamedPath> &writes) {
  auto explain = [](const NamedPath &written, const NamedPath &other) {
    return "expected " + written.name + " to be another file than " + other.name + ", got '" + written.path +
           "' for both";
  };
  for (size_t i = 0; i < writes.size(); ++i) {
    for (const NamedPath &read : reads)
      if (isSameFile(writes[i].path, read.path))
        return explain(writes[i], read);
    for (size_t j = 0; j < i; ++j)
      if (isSameFile(writes[i].path, writes[j].path))
        return explain(writes[i], writes[j]);
  }
  return std::nullopt;
}

} // namespace neap::files
