// Options that decide who computes matrix products: of fusion, and of whoever asks beforehand what fusion will do.
#ifndef NEAP_PASSES_FUSE_LIBRARY_OPTIONS_TD
#define NEAP_PASSES_FUSE_LIBRARY_OPTIONS_TD

include "mlir/Pass/PassBase.td"

defvar libraryOptions = [
  Option<"matrixProducts", "matrix-products", "::neap::MatrixProducts", "::neap::MatrixProducts::Generated",
    "Who computes matrix products",
    [{::llvm::cl::values(clEnumValN(::neap::MatrixProducts::Generated, "generated", "kernels with any epilogue"),
                         clEnumValN(::neap::MatrixProducts::Library, "library", "a library of the device, where it can"))}]>,
  Option<"libraryDepth", "library-depth", "int64_t", "64", "Least depth (k) of a product that is left to a library">,
  Option<"allowTf32", "allow-tf32", "bool", "false", "A library may round factors to TF32, as the profile must say as well">,
  Option<"profile", "profile", "std::string", "\"\"", "A file of `neap calibrate`; empty for none">
];

#endif
