// Rules for moves, addresses, loads and stores.
#include "neap/runtime/sim/ptx/InstructionDecoder.h"

namespace neap::sim::ptx {

namespace {

constexpr std::initializer_list<Type> movable = {Type::Pred, Type::B16, Type::B32, Type::B64, Type::U16,
                                                 Type::U32,  Type::U64, Type::S16, Type::S32, Type::S64,
                                                 Type::F32,  Type::F64, Type::F16, Type::BF16};
constexpr std::initializer_list<Type> loadable = {Type::B8,  Type::B16, Type::B32, Type::B64, Type::U8,
                                                  Type::U16, Type::U32, Type::U64, Type::S8,  Type::S16,
                                                  Type::S32, Type::S64, Type::F32, Type::F64};
/// The type of a part of a packed register.
Type partType(uint32_t bytes, size_t parts) {
  switch (bytes / parts) {
  case 1: return Type::B8;
  case 2: return Type::B16;
  default: return Type::B32;
  }
}

} // namespace

void InstructionDecoder::mov() {
  out_.type = words_.type(movable);
  expectOperands(2);
  bool packs = operand(1).kind == OperandSyntax::Kind::Vector, unpacks = operand(0).kind == OperandSyntax::Kind::Vector;
  if (!packs && !unpacks) {
    result(operand(0), out_.type);
    return movSource(1);
  }
  const std::vector<OperandSyntax> &parts = operand(packs ? 1 : 0).elements;
  if (packs == unpacks || (parts.size() != 2 && parts.size() != 4) || bytesOf(out_.type) < 2 * parts.size())
    words_.fail("expected a vector of two or four registers on one side of " + syntax_.opcode);
  out_.opcode = packs ? Opcode::Pack : Opcode::Unpack;
  out_.from = partType(bytesOf(out_.type), parts.size());
  if (packs)
    result(operand(0), out_.type);
  else
    source(operand(1), out_.type);
  for (const OperandSyntax &part : parts)
    packs ? source(part, out_.from) : result(part, out_.from);
}

/// A register, a constant, a special register or the address of a variable.
void InstructionDecoder::movSource(size_t index) {
  const OperandSyntax &syntax = operand(index);
  if (syntax.kind != OperandSyntax::Kind::Name || names_.registerNamed(syntax.name))
    return source(syntax, out_.type);
  Operand place;
  if (std::optional<Special> special = specialNamed(syntax.name))
    place = builder_.special(*special);
  else if (std::optional<Place> variable = names_.variableNamed(syntax.name))
    place = addressOf(*variable);
  else if (syntax.name.front() == '%')
    words_.fail("unsupported register " + syntax.name);
  else
    words_.fail("expected a register or a variable in " + syntax_.opcode + ", got '" + syntax.name + "'");
  if (place.bytes != bytesOf(out_.type))
    words_.fail(syntax.name + " has another width than " + syntax_.opcode);
  out_.sources[out_.sourceCount++] = place;
}

void InstructionDecoder::cvta() {
  if (words_.take("to"))
    out_.opcode = Opcode::FromGeneric;
  if (!takeSpace() || out_.space == Space::Param)
    words_.refuse();
  out_.type = words_.type({Type::U64});
  expectOperands(2);
  result(operand(0), out_.type);
  movSource(1);
}

bool InstructionDecoder::takeSpace() {
  return words_.takeFrom<Space>({{"global", Space::Global},
                                 {"shared", Space::Shared},
                                 {"shared::cta", Space::Shared},
                                 {"local", Space::Local},
                                 {"const", Space::Const},
                                 {"param", Space::Param}},
                                out_.space);
}

void InstructionDecoder::takeScope() {
  if (!words_.take("cta") && !words_.take("gpu") && !words_.take("sys"))
    words_.refuse();
}

/// [.weak | .volatile | .relaxed.scope] [.space] [.nc] [.vN] .type
void InstructionDecoder::takeAccess() {
  if (!words_.take("weak") && !words_.take("volatile") && words_.take("relaxed"))
    takeScope();
  takeSpace();
  out_.nonCoherent = out_.opcode == Opcode::Ld && out_.space == Space::Global && words_.take("nc");
  words_.takeFrom<uint8_t>({{"v2", uint8_t(2)}, {"v4", uint8_t(4)}, {"v8", uint8_t(8)}}, out_.vector);
  out_.type = words_.type(loadable);
  if (out_.vector * bytesOf(out_.type) > maxAccessBytes)
    words_.fail("expected an access of at most 32 bytes, got " + syntax_.opcode);
}

void InstructionDecoder::address(size_t index) {
  const OperandSyntax &syntax = operand(index);
  if (syntax.kind != OperandSyntax::Kind::Address)
    words_.fail("expected an address in " + syntax_.opcode);
  out_.displacement = int64_t(syntax.value);
  const OperandSyntax &base = syntax.elements[0];
  std::optional<Place> variable;
  if (base.kind == OperandSyntax::Kind::Name)
    variable = names_.variableNamed(base.name);
  if (variable)
    setAddressSpace(*variable);
  else
    source(base, Type::B32, true);
}

/// A variable names its space too; parameters of functions lie in .local.
void InstructionDecoder::setAddressSpace(const Place &place) {
  bool isCallParameter = out_.space == Space::Param && place.space == Space::Local;
  if (out_.space != place.space && !isCallParameter)
    words_.fail("the variable in " + syntax_.opcode + " lies in ." + std::string(nameOf(place.space)));
  out_.space = place.space;
  out_.sources[out_.sourceCount++] = addressOf(place);
}

void InstructionDecoder::decodeVector() {
  bool loads = out_.opcode == Opcode::Ld;
  const OperandSyntax &value = operand(loads ? 0 : 1);
  bool isVector = value.kind == OperandSyntax::Kind::Vector;
  size_t elements = isVector ? value.elements.size() : 1;
  if (elements != out_.vector || isVector != (out_.vector > 1))
    words_.fail("expected " + std::to_string(out_.vector) + " registers for " + syntax_.opcode + ", got " +
                std::to_string(elements));
  for (size_t i = 0; i < elements; ++i) {
    const OperandSyntax &element = isVector ? value.elements[i] : value;
    loads ? result(element, out_.type, true) : source(element, out_.type, true);
  }
}

void InstructionDecoder::load() {
  takeAccess();
  expectOperands(2);
  address(1);
  decodeVector();
}

void InstructionDecoder::store() {
  takeAccess();
  expectOperands(2);
  if (out_.space == Space::Const)
    words_.fail("unsupported " + syntax_.opcode + ": .const is read-only");
  address(0);
  if (out_.space == Space::Param)
    words_.fail("unsupported " + syntax_.opcode + ": the parameters of a kernel are read-only");
  decodeVector();
}

void InstructionDecoder::membar() {
  if (!words_.take("gl"))
    takeScope();
  expectOperands(0);
}

void InstructionDecoder::fence() {
  if (!words_.take("sc"))
    words_.expect("acq_rel");
  takeScope();
  expectOperands(0);
}

} // namespace neap::sim::ptx
