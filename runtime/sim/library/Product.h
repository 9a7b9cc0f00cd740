// Products in plain C++, on the memory of the simulated device.
#ifndef NEAP_RUNTIME_SIM_LIBRARY_PRODUCT_H
#define NEAP_RUNTIME_SIM_LIBRARY_PRODUCT_H

#include "neap/runtime/sim/library/Problem.h"
#include "neap/runtime/sim/memory/DeviceMemory.h"

namespace neap::sim::library {

/// Addresses of a product's operands on the device, and its factors.
struct ProductOperands {
  uint64_t a = 0, b = 0, c = 0, d = 0, bias = 0;
  float alpha = 1, beta = 0;
};

/// Computes the product of all matrices of the batch in fp32: for each element a sum from +0 on that takes k in order, each
/// product by fused multiply-add; then alpha times it, plus beta times C if beta is not 0, plus the bias, each rounded.
void computeProduct(const Problem &problem, const ProductOperands &operands, DeviceMemory &memory);

} // namespace neap::sim::library

#endif
