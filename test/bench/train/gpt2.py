"""GPT-2 with its loss, as a module; run as a program, it exports the module to ONNX.

python gpt2.py MODEL.onnx [CONFIG.json]

CONFIG.json has fields of transformers' GPT2Config; without it the model is GPT-2 124M.
"""

import json
import sys

import torch
import transformers
from torch import nn


class Gpt2(nn.Module):
    """Mean cross-entropy as Hugging Face computes it. `labels` [batch, sequence] stand where they are to be predicted: the
    next token, and -100 where there is none."""

    def __init__(self, attention, config={}):
        super().__init__()
        config = transformers.GPT2Config(resid_pdrop=0, embd_pdrop=0, attn_pdrop=0, use_cache=False, **config)
        self.model = transformers.GPT2LMHeadModel._from_config(config, attn_implementation=attention)

    def forward(self, input_ids, labels):
        # With shift_labels nothing is shifted in the graph: no copy of the logits without their last position.
        return self.model(input_ids=input_ids, labels=labels, shift_labels=labels, return_dict=False)[0]


def export(path, config):
    torch.manual_seed(0)
    module = Gpt2("eager", config).eval()
    with torch.no_grad():  # a fresh model is full of equal tensors and zeros, which exporters merge or drop
        for parameter in module.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    tokens = torch.zeros(2, 32, dtype=torch.int64)
    inputs = {"input_ids": tokens, "labels": tokens.clone()}  # one tensor for both would become one input
    dims = {name: {0: "batch", 1: "sequence"} for name in inputs}
    torch.onnx.export(module, (), path, kwargs=inputs, input_names=list(inputs), output_names=["loss"],
                      opset_version=20, dynamo=True, dynamic_shapes=dims, verbose=False)


def main():
    config = {}
    if len(sys.argv) > 2:
        with open(sys.argv[2]) as file:
            config = json.load(file)
    export(sys.argv[1], config)


if __name__ == "__main__":
    main()
