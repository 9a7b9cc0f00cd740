// The table of options and what must hold between them.
#include "neap/runtime/trainer/Options.h"

#include "neap/runtime/program/Failure.h"
#include "neap/runtime/threads/Pool.h"

#include <CLI/CLI.hpp>

#include <charconv>
#include <cmath>

namespace neap::runtime {

namespace {

[[noreturn]] void usage(const std::string &message, const std::string &note = "") {
  throw Failure(ExitCode::Usage, message, note);
}

/// What a real-valued option may be, in code and in words.
struct RealRule {
  bool (*holds)(double);
  const char *text;
};
constexpr RealRule positive{[](double x) { return x > 0; }, "a number above 0"};
constexpr RealRule notNegative{[](double x) { return x >= 0; }, "a number of at least 0"};
constexpr RealRule fraction{[](double x) { return x >= 0 && x < 1; }, "a number of at least 0 and below 1"};

[[noreturn]] void badValue(const std::string &name, const std::string &expected, const std::string &text) {
  usage(name + ": expected " + expected + ", got '" + text + "'");
}

/// For what is part of the compiled step: an option that cannot switch it on must say so, not do nothing.
[[noreturn]] void notCompiled(const std::string &name) {
  throw Failure(ExitCode::Usage, name + ": this program was compiled without it", "give " + name + " to neap compile");
}

double parseReal(const std::string &name, RealRule rule, const std::string &text) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // Compiled code computes in float: what overflows there is as good as infinite.
  bool valid = error == std::errc() && end == text.data() + text.size() && std::isfinite(float(value));
  if (!valid || !rule.holds(value))
    badValue(name, rule.text, text);
  return value;
}

uint64_t parseWhole(const std::string &name, uint64_t minimum, uint64_t maximum, const std::string &text) {
  uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool valid = error == std::errc() && end == text.data() + text.size();
  if (!valid || value < minimum || value > maximum)
    badValue(name, "a whole number from " + std::to_string(minimum) + " to " + std::to_string(maximum), text);
  return value;
}

/// The shortest text that reads back as `value`.
std::string printReal(double value) {
  char buffer[32];
  return std::string(buffer, std::to_chars(buffer, std::end(buffer), value).ptr);
}

uint64_t editDistance(const std::string &a, const std::string &b) {
  std::vector<uint64_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    uint64_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      uint64_t substituted = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({substituted, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

/// A description with its default; CLI11 would print "--beta1 X=0.9".
std::string withDefault(const std::string &description, const std::string &value) {
  return description + " Default: " + value + ".";
}

/// Declares options over an Options struct. Values are parsed here rather than by CLI11, which takes "-1" for a large
/// unsigned number and "nan" for a learning rate.
class OptionTable {
public:
  OptionTable(CommandLine &command, const Manifest &manifest);
  void parse(int argc, const char *const *argv);
  std::string help() const { return app_.help(); }

private:
  void declareRun();
  void declareDevice();
  void declareOptimizer();
  void declareSchedule();
  void declareOutput();
  void checkLeftovers() const;
  void checkRun() const;

  void text(const std::string &name, std::string &value, const char *kind, const std::string &description);
  void real(const std::string &name, double &value, RealRule rule, const std::string &description);
  void whole(const std::string &name, uint64_t minimum, uint64_t maximum, const std::string &description,
             std::function<void(uint64_t)> store);
  void choice(const std::string &name, const std::vector<std::string> &names, const std::string &description,
              std::function<void(size_t)> store);
  void custom(const std::string &name, const std::string &kind, const std::string &description,
              std::function<void(const std::string &)> store);

  CLI::App app_;
  CommandLine &command_;
  Options &options_;
  const Manifest &manifest_;
};

OptionTable::OptionTable(CommandLine &command, const Manifest &manifest)
    : app_("Trains " + manifest.name + ", compiled by " + manifest.compiler + ".", manifest.name), command_(command),
      options_(command.options), manifest_(manifest) {
  app_.set_help_flag();
  app_.allow_extras();
  app_.add_flag_callback(
      "--help", [this] { command_.action = Action::PrintHelp; }, "Print this text and exit.");
  app_.add_flag_callback(
      "--info", [this] { command_.action = Action::PrintInfo; }, "Print the manifest and exit.");
  declareRun();
  declareOptimizer();
  declareSchedule();
  declareOutput();
}

void OptionTable::declareRun() {
  text("--data", options_.data.path, "FILE",
       "Training data: .safetensors (one tensor per input, first axis is the step) or .bin (16-bit tokens). Required.");
  whole("--max-steps", 1, UINT32_MAX, "Steps to train. Required.",
        [this](uint64_t n) { options_.schedule.maxSteps = n; });
  choice("--dtype", {"uint16"}, "The .bin file holds tokens of this type and no header.",
         [this](size_t) { options_.data.headerless = true; });
  app_.add_flag("--shuffle", options_.data.shuffle, "Permute the windows of a .bin file, anew in each epoch.");
  whole("--seed", 0, UINT64_MAX, withDefault("Seed of everything random.", "0"),
        [this](uint64_t n) { options_.data.seed = n; });
  text("--weights", options_.weights, "FILE",
       withDefault("Initial weights.", "NAME.safetensors beside this binary NAME"));
  declareDevice();
  options_.device.threads = std::min(availableCores(), manifest_.maxWorkers);
  whole("--threads", 1, INT32_MAX, withDefault("Threads to compute with.", std::to_string(options_.device.threads)),
        [this](uint64_t n) { options_.device.threads = int(n); });
}

/// A program runs on what it was compiled for, or on a simulation of that.
void OptionTable::declareDevice() {
  if (manifest_.target == Target::Cpu) {
    choice("--device", {"cpu", "sim", "cuda"}, withDefault("Where to run.", "cpu"), [](size_t device) {
      if (device != 0)
        usage("--device: this binary was compiled for the cpu", "compile the model with --target cuda");
    });
    std::string use =
        manifest_.farBytes == 0 ? "this program has none" : "here " + std::to_string(manifest_.farBytes) + " bytes";
    text("--offload-dir", options_.device.offloadFolder, "DIR",
         withDefault("Where far memory, " + use + ", is kept in a file without a name.", "the folder of --output-dir"));
    return;
  }
  choice("--device", {"cuda", "sim", "cpu"},
         withDefault("Where to run: on a CUDA device, or on a simulated one that checks every access.", "cuda"),
         [this](size_t device) {
           if (device == 2)
             usage("--device: this binary was compiled for cuda", "--device sim runs it on this machine");
           options_.device.simulate = device == 1;
         });
  whole("--sim-seed", 0, UINT64_MAX, withDefault("Picks the order in which a simulated device does its work.", "0"),
        [this](uint64_t seed) { options_.device.simulationSeed = seed; });
  app_.add_flag_callback(
      "--no-graph", [this] { options_.device.graph = false; },
      "Launch kernel by kernel rather than a step as one graph; a fault then names its kernel.");
  custom("--calibrate", "FILE",
         "Time the device's ways to compute matrix products, write a profile for neap compile, and exit.",
         [this](const std::string &path) {
           options_.profile = path;
           command_.action = Action::Calibrate;
         });
}

void OptionTable::declareOptimizer() {
  Hyperparameters &values = options_.hyperparameters = manifest_.defaults;
  std::string rate = "Learning rate, at its peak if there is a schedule.";
  custom("--learning-rate", "X",
         values.learningRate ? withDefault(rate, printReal(*values.learningRate)) : rate + " Required.",
         [&](const std::string &text) { values.learningRate = parseReal("--learning-rate", notNegative, text); });
  if (manifest_.optimizer == Optimizer::AdamW) {
    real("--beta1", values.beta1, fraction, "AdamW: decay of the mean of gradients.");
    real("--beta2", values.beta2, fraction, "AdamW: decay of the mean of squared gradients.");
    real("--epsilon", values.epsilon, notNegative, "AdamW: added to the denominator.");
  } else {
    custom("--momentum", "X", withDefault("SGD: momentum.", printReal(values.momentum)),
           [&values, compiled = values.momentum != 0](const std::string &text) {
             values.momentum = parseReal("--momentum", notNegative, text);
             if (values.momentum != 0 && !compiled) // there is no state to keep it in
               notCompiled("--momentum");
           });
  }
  real("--weight-decay", values.weightDecay, notNegative, "Weight decay.");
  std::string clip = values.clipGradNorm ? printReal(*values.clipGradNorm) : "off";
  // Clipping is part of the compiled step: without it there is nothing that this option could switch on.
  bool clips = values.clipGradNorm.has_value();
  custom("--clip-grad-norm", "X|off", withDefault("Largest norm of all gradients.", clip),
         [&values, clips](const std::string &text) {
           if (!clips && text != "off")
             notCompiled("--clip-grad-norm");
           values.clipGradNorm.reset();
           if (text != "off")
             values.clipGradNorm = parseReal("--clip-grad-norm", positive, text);
         });
}

void OptionTable::declareSchedule() {
  choice("--schedule", {"constant", "linear", "cosine"},
         withDefault("How the learning rate falls after the warmup.", "constant"),
         [this](size_t kind) { options_.schedule.kind = ScheduleKind(kind); });
  whole("--warmup-steps", 0, UINT32_MAX, withDefault("Steps during which the learning rate rises to its peak.", "0"),
        [this](uint64_t n) { options_.schedule.warmupSteps = n; });
  real("--min-learning-rate", options_.schedule.minimum, notNegative, "What a linear or cosine schedule falls to.");
}

void OptionTable::declareOutput() {
  text("--output-dir", options_.outputDir, "DIR",
       withDefault("Where model.safetensors is written.", "the current folder"));
  text("--log", options_.log, "FILE", "Log of the steps as JSON lines; replaced if it exists.");
  text("--dump-gradients", options_.dumpGradients, "FILE",
       "Write the gradients of the first step, before clipping, as .safetensors.");
}

void OptionTable::custom(const std::string &name, const std::string &kind, const std::string &description,
                         std::function<void(const std::string &)> store) {
  app_.add_option_function<std::string>(name, store, description)
      ->type_name(kind)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

void OptionTable::text(const std::string &name, std::string &value, const char *kind, const std::string &description) {
  custom(name, kind, description, [name, kind, &value](const std::string &text) {
    if (text.empty())
      badValue(name, kind, text);
    value = text;
  });
}

void OptionTable::real(const std::string &name, double &value, RealRule rule, const std::string &description) {
  custom(name, "X", withDefault(description, printReal(value)),
         [name, rule, &value](const std::string &text) { value = parseReal(name, rule, text); });
}

void OptionTable::whole(const std::string &name, uint64_t minimum, uint64_t maximum, const std::string &description,
                        std::function<void(uint64_t)> store) {
  custom(name, "N", description, [=](const std::string &text) { store(parseWhole(name, minimum, maximum, text)); });
}

void OptionTable::choice(const std::string &name, const std::vector<std::string> &names, const std::string &description,
                         std::function<void(size_t)> store) {
  std::string kinds = CLI::detail::join(names, "|");
  custom(name, kinds, description, [=](const std::string &text) {
    auto found = std::find(names.begin(), names.end(), text);
    if (found == names.end())
      badValue(name, kinds, text);
    store(size_t(found - names.begin()));
  });
}

void OptionTable::parse(int argc, const char *const *argv) {
  try {
    app_.parse(argc, const_cast<char **>(argv));
  } catch (const CLI::ParseError &error) {
    usage(error.what(), "--help lists the options");
  }
  checkLeftovers();
  if (command_.action == Action::Train)
    checkRun();
}

/// Arguments that no option took: an error, with the nearest name where one is near.
void OptionTable::checkLeftovers() const {
  if (app_.remaining_size() == 0)
    return;
  std::string argument = app_.remaining().front();
  std::string name = argument.substr(0, argument.find('='));
  std::string nearest;
  uint64_t best = name.size() / 3 + 1;
  for (const CLI::Option *option : app_.get_options())
    if (uint64_t distance = editDistance(name, option->get_name()); distance < best)
      best = distance, nearest = option->get_name();
  usage("unknown argument '" + argument + "'",
        nearest.empty() ? "--help lists the options" : "did you mean " + nearest + "?");
}

/// What must be there, and what must hold between options.
void OptionTable::checkRun() const {
  if (options_.data.path.empty())
    usage("--data is required", "it names a .safetensors or .bin file");
  if (options_.schedule.maxSteps == 0)
    usage("--max-steps is required");
  if (!options_.hyperparameters.learningRate)
    usage("--learning-rate is required", "or give it to neap compile, as the default of the binary");
  if (options_.device.threads > manifest_.maxWorkers)
    usage("--threads: this binary's memory is planned for at most " + std::to_string(manifest_.maxWorkers) +
              " threads, got " + std::to_string(options_.device.threads),
          "--threads " + std::to_string(manifest_.maxWorkers) + " works");
  if (options_.schedule.warmupSteps > options_.schedule.maxSteps)
    usage("--warmup-steps: expected at most --max-steps (" + std::to_string(options_.schedule.maxSteps) + "), got " +
          std::to_string(options_.schedule.warmupSteps));
  if (options_.schedule.minimum > *options_.hyperparameters.learningRate)
    usage("--min-learning-rate: expected at most --learning-rate (" +
          printReal(*options_.hyperparameters.learningRate) + "), got " + printReal(options_.schedule.minimum));
  if (options_.schedule.minimum > 0 && options_.schedule.kind == ScheduleKind::Constant)
    usage("--min-learning-rate: it goes with --schedule linear or cosine");
}

} // namespace

CommandLine parseCommandLine(int argc, const char *const *argv, const Manifest &manifest) {
  CommandLine command;
  OptionTable table(command, manifest);
  table.parse(argc, argv);
  command.help = table.help();
  if (command.options.device.offloadFolder.empty())
    command.options.device.offloadFolder = command.options.outputDir;
  command.options.schedule.peak = command.options.hyperparameters.learningRate.value_or(0);
  return command;
}

} // namespace neap::runtime
