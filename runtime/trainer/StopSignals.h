// SIGINT and SIGTERM: the first asks for a stop after the current step, the second ends the process at once with
// 128 + its number.
#ifndef NEAP_RUNTIME_TRAINER_STOPSIGNALS_H
#define NEAP_RUNTIME_TRAINER_STOPSIGNALS_H

namespace neap::runtime {

/// Installs the handlers. Also makes broken pipes and file size limits errors of the write that meets them.
void installSignalHandlers();

/// Whether a stop was asked for.
bool stopRequested();

} // namespace neap::runtime

#endif
