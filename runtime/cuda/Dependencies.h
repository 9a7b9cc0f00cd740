// Which entries of a program must wait for which: what a graph needs, where order alone says nothing.
#ifndef NEAP_RUNTIME_CUDA_DEPENDENCIES_H
#define NEAP_RUNTIME_CUDA_DEPENDENCIES_H

#include "neap/runtime/program/Manifest.h"

namespace neap::runtime {

/// For each entry the earlier ones that it must wait for: those that touch one of its bytes, one of the two writing; those that it
/// says it comes after; and a copy to or from far memory, for the one before it on its stream. Entries that others wait for already
/// are left out (a transitive reduction in order of the program). Observations have no edges.
std::vector<std::vector<uint32_t>> findDependencies(const std::vector<ProgramEntry> &program);

} // namespace neap::runtime

#endif
