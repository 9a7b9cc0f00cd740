"""random_masks.py FOLDER: models whose gradients are their masks, trained for three steps with several seeds on both targets.

The masks must be those that numpy computes from seed, step, op and element with a Philox of its own. Prints one line."""

import pathlib
import subprocess
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file, save_file

scratch = pathlib.Path(sys.argv[1])
RATIO = np.float32(0.3)
STEPS = 3


def philox(counter, key):
    """Philox 4x32-10 on arrays of counters [..., 4]."""
    c = [counter[..., i].astype(np.uint64) for i in range(4)]
    k, low = [np.uint64(word) for word in key], np.uint64(0xFFFFFFFF)
    for _ in range(10):
        left, right = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        c = [(right >> np.uint64(32)) ^ c[1] ^ k[0], right & low, (left >> np.uint64(32)) ^ c[3] ^ k[1], left & low]
        k = [(k[0] + np.uint64(0x9E3779B9)) & low, (k[1] + np.uint64(0xBB67AE85)) & low]
    return np.stack(c, -1).astype(np.uint32)


def words(shape, seed, step, op):
    """A word for each element: every row begins with a counter of its own."""
    rows, columns = int(np.prod(shape[:-1])), shape[-1]
    counters = np.zeros((rows * -(-columns // 4), 4), np.uint64)
    counters[:, 0], counters[:, 2], counters[:, 3] = np.arange(len(counters)), op, step
    return philox(counters, (seed & 0xFFFFFFFF, seed >> 32)).reshape(rows, -1)[:, :columns].reshape(shape)


def dropout(shape, seed, step, op):
    keep = words(shape, seed, step, op) >= np.uint32(round(float(RATIO) * 2**32))
    return np.where(keep, np.float32(1 / (1 - float(RATIO))), np.float32(0))


def uniform(shape, seed, step, op):
    return (words(shape, seed, step, op) >> np.uint32(8)).astype(np.float32) * np.float32(2**-24)


def node(op, inputs, outputs, **attributes):
    outputs = outputs.split()
    return helper.make_node(op, inputs.split(), outputs, name=outputs[0], **attributes)


def over_constants():
    """As dropout(ones) * w is written to share a mask among rows or columns."""
    nodes = [node("Dropout", "ones ratio training", "mask"), node("Mul", "mask w", "y")]
    return nodes, lambda shape, seed, step: dropout(shape, seed, step, 0)


def with_its_mask():
    """The second op's mask, and its mask as an output."""
    nodes = [node("Dropout", "ones ratio training", "first"), node("Dropout", "w ratio training", "kept mask"),
             node("Cast", "mask", "number", to=TensorProto.FLOAT), node("Mul", "number w", "masked"),
             node("Add", "kept masked", "sum"), node("Mul", "first w", "last"), node("Add", "sum last", "y")]

    def gradient(shape, seed, step):
        second = dropout(shape, seed, step, 1)
        return second + (second != 0).astype(np.float32) + dropout(shape, seed, step, 0)
    return nodes, gradient


def written_out():
    nodes = [node("RandomUniformLike", "w", "u"), node("GreaterOrEqual", "u ratio", "keep"),
             node("Cast", "keep", "number", to=TensorProto.FLOAT), node("Mul", "w number", "y")]
    return nodes, lambda shape, seed, step: (uniform(shape, seed, step, 0) >= RATIO).astype(np.float32)


def bernoulli():
    nodes = [node("Expand", "ratio shape", "p"), node("Bernoulli", "p", "number"), node("Mul", "w number", "y")]
    return nodes, lambda shape, seed, step: (uniform(shape, seed, step, 0) < RATIO).astype(np.float32)


def write(path, nodes, shape):
    constants = {"ones": np.ones(shape, np.float32), "ratio": RATIO, "training": np.array(True), "shape": np.array(shape),
                 "w": np.zeros(shape, np.float32)}
    nodes = nodes + [node("Mul", "y x", "scaled"), node("ReduceSum", "scaled", "loss", keepdims=0)]
    graph = helper.make_graph(
        nodes, "masks", [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("loss", TensorProto.FLOAT, [])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9), path)


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0 or "simulated device:" in done.stderr:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stderr}")


differences = runs = 0
for model in (over_constants, with_its_mask, written_out, bernoulli):
    for shape in ((7, 33), (2, 3, 8), (70,)):
        nodes, gradient = model()
        folder = scratch / f"{model.__name__}-{'x'.join(map(str, shape))}"
        folder.mkdir()
        write(folder / "model.onnx", nodes, shape)
        x = (2.0 ** (np.arange(np.prod(shape)).reshape(shape) % 5)).astype(np.float32)
        save_file({"x": np.stack([x] * STEPS)}, folder / "data.safetensors")
        for target in ("cpu", "cuda"):
            run("neap", "compile", folder / "model.onnx", "--loss-output", "loss", "--train", "w", "--optimizer", "sgd",
                "--learning-rate", "1", "--target", target, "-o", folder / target)
            for seed in (0, 5, (9 << 32) | 7):
                run(folder / target, "--data", folder / "data.safetensors", "--max-steps", STEPS, "--seed", seed,
                    "--output-dir", folder / "out", "--dump-gradients", folder / "gradients.safetensors",
                    *(["--device", "sim"] if target == "cuda" else []))
                steps = [gradient(shape, seed, step) * x for step in range(1, STEPS + 1)]
                first = load_file(folder / "gradients.safetensors")["w"]
                moved = -load_file(folder / "out" / "model.safetensors")["w"]
                runs += 1
                if not np.array_equal(first, steps[0]) or not np.allclose(moved, sum(steps), rtol=1e-6, atol=1e-5):
                    differences += 1
                    print(f"{folder.name}, {target}, seed {seed}: other masks\n{first}\n{steps[0]}")
print(f"{runs} runs, {differences} differences")
