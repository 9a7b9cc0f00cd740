// Stands in for libcublasLt.so: exports its symbols, which do nothing, or some of them. Each returns its own number, so that a
// test can tell which one it got.
#define FAKE(number, name)                                                                                             \
  extern "C" __attribute__((visibility("default"))) int name() { return 20000 + number; }

FAKE(0, cublasLtCreate)
FAKE(1, cublasLtDestroy)
FAKE(2, cublasLtGetVersion)
FAKE(3, cublasLtGetStatusName)
FAKE(4, cublasLtMatmulDescCreate)
FAKE(5, cublasLtMatmulDescDestroy)
FAKE(6, cublasLtMatmulDescSetAttribute)
FAKE(7, cublasLtMatrixLayoutCreate)
FAKE(8, cublasLtMatrixLayoutDestroy)
FAKE(9, cublasLtMatrixLayoutSetAttribute)
FAKE(10, cublasLtMatmulPreferenceCreate)
FAKE(11, cublasLtMatmulPreferenceDestroy)
FAKE(12, cublasLtMatmulPreferenceSetAttribute)
FAKE(13, cublasLtMatmulAlgoGetHeuristic)
#ifndef FAKE_PARTIAL
FAKE(14, cublasLtMatmulAlgoCheck)
FAKE(15, cublasLtMatmulAlgoCapGetAttribute)
FAKE(16, cublasLtMatmul)
#endif
