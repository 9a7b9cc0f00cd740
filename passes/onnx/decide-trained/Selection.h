// What the user says about what is trained: globs to train and to freeze, and lists.
#pragma once

#include "neap/dialects/onnx/Onnx.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/GlobPattern.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace neap::onnx {

/// `--train`, `--freeze` and `--train-list`, read and checked against the model.
class Selection {
public:
  /// Emits an error for a pattern that is none or matches no floating-point initializer, and for an unknown name in the list.
  static mlir::FailureOr<Selection> create(GraphOp graph, llvm::ArrayRef<InitializerOp> initializers,
                                           llvm::ArrayRef<std::string> train, llvm::ArrayRef<std::string> freeze,
                                           llvm::StringRef listFile);

  /// Whether the user decides on all tensors that no pattern of `--freeze` matches, so that the default rule is not asked.
  bool replacesRule() const { return hasList || !train.empty(); }

  /// The user's decision and its reason; nothing where the rule holds.
  struct Choice {
    bool trained;
    std::string reason;
  };
  std::optional<Choice> choose(llvm::StringRef name) const;

private:
  struct Pattern {
    std::unique_ptr<std::string> text; ///< `glob` points into it
    llvm::GlobPattern glob;
  };
  static mlir::LogicalResult compile(GraphOp graph, llvm::ArrayRef<InitializerOp> initializers, llvm::StringRef option,
                                     llvm::ArrayRef<std::string> texts, std::vector<Pattern> &patterns);
  mlir::LogicalResult readList(GraphOp graph, llvm::ArrayRef<InitializerOp> initializers, llvm::StringRef file);

  std::vector<Pattern> train, freeze;
  bool hasList = false;
  llvm::StringSet<> listed;
};

} // namespace neap::onnx
