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

/// Highest live bytes with every needed value kept.
int64_t countKeptPeak(const planning::RetentionProblem &problem);

/// Seconds of everything that can be computed again, about those of the forward pass.
double sumRecomputeSeconds(const planning::RetentionProblem &problem);

} // namespace neap::test
