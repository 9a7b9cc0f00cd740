// Retention problems made up for tests and measurements: transformers of equal layers, and graphs without any order to them.
#pragma once

#include "neap/passes/planning/Retention.h"

namespace neap::test {

/// A training step of a transformer of the shape of GPT-2 XL (1600 channels, 4 x 1024 tokens): 22 values, 22 tasks forward
/// and 32 backward for each layer. Products take their time at 4e14 FLOP/s, everything else at 2e12 bytes/s.
planning::RetentionProblem makeTransformerStep(int layers);

/// A graph of up to `maxValues` values with random readers, sizes and times. Some values cannot be computed again, some are
/// read by nobody but others' computation. The same seed gives the same problem.
planning::RetentionProblem makeRandomStep(unsigned seed, int maxValues);

/// The same step with far memory behind a link of that rate in both directions: every value of 1 KiB and more may be moved,
/// and `states` pieces of optimizer state, of that many bytes each, which have been alive throughout and are updated one
/// after the other during the backward pass. Tasks of the backward pass run twice as long as those they belong to.
planning::RetentionProblem addFarMemory(planning::RetentionProblem problem, double bytesPerSecond, int states,
                                        int64_t stateBytes);

/// Highest live bytes with every needed value kept.
int64_t countKeptPeak(const planning::RetentionProblem &problem);

/// Seconds of everything that can be computed again, about those of the forward pass.
double sumRecomputeSeconds(const planning::RetentionProblem &problem);

} // namespace neap::test
