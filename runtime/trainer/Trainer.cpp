// The training loop and what surrounds it.
#include "neap/runtime/trainer/Trainer.h"

#include "neap/runtime/data/RangeCheck.h"
#include "neap/runtime/files/Overwrite.h"
#include "neap/runtime/trainer/GradientDump.h"
#include "neap/runtime/trainer/Report.h"
#include "neap/runtime/trainer/StopSignals.h"
#include "neap/runtime/trainer/Weights.h"

#include <cmath>
#include <cstring>
#include <filesystem>

namespace neap::runtime {

namespace {

template <typename Number> Number readNumber(const Slot &slot, const Device &device) {
  Number number;
  device.read(slot.offset, &number, sizeof(number));
  return number;
}

double readScalar(const Slot &slot, const Device &device) {
  return slot.type == Type::F64 ? readNumber<double>(slot, device) : double(readNumber<float>(slot, device));
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

/// No output may destroy what this run reads, or what every run of this binary starts from: one named `model`, run in its own
/// folder, would. To train on from a model and replace it is no harm: the old one stays until the new one is complete.
void keepInputs(const Options &options, const std::string &modelPath) {
  std::string binary = findBinary();
  std::vector<files::NamedPath> reads{{"--data", options.data.path}};
  if (!binary.empty()) {
    reads.push_back({"this binary", binary});
    reads.push_back({"the initial weights of this binary", binary + ".safetensors"});
  }
  if (!files::isSameFile(options.weights, modelPath))
    reads.push_back({"--weights", options.weights});
  std::vector<files::NamedPath> writes{
      {"the model of --output-dir", modelPath}, {"--dump-gradients", options.dumpGradients}, {"--log", options.log}};
  if (std::optional<std::string> overwrite = files::findOverwrite(reads, writes))
    throw Failure(ExitCode::Usage, *overwrite);
}

class Trainer {
public:
  Trainer(const neap_program &program, const Manifest &manifest, const Options &options, std::string modelPath,
          const safetensors::Reader &weights, DataSource &data);
  ExitCode run();

private:
  void fillDevice(const safetensors::Reader &weights);
  void trainSteps();
  StepResult runStep(uint64_t step);
  void runOnDevice();
  std::string rescueModel();
  void checkFinite(const char *what, double value, uint64_t step) const;
  ExitCode finish();

  const neap_program &program_;
  const Manifest &manifest_;
  const Options &options_;
  DataSource &data_;
  std::string modelPath_;
  std::unique_ptr<Device> device_;
  std::unique_ptr<GradientDump> gradients_;
  std::unique_ptr<Log> log_;
  Progress progress_;
  StepTimer timer_, waits_;
  uint64_t steps_ = 0;  // complete
  bool isWhole_ = true; // the parameters are what these steps have made of them
};

/// The old log goes last, when nothing else can be wrong any more.
Trainer::Trainer(const neap_program &program, const Manifest &manifest, const Options &options, std::string modelPath,
                 const safetensors::Reader &weights, DataSource &data)
    : program_(program), manifest_(manifest), options_(options), data_(data), modelPath_(std::move(modelPath)),
      device_(program.device->create(program, manifest, options.device)),
      progress_(manifest, options.schedule.maxSteps) {
  fillDevice(weights);
  // Once more, now that far memory has taken its room of a disk.
  if (manifest.farBytes > 0)
    beginWeights(modelPath_, manifest.parameters);
  if (!options.dumpGradients.empty())
    gradients_ = std::make_unique<GradientDump>(options.dumpGradients, manifest.parameters);
  if (!options.log.empty())
    log_ = std::make_unique<Log>(options.log, manifest);
}

void Trainer::fillDevice(const safetensors::Reader &weights) {
  readWeights(weights, manifest_.parameters, *device_);
  auto *constants = static_cast<const std::byte *>(program_.constants);
  for (const Constant &constant : manifest_.constants)
    device_->write(constant.offset, constants + constant.source, constant.bytes);
}

/// What fails outside of a step costs that step and no more.
ExitCode Trainer::run() {
  try {
    trainSteps();
  } catch (const Failure &error) {
    throw Failure(error.code(), error.what() + rescueModel(), error.note());
  } catch (const files::Error &error) {
    throw Failure(ExitCode::Storage, error.what() + rescueModel());
  }
  return finish();
}

void Trainer::trainSteps() {
  while (steps_ < options_.schedule.maxSteps && !stopRequested()) {
    double waited = device_->copyWaitSeconds();
    StepResult result = runStep(steps_ + 1);
    ++steps_;
    timer_.add(result.seconds);
    waits_.add(device_->copyWaitSeconds() - waited);
    if (log_)
      log_->add(result);
    progress_.show(result);
  }
}

/// Saves what the complete steps have trained, if it is still there. Returns what to add to the error.
std::string Trainer::rescueModel() {
  if (!isWhole_ || steps_ == 0)
    return "";
  try {
    saveWeights(modelPath_, manifest_.parameters, *device_);
  } catch (const std::exception &error) {
    return std::string("; nor could the model be saved: ") + error.what();
  }
  return "; saved " + modelPath_ + " after step " + std::to_string(steps_);
}

StepResult Trainer::runStep(uint64_t step) {
  auto start = std::chrono::steady_clock::now();
  double learningRate = options_.schedule.learningRate(step);
  neap_step_block block =
      makeStepBlock(manifest_.optimizer, options_.hyperparameters, learningRate, step, options_.data.seed);
  std::memcpy(device_->inputs() + manifest_.stepBlock, &block, sizeof(block));
  data_.load(step - 1, device_->inputs());
  checkIndexInputs(manifest_.inputs, device_->inputs(), step);
  isWhole_ = false;
  runOnDevice();
  checkBoundedOutputs(manifest_.boundedOutputs, *device_, step);
  StepResult result{step, readScalar(manifest_.loss, *device_), readScalar(manifest_.gradientNorm, *device_),
                    learningRate, 0};
  checkFinite("loss", result.loss, step);
  checkFinite("gradient norm", result.gradientNorm, step);
  isWhole_ = true;
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return result;
}

/// Writes the gradients down if this is the first step and somebody asked for them.
void Trainer::runOnDevice() {
  ShowGradient show;
  if (gradients_)
    show = [this](int64_t index, const void *data) { gradients_->observe(index, data); };
  device_->runStep(show);
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

ExitCode Trainer::finish() {
  progress_.finish();
  saveWeights(modelPath_, manifest_.parameters, *device_);
  TimeSummary time{timer_.mean(), timer_.median(), waits_.mean(), manifest_.expected};
  printSummary({manifest_.plannedBytes, device_->bytes(), manifest_.farBytes, device_->measureBytes()}, time);
  noteSlowFarMemory(time, options_.device.offloadFolder);
  if (steps_ == options_.schedule.maxSteps)
    return ExitCode::Ok;
  std::fprintf(stderr, "stopped on request after step %llu, saved %s\n", static_cast<unsigned long long>(steps_),
               modelPath_.c_str());
  return ExitCode::Stopped;
}

} // namespace

ExitCode train(const neap_program &program, const Manifest &manifest, const Options &options) {
  installSignalHandlers();
  std::string modelPath = options.outputDir + "/model.safetensors";
  std::string weightsPath = options.weights.empty() ? defaultWeightsPath() : options.weights;
  keepInputs(options, modelPath);
  safetensors::Reader weights = openWeights(weightsPath, manifest.parameters);
  std::unique_ptr<DataSource> data = openDataSource(options.data, manifest.inputs);
  // Nothing is created before everything that is read has been found in order.
  prepareOutput(options.outputDir, modelPath, manifest);
  return Trainer(program, manifest, options, modelPath, weights, *data).run();
}

} // namespace neap::runtime
