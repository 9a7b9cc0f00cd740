// Which exit code an error asks for. A pass marks its diagnostic; the driver's handler reads the mark. Unmarked errors are
// internal ones.
#pragma once

#include "mlir/IR/Diagnostics.h"

#include <optional>

namespace neap {

/// The exit codes of `neap compile` that a pass can ask for.
enum class ErrorKind : int { Usage = 2, InvalidModel = 3, Unsupported = 4, BudgetInfeasible = 5, OutputUnwritable = 13 };

/// Marks a diagnostic; the mark is not printed.
inline mlir::InFlightDiagnostic marked(mlir::InFlightDiagnostic diagnostic, ErrorKind kind) {
  if (mlir::Diagnostic *underlying = diagnostic.getUnderlyingDiagnostic())
    underlying->getMetadata().push_back(mlir::DiagnosticArgument(static_cast<int64_t>(kind)));
  return diagnostic;
}

/// The mark of a diagnostic, if it has one.
inline std::optional<ErrorKind> getErrorKind(mlir::Diagnostic &diagnostic) {
  for (const mlir::DiagnosticArgument &argument : diagnostic.getMetadata())
    if (argument.getKind() == mlir::DiagnosticArgument::DiagnosticArgumentKind::Integer)
      return static_cast<ErrorKind>(argument.getAsInteger());
  return std::nullopt;
}

} // namespace neap
