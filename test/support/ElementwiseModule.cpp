// Text of the modules that ElementwiseModule.h describes.
#include "neap/test/support/ElementwiseModule.h"

namespace neap::testing {
namespace {

/// Address of element %i of an array.
std::string addressOf(const std::string &array) {
  return "llvm.getelementptr %" + array + "[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f32\n";
}

std::string loopFunction(const std::string &name, const std::string &type, int step, const std::string &op,
                         unsigned operands) {
  std::string parameters, loads, list;
  for (unsigned i = 0; i < operands; ++i) {
    std::string number = std::to_string(i);
    parameters += "%in" + number + ": !llvm.ptr, ";
    loads += "%from" + number + " = " + addressOf("in" + number) + "%x" + number + " = llvm.load %from" + number +
             " {alignment = 4 : i64} : !llvm.ptr -> " + type + "\n";
    list += (i ? ", %x" : "%x") + number;
  }
  return "func.func @" + name + "(" + parameters + "%out: !llvm.ptr, %n: i64) {\n" +
         "%zero = arith.constant 0 : i64\n%step = arith.constant " + std::to_string(step) +
         " : i64\nscf.for %i = %zero to %n step %step : i64 {\n" + loads + "%to = " + addressOf("out") + "%y = " + op + " " +
         list + " : " + type + "\nllvm.store %y, %to {alignment = 4 : i64} : " + type +
         ", !llvm.ptr\n}\nreturn\n}\n";
}

} // namespace

std::string elementwiseModule(const std::string &op, unsigned operands) {
  return loopFunction("vector", "vector<16xf32>", 16, op, operands) + loopFunction("scalar", "f32", 1, op, operands);
}

} // namespace neap::testing
