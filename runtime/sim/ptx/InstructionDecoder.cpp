// The table of opcodes, guards and operands.
#include "neap/runtime/sim/ptx/InstructionDecoder.h"

#include "neap/runtime/sim/ptx/Error.h"

namespace neap::sim::ptx {

InstructionDecoder::InstructionDecoder(Names &names, KernelBuilder &builder, const InstructionSyntax &syntax)
    : names_(names), builder_(builder), syntax_(syntax), words_(syntax.opcode, syntax.line) {}

InstructionDecoder::Rule InstructionDecoder::findRule(std::string_view root, Opcode &opcode) {
  using D = InstructionDecoder;
  static constexpr RuleEntry rules[] = {
      {"mov", &D::mov, Opcode::Mov},
      {"cvta", &D::cvta, Opcode::ToGeneric},
      {"add", &D::addOrSub, Opcode::Add},
      {"addc", &D::addOrSubWithCarry, Opcode::Add},
      {"sub", &D::addOrSub, Opcode::Sub},
      {"subc", &D::addOrSubWithCarry, Opcode::Sub},
      {"mul", &D::mul, Opcode::Mul},
      {"mad", &D::mad, Opcode::Mad},
      {"div", &D::div, Opcode::Div},
      {"rem", &D::rem, Opcode::Rem},
      {"abs", &D::absOrNeg, Opcode::Abs},
      {"neg", &D::absOrNeg, Opcode::Neg},
      {"min", &D::minOrMax, Opcode::Min},
      {"max", &D::minOrMax, Opcode::Max},
      {"sad", &D::sad, Opcode::Sad},
      {"and", &D::logic, Opcode::And},
      {"or", &D::logic, Opcode::Or},
      {"xor", &D::logic, Opcode::Xor},
      {"not", &D::notOrCnot, Opcode::Not},
      {"cnot", &D::notOrCnot, Opcode::Cnot},
      {"shl", &D::shift, Opcode::Shl},
      {"shr", &D::shift, Opcode::Shr},
      {"shf", &D::funnelShift, Opcode::ShfL},
      {"bfe", &D::bitField, Opcode::Bfe},
      {"bfi", &D::bitFieldInsert, Opcode::Bfi},
      {"prmt", &D::prmt, Opcode::Prmt},
      {"lop3", &D::lop3, Opcode::Lop3},
      {"popc", &D::countBits, Opcode::Popc},
      {"clz", &D::countBits, Opcode::Clz},
      {"brev", &D::brev, Opcode::Brev},
      {"fma", &D::fma, Opcode::Fma},
      {"sqrt", &D::rootOrReciprocal, Opcode::Sqrt},
      {"rcp", &D::rootOrReciprocal, Opcode::Rcp},
      {"copysign", &D::copysign, Opcode::Copysign},
      {"testp", &D::testp, Opcode::Testp},
      {"cvt", &D::cvt, Opcode::Cvt},
      {"setp", &D::setp, Opcode::Setp},
      {"set", &D::set, Opcode::Set},
      {"selp", &D::selp, Opcode::Selp},
      {"slct", &D::slct, Opcode::Slct},
      {"ld", &D::load, Opcode::Ld},
      {"st", &D::store, Opcode::St},
      {"membar", &D::membar, Opcode::Fence},
      {"fence", &D::fence, Opcode::Fence},
      {"shfl", &D::shfl, Opcode::Shfl},
      {"vote", &D::vote, Opcode::Vote},
      {"activemask", &D::activemask, Opcode::ActiveMask},
      {"redux", &D::redux, Opcode::Redux},
      {"bar", &D::bar, Opcode::Barrier},
      {"barrier", &D::barrier, Opcode::Barrier},
      {"bra", &D::branch, Opcode::Bra},
      {"brx", &D::branchIndexed, Opcode::BrxIdx},
      {"exit", &D::leave, Opcode::Exit},
      {"ret", &D::leave, Opcode::Exit},
      {"trap", &D::leave, Opcode::Trap},
  };
  for (const RuleEntry &entry : rules)
    if (entry.root == root)
      return opcode = entry.opcode, entry.rule;
  return nullptr;
}

Instruction InstructionDecoder::run() {
  Rule rule = findRule(words_.root(), out_.opcode);
  if (!rule) {
    std::string message = "unsupported instruction " + syntax_.opcode;
    if (const char *reason = reasonAgainst(words_.root()))
      message += std::string(": ") + reason;
    words_.fail(message);
  }
  out_.line = syntax_.line;
  decodeGuard();
  (this->*rule)();
  return out_;
}

void InstructionDecoder::decodeGuard() {
  if (syntax_.guard.empty())
    return;
  OperandSyntax guard;
  guard.name = syntax_.guard;
  guard.negated = syntax_.guardNegated;
  out_.guard = resolve(guard, Type::Pred, false);
}

void InstructionDecoder::expectOperands(size_t count) const {
  words_.finish();
  if (syntax_.operands.size() != count)
    words_.fail("expected " + std::to_string(count) + " operands of " + syntax_.opcode + ", got " +
                std::to_string(syntax_.operands.size()));
}

void InstructionDecoder::operandsOfType(size_t sources) {
  expectOperands(1 + sources);
  result(operand(0), out_.type);
  for (size_t i = 1; i <= sources; ++i)
    source(operand(i), out_.type);
}

void InstructionDecoder::result(const OperandSyntax &syntax, Type type, bool wider) {
  Operand place;
  if (syntax.kind == OperandSyntax::Kind::Sink) {
    place.kind = Operand::Kind::Sink;
    place.bytes = uint8_t(bytesOf(type));
  } else {
    place = resolve(syntax, type, wider);
    if (!place.isRegister() || place.negated)
      words_.fail("expected a register for the result of " + syntax_.opcode);
  }
  out_.results[out_.resultCount++] = place;
}

void InstructionDecoder::source(const OperandSyntax &syntax, Type type, bool wider) {
  out_.sources[out_.sourceCount++] = resolve(syntax, type, wider);
}

Operand InstructionDecoder::resolve(const OperandSyntax &syntax, Type type, bool wider) {
  switch (syntax.kind) {
  case OperandSyntax::Kind::Name: return resolveName(syntax, type, wider);
  case OperandSyntax::Kind::Integer:
  case OperandSyntax::Kind::Float32:
  case OperandSyntax::Kind::Float64: return resolveConstant(syntax, type);
  default: words_.fail("unsupported kind of operand in " + syntax_.opcode);
  }
}

Operand InstructionDecoder::resolveName(const OperandSyntax &syntax, Type type, bool wider) {
  const Operand *found = names_.registerNamed(syntax.name);
  if (!found)
    words_.fail("expected a register in " + syntax_.opcode + ", got '" + syntax.name + "'");
  Operand place = *found;
  bool isPredicate = place.kind == Operand::Kind::Predicate, wantsPredicate = type == Type::Pred;
  bool fits = wider ? place.bytes >= bytesOf(type) : place.bytes == bytesOf(type);
  if (isPredicate != wantsPredicate || !fits)
    words_.fail("expected a register of type " + std::string(nameOf(type)) + " in " + syntax_.opcode + ", got " +
                syntax.name + " of another width");
  if (syntax.negated && !isPredicate)
    words_.fail("'!' is for predicates, and " + syntax.name + " is none");
  place.negated = syntax.negated;
  return place;
}

Operand InstructionDecoder::resolveConstant(const OperandSyntax &syntax, Type type) {
  bool isReal = type == Type::F32 || type == Type::F64, isInteger = syntax.kind == OperandSyntax::Kind::Integer;
  uint32_t bytes = bytesOf(type);
  if (isReal && isInteger)
    words_.fail("expected a floating-point constant in " + syntax_.opcode + ", got an integer");
  if (!isInteger && bytes != (syntax.kind == OperandSyntax::Kind::Float32 ? 4 : 8))
    words_.fail("a floating-point constant in " + syntax_.opcode + " has another width than its type");
  if (type == Type::Pred)
    return builder_.predicateConstant(syntax.value != 0);
  // The bits cut off must be copies of the sign or zeros.
  int64_t high = bytes == 8 ? 0 : int64_t(syntax.value) >> (8 * bytes - 1);
  if (high != 0 && high != 1 && high != -1)
    words_.fail("the constant " + std::to_string(int64_t(syntax.value)) + " in " + syntax_.opcode +
                " is too large for " + std::string(nameOf(type)));
  uint64_t mask = bytes == 8 ? ~uint64_t(0) : (uint64_t(1) << 8 * bytes) - 1;
  return builder_.constant(syntax.value & mask, bytes);
}

Operand InstructionDecoder::addressOf(const Place &place) { return builder_.constant(place.address, 8, place.global); }

} // namespace neap::sim::ptx
