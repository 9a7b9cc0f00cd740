// From the syntax of one instruction to its decoded form. The rules for each opcode are in the files Decode*.cpp.
#ifndef NEAP_RUNTIME_SIM_PTX_INSTRUCTIONDECODER_H
#define NEAP_RUNTIME_SIM_PTX_INSTRUCTIONDECODER_H

#include "neap/runtime/sim/ptx/Names.h"
#include "neap/runtime/sim/ptx/Words.h"

namespace neap::sim::ptx {

class InstructionDecoder {
public:
  InstructionDecoder(Names &names, KernelBuilder &builder, const InstructionSyntax &syntax);

  /// Decodes, or throws Error. The targets of branches are left to the caller.
  Instruction run();

private:
  using Rule = void (InstructionDecoder::*)();
  struct RuleEntry {
    std::string_view root;
    Rule rule;
    Opcode opcode;
  };
  static Rule findRule(std::string_view root, Opcode &opcode);

  // Rules: take the words of the opcode, then the operands.
  void addOrSub();
  void addOrSubWithCarry();
  void mul();
  void mad();
  void div();
  void rem();
  void absOrNeg();
  void minOrMax();
  void sad();
  void logic();
  void notOrCnot();
  void shift();
  void funnelShift();
  void bitField();
  void bitFieldInsert();
  void prmt();
  void lop3();
  void countBits();
  void brev();
  void fma();
  void rootOrReciprocal();
  void copysign();
  void testp();
  void cvt();
  void setp();
  void set();
  void selp();
  void slct();
  void mov();
  void cvta();
  void load();
  void store();
  void membar();
  void fence();
  void shfl();
  void vote();
  void activemask();
  void redux();
  void bar();
  void barrier();
  void branch();
  void branchIndexed();
  void leave();

  // Parts of rules.
  void decodeGuard();
  /// Takes .rn and a floating-point type; false, with nothing taken, if the type is not one.
  bool roundedFloat();
  /// A result and `sources` sources, all of the instruction's type.
  void operandsOfType(size_t sources);
  void packedConversion();
  void checkConversion();
  bool takeCompare();
  void takeAccess();
  bool takeSpace();
  void takeScope();
  void address(size_t index);
  void decodeVector();
  void setAddressSpace(const Place &place);
  void movSource(size_t index);
  void barrierZero();

  // Operands. `index` counts the operands as written; each call appends to the results or sources.
  void expectOperands(size_t count) const;
  const OperandSyntax &operand(size_t index) const { return syntax_.operands[index]; }
  /// `wider`: the register may be wider than the type, as in ld, st and cvt.
  void result(const OperandSyntax &syntax, Type type, bool wider = false);
  void source(const OperandSyntax &syntax, Type type, bool wider = false);
  Operand resolve(const OperandSyntax &syntax, Type type, bool wider);
  Operand resolveName(const OperandSyntax &syntax, Type type, bool wider);
  Operand resolveConstant(const OperandSyntax &syntax, Type type);
  Operand addressOf(const Place &place);

  Names &names_;
  KernelBuilder &builder_;
  const InstructionSyntax &syntax_;
  Words words_;
  Instruction out_;
};

} // namespace neap::sim::ptx

#endif
