// Statements, labels and calls.
#include "neap/runtime/sim/ptx/FunctionDecoder.h"

#include "neap/runtime/sim/ptx/Error.h"
#include "neap/runtime/sim/ptx/InstructionDecoder.h"

#include <algorithm>

namespace neap::sim::ptx {

namespace {

/// Deeper calls are taken for recursion.
constexpr int maxDepth = 16;
/// Calls multiply code; more than this is a mistake.
constexpr size_t maxInstructions = size_t(1) << 20;

uint32_t alignUp(uint64_t value, uint64_t alignment) {
  return uint32_t((value + alignment - 1) / alignment * alignment);
}

Instruction exitAt(uint32_t line) {
  Instruction instruction;
  instruction.opcode = Opcode::Exit;
  instruction.line = line;
  return instruction;
}

} // namespace

void FunctionDecoder::decodeEntry(const FunctionSyntax &function) {
  Kernel &kernel = builder_.kernel;
  for (const VariableSyntax &syntax : function.parameters) {
    uint32_t offset = alignUp(kernel.parameterBytes, syntax.alignment);
    kernel.parameters.push_back({syntax.name, offset, syntax.bytes, syntax.alignment, false, {}});
    kernel.parameterBytes = offset + uint32_t(syntax.bytes);
    names_.declare(syntax.name, {Space::Param, spaceBase + offset}, syntax.line);
  }
  decodeBody(function);
  // A body need not end in ret.
  kernel.code.push_back(exitAt(kernel.code.empty() ? function.line : kernel.code.back().line));
}

void FunctionDecoder::decodeBody(const FunctionSyntax &function) {
  for (const Statement &statement : function.body)
    std::visit([&](const auto &alternative) { decodeStatement(alternative); }, statement);
  resolveLabels();
}

void FunctionDecoder::decodeStatement(const ScopeSyntax &scope) { scope.opens ? names_.open() : names_.close(); }

void FunctionDecoder::decodeStatement(const VariableSyntax &variable) {
  Place place{variable.space, 0};
  if (variable.space == Space::Shared)
    place.address = builder_.sharedAddress(variable);
  else if (variable.space == Space::Local || variable.space == Space::Param)
    place = {Space::Local, builder_.addLocal(variable)};
  else
    throw Error(variable.line, "unsupported variable '" + variable.name + "' in ." +
                                   std::string(nameOf(variable.space)) + " of a function");
  names_.declare(variable.name, place, variable.line);
}

void FunctionDecoder::decodeStatement(const LabelSyntax &label) {
  if (!labels_.try_emplace(label.name, here()).second)
    throw Error(label.line, "the label '" + label.name + "' is defined twice");
}

void FunctionDecoder::decodeStatement(const BranchTargetsSyntax &targets) { tables_.emplace(targets.name, targets); }

void FunctionDecoder::decodeStatement(const InstructionSyntax &syntax) {
  if (syntax.opcode == "call" || syntax.opcode == "call.uni")
    return inlineCall(syntax);
  Instruction instruction = InstructionDecoder(names_, builder_, syntax).run();
  bool isReturn = depth_ > 0 && syntax.opcode.starts_with("ret");
  if (isReturn) {
    instruction.opcode = Opcode::Bra;
    returns_.push_back(here());
  }
  if (!isReturn && (instruction.opcode == Opcode::Bra || instruction.opcode == Opcode::BrxIdx))
    decodeBranch(syntax, instruction);
  if (here() == maxInstructions)
    throw Error(syntax.line, "calls make the kernel larger than " + std::to_string(maxInstructions) + " instructions");
  builder_.kernel.code.push_back(instruction);
}

void FunctionDecoder::decodeBranch(const InstructionSyntax &syntax, Instruction &instruction) {
  bool isIndexed = instruction.opcode == Opcode::BrxIdx;
  (isIndexed ? indexedBranches_ : branches_).push_back({here(), syntax.operands[isIndexed ? 1 : 0].name});
}

const FunctionSyntax *FunctionDecoder::findFunction(const std::string &name) const {
  for (const FunctionSyntax &function : syntax_.functions)
    if (function.name == name)
      return &function;
  return nullptr;
}

/// call (results), name, (parameters), where both lists may be missing.
void FunctionDecoder::inlineCall(const InstructionSyntax &call) {
  auto isList = [&](size_t i) {
    return i < call.operands.size() && call.operands[i].kind == OperandSyntax::Kind::List;
  };
  size_t position = isList(0) ? 1 : 0;
  std::string name = position < call.operands.size() ? call.operands[position].name : "";
  const FunctionSyntax *callee = findFunction(name);
  checkCall(call, callee, name);
  FunctionDecoder body(syntax_, moduleNames_, builder_, depth_ + 1);
  bind(callee->results, isList(0) ? &call.operands[0] : nullptr, body, call.line);
  bind(callee->parameters, isList(position + 1) ? &call.operands[position + 1] : nullptr, body, call.line);
  body.decodeBody(*callee);
}

void FunctionDecoder::checkCall(const InstructionSyntax &call, const FunctionSyntax *callee,
                                const std::string &name) const {
  if (!callee || callee->entry)
    throw Error(call.line, "unsupported call: expected the name of a function, got '" + name + "'");
  if (!callee->defined)
    throw Error(call.line, "call of '" + name + "', which is not defined here");
  if (!call.guard.empty())
    throw Error(call.line, "unsupported call of '" + name + "' under a predicate");
  if (depth_ == maxDepth)
    throw Error(call.line, "calls of '" + name + "' nest deeper than " + std::to_string(maxDepth));
}

/// Caller and callee share the memory of a parameter.
void FunctionDecoder::bind(const std::vector<VariableSyntax> &formal, const OperandSyntax *actual,
                           FunctionDecoder &callee, uint32_t line) const {
  if (formal.size() != (actual ? actual->elements.size() : 0))
    throw Error(line, "the call passes another number of values than the function takes");
  for (size_t i = 0; i < formal.size(); ++i) {
    std::optional<Place> place = names_.variableNamed(actual->elements[i].name);
    if (!place || place->space != Space::Local)
      throw Error(line, "expected a variable in .param in the call, got '" + actual->elements[i].name + "'");
    callee.names_.declare(formal[i].name, *place, formal[i].line);
  }
}

uint32_t FunctionDecoder::labelled(const std::string &label, uint32_t line) const {
  auto found = labels_.find(label);
  if (found == labels_.end())
    throw Error(line, "the label '" + label + "' is not defined");
  return found->second;
}

void FunctionDecoder::resolveLabels() {
  Kernel &kernel = builder_.kernel;
  for (const PendingBranch &branch : branches_) {
    Instruction &instruction = kernel.code[branch.instruction];
    instruction.target = labelled(branch.label, instruction.line);
  }
  for (const PendingBranch &branch : indexedBranches_) {
    Instruction &instruction = kernel.code[branch.instruction];
    auto table = tables_.find(branch.label);
    if (table == tables_.end())
      throw Error(instruction.line, "the table '" + branch.label + "' is not defined");
    instruction.target = uint32_t(kernel.tables.size());
    std::vector<uint32_t> &targets = kernel.tables.emplace_back();
    for (const std::string &label : table->second.labels)
      targets.push_back(labelled(label, instruction.line));
  }
  for (uint32_t instruction : returns_)
    kernel.code[instruction].target = here();
}

} // namespace neap::sim::ptx
