// What a program that reads IR of any stage has to know.
#pragma once

namespace mlir {
class DialectRegistry;
}

namespace neap {

/// The dialects of the house, and those of MLIR that its passes pass through.
void registerAllDialects(mlir::DialectRegistry &registry);

/// The passes of all stages, those that the lower stage takes from MLIR included.
void registerAllPasses();

} // namespace neap
