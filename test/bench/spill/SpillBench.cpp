// Rates of a file for far memory: direct transfers by size of the request, and what the runtime's own calls make of them, one stream
// alone and two at once.
//
//   spill_bench FOLDER [MEBIBYTES]
#include "neap/runtime/files/SpillFile.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <thread>
#include <unistd.h>

namespace {

using neap::files::SpillFile;
using Transfer = std::function<void(uint64_t offset, std::byte *data, uint64_t bytes)>;

double mebibytesPerSecond(uint64_t bytes, const std::function<void()> &work) {
  auto start = std::chrono::steady_clock::now();
  work();
  return double(bytes) / (1 << 20) / std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Moves all of the memory in requests of one size.
double measure(std::byte *memory, uint64_t bytes, uint64_t request, const Transfer &transfer) {
  return mebibytesPerSecond(bytes, [&] {
    for (uint64_t offset = 0; offset < bytes; offset += request)
      transfer(offset, memory + offset, std::min(request, bytes - offset));
  });
}

void require(bool holds, const char *what) {
  if (holds)
    return;
  std::perror(what);
  std::exit(1);
}

/// Requests as the system gets them. The first round writes blocks that were reserved and never written.
void benchRequests(const char *folder, std::byte *memory, uint64_t bytes) {
  std::printf("request KiB  first write  write again  read   (MiB/s, one call at a time)\n");
  for (uint64_t request = 64 << 10; request <= 16 << 20; request *= 2) {
    int file = open(folder, O_TMPFILE | O_RDWR | O_DIRECT, 0600);
    require(file >= 0 && posix_fallocate(file, 0, off_t(bytes)) == 0, folder);
    Transfer write = [&](uint64_t offset, std::byte *data, uint64_t size) {
      require(pwrite(file, data, size, off_t(offset)) == ssize_t(size), "pwrite");
    };
    Transfer read = [&](uint64_t offset, std::byte *data, uint64_t size) {
      require(pread(file, data, size, off_t(offset)) == ssize_t(size), "pread");
    };
    double first = measure(memory, bytes, request, write), again = measure(memory, bytes, request, write);
    std::printf("%11llu  %11.0f  %11.0f  %4.0f\n", static_cast<unsigned long long>(request >> 10), first, again,
                measure(memory, bytes, request, read));
    close(file);
  }
}

/// Slots of some sizes through the runtime's calls, and both directions at once.
void benchSpillFile(const char *folder, std::byte *memory, uint64_t bytes) {
  SpillFile file(folder, bytes);
  if (auto weakness = file.weakness())
    std::printf("%s\n", weakness->c_str());
  Transfer write = [&](uint64_t offset, std::byte *data, uint64_t size) { file.write(offset, data, size); };
  Transfer read = [&](uint64_t offset, std::byte *data, uint64_t size) { file.read(offset, data, size); };
  measure(memory, bytes, 16 << 20, write);
  std::printf("slot bytes  write  read   (MiB/s, runtime)\n");
  for (uint64_t slot :
       {uint64_t(4096), uint64_t(64) << 10, uint64_t(1) << 20, uint64_t(16) << 20, uint64_t(64) << 20}) {
    uint64_t total = std::min(bytes, slot * 512);
    double writes = measure(memory, total, slot, write);
    std::printf("%10llu  %5.0f  %4.0f\n", static_cast<unsigned long long>(slot), writes,
                measure(memory, total, slot, read));
  }
  double writes = 0;
  std::thread other([&] { writes = measure(memory, bytes / 2, 16 << 20, write); });
  double reads = measure(memory + bytes / 2, bytes / 2, 16 << 20, [&](uint64_t offset, std::byte *data, uint64_t size) {
    file.read(bytes / 2 + offset, data, size);
  });
  other.join();
  std::printf("both at once: write %.0f, read %.0f MiB/s\n", writes, reads);
}

} // namespace

int main(int argc, char **argv) {
  if (argc < 2)
    return std::fprintf(stderr, "usage: spill_bench FOLDER [MEBIBYTES]\n"), 2;
  uint64_t bytes = (argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 512) << 20;
  auto *memory = static_cast<std::byte *>(std::aligned_alloc(4096, bytes));
  require(memory, "memory");
  std::memset(memory, 1, bytes);
  benchRequests(argv[1], memory, bytes);
  benchSpillFile(argv[1], memory, bytes);
  std::free(memory);
}
