"""Writes an embedding that is tied to its head, with a hidden layer between them and a residual around it.

    small_model.py MODEL.onnx VOCABULARY
"""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

vocabulary = int(sys.argv[2])
source = np.random.default_rng(0)
weights = [numpy_helper.from_array(source.standard_normal(shape).astype(np.float32), name)
           for name, shape in {"table": (vocabulary, 8), "w1": (8, 32), "w2": (32, 8)}.items()]
shapes = [numpy_helper.from_array(np.array(shape), name) for name, shape in {"rows": [-1, vocabulary], "all": [-1]}.items()]
node = lambda op, inputs, output, **attributes: helper.make_node(op, inputs, [output], name=op.lower(), **attributes)
nodes = [node("Gather", ["table", "ids"], "x"), node("MatMul", ["x", "w1"], "h"), node("Tanh", ["h"], "t"),
         node("MatMul", ["t", "w2"], "y"), node("Add", ["x", "y"], "r"), node("Transpose", ["table"], "head", perm=[1, 0]),
         node("MatMul", ["r", "head"], "logits"), node("Reshape", ["logits", "rows"], "flat"),
         node("Reshape", ["labels", "all"], "targets"), node("SoftmaxCrossEntropyLoss", ["flat", "targets"], "loss")]
inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"]) for name in ("ids", "labels")]
loss = helper.make_tensor_value_info("loss", TensorProto.FLOAT, [])
graph = helper.make_graph(nodes, "g", inputs, [loss], [*weights, *shapes])
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10), sys.argv[1])
