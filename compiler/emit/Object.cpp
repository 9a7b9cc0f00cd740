// LLVM dialect -> LLVM IR -> optimised IR -> ELF object, with the floating-point rules of the house kept on the way.
#include "neap/compiler/emit/Object.h"

#include "neap/compiler/emit/Cpu.h"
#include "neap/compiler/emit/LlvmModule.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;

namespace neap::emit {
namespace {

constexpr const char *triple = "x86_64-unknown-linux-gnu";

std::unique_ptr<llvm::TargetMachine> makeTargetMachine(const CpuTarget &cpu) {
  static const bool initialized = [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    return true;
  }();
  (void)initialized;
  std::string error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(llvm::Triple(triple), error);
  if (!target)
    llvm::report_fatal_error(llvm::Twine(error));
  return std::unique_ptr<llvm::TargetMachine>(
      target->createTargetMachine(llvm::Triple(triple), cpu.name, cpu.featureString(), makeTargetOptions(),
                                  llvm::Reloc::PIC_, std::nullopt, llvm::CodeGenOptLevel::Default));
}

/// Per function, because inlining and vector legalisation read attributes and not the target machine.
void setFunctionAttributes(llvm::Module &module, const CpuTarget &cpu) {
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", cpu.name);
    function.addFnAttr("target-features", cpu.featureString());
    // 16 lanes are one register where the CPU has such; LLVM would halve them on CPUs that prefer 256 bits.
    function.addFnAttr("prefer-vector-width", "512");
    function.addFnAttr("min-legal-vector-width", "512");
    function.addFnAttr(llvm::Attribute::NoUnwind);
  }
}

/// Functions that C compilers may call without a declaration; the runtime's C library has them.
bool isImplicit(llvm::StringRef symbol) {
  return symbol == "memcpy" || symbol == "memset" || symbol == "memmove" || symbol.starts_with("_GLOBAL_OFFSET_TABLE_");
}

/// Names of undefined symbols of the object that are not in `declared`.
llvm::Expected<std::vector<std::string>> findStraySymbols(llvm::MemoryBufferRef object,
                                                          const llvm::StringSet<> &declared) {
  auto file = llvm::object::ObjectFile::createObjectFile(object);
  if (!file)
    return file.takeError();
  std::vector<std::string> stray;
  for (const llvm::object::SymbolRef &symbol : (*file)->symbols()) {
    llvm::Expected<uint32_t> flags = symbol.getFlags();
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    if (!flags || !name)
      return llvm::joinErrors(flags.takeError(), name.takeError());
    if ((*flags & llvm::object::SymbolRef::SF_Undefined) && !name->empty() && !declared.contains(*name) &&
        !isImplicit(*name))
      stray.push_back(name->str());
  }
  return stray;
}

llvm::StringSet<> declarationsOf(const llvm::Module &module) {
  llvm::StringSet<> names;
  for (const llvm::GlobalValue &value : module.global_values())
    if (value.isDeclaration())
      names.insert(value.getName());
  return names;
}

LogicalResult writeFile(ModuleOp module, llvm::StringRef bytes, llvm::StringRef path) {
  std::error_code error;
  llvm::raw_fd_ostream stream(path, error, llvm::sys::fs::OF_None);
  if (!error) {
    stream << bytes;
    stream.close();
    error = stream.error();
    stream.clear_error();
  }
  if (error)
    return module.emitError("cannot write ") << path << ": " << error.message();
  return success();
}

} // namespace

LogicalResult emitObject(ModuleOp module, const TargetOptions &options, llvm::StringRef path) {
  llvm::Expected<CpuTarget> cpu = findCpu(options.cpu);
  if (!cpu)
    return module.emitError(llvm::toString(cpu.takeError()));
  llvm::LLVMContext context;
  std::unique_ptr<llvm::Module> code = translateToLlvm(module, context);
  if (!code)
    return module.emitError("expected a module that translates to LLVM IR");

  std::unique_ptr<llvm::TargetMachine> machine = makeTargetMachine(*cpu);
  code->setTargetTriple(llvm::Triple(triple));
  code->setDataLayout(machine->createDataLayout());
  llvm::StringSet<> declared = declarationsOf(*code);
  setFunctionAttributes(*code, *cpu);
  optimize(*code, *machine);

  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager codegen;
  if (machine->addPassesToEmitFile(codegen, stream, nullptr, llvm::CodeGenFileType::ObjectFile))
    return module.emitError("expected a target that writes objects, got ") << triple;
  codegen.run(*code);

  llvm::StringRef object(bytes.data(), bytes.size());
  auto stray = findStraySymbols(llvm::MemoryBufferRef(object, path), declared);
  if (!stray)
    return module.emitError(llvm::toString(stray.takeError()));
  if (!stray->empty())
    return module.emitError("expected code without library calls, got calls of ") << llvm::join(*stray, ", ");
  return writeFile(module, object, path);
}

} // namespace neap::emit
