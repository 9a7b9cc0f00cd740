// Finds the symbol in the file's symbol table and its bytes in the section that holds it.
#include "neap/compiler/driver/ReadManifest.h"

#include "llvm/Object/ELFObjectFile.h"

using namespace llvm;

static Error explain(StringRef path, const Twine &what) { return createStringError(path + ": " + what); }

/// The bytes of a symbol that lies in a section of the file.
static Expected<StringRef> readSymbol(const object::ELFSymbolRef &symbol) {
  auto section = symbol.getSection();
  auto address = symbol.getAddress();
  if (!section || !address)
    return joinErrors(section.takeError(), address.takeError());
  auto contents = (*section)->getContents();
  if (!contents)
    return contents.takeError();
  uint64_t offset = *address - (*section)->getAddress();
  if (offset > contents->size() || symbol.getSize() > contents->size() - offset)
    return createStringError("the symbol lies outside its section");
  return contents->substr(offset, symbol.getSize());
}

/// The bytes of the symbol of that name in the ELF file `path`; nothing if it has none. Errors name the file.
static Expected<std::optional<std::string>> readSymbol(StringRef path, StringRef wanted) {
  auto file = object::ObjectFile::createObjectFile(path);
  if (!file)
    return explain(path, toString(file.takeError()));
  auto *elf = dyn_cast<object::ELFObjectFileBase>(file->getBinary());
  if (!elf)
    return explain(path, "expected an ELF file");
  for (const object::ELFSymbolRef &symbol : elf->symbols()) {
    auto name = symbol.getName();
    if (!name) {
      consumeError(name.takeError());
      continue;
    }
    if (*name != wanted)
      continue;
    auto text = readSymbol(symbol);
    if (!text)
      return explain(path, toString(text.takeError()));
    return text->str();
  }
  return std::nullopt;
}

Expected<json::Object> neap::readManifest(StringRef path) {
  auto text = readSymbol(path, "neap_manifest");
  if (!text)
    return text.takeError();
  if (!*text)
    return explain(path, "has no manifest: it is no training program, or was stripped");
  auto value = json::parse(**text);
  if (!value)
    return explain(path, "the manifest is damaged: " + toString(value.takeError()));
  if (const json::Object *object = value->getAsObject())
    return *object;
  return explain(path, "the manifest is damaged: expected an object");
}

Expected<std::string> neap::readPtx(StringRef path) {
  auto text = readSymbol(path, "neap_ptx");
  if (!text)
    return text.takeError();
  if (!*text)
    return explain(path, "has no PTX: it was compiled for the CPU");
  return StringRef(**text).rtrim('\0').str();
}
