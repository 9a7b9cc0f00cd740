// A device's profile as JSON.
#include "neap/runtime/trainer/Calibrate.h"

#include "neap/runtime/files/File.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace neap::runtime {

namespace {

using nlohmann::ordered_json;

/// 16 hexadecimal digits for each word.
std::string printWords(const std::vector<uint64_t> &words) {
  std::string text;
  for (uint64_t word : words) {
    char digits[17];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(word));
    text += digits;
  }
  return text;
}

ordered_json describe(const ProductTiming &timing) {
  const MatrixProduct &product = *timing.product;
  ordered_json object{{"m", product.m},
                      {"n", product.n},
                      {"k", product.k},
                      {"batch", product.batch},
                      {"lhs_transposed", product.lhs.transposed},
                      {"rhs_transposed", product.rhs.transposed},
                      {"compute", product.allowsTf32 ? "tf32" : "float32"},
                      {"generated_microseconds", timing.generatedMicroseconds}};
  if (!timing.libraryMicroseconds)
    return object;
  object["library_microseconds"] = *timing.libraryMicroseconds;
  object["algorithm"] = {{"library", timing.algorithm.library},
                         {"workspace", timing.algorithm.workspaceBytes},
                         {"config", printWords(timing.algorithm.config)}};
  return object;
}

ordered_json describe(const DeviceProfile &profile) {
  ordered_json products = ordered_json::array();
  for (const ProductTiming &timing : profile.products)
    products.push_back(describe(timing));
  return {{"format", 1},
          {"device", profile.device},
          {"driver", profile.driver},
          {"libraries", {{"cublasLt", profile.library}}},
          {"products", products}};
}

void report(const DeviceProfile &profile) {
  for (const ProductTiming &timing : profile.products) {
    std::printf("%-40s generated %10.2f us", timing.product->text().c_str(), timing.generatedMicroseconds);
    if (timing.libraryMicroseconds)
      std::printf("   library %10.2f us\n", *timing.libraryMicroseconds);
    else
      std::printf("   library         none\n");
  }
}

} // namespace

ExitCode calibrate(const neap_program &program, const Manifest &manifest, const Options &options) {
  files::Replacement file(options.profile); // before anything is measured that could not be kept
  DeviceProfile profile = program.device->create(program, manifest, options.device)->calibrate();
  std::string text = describe(profile).dump(1) + "\n";
  file.file().append(text.data(), text.size());
  file.commit();
  report(profile);
  return ExitCode::Ok;
}

} // namespace neap::runtime
