// The entry point of every training binary: parses, dispatches, and turns exceptions into messages and exit codes.
#include "neap/runtime/program/Failure.h"
#include "neap/runtime/trainer/Calibrate.h"
#include "neap/runtime/trainer/Options.h"
#include "neap/runtime/trainer/Trainer.h"

#include <cstdio>
#include <new>
#include <system_error>

namespace neap::runtime {

namespace {

ExitCode run(int argc, char **argv, const neap_program &program) {
  Manifest manifest = parseManifest(program);
  CommandLine command = parseCommandLine(argc, argv, manifest);
  switch (command.action) {
  case Action::PrintHelp:
    std::fputs(command.help.c_str(), stdout);
    return ExitCode::Ok;
  case Action::PrintInfo:
    std::fwrite(program.manifest, 1, program.manifest_bytes, stdout);
    std::putchar('\n');
    return ExitCode::Ok;
  case Action::Calibrate: return calibrate(program, manifest, command.options);
  case Action::Train:
    return train(program, manifest, command.options);
  }
  return ExitCode::Internal;
}

int report(ExitCode code, const char *message, const std::string &note = "") {
  std::fprintf(stderr, "error: %s\n", message);
  if (!note.empty())
    std::fprintf(stderr, "note: %s\n", note.c_str());
  return int(code);
}

} // namespace

} // namespace neap::runtime

int neap_main(int argc, char **argv, const neap_program *program) {
  using namespace neap::runtime;
  try {
    return int(run(argc, argv, *program));
  } catch (const Failure &error) {
    return report(error.code(), error.what(), error.note());
  } catch (const neap::files::Error &error) {
    return report(ExitCode::Storage, error.what());
  } catch (const neap::safetensors::Error &error) {
    return report(ExitCode::Storage, error.what());
  } catch (const std::bad_alloc &) {
    return report(ExitCode::OutOfMemory, "out of memory");
  } catch (const std::system_error &error) {
    return report(ExitCode::OutOfMemory, error.what(), "fewer --threads may work");
  } catch (const std::exception &error) {
    return report(ExitCode::Internal, error.what());
  } catch (...) {
    return report(ExitCode::Internal, "unknown exception");
  }
}
