// LLVM dialect -> LLVM IR -> optimised IR -> PTX, and the list of instructions that may come out.
#include "neap/compiler/emit/Ptx.h"

#include "neap/compiler/emit/LlvmModule.h"
#include "neap/passes/lower/kernels/Cuda.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"

using namespace mlir;

namespace neap::emit {
namespace {

constexpr const char *triple = "nvptx64-nvidia-cuda";

const llvm::Target &findTarget() {
  static const bool initialized = [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
    return true;
  }();
  (void)initialized;
  std::string error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(llvm::Triple(triple), error);
  if (!target)
    llvm::report_fatal_error(llvm::Twine(error));
  return *target;
}

std::unique_ptr<llvm::TargetMachine> makeTargetMachine(llvm::StringRef architecture) {
  return std::unique_ptr<llvm::TargetMachine>(
      findTarget().createTargetMachine(llvm::Triple(triple), architecture, "", makeTargetOptions(), std::nullopt,
                                       std::nullopt, llvm::CodeGenOptLevel::Default));
}

/// Entries and the size of their blocks, as the translation to LLVM IR wants to be told.
void markEntries(ModuleOp module) {
  for (auto function : module.getOps<LLVM::LLVMFuncOp>()) {
    auto threads = function->getAttrOfType<IntegerAttr>(lower::cudaBlockAttribute);
    if (!threads)
      continue;
    Builder builder(module.getContext());
    function->setAttr(NVVM::NVVMDialect::getKernelFuncAttrName(), builder.getUnitAttr());
    function->setAttr(NVVM::NVVMDialect::getReqntidAttrName(),
                      builder.getDenseI32ArrayAttr(static_cast<int32_t>(threads.getInt())));
  }
}

/// The operation an instruction performs: what stands before its first dot.
const llvm::StringSet<> &allowedOperations() {
  static const llvm::StringSet<> names{
      "abs", "add", "and",  "bar", "bfe", "bfi",  "bra", "brev", "clz", "copysign", "cvt",  "cvta", "div",  "exit", "fma", "ld",
      "mad", "max", "min",  "mov", "mul", "neg",  "not", "or",   "popc", "prmt",    "rcp", "rem",  "ret",  "selp", "set",  "setp",
      "shf", "shfl", "shl", "shr", "slct", "sqrt", "st",  "sub",  "testp", "xor"};
  return names;
}

bool isAllowed(llvm::StringRef opcode) {
  auto [operation, modifiers] = opcode.split('.');
  llvm::SmallVector<llvm::StringRef> parts;
  modifiers.split(parts, '.');
  bool isInexact = llvm::any_of(parts, [](llvm::StringRef part) { return part == "approx" || part == "ftz" || part == "full"; });
  return allowedOperations().contains(operation) && !isInexact;
}

/// The opcode of a line; empty for directives, labels, braces and comments.
llvm::StringRef findOpcode(llvm::StringRef line) {
  line = line.split("//").first.trim();
  if (line.starts_with("@"))
    line = line.drop_while([](char c) { return !isspace(c); }).ltrim();
  bool isInstruction = line.ends_with(";") && !line.empty() && isalpha(line.front());
  return isInstruction ? line.take_until([](char c) { return isspace(c) || c == ';'; }) : llvm::StringRef();
}

} // namespace

bool isSupportedArchitecture(llvm::StringRef architecture) {
  // NaN-propagating minima and maxima, which the CPU has, came with sm_80.
  constexpr unsigned oldest = 80;
  std::unique_ptr<llvm::MCSubtargetInfo> known(findTarget().createMCSubtargetInfo(llvm::Triple(triple), "", ""));
  unsigned number = 0;
  llvm::StringRef digits = architecture.take_while([](char c) { return !isdigit(c); });
  bool isNumbered = !architecture.drop_front(digits.size()).consumeInteger(10, number);
  return isNumbered && number >= oldest && known->isCPUStringValid(architecture);
}

llvm::StringRef findForeignInstruction(llvm::StringRef ptx) {
  llvm::SmallVector<llvm::StringRef> lines;
  ptx.split(lines, '\n');
  for (llvm::StringRef line : lines)
    if (llvm::StringRef opcode = findOpcode(line); !opcode.empty() && !isAllowed(opcode))
      return opcode;
  return {};
}

llvm::Expected<std::string> emitPtx(ModuleOp module, llvm::StringRef architecture) {
  if (!isSupportedArchitecture(architecture))
    return llvm::createStringError("expected an architecture from sm_80 on, got '" + architecture + "'");
  std::unique_ptr<llvm::TargetMachine> machine = makeTargetMachine(architecture);
  markEntries(module);
  llvm::LLVMContext context;
  LlvmMessages messages(module, context);
  std::unique_ptr<llvm::Module> code = translateToLlvm(module, context);
  if (!code)
    return llvm::createStringError("expected a module that translates to LLVM IR");
  code->setTargetTriple(llvm::Triple(triple));
  code->setDataLayout(machine->createDataLayout());
  optimize(*code, *machine);

  llvm::SmallString<0> text;
  llvm::raw_svector_ostream stream(text);
  llvm::legacy::PassManager codegen;
  if (machine->addPassesToEmitFile(codegen, stream, nullptr, llvm::CodeGenFileType::AssemblyFile))
    return llvm::createStringError("expected a target that writes PTX");
  codegen.run(*code);
  if (messages.hasError())
    return llvm::createStringError("expected kernels that LLVM can write as PTX");
  if (llvm::StringRef foreign = findForeignInstruction(text); !foreign.empty())
    return llvm::createStringError("expected instructions with the CPU's results, got '" + foreign + "'");
  return std::string(text);
}

} // namespace neap::emit
