"""Makes a model as a fresh one is exported, and checks what comes of its training:

untied.py merge MODEL MERGED    all norms share the first one's weight and bias, as where they were all ones and zeros
untied.py check FOLDER DATA     trained.onnx gives the loss of next.jsonl; torch.safetensors has the trained numbers by name"""

import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator
from safetensors.numpy import load_file


def norms(model):
    return [node for node in model.graph.node if node.op_type == "LayerNormalization"]


def merge(source, target):
    model = onnx.load(source)
    first, *others = norms(model)
    for node in others:
        for operand in (1, 2):
            dropped = [tensor for tensor in model.graph.initializer if tensor.name == node.input[operand]]
            model.graph.initializer.remove(dropped[0])
            node.input[operand] = first.input[operand]
    onnx.save(model, target)


def mean_loss(logits, labels):
    """Position t is scored against the label at t + 1."""
    logits, labels = logits[:, :-1].astype(np.float64), labels[:, 1:]
    logits = logits - logits.max(axis=-1, keepdims=True)
    logs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(logs, labels[..., None], axis=-1).mean()


def check(folder, data):
    model = onnx.load(folder / "trained.onnx")
    onnx.checker.check_model(model)
    batches = load_file(data)
    inputs = {name: batches[name][0] for name in (i.name for i in model.graph.input)}
    loss = mean_loss(ReferenceEvaluator(model).run(None, inputs)[0], batches["labels"][0])
    expected = json.loads((folder / "next.jsonl").read_text().splitlines()[0])["loss"]
    assert abs(loss - expected) < 1e-4 * expected, (loss, expected)
    # Every norm has numbers of its own, under the names that the model had before they were merged.
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    torch = load_file(folder / "torch.safetensors")
    modules = [f"transformer.h.{layer}.ln_{norm}" for layer in (0, 1) for norm in (1, 2)] + ["transformer.ln_f"]
    for node, module in zip(norms(model), modules, strict=True):
        for operand, leaf in ((1, "weight"), (2, "bias")):
            assert np.array_equal(values[node.input[operand]], torch[f"{module}.{leaf}"]), (module, leaf)
    assert len({values[node.input[1]].tobytes() for node in norms(model)}) == len(modules), "norms are still the same"


if sys.argv[1] == "merge":
    merge(*sys.argv[2:])
else:
    check(pathlib.Path(sys.argv[2]), sys.argv[3])
