// Special registers, and starting again for each block.
#include "neap/runtime/sim/machine/Warp.h"

#include <algorithm>

namespace neap::sim {

namespace {

using ptx::Special;

constexpr size_t fileAlignment = 64;

uint32_t laneMask(Special special, uint32_t lane) {
  uint32_t equal = 1u << lane, less = equal - 1;
  switch (special) {
  case Special::LaneMaskEq: return equal;
  case Special::LaneMaskLt: return less;
  case Special::LaneMaskLe: return less | equal;
  case Special::LaneMaskGt: return ~(less | equal);
  default: return ~less;
  }
}

uint32_t component(const Dim3 &value, Special special, Special first) {
  uint32_t which = uint32_t(special) - uint32_t(first);
  return which == 0 ? value.x : which == 1 ? value.y : value.z;
}

/// The value of a register that does not depend on the block.
uint32_t valueOf(Special special, Dim3 grid, Dim3 block, uint32_t warp, uint32_t lane) {
  if (special <= Special::TidZ)
    return component(block.at(warp * 32 + lane), special, Special::TidX);
  if (special <= Special::NtidZ)
    return component(block, special, Special::NtidX);
  if (special >= Special::NctaidX && special <= Special::NctaidZ)
    return component(grid, special, Special::NctaidX);
  if (special == Special::LaneId)
    return lane;
  if (special == Special::WarpId)
    return warp;
  if (special == Special::NWarpId)
    return uint32_t((block.count() + 31) / 32);
  return laneMask(special, lane);
}

bool dependsOnBlock(Special special) { return special >= Special::CtaidX && special <= Special::CtaidZ; }

} // namespace

Warp::Warp(const Executable &executable, Dim3 grid, Dim3 block, uint32_t index)
    : executable_(executable), index_(index), storage_(executable.fileImage().size() + fileAlignment),
      written_(executable.kernel().registers.size()) {
  uint64_t threads = std::min<uint64_t>(block.count() - index * 32, 32);
  present_ = threads == 32 ? allLanes : (1u << threads) - 1;
  auto address = reinterpret_cast<uintptr_t>(storage_.data());
  file_ = LaneFile(storage_.data() + (fileAlignment - address % fileAlignment) % fileAlignment);
  std::span<const std::byte> image = executable.fileImage();
  if (!image.empty())
    std::memcpy(file_.lanes<std::byte>(ptx::Operand()), image.data(), image.size());
  for (const ptx::SpecialUse &use : executable.kernel().specials)
    setSpecial(use, grid, block);
}

void Warp::setSpecial(const ptx::SpecialUse &use, Dim3 grid, Dim3 block) {
  ptx::Operand place;
  place.offset = use.offset;
  auto *values = file_.lanes<uint32_t>(place);
  for (uint32_t lane = 0; lane < 32; ++lane)
    values[lane] = valueOf(use.special, grid, block, index_, lane);
}

void Warp::start(Dim3 position) {
  paths.start(present_);
  current = 0;
  atBarrier = false;
  syncs = 0;
  file_.carry = 0;
  std::fill(written_.begin(), written_.end(), 0);
  for (const ptx::SpecialUse &use : executable_.kernel().specials) {
    if (!dependsOnBlock(use.special))
      continue;
    ptx::Operand place;
    place.offset = use.offset;
    std::fill_n(file_.lanes<uint32_t>(place), 32, component(position, use.special, Special::CtaidX));
  }
}

} // namespace neap::sim
