// Tables for people: columns as wide as what stands in them.
#pragma once

#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace neap {

struct TextTable {
  /// The first row is the heading. Rows have one cell for each column.
  std::vector<std::vector<std::string>> rows;
  /// Columns of text, which stand left; numbers stand right.
  std::vector<unsigned> leftColumns;

  void print(llvm::raw_ostream &os) const;
};

} // namespace neap
