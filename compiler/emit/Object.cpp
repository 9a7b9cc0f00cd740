// LLVM dialect -> LLVM IR -> optimised IR -> ELF object, with the floating-point rules of the house kept on the way.
#include "neap/compiler/emit/Object.h"

#include "neap/compiler/emit/Cpu.h"
#include "neap/compiler/emit/LlvmModule.h"
#include "neap/passes/support/ErrorKind.h"

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

using Bytes = llvm::SmallVector<char, 0>;

std::unique_ptr<llvm::TargetMachine> makeTargetMachine(const TargetOptions &target) {
  static const bool initialized = [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmPrinter();
    return true;
  }();
  (void)initialized;
  std::string error;
  const llvm::Target *x86 = llvm::TargetRegistry::lookupTarget(llvm::Triple(triple), error);
  if (!x86)
    llvm::report_fatal_error(llvm::Twine(error));
  return std::unique_ptr<llvm::TargetMachine>(
      x86->createTargetMachine(llvm::Triple(triple), target.cpu, target.features, makeTargetOptions(),
                               llvm::Reloc::PIC_, std::nullopt, llvm::CodeGenOptLevel::Default));
}

/// Per function, because inlining and vector legalisation read attributes and not the target machine.
void setFunctionAttributes(llvm::Module &module, const TargetOptions &target) {
  for (llvm::Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", target.cpu);
    function.addFnAttr("target-features", target.features);
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

/// Refuses an object that needs what the module did not declare.
LogicalResult checkSymbols(ModuleOp module, const Bytes &object, const llvm::StringSet<> &declared) {
  llvm::StringRef bytes(object.data(), object.size());
  auto stray = findStraySymbols(llvm::MemoryBufferRef(bytes, "the object"), declared);
  if (!stray)
    return module.emitError(llvm::toString(stray.takeError()));
  if (!stray->empty())
    return module.emitError("expected code without library calls, got calls of ") << llvm::join(*stray, ", ");
  return success();
}

/// All that LLVM does, in memory.
FailureOr<Bytes> makeObject(ModuleOp module, const TargetOptions &target) {
  llvm::LLVMContext context;
  LlvmMessages messages(module, context);
  std::unique_ptr<llvm::Module> code = translateToLlvm(module, context);
  if (!code)
    return module.emitError("expected a module that translates to LLVM IR");

  std::unique_ptr<llvm::TargetMachine> machine = makeTargetMachine(target);
  code->setTargetTriple(llvm::Triple(triple));
  code->setDataLayout(machine->createDataLayout());
  llvm::StringSet<> declared = declarationsOf(*code);
  setFunctionAttributes(*code, target);
  optimize(*code, *machine);

  Bytes object;
  llvm::raw_svector_ostream stream(object);
  llvm::legacy::PassManager codegen;
  if (machine->addPassesToEmitFile(codegen, stream, nullptr, llvm::CodeGenFileType::ObjectFile))
    return module.emitError("expected a target that writes objects, got ") << triple;
  codegen.run(*code);
  if (messages.hasError() || failed(checkSymbols(module, object, declared)))
    return failure();
  return object;
}

LogicalResult writeFile(MLIRContext *context, const Bytes &bytes, llvm::StringRef path) {
  std::error_code error;
  llvm::raw_fd_ostream stream(path, error, llvm::sys::fs::OF_None);
  if (!error) {
    stream.write(bytes.data(), bytes.size());
    stream.close();
    error = stream.error();
    stream.clear_error();
  }
  if (!error)
    return success();
  return marked(emitError(UnknownLoc::get(context)), ErrorKind::OutputUnwritable)
         << "cannot write " << path << ": " << error.message();
}

} // namespace

llvm::Expected<TargetOptions> resolveTarget(const TargetOptions &options) {
  if (!options.features.empty())
    return options;
  llvm::Expected<CpuTarget> cpu = findCpu(options.cpu);
  if (!cpu)
    return cpu.takeError();
  return TargetOptions{cpu->name, cpu->featureString()};
}

LogicalResult emitObject(ModuleOp module, const TargetOptions &options, llvm::StringRef path) {
  llvm::Expected<TargetOptions> target = resolveTarget(options);
  if (!target)
    return module.emitError(llvm::toString(target.takeError()));
  FailureOr<Bytes> object = makeObject(module, *target);
  if (failed(object))
    return failure();
  return path.empty() ? success() : writeFile(module.getContext(), *object, path);
}

} // namespace neap::emit
