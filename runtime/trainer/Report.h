// What a run tells: one JSON line per step for programs, a progress line for people, and a summary at the end.
#ifndef NEAP_RUNTIME_TRAINER_REPORT_H
#define NEAP_RUNTIME_TRAINER_REPORT_H

#include "neap/runtime/files/File.h"
#include "neap/runtime/program/Manifest.h"

#include <array>
#include <chrono>

namespace neap::runtime {

/// What one step yields.
struct StepResult {
  uint64_t step = 0; // from 1
  double loss = 0;
  double gradientNorm = 0; // before clipping
  double learningRate = 0;
  double seconds = 0; // reading the data included
};

/// The log file. A regular file holds whole lines only, even when one cannot be written.
class Log {
public:
  /// Replaces `path`. Throws files::Error.
  Log(const std::string &path, const Manifest &manifest);
  /// Appends a line. Throws files::Error.
  void add(const StepResult &result);

private:
  void append(std::string_view line);

  files::File file_;
  uint64_t bytes_ = 0; // of whole lines
  uint64_t itemsPerStep_;
  std::optional<double> expectedSeconds_;
};

/// Progress on stderr: on a terminal one line that changes, else a line for the first step, the last, and every ten
/// seconds.
class Progress {
public:
  Progress(const Manifest &manifest, uint64_t maxSteps);
  Progress(const Progress &) = delete;
  ~Progress() { finish(); }
  void show(const StepResult &result);
  /// Ends the line, so that messages start on a fresh one.
  void finish();

private:
  const Manifest &manifest_;
  uint64_t maxSteps_;
  bool terminal_;
  bool lineOpen_ = false;
  std::chrono::steady_clock::time_point lastShown_;
};

/// Mean and median time of a step; the first, which touches all memory for the first time, counts only if it is alone.
class StepTimer {
public:
  void add(double seconds);
  double mean() const { return count_ == 0 ? 0 : total_ / double(count_); }
  /// Of the last steps, as many as are kept; 0 if there was none.
  double median() const;

private:
  double total_ = 0;
  uint64_t count_ = 0;
  bool first_ = true;
  std::array<double, 1001> last_ = {}; // a ring
};

/// Peak resident bytes of this process so far (VmHWM); 0 where the system does not tell.
uint64_t peakResidentBytes();

/// What a run took and what was planned, in bytes.
struct MemorySummary {
  uint64_t planned = 0;
  uint64_t arena = 0;
  uint64_t far = 0;                 ///< not part of the planned
  std::optional<uint64_t> onDevice; ///< Device::measureBytes
};

/// What steps took, and what was expected of them; in seconds.
struct TimeSummary {
  double mean = 0, median = 0;
  double copyWait = 0; ///< part of the mean: Device::copyWaitSeconds
  std::optional<Expectation> expected;
};

/// Prints planned bytes, arena bytes, bytes of far memory if there are any, peak resident bytes, bytes in use on a device, the mean time
/// per step, with far memory how much of it is waiting, and where a time was expected, that, the median, and their ratio, to stdout.
void printSummary(const MemorySummary &memory, const TimeSummary &time);

/// A note on stderr if a step waits for far memory in `folder` for more than a tenth of its time.
void noteSlowFarMemory(const TimeSummary &time, const std::string &folder);

} // namespace neap::runtime

#endif
