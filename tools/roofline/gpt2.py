"""Writes a GPT-2 of any size without weights, for programs that only look at shapes. Needs the package onnx, not torch.

    python gpt2.py --layers 48 --width 1600 --heads 25 --batch 4 --sequence 1024 model.onnx

The graph is what PyTorch 2.15's dynamo exporter makes of transformers' GPT2LMHeadModel with eager attention and fixed
sizes; tokens in, logits out, the embedding tied to the head. Weights are a sparse file beside the model: zeros but for
the first number of each tensor, so that no two tensors are equal.
"""

import argparse
import math
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Graph:
    """Nodes and initializers as they come; every node has one result, named after it."""

    def __init__(self, data_name):
        self.nodes, self.initializers, self.data_name, self.data_bytes, self.starts = [], [], data_name, 0, []

    def node(self, op, *inputs, outputs=1, **attributes):
        names = [f"{op.lower()}_{len(self.nodes)}" + (f"_split_{i}" if outputs > 1 else "") for i in range(outputs)]
        self.nodes.append(helper.make_node(op, inputs, names, name=f"node_{op}_{len(self.nodes)}", **attributes))
        return names if outputs > 1 else names[0]

    def constant(self, value, dtype):
        name = f"val_{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def parameter(self, name, *shape):
        tensor = TensorProto(name=name, dims=shape, data_type=TensorProto.FLOAT, data_location=TensorProto.EXTERNAL)
        length = 4 * math.prod(shape)
        for key, value in {"location": self.data_name, "offset": self.data_bytes, "length": length}.items():
            tensor.external_data.add(key=key, value=str(value))
        self.initializers.append(tensor)
        self.starts.append(self.data_bytes)
        self.data_bytes += length
        return name

    def reshape(self, x, *shape):
        return self.node("Reshape", x, self.constant(shape, np.int64), allowzero=1)

    def norm(self, x, name, width):
        scale, bias = self.parameter(f"{name}.weight", width), self.parameter(f"{name}.bias", width)
        return self.node("LayerNormalization", x, scale, bias, axis=-1, epsilon=1e-5)

    def dense(self, x, name, columns, width):
        weight, bias = self.parameter(f"{name}.weight", columns, width), self.parameter(f"{name}.bias", width)
        return self.node("Gemm", x, weight, bias)

    def gelu(self, x):
        number = lambda value: self.constant(value, np.float32)
        cube = self.node("Mul", self.node("Pow", x, number(3.0)), number(0.044715))
        inner = self.node("Mul", self.node("Add", x, cube), number(math.sqrt(2 / math.pi)))
        shifted = self.node("Add", self.node("Tanh", inner), number(1.0))
        return self.node("Mul", self.node("Mul", x, number(0.5)), shifted)


def attention(graph, x, mask, arguments):
    """[B * T, 3 C] to [B * T, C]."""
    batch, sequence, width, heads = arguments.batch, arguments.sequence, arguments.width, arguments.heads
    parts = graph.node("Split", graph.reshape(x, batch, sequence, 3 * width), outputs=3, axis=2, num_outputs=3)
    split = [graph.reshape(part, batch, sequence, heads, width // heads) for part in parts]
    by_head, by_head_transposed = [0, 2, 1, 3], [0, 2, 3, 1]
    q, k, v = (graph.node("Transpose", part, perm=perm)
               for part, perm in zip(split, (by_head, by_head_transposed, by_head)))
    scale = graph.constant(1 / math.sqrt(width // heads), np.float32)
    scores = graph.node("Add", graph.node("Mul", graph.node("MatMul", q, k), scale), mask)
    mixed = graph.node("MatMul", graph.node("Softmax", scores, axis=-1), v)
    return graph.reshape(graph.node("Transpose", mixed, perm=[0, 2, 1, 3]), batch * sequence, width)


def block(graph, x, mask, name, arguments):
    batch, sequence, width = arguments.batch, arguments.sequence, arguments.width
    flat, whole = (batch * sequence, width), (batch, sequence, width)
    y = graph.dense(graph.reshape(graph.norm(x, f"{name}.ln_1", width), *flat), f"{name}.attn.c_attn", width, 3 * width)
    y = graph.dense(attention(graph, y, mask, arguments), f"{name}.attn.c_proj", width, width)
    x = graph.node("Add", graph.reshape(y, *whole), x)
    y = graph.dense(graph.reshape(graph.norm(x, f"{name}.ln_2", width), *flat), f"{name}.mlp.c_fc", width, 4 * width)
    y = graph.reshape(graph.gelu(graph.reshape(y, batch, sequence, 4 * width)), batch * sequence, 4 * width)
    y = graph.dense(y, f"{name}.mlp.c_proj", 4 * width, width)
    return graph.node("Add", x, graph.reshape(y, *whole))


def build(arguments, data_name):
    graph = Graph(data_name)
    batch, sequence, width = arguments.batch, arguments.sequence, arguments.width
    embedding = graph.parameter("lm_head.weight", arguments.vocabulary, width)
    positions = graph.parameter("transformer.wpe.weight", sequence, width)
    causal = graph.constant(np.tril(np.ones((1, 1, sequence, sequence), bool)), bool)
    mask = graph.node("Where", causal, graph.constant(0.0, np.float32), graph.constant(-math.inf, np.float32))
    x = graph.node("Add", graph.node("Gather", embedding, "input_ids", axis=0), positions)
    for layer in range(arguments.layers):
        x = block(graph, x, mask, f"transformer.h.{layer}", arguments)
    x = graph.norm(x, "transformer.ln_f", width)
    head = graph.node("Transpose", embedding, perm=[1, 0])
    graph.nodes.append(helper.make_node("MatMul", [x, head], ["logits"], name="head"))
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, [batch, sequence])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, [batch, sequence, arguments.vocabulary])
    return graph, helper.make_graph(graph.nodes, "gpt2", [ids], [logits], graph.initializers)


def write(arguments):
    """Returns the number of parameters."""
    path = arguments.output
    graph, proto = build(arguments, path.name + ".data")
    onnx.save(helper.make_model(proto, opset_imports=[helper.make_opsetid("", 20)], ir_version=10), path)
    with open(path.with_name(graph.data_name), "wb") as file:
        file.truncate(graph.data_bytes)
        for number, start in enumerate(graph.starts, 1):
            file.seek(start)
            file.write(np.float32(number).tobytes())
    return graph.data_bytes // 4


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sizes = {"layers": 12, "width": 768, "heads": 12, "vocabulary": 50257, "batch": 8, "sequence": 1024}
    for name, value in sizes.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("output", type=pathlib.Path)
    arguments = parser.parse_args()
    print(f"{arguments.output}: {write(arguments):,} parameters")


if __name__ == "__main__":
    main()
