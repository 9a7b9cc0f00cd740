// JSON to structs.
#include "neap/passes/fuse/ProductProfile.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

namespace json = llvm::json;

namespace neap {

// Found by name where LLVM's reader meets these types.
static bool fromJSON(const json::Value &value, ProfiledAlgorithm &algorithm, json::Path path) {
  json::ObjectMapper fields(value, path);
  return fields && fields.map("library", algorithm.library) && fields.map("workspace", algorithm.workspaceBytes) &&
         fields.map("config", algorithm.config);
}

static bool fromJSON(const json::Value &value, ProfiledProduct &product, json::Path path) {
  json::ObjectMapper fields(value, path);
  std::vector<int64_t> batch;
  double generated = 0;
  std::string compute;
  std::optional<double> library; // absent where the library has no algorithm
  if (!fields || !fields.map("m", product.m) || !fields.map("n", product.n) || !fields.map("k", product.k) ||
      !fields.map("batch", batch) || !fields.map("lhs_transposed", product.lhsTransposed) ||
      !fields.map("rhs_transposed", product.rhsTransposed) || !fields.map("compute", compute) ||
      !fields.map("generated_microseconds", generated) || !fields.mapOptional("library_microseconds", library) ||
      !fields.mapOptional("algorithm", product.algorithm))
    return false;
  product.allowsTf32 = compute == "tf32";
  product.batch.assign(batch.begin(), batch.end());
  product.isLibraryFaster = library && *library <= generated;
  return true;
}

namespace {
struct File {
  int64_t format = 0;
  std::string device;
  std::vector<ProfiledProduct> products;
};
} // namespace

static bool fromJSON(const json::Value &value, File &file, json::Path path) {
  json::ObjectMapper fields(value, path);
  return fields && fields.map("format", file.format) && fields.map("device", file.device) &&
         fields.map("products", file.products);
}

llvm::Expected<ProductProfile> ProductProfile::read(llvm::StringRef path) {
  ProductProfile profile;
  if (path.empty())
    return profile;
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return llvm::createStringError("cannot read " + path + ": " + buffer.getError().message());
  llvm::Expected<json::Value> value = json::parse((*buffer)->getBuffer());
  if (!value)
    return llvm::createStringError(path + ": expected a profile: " + llvm::toString(value.takeError()));
  File file;
  json::Path::Root root("profile");
  if (!fromJSON(*value, file, root))
    return llvm::createStringError(path + ": expected a profile: " + llvm::toString(root.getError()));
  if (file.format != 1)
    return llvm::createStringError(path + ": expected a profile of format 1, got " + std::to_string(file.format));
  profile.device = std::move(file.device);
  profile.products = std::move(file.products);
  return profile;
}

const ProfiledProduct *ProductProfile::find(const LibraryProduct &product, bool allowsTf32) const {
  for (const ProfiledProduct &known : products)
    if (known.m == product.m && known.n == product.n && known.k == product.k && known.batch == product.batch &&
        known.lhsTransposed == product.lhs.transposed && known.rhsTransposed == product.rhs.transposed &&
        known.allowsTf32 == allowsTf32)
      return &known;
  return nullptr;
}

} // namespace neap
