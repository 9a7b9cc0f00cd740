// The training loop and what surrounds it.
#include "neap/runtime/trainer/Trainer.h"

#include "neap/runtime/data/RangeCheck.h"
#include "neap/runtime/trainer/Arena.h"
#include "neap/runtime/trainer/Context.h"
#include "neap/runtime/trainer/Report.h"
#include "neap/runtime/trainer/StopSignals.h"
#include "neap/runtime/trainer/Weights.h"

#include <cmath>
#include <cstring>
#include <filesystem>

namespace neap::runtime {

namespace {

double readScalar(const Slot &slot, const std::byte *arena) {
  if (slot.type == Type::F64)
    return *reinterpret_cast<const double *>(arena + slot.offset);
  return *reinterpret_cast<const float *>(arena + slot.offset);
}

/// Creates the output folder if need be and tries out that the model can be written there.
void prepareOutput(const std::string &folder, const std::string &modelPath, const Manifest &manifest) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    throw Failure(ExitCode::Storage, folder + ": cannot create output folder: " + error.message(),
                  "--output-dir DIR names another folder");
  beginWeights(modelPath, manifest.parameters);
}

/// A binary named `model`, run in its own folder, would lose the weights that every run of it starts from.
void keepInitialWeights(const std::string &weightsPath, const std::string &modelPath) {
  std::error_code error;
  if (std::filesystem::equivalent(weightsPath, modelPath, error))
    throw Failure(ExitCode::Usage, modelPath + ": would replace the initial weights of this binary",
                  "--output-dir DIR names another folder");
}

class Trainer {
public:
  Trainer(const neap_program &program, const Manifest &manifest, const Options &options, std::string modelPath,
          const safetensors::Reader &weights, DataSource &data);
  ExitCode run();

private:
  void fillArena(const safetensors::Reader &weights);
  StepResult runStep(uint64_t step);
  void callStep();
  void checkFinite(const char *what, double value, uint64_t step) const;
  ExitCode finish(uint64_t steps);

  const neap_program &program_;
  const Manifest &manifest_;
  const Options &options_;
  DataSource &data_;
  std::string modelPath_;
  Arena arena_;
  Pool pool_;
  neap_context context_{pool_};
  std::unique_ptr<GradientDump> gradients_;
  std::unique_ptr<Log> log_;
  Progress progress_;
  StepTimer timer_;
};

/// The old log goes last, when nothing else can be wrong any more.
Trainer::Trainer(const neap_program &program, const Manifest &manifest, const Options &options, std::string modelPath,
                 const safetensors::Reader &weights, DataSource &data)
    : program_(program), manifest_(manifest), options_(options), data_(data), modelPath_(std::move(modelPath)),
      arena_(manifest), pool_(options.threads, arena_.scratch(), arena_.scratchStride()),
      progress_(manifest, options.schedule.maxSteps) {
  fillArena(weights);
  if (!options.dumpGradients.empty())
    gradients_ = std::make_unique<GradientDump>(options.dumpGradients, manifest.parameters);
  if (!options.log.empty())
    log_ = std::make_unique<Log>(options.log, manifest.itemsPerStep);
}

void Trainer::fillArena(const safetensors::Reader &weights) {
  readWeights(weights, manifest_.parameters, arena_.data());
  auto *constants = static_cast<const std::byte *>(program_.constants);
  for (const Constant &constant : manifest_.constants)
    if (constant.bytes != 0)
      std::memcpy(arena_.data() + constant.offset, constants + constant.source, constant.bytes);
}

ExitCode Trainer::run() {
  uint64_t step = 0;
  while (step < options_.schedule.maxSteps && !stopRequested()) {
    StepResult result = runStep(++step);
    timer_.add(result.seconds);
    if (log_)
      log_->add(result);
    progress_.show(result);
  }
  return finish(step);
}

StepResult Trainer::runStep(uint64_t step) {
  auto start = std::chrono::steady_clock::now();
  double learningRate = options_.schedule.learningRate(step);
  neap_step_block block =
      makeStepBlock(manifest_.optimizer, options_.hyperparameters, learningRate, step, options_.data.seed);
  std::memcpy(arena_.data() + manifest_.stepBlock, &block, sizeof(block));
  data_.load(step - 1, arena_.data());
  checkIndexInputs(manifest_.inputs, arena_.data(), step);
  callStep();
  checkBoundedOutputs(manifest_.boundedOutputs, arena_.data(), step);
  StepResult result{step, readScalar(manifest_.loss, arena_.data()), readScalar(manifest_.gradientNorm, arena_.data()),
                    learningRate, 0};
  checkFinite("loss", result.loss, step);
  checkFinite("gradient norm", result.gradientNorm, step);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

/// Runs the compiled step, and puts the gradients in place if this was the first.
void Trainer::callStep() {
  context_.gradients = gradients_.get();
  int32_t code = program_.step(&context_, arena_.data());
  if (context_.failure)
    std::rethrow_exception(context_.failure);
  if (code != 0)
    throw Failure(ExitCode(code), "the compiled step failed with code " + std::to_string(code));
  if (gradients_)
    gradients_->commit();
  gradients_.reset();
}

void Trainer::checkFinite(const char *what, double value, uint64_t step) const {
  if (std::isfinite(value))
    return;
  throw Failure(ExitCode::NonFinite,
                std::string("the ") + what + " of step " + std::to_string(step) + " is " + std::to_string(value) +
                    "; nothing was saved",
                "a lower --learning-rate, --warmup-steps or --clip-grad-norm may help");
}

ExitCode Trainer::finish(uint64_t steps) {
  progress_.finish();
  saveWeights(modelPath_, manifest_.parameters, arena_.data());
  printSummary(manifest_.plannedBytes, arena_.bytes(), timer_.mean());
  if (steps == options_.schedule.maxSteps)
    return ExitCode::Ok;
  std::fprintf(stderr, "stopped on request after step %llu, saved %s\n", static_cast<unsigned long long>(steps),
               modelPath_.c_str());
  return ExitCode::Stopped;
}

} // namespace

ExitCode train(const neap_program &program, const Manifest &manifest, const Options &options) {
  installSignalHandlers();
  std::string modelPath = options.outputDir + "/model.safetensors";
  bool defaultWeights = options.weights.empty();
  std::string weightsPath = defaultWeights ? defaultWeightsPath() : options.weights;
  if (defaultWeights)
    keepInitialWeights(weightsPath, modelPath);
  safetensors::Reader weights = openWeights(weightsPath, manifest.parameters);
  std::unique_ptr<DataSource> data = openDataSource(options.data, manifest.inputs);
  // Nothing is created before everything that is read has been found in order.
  prepareOutput(options.outputDir, modelPath, manifest);
  return Trainer(program, manifest, options, modelPath, weights, *data).run();
}

} // namespace neap::runtime
