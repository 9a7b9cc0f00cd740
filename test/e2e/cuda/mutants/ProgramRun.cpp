// A training loop over the real backend, without files.
#include "ProgramRun.h"

#include "neap/runtime/device/Device.h"
#include "neap/runtime/program/Failure.h"
#include "neap/runtime/trainer/StepBlock.h"
#include "neap/runtime/trainer/Weights.h"

#include <cstring>
#include <random>

namespace neap::test {

using runtime::Manifest;

namespace {

constexpr uint64_t steps = 2;
constexpr double learningRate = 0.01;

neap_program describe(const CompiledProgram &program, const Variant &variant) {
  neap_program described{};
  described.abi_version = NEAP_ABI_VERSION;
  described.arena_bytes = variant.manifest.arenaBytes;
  described.constants = program.constants.data();
  described.constants_bytes = program.constants.size();
  described.device = &neap_cuda_device;
  described.ptx = variant.ptx.c_str();
  return described;
}

void fill(const CompiledProgram &program, const Manifest &manifest, runtime::Device &device) {
  runtime::readWeights(program.weights, manifest.parameters, device);
  for (const runtime::Constant &constant : manifest.constants)
    device.write(constant.offset, program.constants.data() + constant.source, constant.bytes);
}

template <class T, class Draw> void draw(std::byte *target, uint64_t bytes, Draw value) {
  for (uint64_t i = 0; i < bytes; i += sizeof(T)) {
    T drawn = T(value());
    std::memcpy(target + i, &drawn, sizeof(T));
  }
}

/// Any values in the range of an index, numbers between -1 and 1 otherwise.
void drawInput(const runtime::Input &input, std::mt19937_64 &random, std::byte *inputs) {
  auto index = [&] {
    return input.range ? input.range->minimum + int64_t(random() % uint64_t(input.range->limit)) : 1;
  };
  auto number = [&] { return double(random() % 2001) / 1000 - 1; };
  std::byte *target = inputs + input.offset;
  if (input.type == runtime::Type::I64)
    draw<int64_t>(target, input.bytes, index);
  else if (input.type == runtime::Type::I32)
    draw<int32_t>(target, input.bytes, index);
  else
    draw<float>(target, input.bytes, number);
}

void prepareStep(const Manifest &manifest, uint64_t step, runtime::Device &device) {
  neap_step_block block = makeStepBlock(manifest.optimizer, manifest.defaults, learningRate, step, 0);
  std::memcpy(device.inputs() + manifest.stepBlock, &block, sizeof block);
  std::mt19937_64 random(step);
  for (const runtime::Input &input : manifest.inputs)
    drawInput(input, random, device.inputs());
}

std::string observe(const Manifest &manifest, const Interposer &interposer) {
  std::string bytes = interposer.peek({manifest.loss.offset, manifest.loss.bytes});
  bytes += interposer.peek({manifest.gradientNorm.offset, manifest.gradientNorm.bytes});
  for (const runtime::Parameter &parameter : manifest.parameters)
    bytes += interposer.peek({parameter.offset, parameter.bytes});
  for (const runtime::Operand &state : manifest.states)
    bytes += interposer.peek(state);
  return bytes;
}

/// A step and what the trainer reads after it. Whether it went well: one that fails has run to its end all the same where the
/// device does not judge.
bool runStep(const Manifest &manifest, runtime::Device &device) {
  std::byte number[8];
  try {
    device.runStep({});
    for (const runtime::Slot *slot : {&manifest.loss, &manifest.gradientNorm})
      device.read(slot->offset, number, slot->bytes);
    return true;
  } catch (const runtime::Failure &) {
    return false;
  }
}

void train(const CompiledProgram &program, const Variant &variant, const Interposer &interposer, Outcome &outcome) {
  neap_program described = describe(program, variant);
  runtime::DeviceOptions options;
  options.simulate = true;
  std::unique_ptr<runtime::Device> device = neap_cuda_device.create(described, variant.manifest, options);
  fill(program, variant.manifest, *device);
  for (uint64_t step = 1; step <= steps; ++step) {
    prepareStep(variant.manifest, step, *device);
    bool isGood = runStep(variant.manifest, *device);
    outcome.isRefused = interposer.simulated.statistics().launches == 0;
    outcome.steps.push_back(observe(variant.manifest, interposer));
    if (!isGood)
      return;
  }
}

} // namespace

Outcome runProgram(const CompiledProgram &program, const Variant &variant, uint64_t seed, bool judges) {
  Outcome outcome;
  Interposer interposer({variant.change, seed, judges});
  try {
    train(program, variant, interposer, outcome);
  } catch (const runtime::Failure &) {
    outcome.isRefused = true; // before its first step
  }
  outcome.reports = interposer.simulated.reports();
  outcome.edges = interposer.edges;
  return outcome;
}

} // namespace neap::test
