// The symbols of an ELF file that hold the program's constants.
#include "CompiledProgram.h"

#include <cstring>
#include <elf.h>
#include <fstream>
#include <iterator>
#include <span>
#include <stdexcept>

namespace neap::test {

namespace {

std::string readFile(const std::string &path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// `count` structs at an offset of the file, which the linker has aligned.
template <class T> std::span<const T> tableAt(const std::string &file, uint64_t offset, uint64_t count) {
  if (offset > file.size() || count > (file.size() - offset) / sizeof(T))
    throw std::runtime_error("a damaged ELF file");
  return {reinterpret_cast<const T *>(file.data() + offset), count};
}

/// The bytes of a symbol.
std::string readSymbol(const std::string &file, const std::string &name) {
  const Elf64_Ehdr &header = tableAt<Elf64_Ehdr>(file, 0, 1)[0];
  std::span sections = tableAt<Elf64_Shdr>(file, header.e_shoff, header.e_shnum);
  for (const Elf64_Shdr &section : sections) {
    if (section.sh_type != SHT_SYMTAB)
      continue;
    const char *names = file.data() + sections[section.sh_link].sh_offset;
    for (const Elf64_Sym &symbol : tableAt<Elf64_Sym>(file, section.sh_offset, section.sh_size / sizeof(Elf64_Sym)))
      if (names + symbol.st_name == name) {
        const Elf64_Shdr &home = sections[symbol.st_shndx];
        return file.substr(home.sh_offset + (symbol.st_value - home.sh_addr), symbol.st_size);
      }
  }
  throw std::runtime_error("no symbol " + name);
}

runtime::Manifest readManifest(const std::string &file) {
  std::string text = readSymbol(file, "neap_manifest"), constants = readSymbol(file, "neap_constants");
  neap_program program;
  std::memcpy(&program, readSymbol(file, "neap_program_instance").data(), sizeof program);
  program.manifest = text.data(); // pointers in the file are not relocated
  program.constants_bytes = constants.size();
  return runtime::parseManifest(program);
}

} // namespace

CompiledProgram::CompiledProgram(const std::string &path) : weights(path + ".safetensors") {
  std::string file = readFile(path);
  if (file.size() < sizeof(Elf64_Ehdr) || std::memcmp(file.data(), ELFMAG, SELFMAG) != 0)
    throw std::runtime_error(path + " is no training program");
  manifest = readManifest(file);
  ptx = readSymbol(file, "neap_ptx").c_str();
  constants = readSymbol(file, "neap_constants");
}

} // namespace neap::test
