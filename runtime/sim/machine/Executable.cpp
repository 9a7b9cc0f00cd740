// Loading: variables get their memory, constants their values and instructions their functions.
#include "neap/runtime/sim/machine/Executable.h"

#include "neap/runtime/sim/machine/ControlFlow.h"

#include <algorithm>
#include <charconv>

namespace neap::sim {

namespace {

using ptx::Instruction;
using ptx::Opcode;
using ptx::Operand;

LaneFunction findFunction(const Instruction &instruction) {
  // Half before integer: add, min and others have both, and each family answers for its types only.
  for (auto find : {&findMove, &findCompare, &findConvert, &findFloat, &findHalf, &findInteger, &findBits})
    if (LaneFunction function = find(instruction))
      return function;
  return nullptr;
}

bool isLaneOperation(Opcode opcode) { return opcode < Opcode::Ld; }

/// selp reads of its two values only what it selects, which the machine looks at itself.
bool readsAll(Opcode opcode) { return opcode != Opcode::Selp; }

Step makeStep(const Instruction &instruction) {
  Step step;
  auto read = [&](const Operand &place) {
    if (place.isRegister())
      step.reads[step.readCount++] = place.slot;
  };
  for (uint8_t i = readsAll(instruction.opcode) ? 0 : 2; i < instruction.sourceCount; ++i)
    read(instruction.sources[i]);
  for (uint8_t i = 0; i < instruction.resultCount; ++i)
    if (instruction.results[i].isRegister())
      step.writes[step.writeCount++] = instruction.results[i].slot;
  if (isLaneOperation(instruction.opcode))
    step.compute = findFunction(instruction);
  return step;
}

void fillConstant(std::vector<std::byte> &file, const ptx::Constant &constant, uint64_t base) {
  uint64_t value = constant.value + base;
  for (uint32_t lane = 0; lane < ptx::lanes; ++lane)
    std::memcpy(&file[constant.offset + lane * constant.bytes], &value, constant.bytes);
}

/// 90 of "sm_90" and "sm_90a".
uint32_t architectureOf(const std::string &target) {
  uint32_t architecture = 0;
  std::from_chars(target.data() + 3, target.data() + target.size(), architecture);
  return architecture;
}

} // namespace

Executable::Executable(const LoadedModule &module, const ptx::Kernel &kernel,
                       const std::vector<uint64_t> &globalAddresses)
    : module_(module), kernel_(kernel), fileImage_(kernel.fileBytes) {
  std::vector<uint32_t> points = meetingPoints(kernel);
  for (size_t i = 0; i < kernel.code.size(); ++i) {
    steps_.push_back(makeStep(kernel.code[i]));
    steps_.back().meetingPoint = points[i];
    if (isLaneOperation(kernel.code[i].opcode) && !steps_.back().compute)
      throw std::logic_error("kernel '" + kernel.name + "', line " + std::to_string(kernel.code[i].line) +
                             ": no function for " + module.module().textOf(kernel.code[i].line));
  }
  for (const ptx::Constant &constant : kernel.constants)
    fillConstant(fileImage_, constant, constant.global < 0 ? 0 : globalAddresses[size_t(constant.global)]);
}

uint32_t Executable::declaredSharedBytes() const {
  uint64_t sum = 0;
  for (const ptx::Variable &variable : kernel_.shared)
    sum = (sum + variable.alignment - 1) / variable.alignment * variable.alignment + variable.bytes;
  return uint32_t(sum);
}

LoadedModule::LoadedModule(std::shared_ptr<const ptx::Module> module, DeviceMemory &memory, const Device &device)
    : module_(std::move(module)), memory_(memory) {
  if (architectureOf(module_->target) > device.architecture)
    throw MemoryError("cannot load a module for " + module_->target + " on a device of sm_" +
                      std::to_string(device.architecture));
  loadConstants();
  loadGlobals();
  for (const ptx::Kernel &kernel : module_->kernels)
    kernels_.push_back(std::make_unique<Executable>(*this, kernel, globalAddresses_));
}

LoadedModule::~LoadedModule() {
  for (uint64_t address : globalAddresses_)
    memory_.free(address);
}

void LoadedModule::loadGlobals() {
  uint64_t needed = 0;
  for (const ptx::Variable &variable : module_->globals)
    needed += std::max<uint64_t>(variable.bytes, 1);
  // Asked beforehand, so that nothing is left behind when there is no room.
  if (needed > memory_.capacity() - memory_.used())
    throw OutOfMemory("cannot load a module with " + std::to_string(needed) +
                      " bytes of variables: " + std::to_string(memory_.used()) + " of " +
                      std::to_string(memory_.capacity()) + " bytes are in use");
  for (const ptx::Variable &variable : module_->globals) {
    uint64_t address = memory_.allocate(std::max<uint64_t>(variable.bytes, 1), variable.name);
    memory_.find(address)->isVariable = true;
    memory_.copyIn(address, variable.initial.data(), variable.initial.size());
    globalAddresses_.push_back(address);
  }
}

void LoadedModule::loadConstants() {
  for (const ptx::Variable &variable : module_->constants) {
    auto region = std::make_unique<Region>(variable.name, variable.address, variable.bytes);
    std::memcpy(region->data.data(), variable.initial.data(), variable.initial.size());
    region->initialised.set(0, variable.bytes);
    region->readOnly = region->isVariable = true;
    constants_.push_back(std::move(region));
  }
}

const Executable *LoadedModule::kernel(std::string_view name) const {
  for (const std::unique_ptr<Executable> &kernel : kernels_)
    if (kernel->kernel().name == name)
      return kernel.get();
  return nullptr;
}

uint64_t LoadedModule::global(std::string_view name) const {
  for (size_t i = 0; i < module_->globals.size(); ++i)
    if (module_->globals[i].name == name)
      return globalAddresses_[i];
  return 0;
}

} // namespace neap::sim
