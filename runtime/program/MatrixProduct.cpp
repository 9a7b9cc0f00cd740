// The manifest's products: JSON to structs, and whether they fit the operands of a launch.
#include "neap/runtime/program/MatrixProduct.h"

#include "neap/runtime/program/ManifestJson.h"

#include <algorithm>

namespace neap::runtime {

namespace {

using nlohmann::json;

ProductMatrix parseMatrix(const json &object, size_t batchRank) {
  ProductMatrix matrix;
  matrix.argument = object.at("argument");
  matrix.offset = object.at("offset");
  matrix.leading = object.at("leading");
  matrix.transposed = object.at("transposed");
  matrix.batchStrides = object.at("batch_strides").get<std::vector<uint64_t>>();
  if (matrix.batchStrides.size() != batchRank)
    damagedManifest("a product's matrix has another number of batch strides than the product has dimensions");
  return matrix;
}

/// 16 hexadecimal digits for each word.
std::vector<uint64_t> parseWords(const std::string &text) {
  constexpr size_t digits = 16;
  if (text.size() % digits != 0 || text.find_first_not_of("0123456789abcdef") != std::string::npos)
    damagedManifest("the configuration of an algorithm is '" + text + "'");
  std::vector<uint64_t> words;
  for (size_t i = 0; i < text.size(); i += digits)
    words.push_back(std::stoull(text.substr(i, digits), nullptr, 16));
  return words;
}

ProductAlgorithm parseAlgorithm(const json &object) {
  return {object.at("library"), object.at("workspace"), parseWords(object.at("config"))};
}

/// Elements from the first to the last of all matrices, both included.
uint64_t extentOf(const ProductMatrix &matrix, const MatrixProduct &product, uint64_t rows, uint64_t columns) {
  if (matrix.transposed)
    std::swap(rows, columns);
  uint64_t last = matrix.offset + (rows - 1) * matrix.leading + columns - 1;
  for (size_t i = 0; i < product.batch.size(); ++i)
    last += (product.batch[i] - 1) * matrix.batchStrides[i];
  return last + 1;
}

void requireFit(uint64_t elements, size_t argument, const MatrixProduct &product,
                const std::vector<Operand> &operands) {
  if (argument >= operands.size() || elements > operands[argument].bytes / safetensors::elementBytes(product.type))
    damagedManifest("the product " + product.text() + " does not fit its operand " + std::to_string(argument));
}

} // namespace

std::string MatrixProduct::text() const {
  std::string size = std::to_string(m) + " x " + std::to_string(n) + " x " + std::to_string(k);
  std::string counts;
  for (uint64_t count : batch)
    counts += (counts.empty() ? "" : " x ") + std::to_string(count);
  return counts.empty() ? size : counts + " of " + size;
}

MatrixProduct parseProduct(const json &object) {
  MatrixProduct product;
  product.m = object.at("m");
  product.n = object.at("n");
  product.k = object.at("k");
  product.batch = object.at("batch").get<std::vector<uint64_t>>();
  if (product.m == 0 || product.n == 0 || product.k == 0 || std::count(product.batch.begin(), product.batch.end(), 0))
    damagedManifest("a product of no elements");
  product.type = parseType(object.at("type"));
  product.allowsTf32 = object.at("compute") == "tf32";
  product.lhs = parseMatrix(object.at("lhs"), product.batch.size());
  product.rhs = parseMatrix(object.at("rhs"), product.batch.size());
  product.result = parseMatrix(object.at("result"), product.batch.size());
  if (product.result.transposed)
    damagedManifest("a product's result is transposed");
  if (object.contains("bias"))
    product.bias = {object["bias"].at("argument"), object["bias"].at("offset")};
  if (object.contains("addend"))
    product.addend = parseMatrix(object["addend"], product.batch.size());
  if (object.contains("algorithm"))
    product.algorithm = parseAlgorithm(object["algorithm"]);
  return product;
}

void checkProduct(const MatrixProduct &product, const std::vector<Operand> &operands) {
  requireFit(extentOf(product.lhs, product, product.m, product.k), product.lhs.argument, product, operands);
  requireFit(extentOf(product.rhs, product, product.k, product.n), product.rhs.argument, product, operands);
  requireFit(extentOf(product.result, product, product.m, product.n), product.result.argument, product, operands);
  if (product.bias)
    requireFit(product.bias->offset + product.n, product.bias->argument, product, operands);
  if (product.addend)
    requireFit(extentOf(*product.addend, product, product.m, product.n), product.addend->argument, product, operands);
}

} // namespace neap::runtime
