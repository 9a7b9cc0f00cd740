"""tiny_block.py FILE.onnx: a transformer of one block, so small that it trains for a step in a millisecond on a simulated device.

13 tokens of a vocabulary, 6 positions, 2 heads of width 8: nothing is a multiple of a block or a warp.
"""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

batch, length, heads, width, vocabulary = 2, 6, 2, 16, 13
random = np.random.default_rng(1)
nodes, weights = [], []


def constant(name, value):
    weights.append(numpy_helper.from_array(value, name))
    return name


def weight(name, *shape):
    return constant(name, (random.normal(size=shape) / 4).astype(np.float32))


def node(op, inputs, **attributes):
    output = f"{op.lower()}_{len(nodes)}"
    nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
    return output


def linear(name, x, outputs, inputs=width):
    return node("Add", [node("MatMul", [x, weight(f"{name}.weight", inputs, outputs)]), weight(f"{name}.bias", outputs)])


def norm(name, x):
    return node("LayerNormalization", [x, weight(f"{name}.weight", width), weight(f"{name}.bias", width)], axis=-1)


def split_heads(name, x, *order):
    shape = constant(f"{name}.shape", np.array([batch, length, heads, width // heads]))
    return node("Transpose", [node("Reshape", [linear(name, x, width), shape])], perm=order)


def attention(x):
    query, value = (split_heads(name, x, 0, 2, 1, 3) for name in ("query", "value"))
    key = split_heads("key", x, 0, 2, 3, 1)
    scale = constant("scale", np.float32((width // heads) ** -0.5))
    mask = constant("mask", np.triu(np.full((length, length), -1e9, np.float32), 1))
    scores = node("Add", [node("Mul", [node("MatMul", [query, key]), scale]), mask])
    mixed = node("MatMul", [node("Softmax", [scores], axis=-1), value])
    joined = node("Reshape", [node("Transpose", [mixed], perm=[0, 2, 1, 3]), constant("joined.shape", np.array([batch, length, width]))])
    return linear("project", joined, width)


x = node("Add", [node("Gather", [weight("tokens", vocabulary, width), "ids"]), weight("positions", length, width)])
x = node("Add", [x, attention(norm("norm_1", x))])
hidden = node("Gelu", [linear("up", norm("norm_2", x), 2 * width)])
x = node("Add", [x, linear("down", hidden, width, 2 * width)])
logits = node("MatMul", [norm("norm_3", x), weight("head", width, vocabulary)])
graph = helper.make_graph(nodes, "block", [helper.make_tensor_value_info("ids", TensorProto.INT64, [batch, length])],
                          [helper.make_tensor_value_info(logits, TensorProto.FLOAT, [batch, length, vocabulary])], weights)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
onnx.checker.check_model(model)
onnx.save(model, sys.argv[1])
