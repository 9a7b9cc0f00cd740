// Recursive descent over the tokens: directives of a module, heads of functions, statements. Operands are in
// Operands.cpp.
#include "neap/runtime/sim/ptx/Parser.h"

#include "neap/runtime/sim/ptx/TokenReader.h"

#include <algorithm>
#include <cstring>

namespace neap::sim::ptx {

namespace {

/// More than any module declares; keeps sizes from overflowing.
constexpr uint64_t maxVariableBytes = uint64_t(1) << 28;

std::optional<Space> variableSpace(std::string_view directive) {
  if (directive == ".global")
    return Space::Global;
  if (directive == ".shared")
    return Space::Shared;
  if (directive == ".local")
    return Space::Local;
  if (directive == ".const")
    return Space::Const;
  if (directive == ".param")
    return Space::Param;
  return std::nullopt;
}

bool isLinkage(std::string_view directive) {
  return directive == ".visible" || directive == ".weak" || directive == ".extern" || directive == ".common";
}

class Parser {
public:
  explicit Parser(std::string_view text) : tokens_(text) {}

  ModuleSyntax run() {
    while (!tokens_.atEnd())
      parseDirective();
    if (module_.target.empty())
      tokens_.fail("expected the directive .target, got none in the module");
    return std::move(module_);
  }

private:
  void parseDirective();
  void parseTarget();
  void parseFunction(bool entry);
  void parseFunctionHead(FunctionSyntax &function);
  void parseTuning(FunctionSyntax &function);
  std::array<uint32_t, 3> parseThreads();
  std::vector<VariableSyntax> parseParameters();
  VariableSyntax parseVariable(Space space, bool external);
  void parsePointerAttributes();
  void parseInitialiser(VariableSyntax &variable, uint32_t elementBytes);
  void parseBody(FunctionSyntax &function);
  void parseStatement(std::vector<Statement> &body);
  void parseStatementDirective(std::vector<Statement> &body);
  void parseRegisters(std::vector<Statement> &body);
  void parseLabel(std::vector<Statement> &body);
  BranchTargetsSyntax parseBranchTargets(uint32_t line, std::string name);
  InstructionSyntax parseInstruction();

  TokenReader tokens_;
  ModuleSyntax module_;
};

void Parser::parseDirective() {
  bool external = false;
  while (isLinkage(tokens_.peek().text))
    external |= tokens_.next().text == ".extern";
  std::string_view directive = tokens_.peek().text;
  if (directive == ".version") {
    tokens_.next();
    tokens_.number();
  } else if (directive == ".target") {
    parseTarget();
  } else if (directive == ".address_size") {
    tokens_.next();
    if (tokens_.integer() != 64)
      tokens_.fail("expected .address_size 64, got another one");
  } else if (directive == ".entry" || directive == ".func") {
    tokens_.next();
    parseFunction(directive == ".entry");
  } else if (std::optional<Space> space = variableSpace(directive)) {
    tokens_.next();
    module_.variables.push_back(parseVariable(*space, external));
    tokens_.expect(";");
  } else {
    tokens_.failAtNext("unsupported directive '" + std::string(directive) + "'");
  }
}

void Parser::parseTarget() {
  tokens_.next();
  module_.target = tokens_.word();
  if (module_.target.rfind("sm_", 0) != 0)
    tokens_.fail("expected a target like sm_90, got '" + module_.target + "'");
  if (tokens_.accept(","))
    tokens_.failAtNext("unsupported option '" + std::string(tokens_.peek().text) + "' of .target");
}

void Parser::parseFunction(bool entry) {
  FunctionSyntax function;
  function.entry = entry;
  parseFunctionHead(function);
  if (!tokens_.accept(";")) {
    function.defined = true;
    parseBody(function);
  }
  // A definition replaces its own declaration.
  std::erase_if(module_.functions,
                [&](const FunctionSyntax &other) { return other.name == function.name && !other.defined; });
  module_.functions.push_back(std::move(function));
}

void Parser::parseFunctionHead(FunctionSyntax &function) {
  if (tokens_.at("("))
    function.results = parseParameters();
  function.line = tokens_.peek().line;
  function.name = tokens_.word();
  if (tokens_.at("("))
    function.parameters = parseParameters();
  while (!tokens_.at("{") && !tokens_.at(";"))
    parseTuning(function);
}

void Parser::parseTuning(FunctionSyntax &function) {
  std::string directive(tokens_.next().text);
  if (directive == ".maxntid")
    function.maxThreads = parseThreads();
  else if (directive == ".reqntid")
    function.requiredThreads = parseThreads();
  else if (directive == ".minnctapersm" || directive == ".maxnreg")
    tokens_.integer();
  else if (directive != ".noreturn")
    tokens_.fail("unsupported directive '" + directive + "' of a function");
}

std::array<uint32_t, 3> Parser::parseThreads() {
  std::array<uint32_t, 3> threads = {1, 1, 1};
  size_t dimension = 0;
  do {
    if (dimension == 3)
      tokens_.fail("expected at most three dimensions");
    threads[dimension++] = uint32_t(tokens_.integer());
  } while (tokens_.accept(","));
  return threads;
}

std::vector<VariableSyntax> Parser::parseParameters() {
  std::vector<VariableSyntax> parameters;
  tokens_.expect("(");
  while (!tokens_.accept(")")) {
    if (!parameters.empty())
      tokens_.expect(",");
    tokens_.expect(".param");
    parameters.push_back(parseVariable(Space::Param, false));
  }
  return parameters;
}

/// After the state space: [.align N] .type [.ptr ...] name [dimensions] [= initialiser].
VariableSyntax Parser::parseVariable(Space space, bool external) {
  VariableSyntax variable;
  variable.space = space;
  if (tokens_.accept(".align"))
    variable.alignment = uint32_t(tokens_.integer());
  uint32_t elementBytes = bytesOf(tokens_.type());
  variable.alignment = std::max(variable.alignment, elementBytes);
  parsePointerAttributes();
  variable.line = tokens_.peek().line;
  variable.name = tokens_.word();
  variable.bytes = elementBytes;
  while (tokens_.accept("[")) {
    variable.dynamic = tokens_.at("]");
    variable.bytes *= variable.dynamic ? 0 : std::min(tokens_.integer(), maxVariableBytes);
    tokens_.expect("]");
    if (variable.bytes >= maxVariableBytes)
      tokens_.fail("'" + variable.name + "' is larger than a variable of a module may be");
  }
  if (external && !(space == Space::Shared && variable.dynamic))
    tokens_.fail("'" + variable.name + "' is external: nothing defines it here");
  if (variable.dynamic && !external)
    tokens_.fail("expected a size for '" + variable.name + "', which is not external");
  if (tokens_.accept("="))
    parseInitialiser(variable, elementBytes);
  return variable;
}

/// `.ptr .global .align 16`: what a pointer parameter points to, of use to an optimiser only.
void Parser::parsePointerAttributes() {
  if (!tokens_.accept(".ptr"))
    return;
  if (variableSpace(tokens_.peek().text))
    tokens_.next();
  if (tokens_.accept(".align"))
    tokens_.integer();
}

void Parser::parseInitialiser(VariableSyntax &variable, uint32_t elementBytes) {
  bool braces = tokens_.accept("{");
  variable.initial.assign(variable.bytes, std::byte(0));
  uint64_t position = 0;
  do {
    uint64_t value = tokens_.bits();
    if (position + elementBytes > variable.bytes)
      tokens_.fail("more initial values than '" + variable.name + "' has elements");
    std::memcpy(&variable.initial[position], &value, elementBytes);
    position += elementBytes;
  } while (braces && tokens_.accept(","));
  if (braces)
    tokens_.expect("}");
}

void Parser::parseBody(FunctionSyntax &function) {
  tokens_.expect("{");
  for (int depth = 1; depth > 0;) {
    if (tokens_.at("{") || tokens_.at("}")) {
      bool opens = tokens_.next().text == "{";
      depth += opens ? 1 : -1;
      if (depth > 0)
        function.body.push_back(ScopeSyntax{opens});
    } else {
      parseStatement(function.body);
    }
  }
}

void Parser::parseStatement(std::vector<Statement> &body) {
  if (tokens_.atEnd())
    tokens_.fail("expected '}', got the end of the text");
  if (tokens_.peek().kind == Token::Kind::Word && tokens_.peek().text.front() == '.')
    parseStatementDirective(body);
  else if (tokens_.peek(1).text == ":")
    parseLabel(body);
  else
    body.push_back(parseInstruction());
}

void Parser::parseStatementDirective(std::vector<Statement> &body) {
  std::string directive(tokens_.next().text);
  if (directive == ".reg") {
    parseRegisters(body);
  } else if (directive == ".pragma") {
    if (tokens_.peek().kind != Token::Kind::String || tokens_.next().text != "nounroll")
      tokens_.fail("unsupported .pragma: only \"nounroll\" is known");
  } else if (std::optional<Space> space = variableSpace(directive)) {
    body.push_back(parseVariable(*space, false));
  } else {
    tokens_.fail("unsupported directive '" + directive + "'");
  }
  tokens_.expect(";");
}

void Parser::parseRegisters(std::vector<Statement> &body) {
  Type type = tokens_.type();
  do {
    RegistersSyntax registers{tokens_.peek().line, type, tokens_.word(), 0};
    if (tokens_.accept("<")) {
      registers.count = uint32_t(tokens_.integer());
      tokens_.expect(">");
    }
    body.push_back(std::move(registers));
  } while (tokens_.accept(","));
}

void Parser::parseLabel(std::vector<Statement> &body) {
  uint32_t line = tokens_.peek().line;
  std::string name = tokens_.word();
  tokens_.expect(":");
  if (tokens_.accept(".branchtargets"))
    body.push_back(parseBranchTargets(line, std::move(name)));
  else
    body.push_back(LabelSyntax{line, std::move(name)});
}

BranchTargetsSyntax Parser::parseBranchTargets(uint32_t line, std::string name) {
  BranchTargetsSyntax targets{line, std::move(name), {}};
  do
    targets.labels.push_back(tokens_.word());
  while (tokens_.accept(","));
  tokens_.expect(";");
  return targets;
}

InstructionSyntax Parser::parseInstruction() {
  InstructionSyntax instruction;
  if (tokens_.accept("@")) {
    instruction.guardNegated = tokens_.accept("!");
    instruction.guard = tokens_.word();
  }
  instruction.line = tokens_.peek().line;
  instruction.opcode = tokens_.word();
  while (!tokens_.at(";")) {
    if (!instruction.operands.empty())
      tokens_.expect(",");
    instruction.operands.push_back(parseOperand(tokens_));
  }
  tokens_.expect(";");
  return instruction;
}

} // namespace

ModuleSyntax parse(std::string_view text) { return Parser(text).run(); }

} // namespace neap::sim::ptx
