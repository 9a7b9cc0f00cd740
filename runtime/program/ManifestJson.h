// What the parsers of the manifest's parts share.
#ifndef NEAP_RUNTIME_PROGRAM_MANIFESTJSON_H
#define NEAP_RUNTIME_PROGRAM_MANIFESTJSON_H

#include "neap/runtime/program/Manifest.h"

#include <nlohmann/json.hpp>

namespace neap::runtime {

/// Throws Failure with ExitCode::Internal: the binary is damaged, or the compiler has a bug.
[[noreturn]] void damagedManifest(const std::string &what);

/// Requires bytes [offset, offset + bytes) to lie below `limit`.
void checkRange(uint64_t offset, uint64_t bytes, uint64_t limit, const std::string &what);

/// Parses the name of an element type.
Type parseType(const std::string &name);

MatrixProduct parseProduct(const nlohmann::json &object);
/// Requires the matrices of a product to lie within the operands of a launch.
void checkProduct(const MatrixProduct &product, const std::vector<Operand> &operands);

/// The space that a slot names; the device if it names none.
Space parseSpace(const nlohmann::json &slot);
/// Bytes of one of the memories.
inline uint64_t bytesOf(Space space, const Manifest &manifest) {
  return space == Space::Far ? manifest.farBytes : manifest.arenaBytes;
}

/// Fills `kernels` and `program`, whose sizes and parameters are parsed already.
void parseStepProgram(const nlohmann::json &object, Manifest &manifest);

} // namespace neap::runtime

#endif
