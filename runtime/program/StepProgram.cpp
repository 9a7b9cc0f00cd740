// The manifest's "program" and the kernels that it launches.
#include "neap/runtime/program/ManifestJson.h"

#include <algorithm>

namespace neap::runtime {

namespace {

using nlohmann::json;

/// The position of the element with this name.
template <typename Named> size_t findNamed(const std::vector<Named> &list, const std::string &name) {
  auto found = std::find_if(list.begin(), list.end(), [&](const Named &named) { return named.name == name; });
  if (found == list.end())
    damagedManifest("its program names '" + name + "', which is not there");
  return size_t(found - list.begin());
}

DeviceKernel parseKernel(const json &object) {
  DeviceKernel kernel{object.at("name"), object.at("blocks"), object.at("block_threads"), {}};
  if (object.contains("product"))
    kernel.product = parseProduct(object["product"]);
  return kernel;
}

Operand parseOperand(uint64_t offset, uint64_t bytes, uint64_t arenaBytes) {
  checkRange(offset, bytes, arenaBytes, "an operand");
  return {offset, bytes};
}

ProgramEntry parseLaunch(const json &object, uint64_t arenaBytes, const Manifest &manifest) {
  ProgramEntry entry;
  entry.kernel = findNamed(manifest.kernels, object.at("launch"));
  for (const json &argument : object.at("arguments"))
    entry.operands.push_back(parseOperand(argument.at(0), argument.at(1), arenaBytes));
  entry.inputs = object.at("inputs");
  if (entry.inputs > entry.operands.size())
    damagedManifest("a launch reads more operands than it has");
  if (const std::optional<MatrixProduct> &product = manifest.kernels[entry.kernel].product)
    checkProduct(*product, entry.operands);
  if (object.contains("workspace"))
    entry.workspace = parseOperand(object["workspace"].at(0), object["workspace"].at(1), arenaBytes);
  entry.node = object.value("node", "");
  return entry;
}

ProgramEntry parseCopy(const json &object, uint64_t arenaBytes) {
  uint64_t bytes = object.at("bytes");
  ProgramEntry entry{ProgramEntry::Kind::Copy, 0, 0, {}, 1, {}, {}};
  entry.operands = {parseOperand(object.at("from"), bytes, arenaBytes), parseOperand(object.at("copy"), bytes, arenaBytes)};
  return entry;
}

ProgramEntry parseObserve(const json &object, uint64_t arenaBytes, const Manifest &manifest) {
  ProgramEntry entry{
      ProgramEntry::Kind::Observe, 0, findNamed(manifest.parameters, object.at("observe")), {}, 1, {}, {}};
  entry.operands = {parseOperand(object.at("from"), manifest.parameters[entry.parameter].bytes, arenaBytes)};
  return entry;
}

ProgramEntry parseEntry(const json &object, uint64_t arenaBytes, const Manifest &manifest) {
  if (object.contains("launch"))
    return parseLaunch(object, arenaBytes, manifest);
  if (object.contains("copy"))
    return parseCopy(object, arenaBytes);
  return parseObserve(object, arenaBytes, manifest);
}

} // namespace

void parseStepProgram(const json &object, uint64_t arenaBytes, Manifest &manifest) {
  if (!object.contains("program"))
    return;
  for (const json &kernel : object.at("kernels"))
    manifest.kernels.push_back(parseKernel(kernel));
  for (const json &entry : object.at("program"))
    manifest.program.push_back(parseEntry(entry, arenaBytes, manifest));
}

} // namespace neap::runtime
