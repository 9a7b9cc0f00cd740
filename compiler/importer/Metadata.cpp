// See Metadata.h.
#include "neap/compiler/importer/Metadata.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace neap::importer;

static llvm::StringRef find(const Properties &properties, llvm::StringRef key) {
  for (const auto &entry : properties)
    if (entry.key() == key)
      return entry.value();
  return {};
}

DictionaryAttr neap::importer::propertiesAttr(MLIRContext &context, const Properties &properties) {
  Builder b(&context);
  NamedAttrList list;
  for (const auto &entry : properties)
    if (!entry.key().empty())
      list.set(b.getStringAttr(entry.key()), b.getStringAttr(entry.value()));
  return list.getDictionary(&context);
}

/// The strings of a Python list of them: `['a', "b"]`.
static SmallVector<llvm::StringRef> quotedStrings(llvm::StringRef list) {
  SmallVector<llvm::StringRef> result;
  while (true) {
    list = list.drop_front(std::min(list.find_first_of("'\""), list.size()));
    if (list.empty())
      return result;
    size_t end = list.find(list.front(), 1);
    if (end == llvm::StringRef::npos)
      return result;
    result.push_back(list.slice(1, end));
    list = list.drop_front(end + 1);
  }
}

DictionaryAttr neap::importer::tensorMetadata(MLIRContext &context, const Properties &properties) {
  Builder b(&context);
  NamedAttrList list;
  if (auto kind = find(properties, "pkg.torch.export.graph_signature.InputSpec.kind"); !kind.empty())
    list.set("kind", b.getStringAttr(kind));
  if (auto sources = find(properties, "pkg.onnxscript.optimizer.folded_from"); !sources.empty())
    list.set("folded_from", b.getStrArrayAttr(quotedStrings(sources)));
  return list.empty() ? nullptr : list.getDictionary(&context);
}

DictionaryAttr neap::importer::nodeMetadata(MLIRContext &context, const Properties &properties) {
  Builder b(&context);
  llvm::StringRef path = find(properties, "namespace");
  if (path.empty())
    return nullptr;
  return b.getDictionaryAttr(b.getNamedAttr("namespace", b.getStringAttr(path)));
}

/// The last `File "NAME", line N` of a Python stack trace.
static LocationAttr innermostLine(MLIRContext &context, llvm::StringRef trace) {
  size_t start = trace.rfind("File \"");
  if (start == llvm::StringRef::npos)
    return nullptr;
  auto [file, rest] = trace.drop_front(start + 6).split("\", line ");
  unsigned line;
  if (rest.consumeInteger(10, line))
    return nullptr;
  return FileLineColLoc::get(&context, file, line, 0);
}

Location neap::importer::nodeLocation(MLIRContext &context, llvm::StringRef name, const Properties &properties) {
  auto nameAttr = StringAttr::get(&context, name);
  if (LocationAttr line = innermostLine(context, find(properties, "pkg.torch.onnx.stack_trace")))
    return NameLoc::get(nameAttr, Location(line));
  return NameLoc::get(nameAttr);
}
