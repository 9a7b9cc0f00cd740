// The handler uses async-signal-safe calls only.
#include "neap/runtime/trainer/StopSignals.h"

#include "neap/runtime/files/File.h"

#include <atomic>
#include <csignal>
#include <unistd.h>

namespace neap::runtime {

namespace {

std::atomic<bool> requested = false;
static_assert(std::atomic<bool>::is_always_lock_free);

void onStopSignal(int signal) {
  if (!requested.exchange(true))
    return;
  files::removeTemporaryFiles();
  _exit(128 + signal);
}

} // namespace

void installSignalHandlers() {
  struct sigaction action {};
  action.sa_handler = onStopSignal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

bool stopRequested() { return requested.load(); }

} // namespace neap::runtime
