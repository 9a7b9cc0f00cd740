// Rules for arithmetic, bits, comparisons and conversions.
#include "neap/runtime/sim/ptx/InstructionDecoder.h"

namespace neap::sim::ptx {

namespace {

constexpr std::initializer_list<Type> floats = {Type::F32, Type::F64, Type::F16, Type::BF16, Type::F16x2, Type::BF16x2};
constexpr std::initializer_list<Type> roundedFloats = {Type::F32,   Type::F64,    Type::F16,  Type::BF16,
                                                       Type::F16x2, Type::BF16x2, Type::F32x2};
constexpr std::initializer_list<Type> integers = {Type::U16, Type::U32, Type::U64, Type::S16, Type::S32, Type::S64};
constexpr std::initializer_list<Type> pairsToo = {Type::U16, Type::U32, Type::U64,   Type::S16,
                                                  Type::S32, Type::S64, Type::U16x2, Type::S16x2};
constexpr std::initializer_list<Type> words32And64 = {Type::U32, Type::U64, Type::S32, Type::S64};
constexpr std::initializer_list<Type> bits32And64 = {Type::B32, Type::B64};

/// The type of a product that keeps all bits.
Type widened(Type type) {
  switch (type) {
  case Type::U16: return Type::U32;
  case Type::S16: return Type::S32;
  case Type::U32: return Type::U64;
  default: return Type::S64;
  }
}

} // namespace

bool InstructionDecoder::roundedFloat() {
  if (words_.take("rn")) {
    out_.rounding = Rounding::Rn;
    out_.type = words_.type(roundedFloats);
    return true;
  }
  for (Type type : roundedFloats)
    if (words_.take(nameOf(type)))
      words_.fail("unsupported " + syntax_.opcode +
                  " without .rn: an assembler may join it with another into an fma, so nobody can predict its bits");
  return false;
}

void InstructionDecoder::addOrSub() {
  if (!roundedFloat()) {
    out_.carryOut = words_.take("cc");
    out_.type = out_.carryOut ? words_.type(words32And64) : words_.type(pairsToo);
  }
  operandsOfType(2);
}

void InstructionDecoder::addOrSubWithCarry() {
  out_.carryIn = true;
  out_.carryOut = words_.take("cc");
  out_.type = words_.type(words32And64);
  operandsOfType(2);
}

void InstructionDecoder::mul() {
  if (roundedFloat())
    return operandsOfType(2);
  if (words_.take("wide")) {
    out_.opcode = Opcode::MulWide;
    out_.from = words_.type({Type::U16, Type::U32, Type::S16, Type::S32});
    out_.type = widened(out_.from);
    expectOperands(3);
    result(operand(0), out_.type);
    source(operand(1), out_.from);
    return source(operand(2), out_.from);
  }
  if (words_.take("hi"))
    out_.opcode = Opcode::MulHi;
  else
    words_.expect("lo");
  out_.type = words_.type(integers);
  operandsOfType(2);
}

void InstructionDecoder::mad() {
  if (words_.take("wide")) {
    out_.opcode = Opcode::MadWide;
    out_.from = words_.type({Type::U16, Type::U32, Type::S16, Type::S32});
    out_.type = widened(out_.from);
    expectOperands(4);
    result(operand(0), out_.type);
    source(operand(1), out_.from);
    source(operand(2), out_.from);
    return source(operand(3), out_.type);
  }
  if (words_.take("hi"))
    out_.opcode = Opcode::MadHi;
  else
    words_.expect("lo");
  out_.type = words_.type(integers);
  operandsOfType(3);
}

void InstructionDecoder::div() {
  if (words_.take("rn"))
    out_.type = words_.type({Type::F32, Type::F64});
  else
    out_.type = words_.type(integers);
  operandsOfType(2);
}

void InstructionDecoder::rem() {
  out_.type = words_.type(integers);
  operandsOfType(2);
}

void InstructionDecoder::absOrNeg() {
  out_.type = words_.type(
      {Type::S16, Type::S32, Type::S64, Type::F32, Type::F64, Type::F16, Type::BF16, Type::F16x2, Type::BF16x2});
  operandsOfType(1);
}

void InstructionDecoder::minOrMax() {
  out_.nan = words_.take("NaN");
  out_.type = out_.nan
                  ? words_.type(floats)
                  : words_.type({Type::U16, Type::U32, Type::U64, Type::S16, Type::S32, Type::S64, Type::U16x2,
                                 Type::S16x2, Type::F32, Type::F64, Type::F16, Type::BF16, Type::F16x2, Type::BF16x2});
  operandsOfType(2);
}

void InstructionDecoder::sad() {
  out_.type = words_.type(integers);
  operandsOfType(3);
}

void InstructionDecoder::logic() {
  out_.type = words_.type({Type::Pred, Type::B16, Type::B32, Type::B64});
  operandsOfType(2);
}

void InstructionDecoder::notOrCnot() {
  out_.type = out_.opcode == Opcode::Not ? words_.type({Type::Pred, Type::B16, Type::B32, Type::B64})
                                         : words_.type({Type::B16, Type::B32, Type::B64});
  operandsOfType(1);
}

void InstructionDecoder::shift() {
  bool left = out_.opcode == Opcode::Shl;
  out_.type = left ? words_.type({Type::B16, Type::B32, Type::B64})
                   : words_.type({Type::B16, Type::B32, Type::B64, Type::U16, Type::U32, Type::U64, Type::S16,
                                  Type::S32, Type::S64});
  expectOperands(3);
  result(operand(0), out_.type);
  source(operand(1), out_.type);
  source(operand(2), Type::B32);
}

void InstructionDecoder::funnelShift() {
  if (words_.take("r"))
    out_.opcode = Opcode::ShfR;
  else
    words_.expect("l");
  out_.wrap = words_.take("wrap");
  if (!out_.wrap)
    words_.expect("clamp");
  out_.type = words_.type({Type::B32});
  operandsOfType(3);
}

void InstructionDecoder::bitField() {
  out_.type = words_.type(words32And64);
  expectOperands(4);
  result(operand(0), out_.type);
  source(operand(1), out_.type);
  source(operand(2), Type::B32);
  source(operand(3), Type::B32);
}

void InstructionDecoder::bitFieldInsert() {
  out_.type = words_.type(bits32And64);
  expectOperands(5);
  result(operand(0), out_.type);
  source(operand(1), out_.type);
  source(operand(2), out_.type);
  source(operand(3), Type::B32);
  source(operand(4), Type::B32);
}

void InstructionDecoder::prmt() {
  out_.type = words_.type({Type::B32});
  operandsOfType(3);
}

void InstructionDecoder::lop3() {
  out_.type = words_.type({Type::B32});
  operandsOfType(4);
}

void InstructionDecoder::countBits() {
  out_.type = Type::U32;
  out_.from = words_.type(bits32And64);
  expectOperands(2);
  result(operand(0), out_.type);
  source(operand(1), out_.from);
}

void InstructionDecoder::brev() {
  out_.type = words_.type(bits32And64);
  operandsOfType(1);
}

void InstructionDecoder::fma() {
  if (!roundedFloat())
    words_.refuse();
  operandsOfType(3);
}

void InstructionDecoder::rootOrReciprocal() {
  if (!words_.take("rn"))
    words_.refuse();
  out_.type = words_.type({Type::F32, Type::F64});
  operandsOfType(1);
}

void InstructionDecoder::copysign() {
  out_.type = words_.type({Type::F32, Type::F64});
  operandsOfType(2);
}

void InstructionDecoder::testp() {
  if (!words_.takeFrom<Property>({{"finite", Property::Finite},
                                  {"infinite", Property::Infinite},
                                  {"number", Property::Number},
                                  {"notanumber", Property::NotANumber},
                                  {"normal", Property::Normal},
                                  {"subnormal", Property::Subnormal}},
                                 out_.property))
    words_.refuse();
  out_.type = Type::Pred;
  out_.from = words_.type({Type::F32, Type::F64});
  expectOperands(2);
  result(operand(0), out_.type);
  source(operand(1), out_.from);
}

void InstructionDecoder::cvt() {
  words_.takeFrom<Rounding>({{"rn", Rounding::Rn},
                             {"rz", Rounding::Rz},
                             {"rm", Rounding::Rm},
                             {"rp", Rounding::Rp},
                             {"rni", Rounding::Rni},
                             {"rzi", Rounding::Rzi},
                             {"rmi", Rounding::Rmi},
                             {"rpi", Rounding::Rpi}},
                            out_.rounding);
  out_.saturate = words_.take("sat");
  std::initializer_list<Type> scalars = {Type::U8,  Type::U16, Type::U32, Type::U64,  Type::S8,  Type::S16,
                                         Type::S32, Type::S64, Type::F16, Type::BF16, Type::F32, Type::F64};
  if (words_.take("bf16x2") || words_.take("f16x2"))
    return packedConversion();
  out_.type = words_.type(scalars);
  out_.from = words_.type(scalars);
  checkConversion();
  expectOperands(2);
  result(operand(0), out_.type, true);
  source(operand(1), out_.from, true);
}

/// cvt.rn.bf16x2.f32 d, a, b: a goes to the upper half.
void InstructionDecoder::packedConversion() {
  out_.opcode = Opcode::CvtPack;
  out_.type = syntax_.opcode.find(".bf16x2") != std::string::npos ? Type::BF16x2 : Type::F16x2;
  out_.from = words_.type({Type::F32});
  if (out_.rounding != Rounding::Rn || out_.saturate)
    words_.fail("unsupported rounding or saturation in " + syntax_.opcode);
  expectOperands(3);
  result(operand(0), out_.type);
  source(operand(1), out_.from);
  source(operand(2), out_.from);
}

/// Which roundings go with which types.
void InstructionDecoder::checkConversion() {
  bool toFloat = isFloat(out_.type), fromFloat = isFloat(out_.from);
  bool toInteger = out_.rounding >= Rounding::Rni, rounds = out_.rounding != Rounding::None && !toInteger;
  // f16 and bf16 do not contain each other.
  bool inexact = bytesOf(out_.type) < bytesOf(out_.from) || (bytesOf(out_.type) == 2 && out_.type != out_.from);
  bool good = !toFloat && !fromFloat   ? out_.rounding == Rounding::None
              : !toFloat               ? toInteger && !out_.saturate
              : !fromFloat             ? out_.rounding == Rounding::Rn && !out_.saturate
              : out_.type == out_.from ? (toInteger || out_.rounding == Rounding::None) && !out_.saturate
              : inexact                ? rounds && !out_.saturate
                                       : out_.rounding == Rounding::None && !out_.saturate;
  if (!good)
    words_.fail("unsupported rounding or saturation in " + syntax_.opcode);
}

bool InstructionDecoder::takeCompare() {
  return words_.takeFrom<Compare>({{"eq", Compare::Eq},
                                   {"ne", Compare::Ne},
                                   {"lt", Compare::Lt},
                                   {"le", Compare::Le},
                                   {"gt", Compare::Gt},
                                   {"ge", Compare::Ge},
                                   {"lo", Compare::Lt},
                                   {"ls", Compare::Le},
                                   {"hi", Compare::Gt},
                                   {"hs", Compare::Ge},
                                   {"equ", Compare::EqU},
                                   {"neu", Compare::NeU},
                                   {"ltu", Compare::LtU},
                                   {"leu", Compare::LeU},
                                   {"gtu", Compare::GtU},
                                   {"geu", Compare::GeU},
                                   {"num", Compare::Num},
                                   {"nan", Compare::NaN}},
                                  out_.compare);
}

void InstructionDecoder::setp() {
  if (!takeCompare())
    words_.refuse();
  words_.takeFrom<Combine>({{"and", Combine::And}, {"or", Combine::Or}, {"xor", Combine::Xor}}, out_.combine);
  out_.type = Type::Pred;
  out_.from = words_.type({Type::B16, Type::B32, Type::B64, Type::U16, Type::U32, Type::U64, Type::S16, Type::S32,
                           Type::S64, Type::F16, Type::BF16, Type::F32, Type::F64});
  if (out_.compare >= Compare::EqU && !isFloat(out_.from))
    words_.fail("unsupported comparison of integers in " + syntax_.opcode);
  bool combines = out_.combine != Combine::None;
  expectOperands(combines ? 4 : 3);
  if (operand(0).kind == OperandSyntax::Kind::Pair) {
    result(operand(0).elements[0], Type::Pred);
    result(operand(0).elements[1], Type::Pred);
  } else {
    result(operand(0), Type::Pred);
  }
  source(operand(1), out_.from);
  source(operand(2), out_.from);
  if (combines)
    source(operand(3), Type::Pred);
}

void InstructionDecoder::set() {
  if (!takeCompare())
    words_.refuse();
  out_.type = words_.type({Type::U32, Type::S32, Type::F32});
  out_.from = words_.type({Type::B32, Type::B64, Type::U32, Type::U64, Type::S32, Type::S64, Type::F32, Type::F64});
  if (out_.compare >= Compare::EqU && !isFloat(out_.from))
    words_.fail("unsupported comparison of integers in " + syntax_.opcode);
  expectOperands(3);
  result(operand(0), out_.type);
  source(operand(1), out_.from);
  source(operand(2), out_.from);
}

void InstructionDecoder::selp() {
  out_.type = words_.type({Type::B16, Type::B32, Type::B64, Type::U16, Type::U32, Type::U64, Type::S16, Type::S32,
                           Type::S64, Type::F16, Type::BF16, Type::F32, Type::F64});
  expectOperands(4);
  result(operand(0), out_.type);
  source(operand(1), out_.type);
  source(operand(2), out_.type);
  source(operand(3), Type::Pred);
}

void InstructionDecoder::slct() {
  out_.type = words_.type({Type::B16, Type::B32, Type::B64, Type::U16, Type::U32, Type::U64, Type::S16, Type::S32,
                           Type::S64, Type::F32, Type::F64});
  out_.from = words_.type({Type::S32, Type::F32});
  expectOperands(4);
  result(operand(0), out_.type);
  source(operand(1), out_.type);
  source(operand(2), out_.type);
  source(operand(3), out_.from);
}

} // namespace neap::sim::ptx
