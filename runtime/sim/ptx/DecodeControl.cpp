// Rules for what crosses lanes, for barriers and for branches.
#include "neap/runtime/sim/ptx/InstructionDecoder.h"

namespace neap::sim::ptx {

void InstructionDecoder::shfl() {
  words_.expect("sync");
  if (!words_.takeFrom<Shuffle>(
          {{"up", Shuffle::Up}, {"down", Shuffle::Down}, {"bfly", Shuffle::Bfly}, {"idx", Shuffle::Idx}}, out_.shuffle))
    words_.refuse();
  out_.type = words_.type({Type::B32});
  expectOperands(5);
  bool isPair = operand(0).kind == OperandSyntax::Kind::Pair;
  result(isPair ? operand(0).elements[0] : operand(0), Type::B32);
  if (isPair)
    result(operand(0).elements[1], Type::Pred);
  for (size_t i = 1; i < 5; ++i)
    source(operand(i), Type::B32);
}

void InstructionDecoder::vote() {
  words_.expect("sync");
  if (!words_.takeFrom<Vote>({{"all", Vote::All}, {"any", Vote::Any}, {"uni", Vote::Uni}, {"ballot", Vote::Ballot}},
                             out_.vote))
    words_.refuse();
  out_.type = words_.type({out_.vote == Vote::Ballot ? Type::B32 : Type::Pred});
  expectOperands(3);
  result(operand(0), out_.type);
  source(operand(1), Type::Pred);
  source(operand(2), Type::B32);
}

void InstructionDecoder::activemask() {
  out_.type = words_.type({Type::B32});
  expectOperands(1);
  result(operand(0), out_.type);
}

void InstructionDecoder::redux() {
  words_.expect("sync");
  if (!words_.takeFrom<Reduction>({{"add", Reduction::Add},
                                   {"min", Reduction::Min},
                                   {"max", Reduction::Max},
                                   {"and", Reduction::And},
                                   {"or", Reduction::Or},
                                   {"xor", Reduction::Xor}},
                                  out_.reduction))
    words_.refuse();
  bool isBits = out_.reduction >= Reduction::And;
  out_.type = isBits ? words_.type({Type::B32}) : words_.type({Type::U32, Type::S32});
  expectOperands(3);
  result(operand(0), out_.type);
  source(operand(1), out_.type);
  source(operand(2), Type::B32);
}

void InstructionDecoder::bar() {
  if (words_.take("warp")) {
    out_.opcode = Opcode::WarpSync;
    words_.expect("sync");
    expectOperands(1);
    return source(operand(0), Type::B32);
  }
  words_.take("cta");
  words_.expect("sync");
  barrierZero();
}

void InstructionDecoder::barrier() {
  words_.take("cta");
  words_.expect("sync");
  words_.take("aligned");
  barrierZero();
}

/// Barriers of a part of the block order only that part, which the race checks do not know.
void InstructionDecoder::barrierZero() {
  expectOperands(1);
  if (operand(0).kind != OperandSyntax::Kind::Integer || operand(0).value != 0)
    words_.fail("unsupported barrier in " + syntax_.opcode + ": only barrier 0 of the whole block is simulated");
}

void InstructionDecoder::branch() {
  words_.take("uni");
  expectOperands(1);
  if (operand(0).kind != OperandSyntax::Kind::Name)
    words_.fail("expected a label in " + syntax_.opcode);
}

void InstructionDecoder::branchIndexed() {
  words_.expect("idx");
  words_.take("uni");
  expectOperands(2);
  if (operand(1).kind != OperandSyntax::Kind::Name)
    words_.fail("expected the name of a table in " + syntax_.opcode);
  if (!syntax_.guard.empty())
    words_.fail("unsupported " + syntax_.opcode + " under a predicate");
  source(operand(0), Type::B32);
}

void InstructionDecoder::leave() {
  words_.take("uni");
  expectOperands(0);
}

} // namespace neap::sim::ptx
