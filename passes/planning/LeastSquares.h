// Fits times as sums of work times rates.
#pragma once

#include <vector>

namespace neap::planning {

/// Rates of at least 0 whose sums over work, row by row, come closest to the times: the sum of squared relative errors is the least
/// that any set of rates has. Every row has as many columns, at most 8; times are above 0. Columns that only make it worse get 0.
std::vector<double> fitRates(const std::vector<std::vector<double>> &work, const std::vector<double> &seconds);

} // namespace neap::planning
