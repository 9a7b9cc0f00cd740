"""agrees.py FOLDER: for small models with casts, dropout and random numbers, `neap ops` says that they can be trained if and
only if `neap compile` compiles them. Prints a line for each model."""

import pathlib
import subprocess
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

scratch = pathlib.Path(sys.argv[1])
SHAPE = (3, 4)


def node(op, inputs, output, **attributes):
    return helper.make_node(op, inputs.split(), [output], name=output, **attributes)


def cast(value, output, to):
    return node("Cast", value, output, to=to)


# Nodes from input x and weight w to y.
MODELS = {
    "half precision in between": [node("Mul", "x w", "a"), cast("a", "b", TensorProto.FLOAT16),
                                  cast("b", "y", TensorProto.FLOAT)],
    "bfloat16 in between": [node("Mul", "x w", "a"), cast("a", "b", TensorProto.BFLOAT16), cast("b", "y", TensorProto.FLOAT)],
    "half precision of an input": [cast("x", "a", TensorProto.FLOAT16), cast("a", "b", TensorProto.FLOAT),
                                   node("Mul", "b w", "y")],
    "half precision of a constant": [cast("half", "a", TensorProto.FLOAT16), cast("a", "b", TensorProto.FLOAT),
                                     node("Mul", "x b", "c"), node("Mul", "c w", "y")],
    "half precision of a shape": [node("Shape", "x", "a"), cast("a", "b", TensorProto.FLOAT16),
                                  cast("b", "c", TensorProto.FLOAT), node("ReduceSum", "c", "d", keepdims=0),
                                  node("Mul", "x d", "e"), node("Mul", "e w", "y")],
    "half precision that the loss does not need": [node("Mul", "x w", "y"), cast("x", "unused", TensorProto.FLOAT16)],
    "double precision there and back": [node("Mul", "x w", "a"), cast("a", "b", TensorProto.DOUBLE),
                                        cast("b", "y", TensorProto.FLOAT)],
    "double precision in between": [node("Mul", "x w", "a"), cast("a", "b", TensorProto.DOUBLE), node("Exp", "b", "c"),
                                    cast("c", "y", TensorProto.FLOAT)],
    "float8 in between": [node("Mul", "x w", "a"), cast("a", "b", TensorProto.FLOAT8E4M3FN), cast("b", "y", TensorProto.FLOAT)],
    "dropout": [node("Mul", "x w", "a"), node("Dropout", "a half training", "y")],
    "dropout in evaluation mode": [node("Mul", "x w", "a"), node("Dropout", "a half", "y")],
    "uniform numbers": [node("RandomUniformLike", "x", "a"), node("Mul", "a w", "b"), node("Mul", "b x", "y")],
    "normal numbers": [node("RandomNormalLike", "x", "a"), node("Mul", "a w", "b"), node("Mul", "b x", "y")],
}


def write(path, nodes):
    constants = {"half": np.float32(0.5), "training": np.array(True), "w": np.ones(SHAPE, np.float32)}
    graph = helper.make_graph(
        nodes + [node("ReduceMean", "y", "loss", keepdims=0)], "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, SHAPE)],
        [helper.make_tensor_value_info("loss", TensorProto.FLOAT, [])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10), path)


for name, nodes in MODELS.items():
    path = scratch / f"{name.replace(' ', '-')}.onnx"
    write(path, nodes)
    ops = subprocess.run(["neap", "ops", path, "--loss-output", "loss", "--train", "w"], capture_output=True, text=True)
    compiled = subprocess.run(["neap", "compile", path, "--loss-output", "loss", "--train", "w", "--optimizer", "sgd",
                               "--quiet", "-o", scratch / "program"], capture_output=True, text=True)
    said = "supported" if ops.returncode == 0 else "refused"
    if ops.returncode != compiled.returncode:
        said += f", but compile exits with {compiled.returncode}: {compiled.stderr}"
    print(f"{name}: {said}")
