// The manifest's "program" and the kernels that it launches.
#include "neap/runtime/program/ManifestJson.h"

#include <algorithm>
#include <charconv>

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

ArenaSlot parseArenaSlot(const json &object, const Manifest &manifest) {
  ArenaSlot slot{object.at("offset"), object.at("bytes"), object.at("alive_before"), object.at("alive_after"),
                 parseSpace(object)};
  checkRange(slot.offset, slot.bytes, bytesOf(slot.space, manifest), "a slot");
  return slot;
}

DeviceKernel parseKernel(const json &object) {
  DeviceKernel kernel{object.at("name"), object.at("blocks"), object.at("block_threads"), {}};
  if (object.contains("product"))
    kernel.product = parseProduct(object["product"]);
  return kernel;
}

/// [offset, bytes, slot]
Operand parseOperand(const json &array, const Manifest &manifest) {
  Operand operand{array.at(0), array.at(1), array.at(2)};
  if (operand.slot >= manifest.slots.size())
    damagedManifest("an operand lies in slot " + std::to_string(operand.slot) + " of " +
                    std::to_string(manifest.slots.size()));
  const ArenaSlot &slot = manifest.slots[operand.slot];
  checkRange(operand.offset - slot.offset, operand.bytes, slot.bytes, "an operand");
  operand.space = slot.space;
  return operand;
}

/// For what only copies may name: far memory.
Operand parseDeviceOperand(const json &array, const Manifest &manifest) {
  Operand operand = parseOperand(array, manifest);
  if (operand.space != Space::Device)
    damagedManifest("an operand of a launch or observation lies in far memory");
  return operand;
}

ProgramEntry parseLaunch(const json &object, const Manifest &manifest) {
  ProgramEntry entry;
  entry.kernel = findNamed(manifest.kernels, object.at("launch"));
  for (const json &argument : object.at("arguments"))
    entry.operands.push_back(parseDeviceOperand(argument, manifest));
  entry.inputs = object.at("inputs");
  if (entry.inputs > entry.operands.size())
    damagedManifest("a launch reads more operands than it has");
  if (const std::optional<MatrixProduct> &product = manifest.kernels[entry.kernel].product)
    checkProduct(*product, entry.operands);
  if (object.contains("workspace"))
    entry.workspace = parseDeviceOperand(object["workspace"], manifest);
  return entry;
}

ProgramEntry parseCopy(const json &object, const Manifest &manifest) {
  ProgramEntry entry;
  entry.kind = ProgramEntry::Kind::Copy;
  entry.operands = {parseOperand(object.at("from"), manifest), parseOperand(object.at("copy"), manifest)};
  entry.inputs = 1;
  if (entry.operands[0].bytes != entry.operands[1].bytes)
    damagedManifest("a copy has ends of different sizes");
  // The stream follows from the ends: each direction has one.
  Space from = entry.operands[0].space, to = entry.operands[1].space;
  if (from == Space::Far && to == Space::Far)
    damagedManifest("a copy has both ends in far memory");
  entry.stream = to == Space::Far ? StreamId::Offload : from == Space::Far ? StreamId::Reload : StreamId::Compute;
  return entry;
}

ProgramEntry parseObserve(const json &object, const Manifest &manifest) {
  ProgramEntry entry;
  entry.kind = ProgramEntry::Kind::Observe;
  entry.parameter = findNamed(manifest.parameters, object.at("observe"));
  entry.operands = {parseDeviceOperand(object.at("from"), manifest)};
  entry.inputs = 1;
  if (entry.operands[0].bytes != manifest.parameters[entry.parameter].bytes)
    damagedManifest("a gradient has another size than its parameter");
  return entry;
}

/// The names of nodes as one text: "'a', 'b'".
std::string parseOrigin(const json &object) {
  std::string text;
  for (const json &node : object.value("nodes", json::array()))
    text += (text.empty() ? "'" : ", '") + node.get<std::string>() + "'";
  return text;
}

ProgramEntry parseEntry(const json &object, const Manifest &manifest) {
  ProgramEntry entry = object.contains("launch") ? parseLaunch(object, manifest)
                       : object.contains("copy") ? parseCopy(object, manifest)
                                                 : parseObserve(object, manifest);
  entry.origin = parseOrigin(object);
  for (const json &earlier : object.value("after", json::array())) {
    entry.after.push_back(earlier);
    if (entry.after.back() >= manifest.program.size())
      damagedManifest("an entry of its program waits for a later one");
  }
  return entry;
}

/// The number of "sm_90", or of "sm_90a", which is for that device alone as any cubin here.
uint32_t parseArchitecture(const std::string &name) {
  uint32_t number = 0;
  const char *digits = name.data() + std::min(name.find('_') + 1, name.size());
  if (std::from_chars(digits, name.data() + name.size(), number).ec != std::errc())
    damagedManifest("its cubin is for '" + name + "'");
  return number;
}

} // namespace

void parseStepProgram(const json &object, Manifest &manifest) {
  if (!object.contains("program"))
    return;
  for (const json &slot : object.at("slots"))
    manifest.slots.push_back(parseArenaSlot(slot, manifest));
  for (const json &kernel : object.at("kernels"))
    manifest.kernels.push_back(parseKernel(kernel));
  if (object.contains("cubin"))
    manifest.cubinArchitecture = parseArchitecture(object["cubin"].at("architecture"));
  for (const json &entry : object.at("program"))
    manifest.program.push_back(parseEntry(entry, manifest));
}

} // namespace neap::runtime
