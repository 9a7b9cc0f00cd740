// How messages reach the user: `error: FILE: node 'NAME' (Op, opset N): expected X, got Y`, then notes.
#pragma once

#include "mlir/IR/Diagnostics.h"

#include <string>
#include <vector>

namespace neap {

/// While it lives, errors and their notes are printed to stderr; warnings, and remarks as notes, are kept.
class DiagnosticPrinter {
public:
  explicit DiagnosticPrinter(mlir::MLIRContext &context);

  const std::vector<std::string> &warnings() const { return keptWarnings; }
  const std::vector<std::string> &notes() const { return keptNotes; }

private:
  std::vector<std::string> keptWarnings, keptNotes;
  mlir::ScopedDiagnosticHandler handler;
};

/// Prints an error that does not come from IR.
void printError(llvm::StringRef message);

} // namespace neap
