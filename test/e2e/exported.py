"""Compares an exported model with the trained weights: exported.py MODEL_DIR TRAINED.safetensors EXPORTED.onnx [--tied]

Every trained tensor is in the model with its numbers; all else is as it was. With --tied, the copy of a tied weight has
followed it."""

import json
import pathlib
import sys

import numpy as np
import onnx
from onnx import numpy_helper
from safetensors.numpy import load_file


def arrays(path):
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer}


folder, trained, exported = map(pathlib.Path, sys.argv[1:4])
meta = json.loads((folder / "meta.json").read_text())
before, after, weights = arrays(folder / "model.onnx"), arrays(exported), load_file(trained)
onnx.checker.check_model(onnx.load(exported))
problems = []
copies = meta["untied_by_export"] if "--tied" in sys.argv else {}
expected = {**before, **weights}
for copy, place in copies.items():
    expected[copy] = expected[place["copy_of"]].T
if after.keys() != before.keys():
    problems.append(f"initializers differ: {sorted(after.keys() ^ before.keys())}")
for name, values in expected.items():
    if name in after and not np.array_equal(values, after[name]):
        problems.append(f"{name} has other numbers")
moved = [name for name in weights if not np.array_equal(weights[name], before[name])]
if len(moved) < len(weights):
    problems.append(f"{len(weights) - len(moved)} of {len(weights)} tensors are as they were before the training")
print("\n".join(problems) or f"{len(weights)} tensors")
sys.exit(bool(problems))
