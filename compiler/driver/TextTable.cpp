// See TextTable.h.
#include "neap/compiler/driver/TextTable.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatAdapters.h"
#include "llvm/Support/FormatVariadic.h"

using namespace neap;

void TextTable::print(llvm::raw_ostream &os) const {
  std::vector<size_t> widths(rows.empty() ? 0 : rows.front().size());
  for (const auto &row : rows)
    for (auto [width, cell] : llvm::zip_equal(widths, row))
      width = std::max(width, cell.size());
  for (const auto &row : rows) {
    std::string line;
    for (auto [column, cell] : llvm::enumerate(row)) {
      auto where = llvm::is_contained(leftColumns, column) ? llvm::AlignStyle::Left : llvm::AlignStyle::Right;
      line += (column ? "  " : "") + llvm::formatv("{0}", llvm::fmt_align(cell, where, widths[column])).str();
    }
    os << llvm::StringRef(line).rtrim() << "\n";
  }
}
