// Which names exporters make up, and which ones libraries give to buffers.
#include "neap/passes/onnx/decide-trained/TrainedRule.h"

#include "gtest/gtest.h"

using namespace neap::onnx;

namespace {

TEST(TrainedRuleNames, KnowsWhatExportersMakeUp) {
  for (const char *name : {"onnx::MatMul_591", "val_93", "zeros", "scalar_tensor_default_2", "view_4", "1042",
                           "/model/layers.0/Constant_3_output_0", "embedding_1"})
    EXPECT_TRUE(isGeneratedName(name)) << name;
  for (const char *name : {"transformer.wte.weight", "logit_scale", "cls_token", "embedding.weight", "w1", "value"})
    EXPECT_FALSE(isGeneratedName(name)) << name;
}

TEST(TrainedRuleNames, KnowsBuffers) {
  for (const char *name : {"model.rotary_emb.inv_freq", "bn.running_mean", "h.0.attn.masked_bias"})
    EXPECT_TRUE(isBufferName(name)) << name;
  for (const char *name : {"h.0.attn.bias", "bn.weight"})
    EXPECT_FALSE(isBufferName(name)) << name;
}

} // namespace
