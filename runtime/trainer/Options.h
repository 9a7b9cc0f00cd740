// The command line of a training binary. One table declares every option, and --help is printed from it.
#ifndef NEAP_RUNTIME_TRAINER_OPTIONS_H
#define NEAP_RUNTIME_TRAINER_OPTIONS_H

#include "neap/runtime/data/DataSource.h"
#include "neap/runtime/device/Device.h"
#include "neap/runtime/trainer/StepBlock.h"

namespace neap::runtime {

struct Options {
  DataOptions data;
  Hyperparameters hyperparameters;
  Schedule schedule;
  /// Empty where the default applies or nothing is wanted.
  std::string weights, log, dumpGradients, profile;
  std::string outputDir = ".";
  DeviceOptions device;
};

/// What a command line asks for.
enum class Action { Train, PrintHelp, PrintInfo, Calibrate };

struct CommandLine {
  Action action = Action::Train;
  Options options; // complete and consistent if the action is Train
  std::string help;
};

/// Parses the command line; `manifest` gives the defaults and which options there are.
/// Throws Failure with ExitCode::Usage.
CommandLine parseCommandLine(int argc, const char *const *argv, const Manifest &manifest);

} // namespace neap::runtime

#endif
