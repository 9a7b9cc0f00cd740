// `neap compile` as a function: a model file and options in, an executable and its weights out.
#pragma once

#include "neap/compiler/driver/ExitCode.h"
#include "neap/compiler/pipeline/Stages.h"

#include <functional>
#include <string>
#include <vector>

namespace neap {

/// A pass of the user's own at a named place.
struct ExtraPass {
  size_t stage;
  bool before;
  std::string pipeline; // as in --pass-pipeline, without the anchor
};

struct CompileOptions {
  std::string model;
  /// The executable, or with `lastStage` the IR ("-": standard output; empty: nowhere). Weights go to output + ".safetensors".
  std::string output;
  StageOptions stages;
  bool trustLinks = false;
  /// The model is IR as it was after this stage.
  std::optional<size_t> firstStage;
  /// Stop after this stage and write IR.
  std::optional<size_t> lastStage;
  std::vector<std::string> passPlugins;
  std::vector<ExtraPass> extraPasses;
  /// Folder for the IR after every stage; empty for none.
  std::string dumpFolder;
  bool quiet = false, verbose = false;
  std::string remarksFilter;
  /// What the IR of this compilation remembers of its options.
  std::vector<std::string> record;
  /// Called with what the IR of `firstStage` remembers; completes these options from it. An error is a sentence for the user.
  std::function<llvm::Error(llvm::ArrayRef<std::string> record, CompileOptions &options)> resume;
};

/// Compiles. On any error, messages are printed and no file is left behind.
ExitCode compile(const CompileOptions &options);

/// Parses `before-STAGE:PASS` or `after-STAGE:PASS`; an error names the stages.
llvm::Expected<ExtraPass> parseExtraPass(llvm::StringRef text);

/// Like findStage; the error of an unknown name names the nearest one.
llvm::Expected<size_t> findStageOrExplain(llvm::StringRef name);

} // namespace neap
