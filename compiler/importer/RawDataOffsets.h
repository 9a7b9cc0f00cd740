// Where the raw bytes of a model's initializers lie in its file. Protobuf's generated classes copy them and do not say;
// this walks the wire format beside them.
#pragma once

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <cstdint>

namespace neap::importer {

/// For every initializer of the main graph, in order, the byte of the file where its `raw_data` starts; -1 for one without.
/// `descriptor` is an open file that protobuf has parsed before; it is read from its beginning.
llvm::Expected<llvm::SmallVector<int64_t>> findRawData(int descriptor);

} // namespace neap::importer
