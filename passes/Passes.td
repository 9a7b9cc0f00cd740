// All passes of the compiler: a table of contents.
#ifndef NEAP_PASSES_TD
#define NEAP_PASSES_TD

include "passes/onnx/inline-functions/Pass.td"
include "passes/onnx/freeze-dims/Pass.td"
include "passes/onnx/decide-trained/Pass.td"
include "passes/onnx/convert-onnx-to-neap/Pass.td"

include "passes/graph/attach-loss/Pass.td"

include "passes/grad/build-backward/Pass.td"
include "passes/grad/clip-gradient-norm/Pass.td"
include "passes/grad/build-optimizer/Pass.td"

#endif
