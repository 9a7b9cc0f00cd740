// One plan for each launch: addresses are fixed.
#include "neap/runtime/cuda/ProgramProducts.h"

#include "neap/runtime/cuda/LoadCublasLt.h"
#include "neap/runtime/program/Failure.h"

#include <algorithm>

namespace neap::runtime {

namespace {

bool isProduct(const Manifest &manifest, const ProgramEntry &entry) {
  return entry.kind == ProgramEntry::Kind::Launch && manifest.kernels[entry.kernel].product;
}

} // namespace

std::string ProgramProducts::describe(size_t entry) const {
  const ProgramEntry &launch = manifest_.program[entry];
  const DeviceKernel &kernel = manifest_.kernels[launch.kernel];
  std::string origin = launch.origin.empty() ? "" : " from " + launch.origin;
  return "the matrix product " + kernel.product->text() + origin + " (kernel " + kernel.name + ")";
}

/// Names what fails.
template <class Call> auto ProgramProducts::inCall(size_t entry, const std::string &when, Call call) const {
  try {
    return call();
  } catch (const LibraryCallFailed &error) {
    throw Failure(ExitCode::DeviceFault, when + ": " + describe(entry) + ": " + error.what(),
                  "a program compiled with --matrix-products generated does without cuBLASLt");
  }
}

void ProgramProducts::open(const OpenLibrary &openLibrary, const std::function<void(const std::string &)> &note) {
  try {
    opened_ = openLibrary();
    library_ = std::make_unique<MatrixProducts>(opened_->table());
  } catch (const cublas::Unavailable &error) {
    note(std::string("matrix products run on generated kernels: no cuBLASLt: ") + error.what());
  } catch (const LibraryCallFailed &error) {
    throw Failure(ExitCode::DeviceFault, std::string("starting cuBLASLt: ") + error.what(),
                  "a program compiled with --matrix-products generated does without cuBLASLt");
  }
}

std::vector<cuda::DevicePointer> ProgramProducts::addressesOf(size_t entry) const {
  std::vector<cuda::DevicePointer> addresses;
  for (const Operand &operand : manifest_.program[entry].operands)
    addresses.push_back(arena_ + operand.offset);
  return addresses;
}

Workspace ProgramProducts::workspaceOf(size_t entry) const {
  const Operand &workspace = manifest_.program[entry].workspace;
  return {arena_ + workspace.offset, workspace.bytes};
}

std::vector<std::unique_ptr<PlannedProduct>> ProgramProducts::planAll(size_t entry, int most) const {
  if (!library_)
    return {};
  return inCall(entry, "planning",
                [&] { return library_->planAll(productOf(entry), addressesOf(entry), workspaceOf(entry), most); });
}

ProgramProducts::ProgramProducts(const Manifest &manifest, cuda::DevicePointer arena, const OpenLibrary &openLibrary,
                                 const std::function<void(const std::string &)> &note)
    : manifest_(manifest), arena_(arena) {
  auto isOfLibrary = [&](const ProgramEntry &entry) { return isProduct(manifest, entry); };
  if (std::none_of(manifest.program.begin(), manifest.program.end(), isOfLibrary))
    return;
  open(openLibrary, note);
  if (!library_)
    return;
  plans_.resize(manifest.program.size());
  size_t missing = 0;
  for (size_t entry = 0; entry < plans_.size(); ++entry) {
    if (!isOfLibrary(manifest.program[entry]))
      continue;
    plans_[entry] = inCall(entry, "planning",
                           [&] { return library_->plan(productOf(entry), addressesOf(entry), workspaceOf(entry)); });
    missing += plans_[entry] == nullptr;
  }
  if (missing > 0)
    note("cuBLASLt has no algorithm for " + std::to_string(missing) +
         " matrix products; they run on generated kernels");
}

void ProgramProducts::enqueue(size_t entry, cuda::Stream stream, const std::string &when,
                              const std::function<void()> &beforeCall) const {
  inCall(entry, when, [&] { plans_[entry]->enqueue(stream, beforeCall); });
}

std::vector<Operand> ProgramProducts::operandsOf(size_t entry) const {
  const ProgramEntry &launch = manifest_.program[entry];
  std::vector<Operand> operands = launch.operands;
  const PlannedProduct *plan = find(entry);
  if (plan && plan->workspaceBytes() > 0)
    operands.push_back({launch.workspace.offset, plan->workspaceBytes(), launch.workspace.slot});
  return operands;
}

std::vector<ProgramEntry> ProgramProducts::program() const {
  std::vector<ProgramEntry> program = manifest_.program;
  for (size_t entry = 0; entry < program.size(); ++entry)
    program[entry].operands = operandsOf(entry);
  return program;
}

} // namespace neap::runtime
