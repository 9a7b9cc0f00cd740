// See Selection.h.
#include "neap/passes/onnx/decide-trained/Selection.h"

#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace neap::onnx;

/// Adds the name that is nearest to `text`, if there is any.
static void suggest(InFlightDiagnostic &diagnostic, ArrayRef<InitializerOp> initializers, StringRef text) {
  auto distance = [&](InitializerOp op) { return text.edit_distance(op.getSymName()); };
  if (initializers.empty())
    return;
  InitializerOp nearest = *llvm::min_element(initializers, [&](auto a, auto b) { return distance(a) < distance(b); });
  diagnostic.attachNote() << "the nearest is '" << nearest.getSymName() << "'; `neap ops` lists all";
}

LogicalResult Selection::compile(GraphOp graph, ArrayRef<InitializerOp> initializers, StringRef option,
                                 ArrayRef<std::string> texts, std::vector<Pattern> &patterns) {
  for (const std::string &text : texts) {
    auto kept = std::make_unique<std::string>(text);
    llvm::Expected<llvm::GlobPattern> glob = llvm::GlobPattern::create(*kept);
    if (!glob)
      return emitModelError(graph) << option << ": expected a glob, got '" << text
                                   << "': " << llvm::toString(glob.takeError());
    if (llvm::none_of(initializers,
                      [&](InitializerOp op) { return glob->match(op.getSymName()) || op.getSymName() == text; })) {
      InFlightDiagnostic diagnostic = emitModelError(graph);
      diagnostic << option << ": expected a pattern that matches a floating-point initializer, got '" << text << "'";
      suggest(diagnostic, initializers, text);
      return diagnostic;
    }
    patterns.push_back({std::move(kept), std::move(*glob)});
  }
  return success();
}

LogicalResult Selection::readList(GraphOp graph, ArrayRef<InitializerOp> initializers, StringRef file) {
  auto buffer = llvm::MemoryBuffer::getFile(file, /*IsText=*/true);
  if (!buffer)
    return emitModelError(graph) << "--train-list: cannot read '" << file << "': " << buffer.getError().message();
  hasList = true;
  for (llvm::line_iterator line(**buffer); !line.is_at_eof(); ++line) {
    StringRef name = line->trim();
    if (name.empty())
      continue;
    listed.insert(name);
    if (llvm::none_of(initializers, [&](InitializerOp op) { return op.getSymName() == name; })) {
      InFlightDiagnostic diagnostic = emitModelError(graph);
      diagnostic << "--train-list: expected the name of a floating-point initializer, got '" << name << "'";
      suggest(diagnostic, initializers, name);
      return diagnostic;
    }
  }
  return success();
}

FailureOr<Selection> Selection::create(GraphOp graph, ArrayRef<InitializerOp> initializers, ArrayRef<std::string> train,
                                       ArrayRef<std::string> freeze, StringRef listFile) {
  Selection selection;
  if (!listFile.empty() && (!train.empty() || !freeze.empty()))
    return emitModelError(graph) << "--train-list: expected it alone, got it with --train or --freeze";
  if (failed(compile(graph, initializers, "--train", train, selection.train)) ||
      failed(compile(graph, initializers, "--freeze", freeze, selection.freeze)))
    return failure();
  if (!listFile.empty() && failed(selection.readList(graph, initializers, listFile)))
    return failure();
  return selection;
}

std::optional<Selection::Choice> Selection::choose(StringRef name) const {
  auto matches = [&](const Pattern &pattern) { return pattern.glob.match(name) || *pattern.text == name; };
  if (auto found = llvm::find_if(freeze, matches); found != freeze.end())
    return Choice{false, "--freeze " + *found->text};
  if (hasList)
    return Choice{listed.contains(name), listed.contains(name) ? "in --train-list" : "not in --train-list"};
  if (train.empty())
    return std::nullopt;
  if (auto found = llvm::find_if(train, matches); found != train.end())
    return Choice{true, "--train " + *found->text};
  return Choice{false, "no --train pattern matches"};
}
