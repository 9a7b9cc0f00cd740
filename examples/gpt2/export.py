"""Export the GPT-2 of this folder: about half a million parameters, one token per byte.

    pip install torch transformers onnx onnxscript
    python export.py                            # writes model.onnx beside this file
    python export.py --layers 12 --width 768 --heads 12 --positions 1024 --vocabulary 50257 --output gpt2-124M.onnx

The graph ends in the logits; `neap compile --loss cross-entropy --shift-labels` adds the loss, the backward pass and the optimizer.
"""

import argparse
import pathlib
import re
import warnings

import torch
from transformers import GPT2Config, GPT2LMHeadModel


class Logits(torch.nn.Module):
    """The model with tokens in and logits out. Without this, the export would have a dictionary and a cache as outputs."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids):
        return self.model(input_ids=input_ids, use_cache=False, return_dict=False)[0]


def build(arguments):
    config = GPT2Config(vocab_size=arguments.vocabulary, n_positions=arguments.positions, n_layer=arguments.layers,
                        n_embd=arguments.width, n_head=arguments.heads, bos_token_id=0, eos_token_id=0,
                        initializer_range=arguments.width ** -0.5 / 1.5,    # 0.02, the default, is for wider models
                        resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0)
    torch.manual_seed(0)
    # "eager" writes attention out as matrix products and softmax, which every opset has.
    model = GPT2LMHeadModel._from_config(config, attn_implementation="eager")
    # A fresh model is full of equal tensors: every norm is ones and zeros, every bias is zeros. The exporter merges equal
    # tensors and drops zero biases, so that parameters which should be trained apart become one, or vanish. A little noise
    # makes all of them differ. A model that was trained before needs none.
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(1e-3 * torch.randn_like(parameter))
    # Without dropout, evaluation mode and training mode are the same model. With dropout, an export in evaluation mode has
    # no Dropout nodes.
    return Logits(model).eval()


def export(module, path):
    # Two sequences of eight: an example of the inputs. A size of one would be taken for a constant.
    tokens = torch.zeros(2, 8, dtype=torch.int64)
    program = torch.onnx.export(
        module, (tokens,), dynamo=True, opset_version=20, verbose=False,
        input_names=["input_ids"], output_names=["logits"],
        dynamic_shapes={"input_ids": {0: "batch", 1: "sequence"}})      # neap gives them values with --dim
    shorten_paths(program.model)
    program.save(path, external_data=False)                             # weights inside the file: they are small


def shorten_paths(model):
    """Nodes carry the Python lines that made them. The folders of those files say nothing to anybody else."""
    graphs = [model.graph, *model.functions.values()]
    for node in (node for graph in graphs for node in graph.all_nodes()):
        for key, text in node.metadata_props.items():
            node.metadata_props[key] = re.sub(r'File "[^"]*/', 'File "', text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--width", type=int, default=128)
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--positions", type=int, default=128)
    parser.add_argument("--vocabulary", type=int, default=256)
    parser.add_argument("--output", type=pathlib.Path, default=pathlib.Path(__file__).with_name("model.onnx"))
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    module = build(arguments)
    export(module, str(arguments.output))
    count = sum(p.numel() for p in module.parameters())
    print(f"{arguments.output}: {count:,} parameters, {arguments.output.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
