// Two threads, one for each direction, as the runtime has them.
#include "neap/compiler/calibrate/FarRates.h"

#include "neap/runtime/files/SpillFile.h"

#include <chrono>
#include <cstring>
#include <memory>
#include <thread>

namespace neap::calibrate {
namespace {

using files::SpillFile;
using Clock = std::chrono::steady_clock;

/// A transfer, and how much of the file each direction goes through again and again.
constexpr uint64_t chunkBytes = 16 << 20, halfBytes = 8 * chunkBytes;

/// A chunk of memory that disks can transfer.
struct Chunk {
  Chunk() : data(static_cast<std::byte *>(std::aligned_alloc(SpillFile::blockBytes, chunkBytes))) {
    std::memset(data, 1, chunkBytes);
  }
  Chunk(const Chunk &) = delete;
  ~Chunk() { std::free(data); }
  std::byte *data;
};

/// Bytes per second of transfers, one after the other, from offset `first` on; whole chunks until the time is over.
double measureRate(uint64_t first, double seconds, const std::function<void(uint64_t offset)> &transfer) {
  auto start = Clock::now();
  double bytes = 0, passed = 0;
  for (uint64_t offset = 0; passed < seconds; offset = (offset + chunkBytes) % halfBytes) {
    transfer(first + offset);
    bytes += chunkBytes;
    passed = std::chrono::duration<double>(Clock::now() - start).count();
  }
  return bytes / passed;
}

} // namespace

llvm::Error measureFarRates(llvm::StringRef folder, double seconds, planning::CpuCosts &costs) {
  try {
    SpillFile file(folder.str(), 2 * halfBytes);
    Chunk out, in;
    for (uint64_t offset = 0; offset < 2 * halfBytes; offset += chunkBytes) // reserved blocks are slower the first time
      file.write(offset, out.data, chunkBytes);
    std::exception_ptr failure;
    std::thread writer([&] {
      try {
        costs.spillWriteRate =
            measureRate(0, seconds, [&](uint64_t offset) { file.write(offset, out.data, chunkBytes); });
      } catch (...) {
        failure = std::current_exception();
      }
    });
    try {
      costs.spillReadRate =
          measureRate(halfBytes, seconds, [&](uint64_t offset) { file.read(offset, in.data, chunkBytes); });
    } catch (...) {
      writer.join();
      throw;
    }
    writer.join();
    if (failure)
      std::rethrow_exception(failure);
    return llvm::Error::success();
  } catch (const std::exception &error) {
    return llvm::createStringError("--offload-dir: " + std::string(error.what()));
  }
}

} // namespace neap::calibrate
