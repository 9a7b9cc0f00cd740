// Formatting without allocation: these functions run between steps.
#include "neap/runtime/trainer/Report.h"

#include <algorithm>
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <unistd.h>

namespace neap::runtime {

namespace {

/// Least time between two progress lines: on a terminal, and elsewhere.
constexpr std::chrono::milliseconds terminalInterval{100}, sparseInterval{10'000};

/// Builds one line of JSON in a fixed buffer, which is larger than any line can get.
class JsonLine {
public:
  void add(const char *key, double value) {
    begin(key);
    end_ = std::to_chars(end_, std::end(buffer_), value).ptr;
  }
  void add(const char *key, uint64_t value) {
    begin(key);
    end_ = std::to_chars(end_, std::end(buffer_), value).ptr;
  }
  std::string_view finish() {
    append("}\n");
    return {buffer_, size_t(end_ - buffer_)};
  }

private:
  void begin(const char *key) {
    append(end_ == buffer_ ? "{\"" : ", \"");
    append(key);
    append("\": ");
  }
  void append(std::string_view text) { end_ = std::copy(text.begin(), text.end(), end_); }

  char buffer_[512];
  char *end_ = buffer_;
};

/// Takes back what was written of a line; pipes and devices cannot, and their reader sees the torn line.
void dropTornLine(files::File &file, uint64_t wholeBytes) {
  try {
    file.truncate(wholeBytes);
  } catch (const files::Error &) {
  }
}

double itemsPerSecond(uint64_t items, double seconds) { return seconds > 0 ? double(items) / seconds : 0; }

} // namespace

Log::Log(const std::string &path, const Manifest &manifest)
    : file_(files::File::openForWriting(path)), itemsPerStep_(manifest.itemsPerStep) {
  if (manifest.expected)
    expectedSeconds_ = manifest.expected->seconds;
}

void Log::add(const StepResult &result) {
  JsonLine line;
  line.add("step", result.step);
  line.add("loss", result.loss);
  line.add("grad_norm", result.gradientNorm);
  line.add("learning_rate", result.learningRate);
  line.add("seconds", result.seconds);
  if (expectedSeconds_)
    line.add("expected_seconds", *expectedSeconds_);
  line.add("items_per_second", itemsPerSecond(itemsPerStep_, result.seconds));
  append(line.finish());
}

void Log::append(std::string_view line) {
  try {
    file_.append(line.data(), line.size());
    bytes_ += line.size();
  } catch (const files::Error &) {
    dropTornLine(file_, bytes_);
    throw;
  }
}

Progress::Progress(const Manifest &manifest, uint64_t maxSteps)
    : manifest_(manifest), maxSteps_(maxSteps), terminal_(::isatty(STDERR_FILENO)) {}

void Progress::show(const StepResult &result) {
  auto now = std::chrono::steady_clock::now();
  bool edge = result.step == 1 || result.step == maxSteps_;
  if (!edge && now - lastShown_ < (terminal_ ? terminalInterval : sparseInterval))
    return;
  lastShown_ = now;
  lineOpen_ = terminal_;
  std::fprintf(stderr, "%sstep %" PRIu64 "/%" PRIu64 "  loss %.6g  grad norm %.4g  %.4g ms  %.4g %ss/s%s",
               terminal_ ? "\r\033[K" : "", result.step, maxSteps_, result.loss, result.gradientNorm,
               result.seconds * 1e3, itemsPerSecond(manifest_.itemsPerStep, result.seconds), manifest_.item.c_str(),
               terminal_ ? "" : "\n");
}

void Progress::finish() {
  if (lineOpen_)
    std::fputc('\n', stderr);
  lineOpen_ = false;
}

void StepTimer::add(double seconds) {
  bool restart = count_ == 1 && first_;
  if (restart)
    total_ = 0, count_ = 0, first_ = false;
  total_ += seconds;
  last_[count_ % last_.size()] = seconds;
  ++count_;
}

double StepTimer::median() const {
  auto sorted = last_;
  auto middle = sorted.begin() + int64_t(std::min<uint64_t>(count_, sorted.size()) / 2);
  std::nth_element(sorted.begin(), middle, sorted.begin() + int64_t(std::min<uint64_t>(count_, sorted.size())));
  return count_ == 0 ? 0 : *middle;
}

uint64_t peakResidentBytes() {
  FILE *status = std::fopen("/proc/self/status", "re");
  if (!status)
    return 0;
  char line[256];
  uint64_t kibibytes = 0;
  while (std::fgets(line, sizeof(line), status) && std::sscanf(line, "VmHWM: %" SCNu64, &kibibytes) != 1)
    ;
  std::fclose(status);
  return kibibytes * 1024;
}

namespace {

void printExpectation(const Expectation &expected, double median) {
  std::printf("expected per step: %.6g s with %lld threads (rates: %s)\n", expected.seconds,
              static_cast<long long>(expected.threads), expected.costs.c_str());
  std::printf("median per step: %.6g s, %.3f of what was expected\n", median, median / expected.seconds);
}

} // namespace

void printSummary(const MemorySummary &memory, const TimeSummary &time) {
  std::printf("planned bytes: %" PRIu64 "\narena bytes: %" PRIu64 "\n", memory.planned, memory.arena);
  if (memory.far > 0)
    std::printf("far bytes: %" PRIu64 "\n", memory.far);
  std::printf("peak resident bytes: %" PRIu64 "\n", peakResidentBytes());
  if (memory.onDevice)
    std::printf("device bytes in use: %" PRIu64 "\n", *memory.onDevice);
  std::printf("time per step: %.6g s\n", time.mean);
  if (memory.far > 0)
    std::printf("of that, waiting for far memory: %.6g s\n", time.copyWait);
  if (time.expected)
    printExpectation(*time.expected, time.median);
  std::fflush(stdout);
}

void noteSlowFarMemory(const TimeSummary &time, const std::string &folder) {
  if (time.copyWait > 0.1 * time.mean)
    std::fprintf(
        stderr,
        "note: a step waits for far memory in %s for %.3g of its %.3g s; --offload-dir DIR may name a faster disk, a larger "
        "--memory or --offload never of neap compile moves less\n",
        folder.c_str(), time.copyWait, time.mean);
}

} // namespace neap::runtime
