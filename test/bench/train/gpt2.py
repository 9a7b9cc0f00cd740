"""GPT-2 124M with its loss, as a module; run as a program, it exports the module to ONNX.

python gpt2.py MODEL.onnx
"""

import sys

import torch
import transformers
from torch import nn


class Gpt2(nn.Module):
    """Mean cross-entropy of the next token. `labels` stand at the position they label."""

    def __init__(self, attention):
        super().__init__()
        config = transformers.GPT2Config(resid_pdrop=0, embd_pdrop=0, attn_pdrop=0, use_cache=False)
        self.model = transformers.GPT2LMHeadModel._from_config(config, attn_implementation=attention)

    def forward(self, input_ids, labels):
        logits = self.model(input_ids=input_ids, return_dict=False)[0][:, :-1]
        return nn.functional.cross_entropy(logits.flatten(0, 1), labels[:, 1:].flatten())


def export(path):
    torch.manual_seed(0)
    module = Gpt2("eager").eval()
    with torch.no_grad():  # a fresh model is full of equal tensors and zeros, which exporters merge or drop
        for parameter in module.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    tokens = torch.zeros(2, 32, dtype=torch.int64)
    inputs = {"input_ids": tokens, "labels": tokens}
    dims = {name: {0: "batch", 1: "sequence"} for name in inputs}
    torch.onnx.export(module, (), path, kwargs=inputs, input_names=list(inputs), output_names=["loss"],
                      opset_version=20, dynamo=True, dynamic_shapes=dims, verbose=False)


if __name__ == "__main__":
    export(sys.argv[1])
