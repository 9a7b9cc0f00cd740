// Blocks and warps, then the loop over instructions, then the instructions that move paths.
#include "neap/runtime/sim/machine/Interpreter.h"

#include "neap/runtime/sim/machine/ControlFlow.h"

#include <algorithm>
#include <bit>
#include <numeric>

namespace neap::sim {

using ptx::Instruction;
using ptx::Opcode;
using ptx::Operand;

namespace {

/// A warp runs at most so many instructions before another one has a turn.
constexpr uint64_t maxTurn = 256;

} // namespace

Interpreter::Interpreter(const Executable &executable, const Launch &launch, DeviceMemory &memory, LaunchResult &result)
    : executable_(executable), kernel_(executable.kernel()), launch_(launch), result_(result),
      reporter_(executable, launch, result.reports), memory_(executable, launch, memory),
      memoryUnit_(memory_, reporter_, launch.observer), warpUnit_(reporter_), random_(launch.seed) {
  for (uint32_t warp = 0; warp * 32 < launch.block.count(); ++warp)
    warps_.push_back(std::make_unique<Warp>(executable, launch.grid, launch.block, warp));
}

void Interpreter::run() {
  std::vector<uint32_t> order(launch_.grid.count());
  std::iota(order.begin(), order.end(), 0);
  for (size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[random_.below(i)]);
  for (uint32_t block : order)
    runBlock(launch_.grid.at(block));
}

void Interpreter::runBlock(Dim3 position) {
  reporter_.block = position;
  memory_.startBlock(position);
  for (std::unique_ptr<Warp> &warp : warps_)
    warp->start(position);
  while (!allDone()) {
    if (Warp *warp = chooseWarp())
      runWarp(*warp, uint32_t(1 + random_.below(maxTurn)));
    else
      passBarrier();
  }
}

Warp *Interpreter::chooseWarp() {
  size_t first = random_.below(warps_.size());
  for (size_t i = 0; i < warps_.size(); ++i) {
    Warp &warp = *warps_[(first + i) % warps_.size()];
    if (!warp.atBarrier && !warp.paths.empty())
      return &warp;
  }
  return nullptr;
}

bool Interpreter::allDone() const {
  return std::all_of(warps_.begin(), warps_.end(),
                     [](const std::unique_ptr<Warp> &warp) { return warp->paths.empty(); });
}

void Interpreter::passBarrier() {
  checkBarrier();
  memory_.passBarrier();
  for (std::unique_ptr<Warp> &warp : warps_) {
    if (!warp->atBarrier)
      continue;
    warp->atBarrier = false;
    warp->syncs = 0;
    ++warp->paths.at(warp->current).pc;
  }
}

/// Every thread of the block must be at the barrier, none may have ended.
void Interpreter::checkBarrier() {
  Warp *waiting = nullptr;
  uint64_t ended = 0;
  std::string who;
  for (std::unique_ptr<Warp> &warp : warps_) {
    if (warp->atBarrier)
      waiting = warp.get();
    if (uint32_t gone = warp->present() & ~warp->paths.alive()) {
      ended += uint64_t(std::popcount(gone));
      who = reporter_.threadText(warp->index() * 32 + uint32_t(std::countr_zero(gone)));
    }
  }
  if (ended > 0)
    reportBarrier(*waiting, "waits for " + std::to_string(ended) + " threads that have ended, " + who + " among them");
}

void Interpreter::reportBarrier(Warp &warp, std::string detail) {
  const Path &path = warp.paths.at(warp.current);
  reporter_.add(Fault::BarrierDivergence, kernel_.code[path.pc], warp.index(), uint32_t(std::countr_zero(path.mask)), 0,
                std::move(detail));
  throw StopLaunch();
}

void Interpreter::runWarp(Warp &warp, uint32_t instructions) {
  const std::vector<Step> &steps = executable_.steps();
  for (; instructions > 0 && !warp.atBarrier && !warp.paths.empty(); --instructions) {
    Path &path = warp.paths.at(warp.current);
    if (path.pc == path.meetingPoint) {
      warp.paths.meet(warp.current);
      choosePath(warp);
      continue;
    }
    const Instruction &instruction = kernel_.code[path.pc];
    const Step &step = steps[path.pc];
    uint32_t mask = guarded(warp, instruction, path.mask);
    count(warp, instruction, mask);
    if (mask != 0)
      checkRegisters(warp, instruction, step, mask);
    if (!step.compute) {
      execute(warp, instruction, step, mask);
      continue;
    }
    if (mask != 0) {
      step.compute(warp.file(), instruction, mask);
      markWritten(warp, step, mask);
    }
    ++path.pc;
  }
}

/// Any path that does not wait goes on next. Nothing orders lanes that have parted.
void Interpreter::choosePath(Warp &warp) {
  size_t count = warp.paths.count();
  if (count == 0)
    return;
  size_t first = count == 1 ? 0 : random_.below(count);
  for (size_t i = 0; i < count; ++i) {
    warp.current = (first + i) % count;
    if (!warp.paths.at(warp.current).waits)
      return;
  }
  reportStuck(warp);
}

void Interpreter::reportStuck(Warp &warp) {
  const Path &path = warp.paths.at(warp.current);
  const Instruction &instruction = kernel_.code[path.pc];
  uint32_t elsewhere = warp.paths.alive() & ~path.mask;
  std::string others = elsewhere == 0 ? "the others have ended" : lanesText(elsewhere) + " cannot come";
  std::string detail = "only " + lanesText(path.mask) + " came here; " + others;
  if (instruction.opcode == Opcode::Barrier)
    reportBarrier(warp, std::move(detail));
  reporter_.add(Fault::WarpDivergence, instruction, warp.index(), uint32_t(std::countr_zero(path.mask)), 0,
                std::move(detail));
  throw StopLaunch();
}

uint32_t Interpreter::guarded(Warp &warp, const Instruction &instruction, uint32_t mask) {
  if (instruction.guard.kind == Operand::Kind::None)
    return mask;
  checkRegister(warp, instruction, instruction.guard.slot, mask);
  return mask & warp.file().predicate(instruction.guard);
}

void Interpreter::count(Warp &warp, const Instruction &instruction, uint32_t mask) {
  result_.threadInstructions += uint64_t(std::popcount(mask));
  if (++result_.warpInstructions <= launch_.instructionBudget)
    return;
  reporter_.add(
      Fault::Budget, instruction, warp.index(), uint32_t(std::countr_zero(warp.paths.at(warp.current).mask)), 0,
      "more than " + std::to_string(launch_.instructionBudget) + " instructions of warps; a loop without an end?");
  throw StopLaunch();
}

void Interpreter::checkRegisters(Warp &warp, const Instruction &instruction, const Step &step, uint32_t mask) {
  for (uint8_t i = 0; i < step.readCount; ++i)
    checkRegister(warp, instruction, step.reads[i], mask);
  if (instruction.opcode == Opcode::Selp) {
    uint32_t chosen = warp.file().predicate(instruction.sources[2]);
    if (instruction.sources[0].isRegister())
      checkRegister(warp, instruction, instruction.sources[0].slot, mask & chosen);
    if (instruction.sources[1].isRegister())
      checkRegister(warp, instruction, instruction.sources[1].slot, mask & ~chosen);
  }
  if (instruction.opcode == Opcode::Div || instruction.opcode == Opcode::Rem)
    checkDivisor(warp, instruction, mask);
}

void Interpreter::checkRegister(Warp &warp, const Instruction &instruction, uint32_t slot, uint32_t mask) {
  if (uint32_t missing = warp.unwritten(slot, mask))
    reporter_.add(Fault::UnwrittenRegister, instruction, warp.index(), uint32_t(std::countr_zero(missing)), 0,
                  "nothing has written " + kernel_.registers[slot].name + " on the way here");
}

void Interpreter::checkDivisor(Warp &warp, const Instruction &instruction, uint32_t mask) {
  if (isFloat(instruction.type))
    return;
  uint64_t divisors[32];
  warp.file().readBits(instruction.sources[1], divisors);
  for (uint32_t lane = 0; lane < 32; ++lane)
    if (mask >> lane & 1 && divisors[lane] == 0)
      return reporter_.add(Fault::DivisionByZero, instruction, warp.index(), lane, 0,
                           "the divisor is 0; the result is undefined");
}

void Interpreter::markWritten(Warp &warp, const Step &step, uint32_t mask) {
  for (uint8_t i = 0; i < step.writeCount; ++i)
    warp.markWritten(step.writes[i], mask);
}

void Interpreter::execute(Warp &warp, const Instruction &instruction, const Step &step, uint32_t mask) {
  switch (instruction.opcode) {
  case Opcode::Bra: return executeBranch(warp, instruction, step, mask);
  case Opcode::BrxIdx: return executeTable(warp, instruction, step, mask);
  case Opcode::Exit: return executeExit(warp, mask);
  case Opcode::Barrier: return executeBarrier(warp, instruction, mask);
  case Opcode::Ld:
  case Opcode::St:
    executeMemory(warp, instruction, mask);
    markWritten(warp, step, mask);
    break;
  case Opcode::Trap:
    if (mask == 0)
      break;
    reporter_.add(Fault::Trap, instruction, warp.index(), uint32_t(std::countr_zero(mask)), 0,
                  "the kernel stops itself here");
    throw StopLaunch();
  // Memory is in order here: what a fence would order is judged by the race checks.
  case Opcode::Fence: break;
  default: return executeAcrossLanes(warp, instruction, step, mask);
  }
  ++warp.paths.at(warp.current).pc;
}

void Interpreter::executeMemory(Warp &warp, const Instruction &instruction, uint32_t mask) {
  if (mask == 0)
    return;
  if (instruction.opcode == Opcode::Ld)
    memoryUnit_.load(warp, instruction, mask);
  else
    memoryUnit_.store(warp, instruction, mask);
}

void Interpreter::executeAcrossLanes(Warp &warp, const Instruction &instruction, const Step &step, uint32_t mask) {
  Path &path = warp.paths.at(warp.current);
  if (mask != 0) {
    bool needsLanes = instruction.opcode != Opcode::ActiveMask;
    if (needsLanes && !warpUnit_.hasLanes(warp, instruction, path.mask, mask))
      return wait(warp);
    if (instruction.opcode == Opcode::WarpSync)
      ++warp.syncs;
    else
      warpUnit_.execute(warp, instruction, mask);
    markWritten(warp, step, mask);
  }
  ++path.pc;
}

void Interpreter::executeBarrier(Warp &warp, const Instruction &instruction, uint32_t mask) {
  Path &path = warp.paths.at(warp.current);
  if (mask == 0) {
    ++path.pc;
    return;
  }
  if (mask != path.mask)
    reportBarrier(warp, "the predicate is false for " + lanesText(path.mask & ~mask));
  if (path.mask != warp.paths.alive())
    return wait(warp);
  warp.atBarrier = true;
}

/// Stands still for lanes that may come by another path.
void Interpreter::wait(Warp &warp) {
  warp.paths.at(warp.current).waits = true;
  size_t joined = warp.paths.joinWaiting(warp.current);
  bool isAlone = joined == warp.current && warp.paths.at(joined).waits;
  if (isAlone)
    choosePath(warp);
  else
    warp.current = joined;
}

void Interpreter::executeBranch(Warp &warp, const Instruction &instruction, const Step &step, uint32_t mask) {
  Path &path = warp.paths.at(warp.current);
  if (mask == path.mask) {
    path.pc = instruction.target;
    return;
  }
  ++path.pc;
  if (mask == 0)
    return;
  warp.paths.split(warp.current, mask, instruction.target, step.meetingPoint);
  if (random_.below(2))
    warp.current = warp.paths.count() - 1;
}

/// One path for each entry of the table that a lane takes.
void Interpreter::executeTable(Warp &warp, const Instruction &instruction, const Step &step, uint32_t mask) {
  const std::vector<uint32_t> &table = kernel_.tables[instruction.target];
  const auto *indices = warp.file().lanes<uint32_t>(instruction.sources[0]);
  for (;;) {
    uint32_t first = uint32_t(std::countr_zero(mask)), index = indices[first], group = 0;
    if (index >= table.size()) {
      reporter_.add(Fault::BranchTable, instruction, warp.index(), first, 0,
                    "index " + std::to_string(index) + " of a table of " + std::to_string(table.size()));
      throw StopLaunch();
    }
    for (uint32_t lane = 0; lane < 32; ++lane)
      group |= uint32_t(mask >> lane & 1 && indices[lane] == index) << lane;
    if (group == mask) {
      warp.paths.at(warp.current).pc = table[index];
      return;
    }
    warp.paths.split(warp.current, group, table[index], step.meetingPoint);
    mask &= ~group;
  }
}

void Interpreter::executeExit(Warp &warp, uint32_t mask) {
  Path &path = warp.paths.at(warp.current);
  bool isWhole = mask == path.mask;
  ++path.pc;
  if (mask != 0)
    warp.paths.exit(warp.current, mask);
  if (isWhole)
    choosePath(warp);
}

} // namespace neap::sim
