// A column of D at a time, its rows side by side: vectors do not change what an element's sum is.
#include "neap/runtime/sim/library/Product.h"

namespace neap::sim::library {

namespace {

/// A dense copy of one matrix, column by column.
std::vector<float> readMatrix(const LayoutState &layout, uint64_t address, const DeviceMemory &memory) {
  std::vector<float> values(layout.rows * layout.columns);
  for (uint64_t column = 0; column < layout.columns; ++column)
    memory.copyOut(&values[column * layout.rows], address + column * uint64_t(layout.leading) * sizeof(float),
                   layout.rows * sizeof(float));
  return values;
}

std::vector<float> transpose(const std::vector<float> &matrix, uint64_t rows) {
  uint64_t columns = matrix.size() / rows;
  std::vector<float> result(matrix.size());
  for (uint64_t column = 0; column < columns; ++column)
    for (uint64_t row = 0; row < rows; ++row)
      result[row * columns + column] = matrix[column * rows + row];
  return result;
}

/// sums[i] += column[i] * factor, each with one rounding. Compiled for machines that have an instruction for it and for
/// those that do not; the bits are the same.
__attribute__((target_clones("arch=x86-64-v3", "default"))) void accumulate(float *sums, const float *column,
                                                                            float factor, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i)
    sums[i] = __builtin_fmaf(column[i], factor, sums[i]);
}

/// One matrix of a batch.
class Matrix {
public:
  Matrix(const Problem &problem, const ProductOperands &operands, uint64_t number, DeviceMemory &memory)
      : problem_(problem), operands_(operands), number_(number), memory_(memory) {}

  void compute() {
    std::vector<float> a = read(problem_.a, operands_.a), b = read(problem_.b, operands_.b), c, bias(problem_.m);
    if (problem_.operation.transposeA == cublas::Operation::Transposed)
      a = transpose(a, problem_.k);
    if (problem_.operation.transposeB == cublas::Operation::Transposed)
      b = transpose(b, problem_.n);
    if (operands_.beta != 0)
      c = read(problem_.c, operands_.c);
    if (problem_.hasBias())
      memory_.copyOut(bias.data(), operands_.bias, problem_.m * sizeof(float));
    for (uint64_t column = 0; column < problem_.n; ++column) {
      std::vector<float> sums(problem_.m);
      for (uint64_t k = 0; k < problem_.k; ++k)
        accumulate(sums.data(), &a[k * problem_.m], b[column * problem_.k + k], problem_.m);
      finish(sums, c.empty() ? nullptr : &c[column * problem_.m], bias);
      memory_.copyIn(address(problem_.d, operands_.d) + column * uint64_t(problem_.d.leading) * sizeof(float),
                     sums.data(), problem_.m * sizeof(float));
    }
  }

private:
  uint64_t address(const LayoutState &layout, uint64_t first) const {
    return first + number_ * uint64_t(layout.batchStride) * sizeof(float);
  }
  std::vector<float> read(const LayoutState &layout, uint64_t first) const {
    return readMatrix(layout, address(layout, first), memory_);
  }
  void finish(std::vector<float> &sums, const float *c, const std::vector<float> &bias) const {
    for (uint64_t row = 0; row < problem_.m; ++row) {
      sums[row] = operands_.alpha * sums[row];
      if (c)
        sums[row] = sums[row] + operands_.beta * c[row];
      if (problem_.hasBias())
        sums[row] = sums[row] + bias[row];
    }
  }

  const Problem &problem_;
  const ProductOperands &operands_;
  uint64_t number_;
  DeviceMemory &memory_;
};

} // namespace

void computeProduct(const Problem &problem, const ProductOperands &operands, DeviceMemory &memory) {
  for (int32_t number = 0; number < problem.d.batch; ++number)
    Matrix(problem, operands, uint64_t(number), memory).compute();
}

} // namespace neap::sim::library
