// Runs the blocks of a launch, one after the other, and the warps of a block in turns.
#ifndef NEAP_RUNTIME_SIM_MACHINE_INTERPRETER_H
#define NEAP_RUNTIME_SIM_MACHINE_INTERPRETER_H

#include "neap/runtime/sim/machine/MemoryUnit.h"
#include "neap/runtime/sim/machine/Random.h"
#include "neap/runtime/sim/machine/WarpUnit.h"

namespace neap::sim {

class Interpreter {
public:
  Interpreter(const Executable &executable, const Launch &launch, DeviceMemory &memory, LaunchResult &result);

  /// Throws StopLaunch when the reporter has enough, or at a fault after which nothing sensible can follow.
  void run();
  /// Stamps from its beginning on belong to this launch.
  const Clock &launchClock() const { return memory_.launchClock(); }

private:
  void runBlock(Dim3 position);
  /// A warp that can go on, nullptr if there is none.
  Warp *chooseWarp();
  bool allDone() const;
  void passBarrier();
  void checkBarrier();
  void reportBarrier(Warp &warp, std::string detail);

  void runWarp(Warp &warp, uint32_t instructions);
  void choosePath(Warp &warp);
  void reportStuck(Warp &warp);
  uint32_t guarded(Warp &warp, const ptx::Instruction &instruction, uint32_t mask);
  void count(Warp &warp, const ptx::Instruction &instruction, uint32_t mask);
  void checkRegisters(Warp &warp, const ptx::Instruction &instruction, const Step &step, uint32_t mask);
  void checkRegister(Warp &warp, const ptx::Instruction &instruction, uint32_t slot, uint32_t mask);
  void checkDivisor(Warp &warp, const ptx::Instruction &instruction, uint32_t mask);
  static void markWritten(Warp &warp, const Step &step, uint32_t mask);

  // Instructions that are not lane by lane. Each moves the path on.
  void execute(Warp &warp, const ptx::Instruction &instruction, const Step &step, uint32_t mask);
  void executeMemory(Warp &warp, const ptx::Instruction &instruction, uint32_t mask);
  void executeAcrossLanes(Warp &warp, const ptx::Instruction &instruction, const Step &step, uint32_t mask);
  void executeBarrier(Warp &warp, const ptx::Instruction &instruction, uint32_t mask);
  void executeBranch(Warp &warp, const ptx::Instruction &instruction, const Step &step, uint32_t mask);
  void executeTable(Warp &warp, const ptx::Instruction &instruction, const Step &step, uint32_t mask);
  void executeExit(Warp &warp, uint32_t mask);
  void wait(Warp &warp);

  const Executable &executable_;
  const ptx::Kernel &kernel_;
  const Launch &launch_;
  LaunchResult &result_;
  Reporter reporter_;
  BlockMemory memory_;
  MemoryUnit memoryUnit_;
  WarpUnit warpUnit_;
  Random random_;
  std::vector<std::unique_ptr<Warp>> warps_;
};

} // namespace neap::sim

#endif
