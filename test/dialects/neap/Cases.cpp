// See Cases.h.
#include "Cases.h"

#include "llvm/ADT/StringExtras.h"

namespace neap::test {

namespace {

const std::vector<std::string> shapes = {"", "5x", "2x3x", "2x1x4x"};

constexpr const char *word = "tensor<ui32>";

std::string tensor(const std::string &shape, const std::string &element = "f64") {
  return "tensor<" + shape + element + ">";
}

/// A unary or binary op on every shape.
void addElementwise(std::vector<Case> &cases, const std::string &op, unsigned operands, double low = -2.0,
                    double high = 2.0, const std::string &attributes = "") {
  for (const std::string &shape : shapes) {
    std::string list = operands == 1 ? "%a0" : operands == 2 ? "%a0, %a1" : "%a0, %a1, %a2";
    Case made{op + attributes + " " + shape, std::vector<std::string>(operands, tensor(shape)),
              "%r = neap." + op + " " + list + attributes + " : " + tensor(shape), low, high};
    cases.push_back(made);
  }
}

void addUnaries(std::vector<Case> &cases) {
  for (const char *op : {"negate", "abs", "sign", "exp", "tanh", "sigmoid", "erf", "sin", "cos", "floor", "ceil",
                         "round", "relu", "gelu"})
    addElementwise(cases, op, 1);
  for (const char *op : {"log", "sqrt", "reciprocal"})
    addElementwise(cases, op, 1, 0.5, 3.0);
  addElementwise(cases, "gelu", 1, -3.0, 3.0, " {approximation = #neap<approximation tanh>}");
  cases.push_back({"cast", {"tensor<3xf64>"}, "%r = neap.cast %a0 : tensor<3xf64> -> tensor<3xf64>"});
}

void addBinaries(std::vector<Case> &cases) {
  for (const char *op : {"add", "sub", "mul", "maximum", "minimum"})
    addElementwise(cases, op, 2);
  for (const char *op : {"div", "pow"})
    addElementwise(cases, op, 2, 0.5, 3.0);
  cases.push_back({"mod",
                   {"tensor<4xf64>"},
                   "%c = neap.constant dense<[0.7, -0.7, 1.3, -5.0]> : tensor<4xf64>\n"
                   "%r = neap.mod %a0, %c : tensor<4xf64>"});
  cases.push_back({"mod fmod",
                   {"tensor<4xf64>"},
                   "%c = neap.constant dense<[0.7, -0.7, 1.3, -5.0]> : tensor<4xf64>\n"
                   "%r = neap.mod %a0, %c {fmod} : tensor<4xf64>"});
  for (const char *attribute : {"", " {fmod}"})
    cases.push_back({std::string("mod of a computed divisor") + attribute,
                     {"tensor<4xf64>", "tensor<4xf64>"},
                     std::string("%r = neap.mod %a0, %a1") + attribute + " : tensor<4xf64>",
                     1.5,
                     1.9});
  cases.push_back({"pow 0",
                   {"tensor<3xf64>"},
                   "%c = neap.constant dense<[0.0, 2.0, -1.5]> : tensor<3xf64>\n"
                   "%r = neap.pow %a0, %c : tensor<3xf64>",
                   0.5,
                   2.0});
  cases.push_back({"select",
                   {"tensor<2x3xi1>", "tensor<2x3xf64>", "tensor<2x3xf64>"},
                   "%r = neap.select %a0, %a1, %a2 : tensor<2x3xi1>, tensor<2x3xf64>"});
}

void addViews(std::vector<Case> &cases) {
  auto add = [&](const std::string &name, const std::string &argument, const std::string &body) {
    cases.push_back({name, {argument}, "%r = neap." + body});
  };
  for (const char *to : {"6x4", "24", "2x3x4x1", "1x4x6", "2x12", "8x3", "3x2x2x2"})
    add(std::string("reshape to ") + to, "tensor<2x3x4xf64>",
        "reshape %a0 : tensor<2x3x4xf64> -> tensor<" + std::string(to) + "xf64>");
  add("reshape scalar", "tensor<f64>", "reshape %a0 : tensor<f64> -> tensor<1x1xf64>");
  add("reshape to scalar", "tensor<1x1xf64>", "reshape %a0 : tensor<1x1xf64> -> tensor<f64>");
  for (const char *permutation : {"[0, 1, 2]", "[2, 0, 1]", "[1, 2, 0]", "[0, 2, 1]", "[2, 1, 0]"})
    add(std::string("transpose ") + permutation, "tensor<2x3x4xf64>",
        std::string("transpose %a0 ") + permutation + " : tensor<2x3x4xf64>");
  for (const char *from : {"", "1x", "4x", "3x4x", "3x1x", "1x4x", "2x3x4x", "2x1x4x", "1x1x1x", "2x1x1x"})
    add("broadcast " + tensor(from), tensor(from), "broadcast %a0 : " + tensor(from) + " -> tensor<2x3x4xf64>");
  add("slice", "tensor<4x5xf64>", "slice %a0 starts [1, 0] sizes [2, 5] strides [1, 1] : tensor<4x5xf64>");
  add("slice strided", "tensor<4x5xf64>", "slice %a0 starts [3, 4] sizes [2, 3] strides [-2, -2] : tensor<4x5xf64>");
  add("slice empty", "tensor<4x5xf64>", "slice %a0 starts [0, 0] sizes [0, 5] strides [1, 1] : tensor<4x5xf64>");
  add("unslice", "tensor<2x3xf64>", "unslice %a0 starts [1, 4] strides [2, -2] : tensor<2x3xf64> -> tensor<4x5xf64>");
}

void addMoves(std::vector<Case> &cases) {
  cases.push_back({"concat",
                   {"tensor<2x3xf64>", "tensor<2x1xf64>", "tensor<2x2xf64>"},
                   "%r = neap.concat %a0, %a1, %a2 axis 1 : tensor<2x3xf64>, tensor<2x1xf64>, tensor<2x2xf64>"});
  cases.push_back({"concat rows",
                   {"tensor<2x3xf64>", "tensor<1x3xf64>"},
                   "%r = neap.concat %a0, %a1 axis 0 : tensor<2x3xf64>, tensor<1x3xf64>"});
  cases.push_back({"gather",
                   {"tensor<5x3xf64>"},
                   "%i = neap.constant dense<[[0, 4], [4, 2]]> : tensor<2x2xi64>\n"
                   "%r = neap.gather %a0, %i : tensor<5x3xf64>, tensor<2x2xi64>"});
  cases.push_back({"gather scalar",
                   {"tensor<5xf64>"},
                   "%i = neap.constant dense<3> : tensor<i64>\n"
                   "%r = neap.gather %a0, %i : tensor<5xf64>, tensor<i64>"});
}

void addRunningSums(std::vector<Case> &cases) {
  for (const char *attributes : {"", " {exclusive}", " {reverse}", " {exclusive, reverse}"})
    for (const char *axis : {"0", "1"})
      cases.push_back({std::string("cumsum ") + axis + attributes,
                       {"tensor<3x4xf64>"},
                       std::string("%r = neap.cumsum %a0 axis ") + axis + attributes + " : tensor<3x4xf64>"});
}

void addReductions(std::vector<Case> &cases) {
  for (const char *kind : {"sum", "max", "min"})
    for (const char *axes : {"[]", "[0]", "[1]", "[2]", "[0, 1]", "[1, 2]", "[0, 2]", "[0, 1, 2]"})
      cases.push_back({std::string("reduce ") + kind + axes,
                       {"tensor<2x3x4xf64>"},
                       std::string("%r = neap.reduce ") + kind + " %a0 axes " + axes + " : tensor<2x3x4xf64>"});
  cases.push_back({"matmul",
                   {"tensor<2x3xf64>", "tensor<3x4xf64>"},
                   "%r = neap.matmul %a0, %a1 : tensor<2x3xf64>, tensor<3x4xf64>"});
  cases.push_back({"matmul that goes on",
                   {"tensor<2x3xf64>", "tensor<3x4xf64>", "tensor<2x4xf64>"},
                   "%r = neap.matmul %a0, %a1 from %a2 : tensor<2x3xf64>, tensor<3x4xf64> from tensor<2x4xf64>"});
  cases.push_back({"reduce that goes on",
                   {"tensor<5x2x3xf64>", "tensor<2x3xf64>"},
                   "%r = neap.reduce sum %a0 axes [0] from %a1 chunk 2 : tensor<5x2x3xf64> from tensor<2x3xf64>"});
  cases.push_back({"matmul batched",
                   {"tensor<2x2x2x3xf64>", "tensor<2x2x3x1xf64>"},
                   "%r = neap.matmul %a0, %a1 : tensor<2x2x2x3xf64>, tensor<2x2x3x1xf64>"});
}

/// Every way a bias may repeat, with and without a causal mask.
void addAttention(std::vector<Case> &cases) {
  std::string operands = "tensor<2x3x4xf64>, tensor<2x5x4xf64>, tensor<2x5x3xf64>";
  std::vector<std::string> types{"tensor<2x3x4xf64>", "tensor<2x5x4xf64>", "tensor<2x5x3xf64>"};
  for (const char *attributes : {" {scale = 0.7 : f32}", " {causal}", " {empty_rows_zero}"}) {
    cases.push_back({std::string("attention") + attributes, types,
                     std::string("%r:2 = neap.attention %a0, %a1, %a2") + attributes + " : " + operands});
    for (const char *bias : {"tensor<2x3x5xf64>", "tensor<1x3x5xf64>", "tensor<2x1x5xf64>", "tensor<1x3x1xf64>"}) {
      std::vector<std::string> withBias(types);
      withBias.push_back(bias);
      cases.push_back({std::string("attention bias ") + bias + attributes, withBias,
                       std::string("%r:2 = neap.attention %a0, %a1, %a2 bias %a3") + attributes + " : " + operands +
                           " bias " + bias});
    }
  }
  types.insert(types.end(), {"tensor<1x3x5xf64>", word, word, word, word});
  cases.push_back({"attention dropout", types,
                   "%r:2 = neap.attention %a0, %a1, %a2 bias %a3 dropout %a4, %a5, %a6, %a7 {dropout_ratio = 0.4} : " +
                       operands + " bias tensor<1x3x5xf64>"});
  types.push_back(word);
  cases.push_back(
      {"attention dropout of a part", types,
       "%r:2 = neap.attention %a0, %a1, %a2 bias %a3 dropout %a4, %a5, %a6, %a7, %a8 {dropout_ratio = 0.4} : " +
           operands + " bias tensor<1x3x5xf64>"});
}

void addCompound(std::vector<Case> &cases) {
  for (const char *shape : {"5x", "2x3x", "2x2x3x", "3x1x"})
    cases.push_back({std::string("softmax ") + shape, {tensor(shape)}, "%r = neap.softmax %a0 : " + tensor(shape)});
  for (const char *shape : {"", "2x", "2x3x"})
    cases.push_back({std::string("layer_norm ") + shape,
                     {tensor(shape + std::string("4x")), "tensor<4xf64>", "tensor<4xf64>"},
                     "%r:3 = neap.layer_norm %a0, %a1, %a2 {epsilon = 1.0e-05 : f32} : " +
                         tensor(shape + std::string("4x")) + ", tensor<4xf64>, tensor<4xf64>"});
  addAttention(cases);
  for (const char *labels : {"[1, -100, 3]", "[0, 1, 2]", "[-100, -100, -100]"})
    cases.push_back(
        {std::string("cross_entropy ") + labels,
         {"tensor<3x4xf64>"},
         std::string("%l = neap.constant dense<") + labels + "> : tensor<3xi64>\n" +
             "%r:3 = neap.cross_entropy %a0, %l {ignore_index = -100 : i64} : tensor<3x4xf64>, tensor<3xi64>"});
}

void addIntegers(std::vector<Case> &cases) {
  for (const char *type : {"tensor<9xi64>", "tensor<9xi32>", "tensor<9xi8>"}) {
    std::string t = type;
    for (const char *op : {"add", "sub", "mul", "div", "mod", "maximum", "minimum"})
      cases.push_back({op + t, {t, t}, std::string("%r = neap.") + op + " %a0, %a1 : " + t});
    for (const char *op : {"negate", "abs", "sign"})
      cases.push_back({op + t, {t}, std::string("%r = neap.") + op + " %a0 : " + t});
    cases.push_back({"mod fmod " + t, {t, t}, "%r = neap.mod %a0, %a1 {fmod} : " + t});
  }
  for (const char *op : {"and", "or", "xor"})
    cases.push_back(
        {op, {"tensor<9xi1>", "tensor<9xi1>"}, std::string("%r = neap.") + op + " %a0, %a1 : tensor<9xi1>"});
  cases.push_back({"not", {"tensor<9xi1>"}, "%r = neap.not %a0 : tensor<9xi1>"});
  for (const char *kind : {"sum", "max", "min"})
    for (const char *type : {"tensor<3x4xi64>", "tensor<3x4xi1>"})
      cases.push_back({std::string("reduce ") + kind + type,
                       {type},
                       std::string("%r = neap.reduce ") + kind + " %a0 axes [1] : " + type});
}

void addComparisons(std::vector<Case> &cases) {
  for (const char *predicate : {"eq", "ne", "lt", "le", "gt", "ge"})
    for (const char *element : {"f64", "i64", "i1"}) {
      std::string t = tensor("9x", element);
      cases.push_back({std::string("compare ") + predicate + element,
                       {t, t},
                       std::string("%r = neap.compare ") + predicate + " %a0, %a1 : " + t});
    }
  cases.push_back({"is_nan",
                   {},
                   "%c = neap.constant dense<[0.0, 0x7FF8000000000000]> : tensor<2xf64>\n"
                   "%r = neap.is_nan %c : tensor<2xf64>"});
  cases.push_back({"relu of NaN",
                   {},
                   "%c = neap.constant dense<[-1.0, 0x7FF8000000000000]> : tensor<2xf64>\n"
                   "%r = neap.relu %c : tensor<2xf64>"});
  cases.push_back({"maximum of NaN",
                   {},
                   "%c = neap.constant dense<[-1.0, 0x7FF8000000000000]> : tensor<2xf64>\n"
                   "%d = neap.constant dense<[0x7FF8000000000000, 1.0]> : tensor<2xf64>\n"
                   "%r = neap.maximum %c, %d : tensor<2xf64>"});
  for (const char *from : {"f64", "f32", "i64", "i8", "i1"})
    for (const char *to : {"f64", "f32", "i64", "i8", "i1"})
      cases.push_back({std::string("cast ") + from + to,
                       {tensor("9x", from)},
                       "%r = neap.cast %a0 : " + tensor("9x", from) + " -> " + tensor("9x", to)});
}

void addAttentionBackward(std::vector<Case> &cases) {
  std::vector<std::string> types{"tensor<2x3x4xf64>", "tensor<2x5x4xf64>", "tensor<2x5x6xf64>", "tensor<2x3xf64>",
                                 "tensor<2x3x6xf64>"};
  std::string list = llvm::join(types, ", "), operands = "%a0, %a1, %a2, %a3, %a4";
  for (const char *op : {"%r:2 = neap.attention_delta ", "%r:3 = neap.attention_backward "})
    cases.push_back({op, types, op + operands + " {causal} : " + list});
  std::string rows = " delta tensor<2x3xf64>, tensor<2x3xf64>";
  types.insert(types.end(), 2, "tensor<2x3xf64>");
  cases.push_back({"attention_backward delta", types,
                   "%r:3 = neap.attention_backward " + operands + " delta %a5, %a6 : " + list + rows});
  for (const char *bias : {"tensor<2x3x5xf64>", "tensor<1x3x5xf64>", "tensor<2x1x5xf64>", "tensor<1x3x1xf64>"})
    for (const char *attributes : {" {scale = 0.7 : f32}", " {causal}"}) {
      std::vector<std::string> withBias(types);
      withBias.push_back(bias);
      cases.push_back({std::string("attention_bias_gradient ") + bias + attributes, withBias,
                       "%r = neap.attention_bias_gradient " + operands + " delta %a5, %a6 bias %a7" + attributes +
                           " : " + list + rows + " bias " + bias});
    }
  types.insert(types.end(), {"tensor<2x3x5xf64>", word, word, word, word});
  cases.push_back({"attention_bias_gradient dropout", types,
                   "%r = neap.attention_bias_gradient " + operands +
                       " delta %a5, %a6 bias %a7 dropout %a8, %a9, %a10, %a11 {dropout_ratio = 0.4} : " + list + rows +
                       " bias tensor<2x3x5xf64>"});
}

void addBackward(std::vector<Case> &cases) {
  addElementwise(cases, "gelu_backward", 2);
  addElementwise(cases, "gelu_backward", 2, -2, 2, " {approximation = #neap<approximation tanh>}");
  addElementwise(cases, "fma", 3);
  cases.push_back({"softmax_backward",
                   {"tensor<2x3xf64>", "tensor<2x3xf64>"},
                   "%r = neap.softmax_backward %a0, %a1 : tensor<2x3xf64>"});
  cases.push_back({"layer_norm_backward",
                   {"tensor<2x3x4xf64>", "tensor<4xf64>", "tensor<2x3xf64>", "tensor<2x3xf64>", "tensor<2x3x4xf64>"},
                   "%r:3 = neap.layer_norm_backward %a0, %a1, %a2, %a3, %a4 : tensor<2x3x4xf64>, tensor<4xf64>, "
                   "tensor<2x3xf64>, tensor<2x3xf64>, tensor<2x3x4xf64>"});
  for (const char *count : {"2.0", "0.0"})
    cases.push_back({std::string("cross_entropy_backward ") + count,
                     {"tensor<3x4xf64>", "tensor<3xf64>", "tensor<f64>"},
                     std::string("%l = neap.constant dense<[") + (count[0] == '2' ? "1, -100, 3" : "-100, -100, -100") +
                         "]> : tensor<3xi64>\n%n = neap.constant dense<" + count + "> : tensor<f64>\n" +
                         "%r = neap.cross_entropy_backward %a0, %l, %a1, %n, %a2 {ignore_index = -100 : i64} : "
                         "tensor<3x4xf64>, tensor<3xi64>, tensor<3xf64>, tensor<f64>, tensor<f64>"});
  addAttentionBackward(cases);
  cases.push_back({"iota", {}, "%r = neap.iota 1 : tensor<2x3xi32>"});
}

void addDropout(std::vector<Case> &cases) {
  cases.push_back({"dropout of a part",
                   {tensor("2x7x"), word, word, word, word, word},
                   "%r = neap.dropout %a0 ratio 0.5 key %a1, %a2, %a3, %a4 skip %a5 : " + tensor("2x7x")});
  for (const std::string &shape :
       {std::string(), std::string("5x"), std::string("2x3x"), std::string("2x7x1x"), std::string("3x8x")})
    for (const char *ratio : {"0.5", "0.1"})
      cases.push_back(
          {"dropout " + shape + ratio,
           {tensor(shape), word, word, word, word},
           std::string("%r = neap.dropout %a0 ratio ") + ratio + " key %a1, %a2, %a3, %a4 : " + tensor(shape)});
}

void addRandomNumbers(std::vector<Case> &cases) {
  cases.push_back({"random_uniform of a part",
                   {word, word, word, word, word},
                   "%r = neap.random_uniform key %a0, %a1, %a2, %a3 skip %a4 : tensor<2x7xf64>"});
  for (const char *type : {"tensor<f64>", "tensor<2x7xf32>", "tensor<9xf64>"})
    cases.push_back({std::string("random_uniform ") + type,
                     {word, word, word, word},
                     std::string("%r = neap.random_uniform key %a0, %a1, %a2, %a3 : ") + type});
}

} // namespace

const std::vector<Case> &differentiableCases() {
  static const std::vector<Case> cases = [] {
    std::vector<Case> made;
    addUnaries(made);
    addBinaries(made);
    addViews(made);
    addMoves(made);
    addRunningSums(made);
    addReductions(made);
    addCompound(made);
    addDropout(made);
    return made;
  }();
  return cases;
}

const std::vector<Case> &otherCases() {
  static const std::vector<Case> cases = [] {
    std::vector<Case> made;
    addIntegers(made);
    addComparisons(made);
    addBackward(made);
    addRandomNumbers(made);
    return made;
  }();
  return cases;
}

} // namespace neap::test
