// See Diagnostics.h.
#include "neap/compiler/driver/Diagnostics.h"

#include "mlir/IR/Location.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

/// The line of Python that a node comes from; the model file itself says nothing new.
static FileLineColLoc findLine(Location location) {
  FileLineColLoc line;
  location->walk([&](Location part) {
    auto candidate = dyn_cast<FileLineColLoc>(part);
    if (candidate && candidate.getLine() != 0)
      line = candidate;
    return line ? WalkResult::interrupt() : WalkResult::advance();
  });
  return line;
}

neap::DiagnosticPrinter::DiagnosticPrinter(MLIRContext &context)
    : handler(&context, [this](Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() == DiagnosticSeverity::Warning)
          keptWarnings.push_back(diagnostic.str());
        if (diagnostic.getSeverity() == DiagnosticSeverity::Remark)
          keptNotes.push_back(diagnostic.str());
        if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
          return;
        printError(diagnostic.str());
        if (FileLineColLoc line = findLine(diagnostic.getLocation()))
          llvm::errs() << "note: it comes from " << line.getFilename().getValue() << ":" << line.getLine() << "\n";
        for (Diagnostic &note : diagnostic.getNotes())
          llvm::errs() << "note: " << note.str() << "\n";
      }) {}

void neap::printError(llvm::StringRef message) { llvm::errs() << "error: " << message << "\n"; }
