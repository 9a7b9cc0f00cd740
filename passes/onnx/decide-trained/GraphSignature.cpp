// Lines such as `p_wte_weight: PARAMETER target='wte.weight'`, up to the blank line before the outputs.
#include "neap/passes/onnx/decide-trained/GraphSignature.h"

using namespace mlir;
using namespace neap::onnx;

GraphSignature neap::onnx::readGraphSignature(GraphOp graph) {
  GraphSignature signature;
  auto text = graph.getMetadata()
                  ? graph.getMetadata()->getAs<StringAttr>("pkg.torch.export.ExportedProgram.graph_signature")
                  : nullptr;
  if (!text)
    return signature;
  SmallVector<StringRef> lines;
  text.getValue().split(lines, '\n');
  for (StringRef line : lines) {
    StringRef kind = line.split(": ").second.split(' ').first;
    StringRef target = line.split("target='").second.split('\'').first;
    if (target.empty())
      continue;
    if (kind == "PARAMETER") {
      signature.parameters.push_back(target);
      signature.parameterSet.insert(target);
    } else if (kind == "BUFFER" || kind.starts_with("CONSTANT")) {
      signature.constants.push_back(target);
      signature.constantSet.insert(target);
    }
  }
  return signature;
}

SmallVector<StringRef> neap::onnx::foldedFrom(InitializerOp initializer) {
  auto names = initializer.getMetadata() ? initializer.getMetadata()->getAs<ArrayAttr>("folded_from") : nullptr;
  return names ? SmallVector<StringRef>(names.getAsValueRange<StringAttr>()) : SmallVector<StringRef>();
}

StringRef neap::onnx::exportedKind(InitializerOp initializer) {
  auto kind = initializer.getMetadata() ? initializer.getMetadata()->getAs<StringAttr>("kind") : nullptr;
  return kind ? kind.getValue() : "";
}
