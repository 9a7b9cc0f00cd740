// Manifests that a correct compiler never writes: each is refused as a damaged binary, by name of what is wrong.
#include "neap/runtime/program/Manifest.h"
#include "neap/runtime/program/Failure.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace neap::test {
namespace {

using namespace runtime;
using nlohmann::json;

json validManifest() {
  return json::parse(
      R"({"format": 1, "name": "m", "compiler": "neap", "target": "cpu", "planned_bytes": 1024, "arena_bytes": 1024, "far_bytes": 8192,
    "scratch_bytes_per_worker": 0, "max_workers": 1, "step_block": 512,
    "loss": {"offset": 0, "type": "float32"}, "gradient_norm": {"offset": 4, "type": "float32"},
    "bounded_outputs": [{"name": "lowest index", "type": "int64", "shape": [], "offset": 256, "bytes": 8, "minimum": 0, "limit": 9}],
    "inputs": [{"name": "ids", "type": "int64", "shape": [2], "offset": 64, "bytes": 16, "minimum": 0, "limit": 5, "role": "tokens"}],
    "parameters": [{"name": "w", "type": "float32", "shape": [4], "offset": 128, "bytes": 16, "trained": true}],
    "states": [{"offset": 512, "bytes": 0}, {"offset": 4096, "bytes": 64, "space": "far"}], "constants": [{"offset": 192, "bytes": 8, "source": 0}],
    "items_per_step": 2, "item": "token", "optimizer": "adamw", "defaults": {"learning_rate": null}})");
}

Manifest parse(const json &manifest) {
  std::string text = manifest.dump();
  static constexpr char constants[8] = {};
  neap_program program{NEAP_ABI_VERSION, 0, 1024,    0,       1,       text.data(), text.size(),
                       constants,        8, nullptr, nullptr, nullptr, nullptr,     8192};
  return parseManifest(program);
}

void expectDamaged(const json &manifest, const std::string &message) {
  try {
    parse(manifest);
    ADD_FAILURE() << message << ": was accepted";
  } catch (const Failure &failure) {
    EXPECT_EQ(failure.code(), ExitCode::Internal);
    EXPECT_NE(std::string(failure.what()).find(message), std::string::npos) << failure.what();
  }
}

void expectDamaged(const char *pointer, const json &value, const std::string &message) {
  json manifest = validManifest();
  manifest[json::json_pointer(pointer)] = value;
  expectDamaged(manifest, message);
}

TEST(ManifestTest, FieldsArriveInTheStructs) {
  Manifest manifest = parse(validManifest());
  ASSERT_EQ(manifest.inputs.size(), 1u);
  EXPECT_EQ(manifest.inputs[0].role, Role::Tokens);
  EXPECT_EQ(manifest.inputs[0].range->limit, 5);
  EXPECT_FALSE(manifest.inputs[0].range->ignore);
  EXPECT_EQ(manifest.boundedOutputs.at(0).range.limit, 9);
  EXPECT_TRUE(manifest.parameters.at(0).trained);
  EXPECT_FALSE(manifest.defaults.learningRate);
  EXPECT_EQ(manifest.defaults.beta2, 0.999);
  EXPECT_EQ(manifest.farBytes, 8192u);
  EXPECT_EQ(manifest.states.at(0).space, Space::Device);
  EXPECT_EQ(manifest.states.at(1).space, Space::Far);
}

TEST(ManifestTest, DamagedManifestsAreRefused) {
  expectDamaged("/format", 2, "expected format 1, got 2");
  expectDamaged("/arena_bytes", 2048, "sizes differ");
  expectDamaged("/far_bytes", 4096, "sizes differ");
  expectDamaged("/states/1/offset", 8192, "a state takes bytes [8192, +64) of 8192");
  expectDamaged("/states/1/space", "disk", "unknown space 'disk'");
  expectDamaged("/max_workers", 2, "sizes differ");
  expectDamaged("/step_block", 1000, "the step block takes bytes [1000, +");
  expectDamaged("/loss/type", "float16", "neither float32 nor float64");
  expectDamaged("/loss/offset", 1021, "'loss' takes bytes [1021, +4)");
  expectDamaged("/inputs/0/offset", 1016, "'ids' takes bytes [1016, +16)");
  expectDamaged("/inputs/0/offset", ~uint64_t(0), "'ids' takes bytes");
  expectDamaged("/inputs/0/bytes", 8, "'ids' has 8 bytes for int64 [2]");
  expectDamaged("/inputs/0/role", "other", "unknown name 'other'");
  expectDamaged("/inputs/0/type", "float64", "neither int64 nor int32");
  expectDamaged("/parameters/0/type", "float31", "unknown element type 'float31'");
  expectDamaged("/parameters/0/shape", json::array({-4}), "'w' has 16 bytes for float32 [-4]");
  expectDamaged("/constants/0/source", 1, "the source of a constant");
  expectDamaged("/optimizer", "lion", "unknown name 'lion'");
  expectDamaged("/name", nullptr, "damaged: ");
}

/// A program as data: launches, copies and observations, by the names of kernels and parameters.
json manifestWithProgram() {
  json manifest = validManifest();
  manifest["target"] = "cuda";
  manifest["kernels"] = json::parse(R"([{"name": "k", "blocks": 3, "block_threads": 128}])");
  manifest["slots"] = json::parse(R"([{"offset": 0, "bytes": 128, "alive_before": false, "alive_after": false},
    {"offset": 128, "bytes": 512, "alive_before": true, "alive_after": true}])");
  manifest["program"] =
      json::parse(R"([{"launch": "k", "arguments": [[0, 16, 0], [64, 8, 0]], "inputs": 1, "nodes": ["a", "b"]},
    {"copy": [256, 32, 1], "from": [512, 32, 1]}, {"observe": "w", "from": [128, 16, 1]}])");
  return manifest;
}

TEST(ManifestTest, ProgramsAsDataAreParsed) {
  Manifest parsed = parse(manifestWithProgram());
  ASSERT_EQ(parsed.program.size(), 3u);
  EXPECT_EQ(parsed.kernels.at(0).blocks, 3u);
  EXPECT_EQ(parsed.slots.at(1).offset, 128u);
  EXPECT_TRUE(parsed.slots.at(1).aliveBefore);
  EXPECT_EQ(parsed.program[0].operands.at(1).offset, 64u);
  EXPECT_EQ(parsed.program[0].origin, "'a', 'b'");
  EXPECT_EQ(parsed.program[1].operands.at(1).offset, 256u) << "a copy writes its second operand";
  EXPECT_EQ(parsed.program[1].operands.at(1).slot, 1u);
  EXPECT_EQ(parsed.program[2].operands.at(0).bytes, 16u);
}

/// The first slot is copied to far memory and back.
json manifestWithSwap() {
  json manifest = manifestWithProgram();
  manifest["slots"].push_back(
      {{"offset", 4096}, {"bytes", 64}, {"alive_before", false}, {"alive_after", false}, {"space", "far"}});
  manifest["program"].push_back(json::parse(R"({"copy": [4096, 16, 2], "from": [0, 16, 0], "after": [0, 1]})"));
  manifest["program"].push_back(json::parse(R"({"copy": [0, 16, 0], "from": [4096, 16, 2]})"));
  return manifest;
}

TEST(ManifestTest, CopiesToFarMemoryHaveStreamsOfTheirOwn) {
  Manifest parsed = parse(manifestWithSwap());
  EXPECT_EQ(parsed.program.at(1).stream, StreamId::Compute);
  EXPECT_EQ(parsed.program.at(3).stream, StreamId::Offload);
  EXPECT_EQ(parsed.program.at(3).after, (std::vector<size_t>{0, 1}));
  EXPECT_EQ(parsed.program.at(3).operands.at(1).space, Space::Far);
  EXPECT_EQ(parsed.program.at(4).stream, StreamId::Reload);
}

TEST(ManifestTest, FarMemoryIsForCopiesAndNobodyWaitsForWhatComesLater) {
  auto refuses = [](const char *pointer, const char *value, const std::string &message) {
    json manifest = manifestWithSwap();
    manifest[json::json_pointer(pointer)] = json::parse(value);
    expectDamaged(manifest, message);
  };
  refuses("/slots/2/bytes", "4100", "a slot takes bytes [4096, +4100) of 8192");
  refuses("/program/3/after/1", "3", "waits for a later one");
  refuses("/program/3/from", "[4096, 16, 2]", "both ends in far memory");
  refuses("/program/0/arguments/0", "[4096, 16, 2]", "an operand of a launch or observation lies in far memory");
  refuses("/program/2/from", "[4096, 16, 2]", "an operand of a launch or observation lies in far memory");
}

TEST(ManifestTest, ACubinIsForOneArchitecture) {
  json manifest = manifestWithProgram();
  EXPECT_EQ(parse(manifest).cubinArchitecture, 0u);
  for (auto [name, number] : {std::pair("sm_90", 90u), {"sm_90a", 90u}, {"sm_120", 120u}}) {
    manifest["cubin"] = {{"architecture", name}, {"bytes", 27}};
    EXPECT_EQ(parse(manifest).cubinArchitecture, number);
  }
}

TEST(ManifestTest, DamagedProgramsAreRefused) {
  auto refuses = [](const char *pointer, const char *value, const char *message) {
    json manifest = manifestWithProgram();
    manifest[json::json_pointer(pointer)] = json::parse(value);
    expectDamaged(manifest, message);
  };
  refuses("/cubin", R"({"architecture": "none"})", "its cubin is for 'none'");
  refuses("/slots/1/bytes", "1000", "a slot takes bytes [128, +1000) of 1024");
  refuses("/program/0/launch", "\"other\"", "names 'other', which is not there");
  refuses("/program/0/arguments/0", "[120, 16, 0]", "an operand takes bytes [120, +16) of 128");
  refuses("/program/0/arguments/0", "[0, 16, 1]", "an operand takes bytes");
  refuses("/program/0/arguments/0", "[0, 16, 2]", "an operand lies in slot 2 of 2");
  refuses("/program/0/inputs", "3", "a launch reads more operands than it has");
  refuses("/program/1/copy", "[256, 16, 1]", "a copy has ends of different sizes");
  refuses("/program/2/from", "[128, 8, 1]", "a gradient has another size than its parameter");
}

json programWithProduct() {
  json manifest = validManifest();
  manifest["target"] = "cuda";
  manifest["kernels"] = json::parse(R"([{"name": "k", "blocks": 3, "block_threads": 128, "product":
    {"m": 2, "n": 4, "k": 3, "batch": [2], "type": "float32", "compute": "tf32",
     "lhs": {"argument": 0, "offset": 1, "leading": 3, "transposed": false, "batch_strides": [6]},
     "rhs": {"argument": 1, "offset": 0, "leading": 3, "transposed": true, "batch_strides": [0]},
     "result": {"argument": 3, "offset": 0, "leading": 4, "transposed": false, "batch_strides": [8]},
     "bias": {"argument": 2, "offset": 1}, "algorithm": {"library": 130100, "workspace": 64, "config": "00000000000000ff0000000000000001"}}}])");
  manifest["slots"] = json::parse(R"([{"offset": 0, "bytes": 256, "alive_before": false, "alive_after": false},
    {"offset": 512, "bytes": 256, "alive_before": false, "alive_after": false}])");
  manifest["program"] =
      json::parse(R"([{"launch": "k", "arguments": [[0, 52, 0], [64, 48, 0], [128, 20, 0], [192, 64, 0]],
    "inputs": 3, "workspace": [512, 256, 1], "nodes": ["h.0"]}])");
  return manifest;
}

TEST(ManifestTest, ProductsAreParsed) {
  Manifest parsed = parse(programWithProduct());
  const MatrixProduct &product = *parsed.kernels.at(0).product;
  EXPECT_EQ(product.text(), "2 of 2 x 4 x 3");
  EXPECT_TRUE(product.allowsTf32);
  EXPECT_TRUE(product.rhs.transposed);
  EXPECT_EQ(product.lhs.batchStrides, std::vector<uint64_t>{6});
  EXPECT_EQ(product.bias->offset, 1u);
  EXPECT_FALSE(product.addend);
  EXPECT_EQ(product.algorithm->config, (std::vector<uint64_t>{255, 1}));
  EXPECT_EQ(parsed.program.at(0).workspace.offset, 512u);
  EXPECT_EQ(parsed.program.at(0).workspace.slot, 1u);
  EXPECT_EQ(parsed.program.at(0).origin, "'h.0'");
}

TEST(ManifestTest, ProductsThatCannotBeAreRefused) {
  auto expectDamagedProgram = [](const char *pointer, const json &value, const std::string &message) {
    json manifest = programWithProduct();
    manifest[json::json_pointer(pointer)] = value;
    expectDamaged(manifest, message);
  };
  std::string fit = "the product 2 of 2 x 4 x 3 does not fit its operand ";
  expectDamagedProgram("/program/0/arguments/0/1", 48, fit + "0");
  expectDamagedProgram("/program/0/arguments/1/1", 44, fit + "1");
  expectDamagedProgram("/program/0/arguments/2/1", 16, fit + "2");
  expectDamagedProgram("/program/0/arguments/3/1", 60, fit + "3");
  expectDamagedProgram("/kernels/0/product/lhs/argument", 4, fit + "4");
  expectDamagedProgram("/program/0/workspace/0", 640, "an operand takes bytes [128, +256) of 256");
  expectDamagedProgram("/program/0/workspace/2", 2, "an operand lies in slot 2 of 2");
  expectDamagedProgram("/kernels/0/product/m", 0, "a product of no elements");
  expectDamagedProgram("/kernels/0/product/batch/0", 0, "a product of no elements");
  expectDamagedProgram("/kernels/0/product/type", "float31", "unknown element type 'float31'");
  expectDamagedProgram("/kernels/0/product/result/transposed", true, "a product's result is transposed");
  expectDamagedProgram("/kernels/0/product/lhs/batch_strides", json::array(), "another number of batch strides");
  expectDamagedProgram("/kernels/0/product/algorithm/config", "0x", "the configuration of an algorithm is '0x'");
  expectDamagedProgram(
      "/kernels/0/product/addend",
      json::parse(R"({"argument": 2, "offset": 0, "leading": 4, "transposed": false, "batch_strides": [8]})"),
      fit + "2");
}

TEST(ManifestTest, TextThatIsNoJsonIsRefused) {
  neap_program program{NEAP_ABI_VERSION, 0, 0, 0, 1, "{", 1, nullptr, 0, nullptr, nullptr, nullptr, nullptr, 0};
  EXPECT_THROW(parseManifest(program), Failure);
}

TEST(ManifestTest, AnotherAbiVersionIsRefused) {
  neap_program program{NEAP_ABI_VERSION + 1, 0, 0, 0, 1, "{}", 2, nullptr, 0, nullptr, nullptr, nullptr, nullptr, 0};
  EXPECT_THROW(parseManifest(program), Failure);
}

} // namespace
} // namespace neap::test
