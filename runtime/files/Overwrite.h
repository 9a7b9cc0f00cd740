// Finds outputs that would destroy an input, before anything is written.
#ifndef NEAP_RUNTIME_FILES_OVERWRITE_H
#define NEAP_RUNTIME_FILES_OVERWRITE_H

#include <optional>
#include <string>
#include <vector>

namespace neap::files {

/// A file that a program reads or writes, and what its user knows it by: an option, or a few words.
struct NamedPath {
  std::string name, path;
};

/// Whether two paths are one regular file. Links are followed; a file that is not there yet is its folder and its name.
bool isSameFile(const std::string &a, const std::string &b);

/// What is wrong if a file of `writes` is one of `reads`, or another of `writes`; nothing if all are apart. Empty paths stand
/// for files that are not asked for.
std::optional<std::string> findOverwrite(const std::vector<NamedPath> &reads, const std::vector<NamedPath> &writes);

} // namespace neap::files

#endif
