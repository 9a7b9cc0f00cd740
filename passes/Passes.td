// All passes of the compiler: a table of contents.
#ifndef NEAP_PASSES_TD
#define NEAP_PASSES_TD

include "passes/onnx/inline-functions/Pass.td"
include "passes/onnx/freeze-dims/Pass.td"
include "passes/onnx/decide-trained/Pass.td"

#endif
