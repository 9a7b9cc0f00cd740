// Decodes the body of a function into the kernel that is being built. A call is replaced by the body of what it calls,
// so that the machine knows nothing of calls.
#ifndef NEAP_RUNTIME_SIM_PTX_FUNCTIONDECODER_H
#define NEAP_RUNTIME_SIM_PTX_FUNCTIONDECODER_H

#include "neap/runtime/sim/ptx/Names.h"

namespace neap::sim::ptx {

class FunctionDecoder {
public:
  /// `depth` counts the calls on the way here.
  FunctionDecoder(const ModuleSyntax &syntax, const ModuleNames &names, KernelBuilder &builder, int depth)
      : syntax_(syntax), moduleNames_(names), builder_(builder), names_(names, builder), depth_(depth) {}

  /// Appends the code of a kernel, parameters in .param.
  void decodeEntry(const FunctionSyntax &function);

private:
  void decodeBody(const FunctionSyntax &function);
  void decodeStatement(const ScopeSyntax &scope);
  void decodeStatement(const RegistersSyntax &registers) { names_.declare(registers); }
  void decodeStatement(const VariableSyntax &variable);
  void decodeStatement(const LabelSyntax &label);
  void decodeStatement(const BranchTargetsSyntax &targets);
  void decodeStatement(const InstructionSyntax &instruction);
  void decodeBranch(const InstructionSyntax &syntax, Instruction &instruction);
  void inlineCall(const InstructionSyntax &call);
  void checkCall(const InstructionSyntax &call, const FunctionSyntax *callee, const std::string &name) const;
  void bind(const std::vector<VariableSyntax> &formal, const OperandSyntax *actual, FunctionDecoder &callee,
            uint32_t line) const;
  const FunctionSyntax *findFunction(const std::string &name) const;
  void resolveLabels();
  uint32_t labelled(const std::string &label, uint32_t line) const;
  uint32_t here() const { return uint32_t(builder_.kernel.code.size()); }

  /// A branch whose label may come later.
  struct PendingBranch {
    uint32_t instruction;
    std::string label;
  };

  const ModuleSyntax &syntax_;
  const ModuleNames &moduleNames_;
  KernelBuilder &builder_;
  Names names_;
  int depth_;
  std::unordered_map<std::string, uint32_t> labels_;
  std::unordered_map<std::string, BranchTargetsSyntax> tables_;
  std::vector<PendingBranch> branches_, indexedBranches_;
  /// Returns of a function that is not a kernel: they go to the end of its code.
  std::vector<uint32_t> returns_;
};

} // namespace neap::sim::ptx

#endif
