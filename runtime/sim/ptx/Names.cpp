// Look-up from the innermost scope outwards.
#include "neap/runtime/sim/ptx/Names.h"

#include "neap/runtime/sim/ptx/Error.h"

#include <charconv>
#include <ranges>

namespace neap::sim::ptx {

void Names::declare(const RegistersSyntax &registers) {
  if (!scopes_.back().registers.try_emplace(registers.name, registers).second)
    throw Error(registers.line, "'" + registers.name + "' is declared twice");
}

void Names::declare(const std::string &name, const Place &place, uint32_t line) {
  if (!scopes_.back().variables.try_emplace(name, place).second)
    throw Error(line, "'" + name + "' is declared twice");
}

const RegistersSyntax *Names::findDeclaration(const Scope &scope, const std::string &name) {
  if (auto exact = scope.registers.find(name); exact != scope.registers.end() && exact->second.count == 0)
    return &exact->second;
  size_t digits = name.find_last_not_of("0123456789") + 1;
  auto range = scope.registers.find(name.substr(0, digits));
  uint32_t number = 0;
  auto [end, code] = std::from_chars(name.data() + digits, name.data() + name.size(), number);
  bool inRange = range != scope.registers.end() && code == std::errc() && number < range->second.count;
  return inRange ? &range->second : nullptr;
}

const Operand *Names::registerNamed(const std::string &name) {
  for (Scope &scope : scopes_ | std::views::reverse) {
    if (auto used = scope.used.find(name); used != scope.used.end())
      return &used->second;
    if (const RegistersSyntax *declaration = findDeclaration(scope, name))
      return &scope.used.emplace(name, builder_.addRegister(name, declaration->type)).first->second;
  }
  return nullptr;
}

std::optional<Place> Names::variableNamed(const std::string &name) const {
  for (const Scope &scope : scopes_ | std::views::reverse)
    if (auto found = scope.variables.find(name); found != scope.variables.end())
      return found->second;
  if (auto found = module_.shared.find(name); found != module_.shared.end())
    return Place{Space::Shared, builder_.sharedAddress(found->second)};
  auto found = module_.places.find(name);
  return found == module_.places.end() ? std::nullopt : std::optional(found->second);
}

} // namespace neap::sim::ptx
