"""Exports made-up weights of every model of test/models and compares them with what meta.json says about PyTorch's names and layouts."""

import json
import pathlib
import subprocess
import sys

import numpy as np
import onnx
from onnx import numpy_helper
from safetensors.numpy import load_file, save_file


def check(folder: pathlib.Path, scratch: pathlib.Path) -> list[str]:
    meta = json.loads((folder / "meta.json").read_text())
    model = onnx.load(folder / "model.onnx")
    random = np.random.default_rng(0)
    weights = {t.name: random.standard_normal(t.dims).astype(np.float32) for t in model.graph.initializer if t.name in meta["trainable"]}
    source, torch, exported = scratch / "in.safetensors", scratch / "torch.safetensors", scratch / "out.onnx"
    save_file(weights, source)
    done = subprocess.run(["neap", "export-weights", source, "--model", folder / "model.onnx", "-o", exported, "--pytorch", torch],
                          capture_output=True, text=True)
    if done.returncode:
        return [f"{folder.name}: exit {done.returncode}: {done.stderr}"]
    return [f"{folder.name}: {problem}" for problem in (*check_onnx(model, onnx.load(exported), weights), *check_torch(meta, load_file(torch), weights))]


def check_onnx(before, after, weights):
    for old, new in zip(before.graph.initializer, after.graph.initializer, strict=True):
        expected = numpy_helper.to_array(old)
        if old.name in weights:
            expected = weights[old.name].astype(expected.dtype)
        if not np.array_equal(expected, numpy_helper.to_array(new)) or old.data_type != new.data_type:
            yield f"initializer {new.name} differs"
    for graph in (before.graph, after.graph):
        graph.ClearField("initializer")
    if before != after:
        yield "more than initializers differs"


def check_torch(meta, got, weights):
    if len(got) != len(weights):
        yield f"{len(got)} tensors, expected {len(weights)}"
    for name, place in meta["parameters"].items():
        if name not in weights:
            continue
        # What the file itself cannot tell: tracing's made-up names, and which of several tied names (they have dots) PyTorch uses.
        unknown = name.startswith("onnx::") or name in meta.get("untied_by_export", {}) or ("." in name and name != place["torch"])
        target = name if unknown else place["torch"]
        tensor = weights[name]
        if not unknown and place["order"] == [1, 0]:
            tensor = tensor.T
        if target not in got or not np.array_equal(got[target].ravel(), tensor.ravel()):
            yield f"{name} is not {target}"
        elif not unknown and got[target].ndim != len(place["order"]):
            yield f"{target} has another rank"


root, scratch = map(pathlib.Path, sys.argv[1:])
scratch.mkdir(parents=True, exist_ok=True)
folders = sorted(path.parent for path in root.glob("*/meta.json"))
problems = [problem for folder in folders for problem in check(folder, scratch)]
print("\n".join(problems))
print(f"{len(folders)} models, {len(problems)} differences")
