// With so few columns every set of those that are not 0 can be tried: the solution is the best set whose own least squares are all
// positive.
#include "neap/passes/planning/LeastSquares.h"

#include <cmath>
#include <limits>
#include <optional>

namespace neap::planning {
namespace {

using Matrix = std::vector<std::vector<double>>;

/// Solves a symmetric positive definite system by elimination with pivots; nothing if it is singular.
std::optional<std::vector<double>> solve(Matrix matrix, std::vector<double> right) {
  size_t size = right.size();
  for (size_t column = 0; column < size; ++column) {
    size_t pivot = column;
    for (size_t row = column + 1; row < size; ++row)
      if (std::abs(matrix[row][column]) > std::abs(matrix[pivot][column]))
        pivot = row;
    if (std::abs(matrix[pivot][column]) < 1e-12)
      return std::nullopt;
    std::swap(matrix[pivot], matrix[column]);
    std::swap(right[pivot], right[column]);
    for (size_t row = column + 1; row < size; ++row) {
      double factor = matrix[row][column] / matrix[column][column];
      for (size_t i = column; i < size; ++i)
        matrix[row][i] -= factor * matrix[column][i];
      right[row] -= factor * right[column];
    }
  }
  for (size_t row = size; row-- > 0;) {
    for (size_t i = row + 1; i < size; ++i)
      right[row] -= matrix[row][i] * right[i];
    right[row] /= matrix[row][row];
  }
  return right;
}

/// Least squares of rows * x = 1 over some columns; 0 for the others.
std::optional<std::vector<double>> fitColumns(const Matrix &rows, const std::vector<size_t> &columns, size_t width) {
  Matrix normal(columns.size(), std::vector<double>(columns.size()));
  std::vector<double> right(columns.size());
  for (const std::vector<double> &row : rows)
    for (size_t i = 0; i < columns.size(); ++i) {
      right[i] += row[columns[i]];
      for (size_t j = 0; j < columns.size(); ++j)
        normal[i][j] += row[columns[i]] * row[columns[j]];
    }
  std::optional<std::vector<double>> solution = solve(std::move(normal), std::move(right));
  if (!solution)
    return std::nullopt;
  std::vector<double> all(width);
  for (size_t i = 0; i < columns.size(); ++i) {
    if ((*solution)[i] < 0)
      return std::nullopt;
    all[columns[i]] = (*solution)[i];
  }
  return all;
}

double measureError(const Matrix &rows, const std::vector<double> &solution) {
  double error = 0;
  for (const std::vector<double> &row : rows) {
    double sum = -1;
    for (size_t i = 0; i < row.size(); ++i)
      sum += row[i] * solution[i];
    error += sum * sum;
  }
  return error;
}

} // namespace

std::vector<double> fitRates(const std::vector<std::vector<double>> &work, const std::vector<double> &seconds) {
  if (work.empty())
    return {};
  size_t width = work.front().size();
  // Relative to the time, and each column to its own size: the sizes differ by many orders of magnitude.
  Matrix rows = work;
  std::vector<double> scale(width);
  for (size_t row = 0; row < rows.size(); ++row)
    for (size_t i = 0; i < width; ++i)
      scale[i] += std::abs(rows[row][i] /= seconds[row]);
  for (std::vector<double> &row : rows)
    for (size_t i = 0; i < width; ++i)
      row[i] = scale[i] > 0 ? row[i] / scale[i] : 0;
  std::vector<double> best(width);
  double least = std::numeric_limits<double>::infinity();
  for (size_t set = 1; set < size_t(1) << width; ++set) {
    std::vector<size_t> columns;
    for (size_t i = 0; i < width; ++i)
      if (set >> i & 1)
        columns.push_back(i);
    std::optional<std::vector<double>> solution = fitColumns(rows, columns, width);
    if (!solution)
      continue;
    if (double error = measureError(rows, *solution); error < least) {
      least = error;
      best = *solution;
    }
  }
  for (size_t i = 0; i < width; ++i)
    best[i] = scale[i] > 0 ? best[i] / scale[i] : 0;
  return best;
}

} // namespace neap::planning
