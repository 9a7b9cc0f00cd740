// Manifests as some compiler or other may have written them, and what is shown of them.
#include "neap/compiler/driver/KernelReport.h"

#include "gtest/gtest.h"

using namespace neap;
namespace json = llvm::json;

namespace {

json::Object parse(llvm::StringRef text) {
  auto value = json::parse(text);
  if (!value)
    ADD_FAILURE() << llvm::toString(value.takeError());
  return value ? *value->getAsObject() : json::Object();
}

constexpr llvm::StringLiteral twoKernels = R"({
  "name": "m", "planned_bytes": 4096, "item": "token", "items_per_step": 32,
  "options": ["compile", "--arch", "sm_90", "-o", "m"],
  "kernels": [
    {"name": "gemm_0", "kind": "gemm", "class": "products", "launches": 3, "flops": 4000, "bytes_read": 600,
     "bytes_written": 400, "ops": ["matmul", "add"], "blocks": 8, "block_threads": 128, "registers": 96, "shared_bytes": 16384, "spill_bytes": 0},
    {"name": "concat_1", "kind": "concat", "class": "pointwise", "launches": 1, "flops": 0, "bytes_read": 0, "bytes_written": 0,
     "ops": ["concat"], "blocks": 2, "block_threads": 64}]})";

std::string print(const StepReport &step, void (*printer)(const StepReport &, llvm::raw_ostream &)) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  printer(step, stream);
  return text;
}

TEST(StepReport, ReadsWhatAManifestSays) {
  auto step = readStep(parse(twoKernels));
  ASSERT_TRUE(bool(step)) << llvm::toString(step.takeError());
  EXPECT_EQ(step->architecture, "sm_90");
  EXPECT_EQ(step->items, 32);
  EXPECT_EQ(step->plannedBytes, 4096);
  ASSERT_EQ(step->kernels.size(), 2u);
  EXPECT_EQ(step->kernels[0].cost.bytes(), 1000);
  EXPECT_EQ(step->kernels[0].registers, 96);
  EXPECT_EQ(step->kernels[1].registers, std::nullopt);
}

TEST(StepReport, AKernelWithoutCostsIsOfAnotherCompiler) {
  for (llvm::StringRef field : {"class", "flops", "bytes_read", "bytes_written"}) {
    json::Object manifest = parse(twoKernels);
    (*manifest.getArray("kernels"))[1].getAsObject()->erase(field);
    auto step = readStep(manifest);
    ASSERT_FALSE(bool(step)) << field.str();
    EXPECT_EQ(llvm::toString(step.takeError()),
              "the manifest does not say what kernel 'concat_1' costs: compile it anew");
  }
}

TEST(StepReport, TheArchitectureIsFoundHoweverItWasSpelled) {
  for (llvm::StringRef options : {R"(["--arch=sm_89"])", R"(["-arch", "sm_89"])", R"(["x.onnx", "--arch", "sm_89"])"}) {
    json::Object manifest = parse(twoKernels);
    manifest["options"] = *json::parse(options);
    EXPECT_EQ(readStep(manifest)->architecture, "sm_89") << options.str();
  }
  json::Object manifest = parse(twoKernels);
  manifest["options"] = *json::parse(R"(["--target", "cpu"])");
  EXPECT_EQ(readStep(manifest)->architecture, "");
}

TEST(KernelReport, FiguresOfPtxasComeWhereSomeKernelHasThem) {
  std::string text = print(*readStep(parse(twoKernels)), printKernels);
  auto [heading, lines] = llvm::StringRef(text).split('\n');
  auto [product, concat] = lines.split('\n');
  EXPECT_TRUE(heading.ends_with("FLOP/B  blocks  threads  registers  shared B  spilled B  ops")) << text;
  EXPECT_TRUE(product.starts_with("gemm_0    products          3  4000     600        400    4.00 ")) << text;
  EXPECT_TRUE(product.ends_with("  4.00       8      128         96     16384          0  matmul add")) << text;
  EXPECT_TRUE(concat.rtrim().ends_with("  0.00       2       64          -         -          -  concat")) << text;
}

TEST(KernelReport, JsonHasThemTooAndLeavesOutWhatNobodyKnows) {
  json::Object report = parse(print(*readStep(parse(twoKernels)), printKernelsJson));
  const json::Array &kernels = *report.getArray("kernels");
  EXPECT_EQ(kernels[0].getAsObject()->getInteger("spill_bytes"), 0);
  EXPECT_EQ(kernels[0].getAsObject()->getNumber("flops_per_byte"), 4.0);
  EXPECT_FALSE(kernels[1].getAsObject()->get("spill_bytes"));
}

TEST(KernelReport, AnEntryEndsWithItsOwnBrace) {
  llvm::StringRef ptx =
      ".version 7.0\n.visible .entry a_1(\n.param .u64 p\n)\n{\n{ .reg .b32 t; }\nret;\n}\n.visible .entry a(\n)\n{\nret;\n}\n";
  EXPECT_EQ(findPtxEntry(ptx, "a"), ".visible .entry a(\n)\n{\nret;\n}");
  EXPECT_EQ(findPtxEntry(ptx, "a_1"), ".visible .entry a_1(\n.param .u64 p\n)\n{\n{ .reg .b32 t; }\nret;\n}");
  EXPECT_EQ(findPtxEntry(ptx, "b"), "");
  EXPECT_EQ(findPtxEntry(ptx.drop_back(3), "a"), ""); // torn
}

} // namespace
