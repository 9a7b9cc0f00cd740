// Only carries the precompiled header that the MLIR-using libraries share.
