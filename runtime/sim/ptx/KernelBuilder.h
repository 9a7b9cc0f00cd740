// Lays out one kernel while it is decoded: registers and constants in the register file, variables in their spaces.
#ifndef NEAP_RUNTIME_SIM_PTX_KERNELBUILDER_H
#define NEAP_RUNTIME_SIM_PTX_KERNELBUILDER_H

#include "neap/runtime/sim/ptx/Program.h"
#include "neap/runtime/sim/ptx/Syntax.h"

#include <map>
#include <string>
#include <tuple>

namespace neap::sim::ptx {

/// Places `variable` behind the last one of `variables`, which all lie in one state space.
void place(std::vector<Variable> &variables, Variable variable);

class KernelBuilder {
public:
  explicit KernelBuilder(Kernel &kernel) : kernel(kernel) {}

  /// A new register or predicate.
  Operand addRegister(const std::string &name, Type type);
  /// A value of `bytes` bytes, to which the address of a variable in .global is added when `global` is not -1.
  Operand constant(uint64_t value, uint32_t bytes, int32_t global = -1);
  /// A predicate that is always true or always false.
  Operand predicateConstant(bool value);
  Operand special(Special special);
  /// The address in .shared of a variable, which the kernel has from its first use on.
  uint64_t sharedAddress(const VariableSyntax &variable);
  /// The address in .local of a new variable.
  uint64_t addLocal(const VariableSyntax &variable);

  Kernel &kernel;

private:
  uint32_t reserve(uint32_t bytes);

  std::map<std::tuple<uint64_t, uint32_t, int32_t>, Operand> constants_;
  std::map<Special, Operand> specials_;
  std::map<std::string, uint64_t> shared_;
};

} // namespace neap::sim::ptx

#endif
