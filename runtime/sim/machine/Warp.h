// The state of one warp: registers, which of them were written, and where its lanes are.
#ifndef NEAP_RUNTIME_SIM_MACHINE_WARP_H
#define NEAP_RUNTIME_SIM_MACHINE_WARP_H

#include "neap/runtime/sim/machine/Executable.h"
#include "neap/runtime/sim/machine/Paths.h"

namespace neap::sim {

class Warp {
public:
  /// Warp `index` of blocks of the shape `block`.
  Warp(const Executable &executable, Dim3 grid, Dim3 block, uint32_t index);
  Warp(const Warp &) = delete;

  /// Puts the warp at the start of the block at `position`.
  void start(Dim3 position);

  LaneFile &file() { return file_; }
  uint32_t index() const { return index_; }
  uint32_t present() const { return present_; }
  /// Lanes of `mask` in which the register `slot` was never written.
  uint32_t unwritten(uint32_t slot, uint32_t mask) const { return mask & ~written_[slot]; }
  void markWritten(uint32_t slot, uint32_t mask) { written_[slot] |= mask; }

  Paths paths;
  /// Index of the path that runs.
  size_t current = 0;
  /// Waits at a barrier of the block, all of its lanes.
  bool atBarrier = false;
  /// Counts bar.warp.sync since the block's last barrier.
  uint32_t syncs = 0;

private:
  void setSpecial(const ptx::SpecialUse &use, Dim3 grid, Dim3 block);

  const Executable &executable_;
  uint32_t index_, present_;
  std::vector<std::byte> storage_;
  LaneFile file_;
  std::vector<uint32_t> written_;
};

} // namespace neap::sim

#endif
