// Modules: their variables, their kernels and the lines of their text.
#include "neap/runtime/sim/ptx/Error.h"
#include "neap/runtime/sim/ptx/FunctionDecoder.h"
#include "neap/runtime/sim/ptx/Parser.h"
#include "neap/runtime/sim/ptx/Program.h"

namespace neap::sim::ptx {

namespace {

std::vector<std::string> splitLines(std::string_view text) {
  std::vector<std::string> lines;
  for (size_t start = 0; start < text.size();) {
    size_t end = std::min(text.find('\n', start), text.size());
    lines.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

/// Constants have their place here; variables in .global are placed when the module is loaded.
void addVariable(const VariableSyntax &syntax, Module &module, ModuleNames &names) {
  Variable variable{syntax.name, 0, syntax.bytes, syntax.alignment, false, syntax.initial};
  if (names.places.contains(syntax.name) || names.shared.contains(syntax.name))
    throw Error(syntax.line, "'" + syntax.name + "' is declared twice");
  // A variable without initial values is all zeros.
  if (variable.initial.empty())
    variable.initial.assign(variable.bytes, std::byte(0));
  if (syntax.space == Space::Const) {
    place(module.constants, std::move(variable));
    names.places[syntax.name] = {Space::Const, module.constants.back().address};
  } else if (syntax.space == Space::Global) {
    names.places[syntax.name] = {Space::Global, 0, int32_t(module.globals.size())};
    module.globals.push_back(std::move(variable));
  } else if (syntax.space == Space::Shared && syntax.initial.empty()) {
    names.shared[syntax.name] = syntax;
  } else {
    throw Error(syntax.line,
                "unsupported variable '" + syntax.name + "' in ." + std::string(nameOf(syntax.space)) + " of a module");
  }
}

Kernel decodeKernel(const FunctionSyntax &function, const ModuleSyntax &syntax, const ModuleNames &names) {
  Kernel kernel;
  kernel.name = function.name;
  kernel.maxThreads = function.maxThreads;
  kernel.requiredThreads = function.requiredThreads;
  KernelBuilder builder(kernel);
  FunctionDecoder(syntax, names, builder, 0).decodeEntry(function);
  return kernel;
}

} // namespace

std::string Module::textOf(uint32_t line) const {
  if (line == 0 || line > lines.size())
    return {};
  const std::string &text = lines[line - 1];
  size_t first = text.find_first_not_of(" \t\r"), last = text.find_last_not_of(" \t\r");
  return first == text.npos ? "" : text.substr(first, last - first + 1);
}

std::shared_ptr<const Module> decode(std::string_view text) {
  ModuleSyntax syntax = parse(text);
  auto module = std::make_shared<Module>();
  ModuleNames names;
  module->target = syntax.target;
  module->lines = splitLines(text);
  for (const VariableSyntax &variable : syntax.variables)
    addVariable(variable, *module, names);
  for (const FunctionSyntax &function : syntax.functions)
    if (function.entry && function.defined)
      module->kernels.push_back(decodeKernel(function, syntax, names));
  return module;
}

} // namespace neap::sim::ptx
