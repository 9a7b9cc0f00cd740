// A decoded module: instructions with their operands resolved to places in a warp's register file. This is what the
// machine executes.
#ifndef NEAP_RUNTIME_SIM_PTX_PROGRAM_H
#define NEAP_RUNTIME_SIM_PTX_PROGRAM_H

#include "neap/runtime/sim/ptx/Type.h"

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace neap::sim::ptx {

/// Lanes of a warp.
constexpr uint32_t lanes = 32;

/// The widest access of a thread. Everything in memory starts at a multiple of it.
constexpr uint32_t maxAccessBytes = 32;

/// Where each state space begins. The spaces are apart from their windows in generic addresses, so that an address used
/// in the wrong space hits nothing; and none begins at 0, so that a null pointer hits nothing either.
constexpr uint64_t spaceBase = 0x1000;
constexpr uint64_t sharedWindow = 0x7d00'0000'0000;
constexpr uint64_t localWindow = 0x7c00'0000'0000;
constexpr uint64_t constWindow = 0x7b00'0000'0000;
constexpr uint64_t windowBytes = uint64_t(1) << 40;
/// Where shared memory whose size comes with the launch begins, behind all that can be declared.
constexpr uint64_t dynamicSharedBase = uint64_t(1) << 24;
/// Bytes between two variables of a space, so that running over the end of one hits nothing.
constexpr uint64_t variableGap = 64;

enum class Opcode : uint8_t {
  // Lane by lane, without memory.
  Mov,
  Pack,
  Unpack,
  ToGeneric,
  FromGeneric,
  Add,
  Sub,
  Mul,
  MulHi,
  MulWide,
  Mad,
  MadHi,
  MadWide,
  Div,
  Rem,
  Abs,
  Neg,
  Min,
  Max,
  And,
  Or,
  Xor,
  Not,
  Cnot,
  Shl,
  Shr,
  ShfL,
  ShfR,
  Bfe,
  Bfi,
  Prmt,
  Lop3,
  Popc,
  Clz,
  Brev,
  Sad,
  Fma,
  Sqrt,
  Rcp,
  Copysign,
  Testp,
  Cvt,
  CvtPack,
  Setp,
  Set,
  Selp,
  Slct,
  // Memory.
  Ld,
  St,
  Fence,
  // Across the lanes of a warp.
  Shfl,
  Vote,
  ActiveMask,
  Redux,
  WarpSync,
  // Control.
  Barrier,
  Bra,
  BrxIdx,
  Exit,
  Trap
};

/// A place in a warp's register file, where each register has its 32 lanes side by side; a predicate is one word with a
/// bit for each lane.
struct Operand {
  enum class Kind : uint8_t { None, Register, Predicate, Constant, Sink };
  Kind kind = Kind::None;
  /// A predicate read as its complement.
  bool negated = false;
  /// Width of the register, which may exceed the type in ld, st and cvt.
  uint8_t bytes = 0;
  /// Number of the register or predicate; registers and predicates are counted together. 0 for constants.
  uint32_t slot = 0;
  /// Byte offset of lane 0 in the register file.
  uint32_t offset = 0;

  bool isRegister() const { return kind == Kind::Register || kind == Kind::Predicate; }
};

struct Instruction {
  Opcode opcode = Opcode::Mov;
  /// The type of the result, or of the only operand there is.
  Type type = Type::B32;
  /// The type of the sources where it differs: cvt, set, slct (of the selector).
  Type from = Type::B32;
  Space space = Space::Generic;
  Compare compare = Compare::Eq;
  Combine combine = Combine::None;
  Rounding rounding = Rounding::None;
  Shuffle shuffle = Shuffle::Idx;
  Vote vote = Vote::All;
  Reduction reduction = Reduction::Add;
  Property property = Property::Finite;
  /// min and max: a NaN wins. shf: the shift wraps. cvt: saturates.
  bool nan = false, wrap = false, saturate = false;
  /// ld.global.nc: the kernel promises that nobody writes these bytes.
  bool nonCoherent = false;
  /// add, sub: reads the carry; writes it.
  bool carryIn = false, carryOut = false;
  /// Elements of ld and st.
  uint8_t vector = 1;
  uint8_t resultCount = 0, sourceCount = 0;
  /// The guard; Kind::None when the instruction always runs.
  Operand guard;
  std::array<Operand, 8> results;
  /// Of ld and st the first is the address.
  std::array<Operand, 9> sources;
  /// Added to the address.
  int64_t displacement = 0;
  /// bra: index of the instruction it goes to. brx.idx: index of its table.
  uint32_t target = 0;
  uint32_t line = 0;
};

/// A value that every lane sees, laid out in the register file like a register.
struct Constant {
  uint32_t offset = 0;
  uint8_t bytes = 4;
  uint64_t value = 0;
  /// Index of a variable of the module in .global whose address is added; -1 if none.
  int32_t global = -1;
};

/// A special register that the kernel reads.
struct SpecialUse {
  Special special = Special::TidX;
  uint32_t offset = 0;
};

struct Variable {
  std::string name;
  /// In its state space. Variables in .global have theirs when the module is loaded.
  uint64_t address = 0;
  uint64_t bytes = 0;
  uint32_t alignment = 1;
  /// Its size comes with the launch.
  bool dynamic = false;
  /// `bytes` of them; empty where the module gives no values.
  std::vector<std::byte> initial;
};

/// In .param; `address` is an offset in the block of arguments.
using Parameter = Variable;

struct Register {
  std::string name;
  Type type = Type::B32;
};

struct Kernel {
  std::string name;
  std::vector<Parameter> parameters;
  uint32_t parameterBytes = 0;
  std::vector<Instruction> code;
  /// Tables of brx.idx: indices of instructions.
  std::vector<std::vector<uint32_t>> tables;
  /// By slot.
  std::vector<Register> registers;
  std::vector<Constant> constants;
  std::vector<SpecialUse> specials;
  /// Bytes of a warp's register file.
  uint32_t fileBytes = 0;
  std::vector<Variable> shared;
  std::vector<Variable> local;
  /// From spaceBase to the end of the last variable in .local.
  uint32_t localBytes = 0;
  /// .maxntid and .reqntid; zeros where not given.
  std::array<uint32_t, 3> maxThreads = {}, requiredThreads = {};
};

struct Module {
  std::string target;
  std::vector<Variable> globals, constants;
  std::vector<Kernel> kernels;
  /// Lines of the text, for reports.
  std::vector<std::string> lines;

  /// The line numbered from 1, without leading and trailing blanks.
  std::string textOf(uint32_t line) const;
};

/// Parses and decodes a module. Throws Error, which names the line and what is not supported or not right there.
std::shared_ptr<const Module> decode(std::string_view text);

} // namespace neap::sim::ptx

#endif
