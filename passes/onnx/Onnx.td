// The passes on the onnx dialect, in the order in which they run: a table of contents.
include "neap/passes/onnx/inline-functions/Pass.td"
include "neap/passes/onnx/freeze-dims/Pass.td"
include "neap/passes/onnx/decide-trained/Pass.td"
include "neap/passes/onnx/convert-onnx-to-neap/Pass.td"
