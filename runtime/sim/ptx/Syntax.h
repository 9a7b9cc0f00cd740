// What the parser makes of a text: declarations and statements, with names not yet resolved.
#ifndef NEAP_RUNTIME_SIM_PTX_SYNTAX_H
#define NEAP_RUNTIME_SIM_PTX_SYNTAX_H

#include "neap/runtime/sim/ptx/Type.h"

#include <array>
#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace neap::sim::ptx {

struct OperandSyntax {
  /// Address: elements[0] is the base (Name or Integer) and `value` the displacement. Vector: {a, b}. List: (a, b), of
  /// a call. Pair: d|p, of a shuffle.
  enum class Kind : uint8_t { Name, Integer, Float32, Float64, Address, Vector, List, Pair, Sink };
  Kind kind = Kind::Name;
  std::string name;
  /// !p
  bool negated = false;
  /// An integer's two's complement, or the bits of a float.
  uint64_t value = 0;
  std::vector<OperandSyntax> elements;
};

struct InstructionSyntax {
  uint32_t line = 0;
  /// The predicate of @p, empty if there is none.
  std::string guard;
  bool guardNegated = false;
  std::string opcode;
  std::vector<OperandSyntax> operands;
};

/// A variable of the module, of a function, or a parameter of a call.
struct VariableSyntax {
  uint32_t line = 0;
  Space space = Space::Global;
  std::string name;
  uint32_t alignment = 1;
  uint64_t bytes = 0;
  /// `.extern .shared x[]`: the launch says how large it is.
  bool dynamic = false;
  /// Empty or all `bytes`.
  std::vector<std::byte> initial;
};

/// `.reg .b32 %r<8>`: `count` registers %r0 to %r7; or one register, when `count` is 0.
struct RegistersSyntax {
  uint32_t line = 0;
  Type type = Type::B32;
  std::string name;
  uint32_t count = 0;
};

struct LabelSyntax {
  uint32_t line = 0;
  std::string name;
};

/// `name: .branchtargets a, b;`
struct BranchTargetsSyntax {
  uint32_t line = 0;
  std::string name;
  std::vector<std::string> labels;
};

/// `{` or `}` inside a body.
struct ScopeSyntax {
  bool opens = true;
};

using Statement =
    std::variant<InstructionSyntax, VariableSyntax, RegistersSyntax, LabelSyntax, BranchTargetsSyntax, ScopeSyntax>;

struct FunctionSyntax {
  uint32_t line = 0;
  std::string name;
  bool entry = false;
  /// False for a declaration, such as that of an unresolved symbol.
  bool defined = false;
  std::vector<VariableSyntax> results, parameters;
  std::vector<Statement> body;
  /// .maxntid and .reqntid; zeros where not given.
  std::array<uint32_t, 3> maxThreads = {}, requiredThreads = {};
};

struct ModuleSyntax {
  std::string target;
  std::vector<VariableSyntax> variables;
  std::vector<FunctionSyntax> functions;
};

} // namespace neap::sim::ptx

#endif
