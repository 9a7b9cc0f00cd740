// What the names in the body of a function stand for, scope by scope.
#ifndef NEAP_RUNTIME_SIM_PTX_NAMES_H
#define NEAP_RUNTIME_SIM_PTX_NAMES_H

#include "neap/runtime/sim/ptx/KernelBuilder.h"

#include <string>
#include <unordered_map>

namespace neap::sim::ptx {

/// Where a variable is. Parameters of functions and calls are placed in .local, those of entries in .param.
struct Place {
  Space space = Space::Global;
  uint64_t address = 0;
  /// Index among the module's variables in .global, -1 in other spaces.
  int32_t global = -1;
};

/// The variables of a module by name. Those in .shared have a place in each kernel that uses them.
struct ModuleNames {
  std::unordered_map<std::string, Place> places;
  std::unordered_map<std::string, VariableSyntax> shared;
};

class Names {
public:
  Names(const ModuleNames &module, KernelBuilder &builder) : module_(module), builder_(builder), scopes_(1) {}

  void open() { scopes_.emplace_back(); }
  void close() { scopes_.pop_back(); }
  /// Throw Error when the scope has the name already.
  void declare(const RegistersSyntax &registers);
  void declare(const std::string &name, const Place &place, uint32_t line);

  /// The register called `name`, which gets its place at its first use; nullptr if none is declared.
  const Operand *registerNamed(const std::string &name);
  /// The variable called `name`, nothing if none is declared.
  std::optional<Place> variableNamed(const std::string &name) const;

private:
  struct Scope {
    std::unordered_map<std::string, RegistersSyntax> registers;
    std::unordered_map<std::string, Operand> used;
    std::unordered_map<std::string, Place> variables;
  };
  /// The declaration of `name`, on its own or as one of a range.
  static const RegistersSyntax *findDeclaration(const Scope &scope, const std::string &name);

  const ModuleNames &module_;
  KernelBuilder &builder_;
  std::vector<Scope> scopes_;
};

} // namespace neap::sim::ptx

#endif
