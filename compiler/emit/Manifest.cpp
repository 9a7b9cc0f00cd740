// From the slots of the program, the declarations and the lowered kernels to JSON.
#include "neap/compiler/emit/Manifest.h"

#include "neap/compiler/emit/ProgramEntries.h"
#include "neap/dialects/sched/Sched.h"
#include "neap/passes/costs/StepEstimate.h"
#include "neap/passes/lower/KernelInfo.h"
#include "neap/passes/lower/lower-step/ConstantData.h"
#include "neap/passes/lower/lower-step/FarMemory.h"
#include "neap/passes/support/SlotAlignment.h"

using namespace mlir;
using namespace neap;
using namespace neap::emit;
namespace json = llvm::json;
using sched::Role;

/// The name of an element type, as numpy has it.
static std::string typeName(Type type) {
  if (type.isInteger(1))
    return "bool";
  if (type.isBF16())
    return "bfloat16";
  std::string width = std::to_string(type.getIntOrFloatBitWidth());
  if (isa<FloatType>(type))
    return "float" + width;
  return (type.isUnsignedInteger() ? "uint" : "int") + width;
}

namespace {
class ManifestBuilder {
public:
  ManifestBuilder(ModuleOp module, const WriteManifestOptions &options, const ProductProfile &profile)
      : module(module), options(options), profile(profile), program(*module.getOps<sched::ProgramOp>().begin()) {}

  json::Object build();

private:
  json::Object describeTensor(sched::SlotOp slot, StringRef name);
  json::Object describeScalar(StringRef output);
  json::Array describeInputs();
  json::Array describeBoundedOutputs();
  json::Array describeParameters();
  json::Array describeStates();
  json::Array describeConstants();
  json::Array describeKernels();
  json::Array describeSlots();
  json::Object describeProduct(const LibraryProduct &product);
  json::Array describeLibraries();
  json::Object describeDefaults();
  json::Object countParts(int64_t scratch);
  int64_t getScratchBytes();
  sched::SlotOp findSlot(StringRef symbol);

  ModuleOp module;
  const WriteManifestOptions &options;
  const ProductProfile &profile;
  sched::ProgramOp program;
};
} // namespace

json::Object ManifestBuilder::describeTensor(sched::SlotOp slot, StringRef name) {
  RankedTensorType type = slot.getType().getTensor();
  return json::Object{{"name", name},
                      {"type", typeName(type.getElementType())},
                      {"shape", json::Array(type.getShape())},
                      {"offset", static_cast<int64_t>(slot.getOffset())},
                      {"bytes", slot.getType().getBytes()}};
}

json::Object ManifestBuilder::describeScalar(StringRef output) {
  for (auto slot : program.getOps<sched::SlotOp>())
    if (slot.getRole() == Role::Output && slot.getName() == output)
      return json::Object{{"offset", static_cast<int64_t>(slot.getOffset())},
                          {"type", typeName(slot.getType().getTensor().getElementType())}};
  return json::Object();
}

/// Copies what the slot says of the values that may lie in it.
static void describeBounds(sched::SlotOp slot, json::Object &tensor) {
  for (StringRef field : {"minimum", "limit", "ignore"})
    if (auto value = slot->getAttrOfType<IntegerAttr>(("neap." + field).str()))
      tensor[field] = value.getInt();
}

json::Array ManifestBuilder::describeInputs() {
  json::Array inputs;
  for (auto slot : program.getOps<sched::SlotOp>()) {
    if (slot.getRole() != Role::Input)
      continue;
    json::Object input = describeTensor(slot, *slot.getName());
    describeBounds(slot, input);
    if (auto role = slot->getAttrOfType<StringAttr>("neap.role"))
      input["role"] = role.getValue();
    inputs.push_back(std::move(input));
  }
  return inputs;
}

json::Array ManifestBuilder::describeBoundedOutputs() {
  json::Array outputs;
  for (auto slot : program.getOps<sched::SlotOp>()) {
    if (slot.getRole() != Role::Output || !slot->hasAttr("neap.limit"))
      continue;
    json::Object output = describeTensor(slot, *slot.getName());
    describeBounds(slot, output);
    outputs.push_back(std::move(output));
  }
  return outputs;
}

sched::SlotOp ManifestBuilder::findSlot(StringRef symbol) {
  for (auto slot : program.getOps<sched::SlotOp>())
    if (slot.getSymbol() == symbol)
      return slot;
  return {};
}

json::Array ManifestBuilder::describeParameters() {
  json::Array parameters;
  for (auto declaration : module.getOps<ParameterOp>()) {
    json::Object parameter = describeTensor(findSlot(declaration.getSymName()), declaration.getSymName());
    parameter["trained"] = declaration.getTrained();
    if (auto torchName = declaration.getTorchName())
      parameter["torch"] = *torchName;
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

/// The device goes without saying.
static void describeSpace(sched::SlotOp slot, json::Object &object) {
  if (slot.getType().getSpace() == sched::Space::Far)
    object["space"] = stringifySpace(sched::Space::Far);
}

json::Array ManifestBuilder::describeStates() {
  json::Array states;
  for (auto declaration : module.getOps<StateOp>()) {
    sched::SlotOp slot = findSlot(declaration.getSymName());
    json::Object state = describeTensor(slot, declaration.getSymName());
    state["parameter"] = declaration.getParameter();
    describeSpace(slot, state);
    states.push_back(std::move(state));
  }
  return states;
}

json::Array ManifestBuilder::describeConstants() {
  json::Array constants;
  for (auto [slot, source] : lower::layoutConstants(program))
    constants.push_back(json::Object{{"offset", static_cast<int64_t>(sched::SlotOp(slot).getOffset())},
                                     {"bytes", sched::SlotOp(slot).getType().getBytes()},
                                     {"source", source}});
  return constants;
}

/// Work and traffic of one launch, for whoever wants to know where a step's time goes.
static void describeCost(const lower::KernelInfo &info, json::Object &kernel) {
  if (!info.cost)
    return;
  kernel["class"] = planning::getName(info.cost->kernelClass);
  kernel["flops"] = info.cost->flops;
  kernel["bytes_read"] = info.cost->bytesRead;
  kernel["bytes_written"] = info.cost->bytesWritten;
}

static json::Object describeMatrix(const LibraryMatrix &matrix) {
  return json::Object{{"argument", matrix.argument},
                      {"offset", matrix.offset},
                      {"leading", matrix.leading},
                      {"transposed", matrix.transposed},
                      {"batch_strides", json::Array(matrix.batchStrides)}};
}

json::Object ManifestBuilder::describeProduct(const LibraryProduct &product) {
  json::Object object{{"m", product.m},
                      {"n", product.n},
                      {"k", product.k},
                      {"batch", json::Array(product.batch)},
                      {"type", "float32"},
                      {"compute", options.allowTf32 ? "tf32" : "float32"},
                      {"lhs", describeMatrix(product.lhs)},
                      {"rhs", describeMatrix(product.rhs)},
                      {"result", describeMatrix(product.result)}};
  if (product.bias)
    object["bias"] = json::Object{{"argument", product.bias->argument}, {"offset", product.bias->offset}};
  if (product.addend)
    object["addend"] = describeMatrix(*product.addend);
  const ProfiledProduct *known = profile.find(product, options.allowTf32);
  if (known && known->algorithm)
    object["algorithm"] = json::Object{{"library", known->algorithm->library},
                                       {"workspace", known->algorithm->workspaceBytes},
                                       {"config", known->algorithm->config}};
  return object;
}

json::Array ManifestBuilder::describeKernels() {
  llvm::StringMap<int64_t> launches = lower::countLaunches(program);
  json::Array kernels;
  for (Operation &op : *module.getBody()) {
    auto info = lower::getKernelInfo(&op);
    if (!info)
      continue;
    StringRef name = SymbolTable::getSymbolName(&op).getValue();
    json::Array ops;
    for (StringRef opName : info->ops)
      ops.push_back(opName);
    kernels.push_back(json::Object{{"name", name},
                                   {"kind", stringifyGroupKind(info->kind)},
                                   {"launches", launches.lookup(name)},
                                   {"items", info->items},
                                   {"scratch_bytes", info->scratchBytes},
                                   {"ops", std::move(ops)}});
    json::Object &kernel = *kernels.back().getAsObject();
    describeCost(*info, kernel);
    if (info->blocks == 0)
      continue;
    kernel["blocks"] = info->blocks;
    kernel["block_threads"] = info->blockThreads;
    if (info->product)
      kernel["product"] = describeProduct(*info->product);
  }
  return kernels;
}

/// All slots; operands refer to them by their positions.
json::Array ManifestBuilder::describeSlots() {
  json::Array slots;
  for (auto slot : program.getOps<sched::SlotOp>()) {
    Role role = slot.getRole();
    bool aliveBefore = role != Role::Activation && role != Role::Output && role != Role::Workspace;
    slots.push_back(json::Object{{"offset", static_cast<int64_t>(slot.getOffset())},
                                 {"bytes", slot.getType().getBytes()},
                                 {"alive_before", aliveBefore},
                                 {"alive_after", aliveBefore || role == Role::Output}});
    describeSpace(slot, *slots.back().getAsObject());
  }
  return slots;
}

json::Object ManifestBuilder::describeDefaults() {
  auto orNull = [](ArrayRef<double> value) -> json::Value {
    return value.empty() ? nullptr : json::Value(value.front());
  };
  return json::Object{{"learning_rate", orNull(options.learningRate)},
                      {"beta1", options.beta1},
                      {"beta2", options.beta2},
                      {"epsilon", options.epsilon},
                      {"weight_decay", options.weightDecay},
                      {"momentum", options.momentum},
                      {"clip_grad_norm", orNull(options.clipGradNorm)}};
}

int64_t ManifestBuilder::getScratchBytes() {
  int64_t scratch = 0;
  for (Operation &op : *module.getBody())
    if (auto info = lower::getKernelInfo(&op))
      scratch = std::max(scratch, info->scratchBytes);
  return scratch;
}

/// Bytes of the device by what they are for. What shares bytes with others (activations, outputs) is the rest of the arena.
json::Object ManifestBuilder::countParts(int64_t scratch) {
  std::map<Role, int64_t> bytes;
  int64_t persistent = 0;
  for (auto slot : program.getOps<sched::SlotOp>()) {
    bool isFar = slot.getType().getSpace() == sched::Space::Far;
    if (isFar || slot.getRole() == Role::Activation || slot.getRole() == Role::Output)
      continue;
    bytes[slot.getRole()] += alignToSlot(slot.getType().getBytes());
    persistent += alignToSlot(slot.getType().getBytes());
  }
  json::Object parts{{"parameters", bytes[Role::Parameter]},
                     {"optimizer_state", bytes[Role::State]},
                     {"constants", bytes[Role::Constant]},
                     {"inputs", bytes[Role::Input]},
                     {"step_block", bytes[Role::StepBlock]},
                     {"activations", program.getArenaBytes(sched::Space::Device) - persistent},
                     {"scratch", scratch}};
  if (options.device == lower::Device::Cuda)
    parts["library_workspace"] = bytes[Role::Workspace];
  return parts;
}

std::pair<int64_t, std::string> emit::countItems(sched::ProgramOp program) {
  std::optional<int64_t> rows;
  for (auto slot : program.getOps<sched::SlotOp>()) {
    if (slot.getRole() != Role::Input)
      continue;
    RankedTensorType type = slot.getType().getTensor();
    if (auto role = slot->getAttrOfType<StringAttr>("neap.role"); role && role.getValue() == "tokens")
      return {type.getNumElements(), "token"};
    if (!rows)
      rows = type.getRank() > 0 ? type.getDimSize(0) : 1;
  }
  return {rows.value_or(1), "row"};
}

/// Those that are loaded at run time. A program also runs without them: that is what its own kernels are for.
json::Array ManifestBuilder::describeLibraries() {
  bool hasProducts = llvm::any_of(*module.getBody(), [](Operation &op) {
    auto info = lower::getKernelInfo(&op);
    return info && info->product;
  });
  if (options.device != lower::Device::Cuda || !hasProducts)
    return {};
  return json::Array{json::Object{{"name", "cublasLt"}, {"required", false}}};
}

/// What neap-estimate-step has found.
static json::Object describeExpectation(DictionaryAttr expectation) {
  return json::Object{{"seconds", expectation.getAs<FloatAttr>("seconds").getValueAsDouble()},
                      {"threads", expectation.getAs<IntegerAttr>("threads").getInt()},
                      {"costs", expectation.getAs<StringAttr>("costs").getValue()}};
}

json::Object ManifestBuilder::build() {
  int64_t arena = program.getArenaBytes(sched::Space::Device), scratch = getScratchBytes(), stepBlock = 0;
  for (auto slot : program.getOps<sched::SlotOp>())
    if (slot.getRole() == Role::StepBlock)
      stepBlock = slot.getOffset();
  json::Array commandLine;
  for (const std::string &option : options.commandLine)
    commandLine.push_back(option);
  json::Object manifest{{"format", 1},
                        {"name", options.name},
                        {"compiler", "neap 0.1.0"},
                        {"target", options.device == lower::Device::Cuda ? "cuda" : "cpu"},
                        {"planned_bytes", alignToSlot(arena) + alignToSlot(scratch) * options.maxWorkers},
                        {"arena_bytes", arena},
                        {"far_bytes", lower::getFarBytes(program)},
                        {"scratch_bytes_per_worker", scratch},
                        {"max_workers", options.maxWorkers},
                        {"parts", countParts(alignToSlot(scratch) * options.maxWorkers)},
                        {"step_block", stepBlock},
                        {"loss", describeScalar("loss")},
                        {"gradient_norm", describeScalar("gradient_norm")},
                        {"bounded_outputs", describeBoundedOutputs()},
                        {"inputs", describeInputs()},
                        {"parameters", describeParameters()},
                        {"states", describeStates()},
                        {"constants", describeConstants()},
                        {"optimizer", options.optimizer},
                        {"defaults", describeDefaults()},
                        {"kernels", describeKernels()},
                        {"options", std::move(commandLine)},
                        {"libraries", describeLibraries()}};
  if (auto expectation = program->getAttrOfType<DictionaryAttr>(expectationAttribute))
    manifest["expected"] = describeExpectation(expectation);
  auto [items, item] = countItems(program);
  manifest["items_per_step"] = items;
  manifest["item"] = item;
  if (options.device == lower::Device::Cuda) {
    manifest["slots"] = describeSlots();
    manifest["program"] = describeProgram(program);
  }
  return manifest;
}

json::Object emit::buildManifest(ModuleOp module, const WriteManifestOptions &options, const ProductProfile &profile) {
  return ManifestBuilder(module, options, profile).build();
}
