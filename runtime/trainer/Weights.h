// Moves parameters between safetensors files and the device.
#ifndef NEAP_RUNTIME_TRAINER_WEIGHTS_H
#define NEAP_RUNTIME_TRAINER_WEIGHTS_H

#include "neap/runtime/device/Device.h"

namespace neap::runtime {

/// The running binary, links resolved; empty where the system does not tell.
std::string findBinary();
/// NAME.safetensors beside the running binary NAME. Throws Failure with ExitCode::Storage if that is not to be found.
std::string defaultWeightsPath();

/// Opens a file of weights and requires every parameter, with its type and shape; further tensors are ignored.
/// Throws Failure with ExitCode::Storage.
safetensors::Reader openWeights(const std::string &path, const std::vector<Parameter> &parameters);

/// Reads all parameters from a file that openWeights accepted.
void readWeights(const safetensors::Reader &reader, const std::vector<Parameter> &parameters, Device &device);

/// Begins a file that holds all parameters, trained or not, in the order and with the names of the manifest. Room for
/// it is reserved, so that a full disk shows here.
safetensors::Writer beginWeights(const std::string &path, const std::vector<Parameter> &parameters);

/// Writes and commits such a file. Throws files::Error or safetensors::Error; an older file is then untouched.
void saveWeights(const std::string &path, const std::vector<Parameter> &parameters, Device &device);

} // namespace neap::runtime

#endif
