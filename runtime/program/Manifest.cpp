// JSON to structs, with every range checked against the arena.
#include "neap/runtime/program/Manifest.h"

#include "neap/runtime/program/Failure.h"
#include "neap/runtime/program/ManifestJson.h"

#include <array>
#include <climits>

namespace neap::runtime {

void damagedManifest(const std::string &what) {
  throw Failure(ExitCode::Internal, "the manifest of this binary is damaged: " + what);
}

void checkRange(uint64_t offset, uint64_t bytes, uint64_t limit, const std::string &what) {
  if (offset > limit || bytes > limit - offset)
    damagedManifest(what + " takes bytes [" + std::to_string(offset) + ", +" + std::to_string(bytes) + ") of " +
                    std::to_string(limit));
}

Type parseType(const std::string &name) {
  if (std::optional<Type> type = parseElementType(name))
    return *type;
  damagedManifest("unknown element type '" + name + "'");
}

Space parseSpace(const nlohmann::json &slot) {
  std::string space = slot.value("space", "device");
  if (space != "device" && space != "far")
    damagedManifest("unknown space '" + space + "'");
  return space == "far" ? Space::Far : Space::Device;
}

namespace {

using nlohmann::json;

/// Closed sets of names, as the manifest spells them.
template <typename Enum, size_t N>
Enum parseEnum(const std::string &name, const std::array<std::pair<std::string_view, Enum>, N> &table) {
  for (auto &[known, value] : table)
    if (known == name)
      return value;
  damagedManifest("unknown name '" + name + "'");
}

constexpr std::array<std::pair<std::string_view, Role>, 3> roles{
    {{"tokens", Role::Tokens}, {"labels", Role::Labels}, {"mask", Role::Mask}}};
constexpr std::array<std::pair<std::string_view, Optimizer>, 2> optimizers{
    {{"adamw", Optimizer::AdamW}, {"sgd", Optimizer::Sgd}}};

constexpr std::array<std::pair<std::string_view, Target>, 2> targets{{{"cpu", Target::Cpu}, {"cuda", Target::Cuda}}};

/// The value at `key`, or nothing where it is absent or null.
template <typename T> std::optional<T> optionalValue(const json &object, const char *key) {
  auto found = object.find(key);
  return found == object.end() || found->is_null() ? std::nullopt : std::optional(found->get<T>());
}

/// Fills the fields that inputs and parameters share.
void parseSlot(const json &object, uint64_t arenaBytes, Slot &slot) {
  slot.name = object.at("name");
  slot.type = parseType(object.at("type"));
  slot.shape = object.at("shape").get<std::vector<int64_t>>();
  slot.offset = object.at("offset");
  slot.bytes = object.at("bytes");
  checkRange(slot.offset, slot.bytes, arenaBytes, "'" + slot.name + "'");
  if (safetensors::tensorBytes(slot.type, slot.shape) != slot.bytes)
    damagedManifest("'" + slot.name + "' has " + std::to_string(slot.bytes) + " bytes for " +
            printTensorType(slot.type, slot.shape));
}

Slot parseScalar(const json &object, const char *name, uint64_t arenaBytes) {
  Slot slot;
  slot.name = name;
  slot.type = parseType(object.at("type"));
  if (slot.type != Type::F32 && slot.type != Type::F64)
    damagedManifest("'" + slot.name + "' is neither float32 nor float64");
  slot.offset = object.at("offset");
  slot.bytes = safetensors::elementBytes(slot.type);
  checkRange(slot.offset, slot.bytes, arenaBytes, "'" + slot.name + "'");
  return slot;
}

IndexRange parseRange(const json &object, const Slot &slot) {
  if (slot.type != Type::I64 && slot.type != Type::I32)
    damagedManifest("'" + slot.name + "' has bounds and is neither int64 nor int32");
  return {object.at("minimum"), object.at("limit"), optionalValue<int64_t>(object, "ignore")};
}

Input parseInput(const json &object, uint64_t arenaBytes) {
  Input input;
  parseSlot(object, arenaBytes, input);
  if (std::optional<std::string> role = optionalValue<std::string>(object, "role"))
    input.role = parseEnum(*role, roles);
  if (object.contains("limit"))
    input.range = parseRange(object, input);
  return input;
}

BoundedOutput parseBoundedOutput(const json &object, uint64_t arenaBytes) {
  BoundedOutput output;
  parseSlot(object, arenaBytes, output);
  output.range = parseRange(object, output);
  return output;
}

Parameter parseParameter(const json &object, uint64_t arenaBytes) {
  Parameter parameter;
  parseSlot(object, arenaBytes, parameter);
  parameter.trained = object.at("trained");
  return parameter;
}

Constant parseConstant(const json &object, const neap_program &program) {
  Constant constant{object.at("offset"), object.at("bytes"), object.at("source")};
  checkRange(constant.offset, constant.bytes, program.arena_bytes, "a constant");
  checkRange(constant.source, constant.bytes, program.constants_bytes, "the source of a constant");
  return constant;
}

Operand parseState(const json &object, const Manifest &manifest) {
  Operand state{object.at("offset"), object.at("bytes"), 0, parseSpace(object)};
  checkRange(state.offset, state.bytes, bytesOf(state.space, manifest), "a state");
  return state;
}

Hyperparameters parseDefaults(const json &object) {
  Hyperparameters defaults;
  defaults.learningRate = optionalValue<double>(object, "learning_rate");
  defaults.beta1 = object.value("beta1", defaults.beta1);
  defaults.beta2 = object.value("beta2", defaults.beta2);
  defaults.epsilon = object.value("epsilon", defaults.epsilon);
  defaults.weightDecay = object.value("weight_decay", defaults.weightDecay);
  defaults.momentum = object.value("momentum", defaults.momentum);
  defaults.clipGradNorm = optionalValue<double>(object, "clip_grad_norm");
  return defaults;
}

/// Sizes stand in the manifest and in the program; they come from one plan and must agree.
void parseSizes(const json &object, const neap_program &program, Manifest &manifest) {
  manifest.plannedBytes = object.at("planned_bytes");
  manifest.arenaBytes = object.at("arena_bytes");
  manifest.farBytes = object.at("far_bytes");
  if (auto expected = object.find("expected"); expected != object.end())
    manifest.expected = Expectation{expected->at("seconds"), expected->at("threads"), expected->at("costs")};
  manifest.scratchBytesPerWorker = object.at("scratch_bytes_per_worker");
  if (program.max_workers < 1 || program.max_workers > INT_MAX)
    damagedManifest("max_workers is " + std::to_string(program.max_workers));
  manifest.maxWorkers = int(program.max_workers);
  if (manifest.arenaBytes != program.arena_bytes || manifest.farBytes != program.far_bytes ||
      manifest.scratchBytesPerWorker != program.scratch_bytes_per_worker ||
      object.at("max_workers").get<uint64_t>() != program.max_workers)
    damagedManifest("its sizes differ from the program's");
  manifest.stepBlock = object.at("step_block");
  checkRange(manifest.stepBlock, sizeof(neap_step_block), program.arena_bytes, "the step block");
}

Manifest parse(const json &object, const neap_program &program) {
  Manifest manifest;
  if (object.at("format") != 1)
    damagedManifest("expected format 1, got " + object.at("format").dump());
  manifest.name = object.at("name");
  manifest.compiler = object.at("compiler");
  manifest.target = parseEnum<Target>(object.at("target"), targets);
  parseSizes(object, program, manifest);
  manifest.loss = parseScalar(object.at("loss"), "loss", program.arena_bytes);
  manifest.gradientNorm = parseScalar(object.at("gradient_norm"), "gradient norm", program.arena_bytes);
  for (const json &output : object.at("bounded_outputs"))
    manifest.boundedOutputs.push_back(parseBoundedOutput(output, program.arena_bytes));
  for (const json &input : object.at("inputs"))
    manifest.inputs.push_back(parseInput(input, program.arena_bytes));
  for (const json &parameter : object.at("parameters"))
    manifest.parameters.push_back(parseParameter(parameter, program.arena_bytes));
  for (const json &state : object.at("states"))
    manifest.states.push_back(parseState(state, manifest));
  for (const json &constant : object.at("constants"))
    manifest.constants.push_back(parseConstant(constant, program));
  parseStepProgram(object, manifest);
  manifest.itemsPerStep = object.at("items_per_step");
  manifest.item = object.at("item");
  manifest.optimizer = parseEnum<Optimizer>(object.at("optimizer"), optimizers);
  manifest.defaults = parseDefaults(object.at("defaults"));
  return manifest;
}

} // namespace

Manifest parseManifest(const neap_program &program) {
  if (program.abi_version != NEAP_ABI_VERSION)
    throw Failure(ExitCode::Internal, "this binary was compiled for runtime version " +
                                          std::to_string(program.abi_version) + " and linked with " +
                                          std::to_string(NEAP_ABI_VERSION));
  try {
    return parse(json::parse(program.manifest, program.manifest + program.manifest_bytes), program);
  } catch (const json::exception &error) {
    damagedManifest(error.what());
  }
}

} // namespace neap::runtime
