"""small_models.py FOLDER: models of a few nodes, compiled and trained for a step. Their loss is what numpy computes in double,
their gradients what central differences of it give. Prints one line."""

import json
import pathlib
import subprocess
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file, save_file

scratch = pathlib.Path(sys.argv[1])
random = np.random.default_rng(1)
MODELS = []


def model(function):
    """A function that returns nodes, inputs (arrays), weights to train, constants, and the loss as a function of the weights."""
    MODELS.append(function)
    return function


def floats(*shape):
    return random.normal(size=shape).astype(np.float32)


def node(op, inputs, output, **attributes):
    return helper.make_node(op, inputs.split(), [output], name=output, **attributes)


def mean(value):
    return node("ReduceMean", value, "loss", keepdims=0)


@model
def position_ids_from_a_mask():
    """As RoBERTa counts them: padding has a position of its own."""
    mask = np.array([[1, 1, 1, 1, 0, 0], [1, 1, 1, 1, 1, 1]])
    table = floats(9, 4)
    nodes = [node("CumSum", "mask axis", "count"), node("Mul", "count mask", "kept"), node("Add", "kept one", "position"),
             node("Gather", "table position", "rows"), node("Tanh", "rows", "y"), mean("y")]
    positions = np.cumsum(mask, 1) * mask + 1
    return (nodes, {"mask": mask}, {"table": table}, {"axis": np.array(1), "one": np.array(1)},
            lambda table: np.tanh(table[positions]).mean())


@model
def rotary_angles_of_position_inputs():
    positions, frequencies = np.array([[0], [7], [9999], [1234567]]), np.float32([1, 0.1, 0.01])
    angles = (positions.astype(np.float32) * frequencies).astype(np.float64)
    nodes = [node("Cast", "p", "position", to=TensorProto.FLOAT), node("Mul", "position frequencies", "angle"),
             node("Sin", "angle", "s"), node("Cos", "angle", "c"), node("Mul", "s u", "su"), node("Mul", "c v", "cv"),
             node("Add", "su cv", "y"), mean("y")]
    return (nodes, {"p": positions}, {"u": floats(4, 3), "v": floats(4, 3)}, {"frequencies": frequencies},
            lambda u, v: (np.sin(angles) * u + np.cos(angles) * v).mean())


@model
def an_empty_cache_of_keys():
    keys = floats(2, 3, 4)
    nodes = [node("Concat", "past keys", "all", axis=1), node("MatMul", "all w", "y"), mean("y")]
    return nodes, {"past": floats(2, 0, 4), "keys": keys}, {"w": floats(4, 5)}, {}, lambda w: (keys @ w).mean()


@model
def zeros_in_front_and_the_mean_of_a_slice():
    x = floats(4, 6)
    nodes = [node("Mul", "x w", "xw"), node("Concat", "zeros xw", "c", axis=0), node("Slice", "c starts ends axes steps", "y"),
             mean("y")]
    constants = {"zeros": np.zeros((2, 6), np.float32), "starts": np.array([5, 4]), "ends": np.array([0, -7]),
                 "axes": np.array([0, 1]), "steps": np.array([-2, -1])}
    return (nodes, {"x": x}, {"w": floats(6)}, constants,
            lambda w: np.concatenate([np.zeros((2, 6)), x * w])[5:0:-2, 4::-1].mean())


@model
def one_query_for_all_rows():
    nodes = [node("Expand", "query shape", "rows"), node("MatMul", "rows w", "y"), node("Tanh", "y", "z"), mean("z")]
    return (nodes, {"x": floats(1)}, {"query": floats(1, 1, 16), "w": floats(16, 40)}, {"shape": np.array([1, 8, 16])},
            lambda query, w: np.tanh(np.broadcast_to(query, (1, 8, 16)) @ w).mean())


@model
def the_first_rows_of_a_product():
    x = floats(19, 16)
    nodes = [node("MatMul", "x w", "y"), node("Slice", "y starts ends", "head"), node("Sin", "head", "z"), mean("z")]
    return (nodes, {"x": x}, {"w": floats(16, 16)}, {"starts": np.array([0]), "ends": np.array([3])},
            lambda w: np.sin((x @ w)[:3]).mean())


@model
def rows_beside_other_rows():
    """The gradient of the table is dy with rows of dy added to it."""
    rows = random.permutation(20)
    nodes = [node("Gather", "w rows", "others"), node("Add", "w others", "both"), node("Tanh", "both", "y"), mean("y")]
    return nodes, {"rows": rows}, {"w": floats(20, 6)}, {}, lambda w: np.tanh(w + w[rows]).mean()


@model
def powers_and_remainders():
    base = np.abs(floats(5, 6)) + np.float32(0.5)
    nodes = [node("Pow", "base e", "power"), node("Mod", "power d", "rest", fmod=1), mean("rest")]
    return (nodes, {"base": base}, {"e": floats(5, 6), "d": np.abs(floats(6)) + np.float32(0.3)}, {},
            lambda e, d: np.fmod(base.astype(np.float64) ** e, d).mean())


@model
def bounds_that_are_numbers_and_bounds_that_are_tensors():
    """A number at which x lies has no gradient on either side; central differences see half of it, so none lies there."""
    nodes = [node("Clip", "w low high", "a"), node("Clip", "a bound", "b"), mean("b")]
    constants = {"low": np.float32(-0.5), "high": np.float32(0.75)}
    return (nodes, {"x": floats(1)}, {"w": floats(5, 6), "bound": np.float32(0.1)}, constants,
            lambda w, bound: np.maximum(np.clip(w, -0.5, 0.75), bound).mean())


def write_model(path, nodes, inputs, initializers):
    def describe(name, array):
        return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
    graph = helper.make_graph(nodes, "g", [describe(*item) for item in inputs.items()], [describe("loss", np.float32(0))],
                              [numpy_helper.from_array(np.asarray(array), name) for name, array in initializers.items()])
    onnx.save(helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", 20)]), path)


def train_one_step(folder, inputs, weights):
    save_file({name: np.ascontiguousarray(array[None]) for name, array in inputs.items()}, folder / "batches.safetensors")
    (folder / "trained").write_text("".join(f"{name}\n" for name in weights))
    subprocess.run(["neap", "compile", folder / "model.onnx", "--loss-output", "loss", "--optimizer", "sgd", "--learning-rate",
                    "0.1", "--train-list", folder / "trained", "--quiet", "-o", folder / "program"], check=True)
    subprocess.run([folder / "program", "--data", folder / "batches.safetensors", "--max-steps", "1", "--log",
                    folder / "log.jsonl", "--output-dir", folder, "--dump-gradients", folder / "gradients.safetensors"],
                   check=True, capture_output=True)
    return json.loads((folder / "log.jsonl").read_text().splitlines()[0])["loss"], load_file(folder / "gradients.safetensors")


def differentiate(loss, weights, name):
    step, gradient = 1e-5, np.zeros(weights[name].shape)
    for place in np.ndindex(gradient.shape):
        moved = {key: np.array(array, np.float64) for key, array in weights.items()}
        moved[name][place] += step
        above = loss(**moved)
        moved[name][place] -= 2 * step
        gradient[place] = (above - loss(**moved)) / (2 * step)
    return gradient


def check(function):
    folder = scratch / function.__name__
    folder.mkdir(parents=True)
    nodes, inputs, weights, constants, loss = function()
    write_model(folder / "model.onnx", nodes, inputs, {**weights, **constants})
    actual, gradients = train_one_step(folder, inputs, weights)
    expected = loss(**{name: np.array(array, np.float64) for name, array in weights.items()})
    if abs(actual - expected) > 1e-5 * (1 + abs(expected)):
        yield f"loss {actual}, expected {expected}"
    for name in weights:
        truth = differentiate(loss, weights, name)
        if name not in gradients or np.abs(gradients[name] - truth).max() > 2e-4 * (np.abs(truth).max() + 1e-3):
            yield f"gradient of {name} {gradients.get(name)}, expected {truth}"


problems = [f"{function.__name__}: {problem}" for function in MODELS for problem in check(function)]
print("\n".join(problems) or f"{len(MODELS)} models")
sys.exit(bool(problems))
