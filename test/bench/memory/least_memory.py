#!/usr/bin/env python3
"""The memory that a training step cannot well do without, from the shapes in an ONNX file and nothing else of Neap.

    least_memory.py MODEL.onnx [--dim NAME=N ...] [--loss NAME] [--moments N] [--clip] [--json]

Needs the package onnx. Weights are not read. Four figures, in bytes:

  parameters     all floating-point initializers; they stay where they are.
  gradients      those that must exist at the same time. A gradient begins in the backward pass of the parameter's last use and
                 is complete in that of its first, where the parameter is updated and the gradient goes. So a parameter used
                 once overlaps only with what is used beside it, and an embedding tied to the head with everything between the
                 two. --clip: no update before the norm of all, so all gradients at once.
  optimizer      the moments of the parameter with the most elements: those of others may be in far memory.
  working set    the largest of any kernel, forward or backward: operands and results that stand in memory whole. What a
                 kernel can pass through does not:
                   - pointwise nodes that only feed each other are one kernel, whose results take the place of operands;
                   - attention, from one product of activations through a softmax to the next, has no matrix of scores;
                   - what follows the last product with a parameter (a head, its loss) is computed in rounds over rows, from
                     that product's operand to its gradient;
                   - reshapes, transposes, splits and concatenations are ways to read.
                 The two products of a matrix's backward pass are kernels of their own.

Their sum is the figure that a plan is compared with. It is not a bound: the four need not be largest at the same moment. The
largest that they are at one moment is printed as well.
"""

import argparse
import json
import math
import pathlib
import sys

import onnx
from onnx import TensorProto

BYTES = {TensorProto.FLOAT: 4, TensorProto.DOUBLE: 8, TensorProto.FLOAT16: 2, TensorProto.BFLOAT16: 2}
ALIAS = {"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Transpose"}
PARTS = {"Split", "Slice", "Concat", "Expand"}
LINEAR = {"Add", "Sub", "Neg", "Cast"}
POINTWISE = LINEAR | {"Mul", "Div", "Pow", "Tanh", "Erf", "Sigmoid", "Gelu", "Relu", "Exp", "Log", "Sqrt", "Where", "Clip",
                      "Dropout", "Min", "Max", "Reciprocal", "Softplus", "LeakyRelu", "Elu", "HardSwish", "Sin", "Cos"}
ROWWISE = {"Softmax", "LogSoftmax", "LayerNormalization", "RMSNormalization"}
PRODUCT = {"MatMul", "Gemm"}


class Model:
    """The graph with fixed sizes: what is an activation (a floating-point value on a way from a parameter to the loss), and
    how many bytes each has."""

    def __init__(self, path, dims, loss):
        proto = onnx.load(path, load_external_data=False)
        fix_dims(proto.graph, dims)
        graph = onnx.shape_inference.infer_shapes(proto, data_prop=True).graph
        self.nodes = list(graph.node)
        self.loss = loss or ("loss" if any(value.name == "loss" for value in graph.output) else graph.output[0].name)
        self.parameters = {tensor.name: BYTES[tensor.data_type] * math.prod(tensor.dims) for tensor in graph.initializer
                           if tensor.data_type in BYTES and tensor.dims}
        self.shapes = {value.name: value.type.tensor_type for value in [*graph.value_info, *graph.output]}
        self.roots = self.find_roots()
        self.activations = self.reached_from_parameters() & self.leading_to_loss()

    def find_roots(self):
        """Of each value that is another one read differently, that other one."""
        roots = {}
        for node in self.nodes:
            if node.op_type in ALIAS:
                roots[node.output[0]] = roots.get(node.input[0], node.input[0])
        return roots

    def root(self, name):
        return self.roots.get(name, name)

    def reached_from_parameters(self):
        reached = set(self.parameters)
        for node in self.nodes:
            if reached & set(node.input):
                reached.update(node.output)
        return {self.root(name) for name in reached} - set(self.parameters)

    def leading_to_loss(self):
        leading = {self.loss}
        for node in reversed(self.nodes):
            if leading & set(node.output):
                leading.update(node.input)
        return {self.root(name) for name in leading}

    def operands(self, node):
        """Activations that the node reads, each once."""
        return list(dict.fromkeys(root for root in map(self.root, node.input) if root in self.activations))

    def results(self, node):
        return [self.root(name) for name in node.output if self.root(name) in self.activations]

    def weights(self, node):
        return {root for root in map(self.root, node.input) if root in self.parameters}

    def bytes(self, name):
        if name == self.loss:
            return 0
        type_ = self.shapes.get(name)
        if type_ is None or any(not dim.HasField("dim_value") for dim in type_.shape.dim):
            sys.exit(f"error: the shape of '{name}' is not known; does --dim name all symbolic dimensions?")
        return BYTES.get(type_.elem_type, 0) * math.prod(dim.dim_value for dim in type_.shape.dim)


def fix_dims(graph, dims):
    """Exporters write sizes inside the graph as products of symbols; what they leave open is inferred."""
    for value in graph.input:
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param and dim.dim_param not in dims:
                sys.exit(f"error: expected --dim {dim.dim_param}=N")
    for value in [*graph.input, *graph.value_info, *graph.output]:
        for dim in value.type.tensor_type.shape.dim:
            factors = dim.dim_param.split("*") if dim.dim_param else []
            if factors and all(factor in dims or factor.isdigit() for factor in factors):
                dim.dim_value = math.prod(dims[factor] if factor in dims else int(factor) for factor in factors)
            elif factors:
                dim.Clear()


def find_consumers(model, nodes):
    consumers = {}
    for number, node in enumerate(nodes):
        for name in model.operands(node):
            consumers.setdefault(name, []).append(number)
    return consumers


def find_scores(model, nodes):
    """Values of attention that are never whole: between two products of activations, with a softmax on the way."""
    makers = {name: node for node in nodes for name in model.results(node)}
    consumers = find_consumers(model, nodes)
    scores = set()
    for softmax in (node for node in nodes if node.op_type == "Softmax"):
        above = walk_up(model, makers, model.operands(softmax))
        below = walk_down(model, nodes, consumers, model.results(softmax))
        if above and below:
            scores |= above | below
    return scores


def is_inner_product(model, node):
    return node.op_type == "MatMul" and len(model.operands(node)) == 2


def walk_up(model, makers, names):
    """The values from a product of activations to `names`, pointwise nodes between; None if something else is between."""
    found = set(names)
    for name in list(names):
        maker = makers.get(name)
        if maker is None or not (is_inner_product(model, maker) or maker.op_type in POINTWISE):
            return None
        if not is_inner_product(model, maker):
            above = walk_up(model, makers, model.operands(maker))
            if above is None:
                return None
            found |= above
    return found


def walk_down(model, nodes, consumers, names):
    """The values from `names` to products of activations; None if something else reads them."""
    found = set(names)
    for node in (nodes[number] for name in names for number in consumers.get(name, [])):
        if is_inner_product(model, node):
            continue
        below = walk_down(model, nodes, consumers, model.results(node)) if node.op_type in POINTWISE else None
        if below is None:
            return None
        found |= below
    return found


def find_tail(model, nodes):
    """Values behind the last product with a parameter, which are there row by row."""
    last = max((number for number, node in enumerate(nodes) if node.op_type in PRODUCT and model.weights(node)), default=None)
    return set() if last is None else {name for node in nodes[last:] for name in model.results(node)}


def find_chained(model, nodes):
    """Values between pointwise nodes."""
    consumers = find_consumers(model, nodes)
    return {name for node in nodes if node.op_type in POINTWISE for name in model.results(node)
            if consumers.get(name) and all(nodes[number].op_type in POINTWISE for number in consumers[name])}


def join(model, nodes, passing):
    """Kernels: lists of numbers of nodes that are connected by values that only pass through."""
    leader = list(range(len(nodes)))

    def find(number):
        while leader[number] != number:
            number = leader[number]
        return number

    makers = {name: number for number, node in enumerate(nodes) for name in model.results(node)}
    for number, node in enumerate(nodes):
        for name in model.operands(node):
            if name in passing and name in makers:
                leader[find(number)] = find(makers[name])
    kernels = {}
    for number in range(len(nodes)):
        kernels.setdefault(find(number), []).append(number)
    return list(kernels.values())


def working_sets(model, nodes, passing, tail):
    """Bytes of operands and results in the forward pass, and of each kernel of the backward pass."""
    operands = {name for node in nodes for name in model.operands(node)} - passing
    results = {name for node in nodes for name in model.results(node)} - passing
    operands -= results
    size = lambda names: sum(map(model.bytes, names))
    reads, writes = size(operands), size(results)
    kinds = {node.op_type for node in nodes}
    if kinds <= POINTWISE:
        needed = {name for node in nodes if node.op_type not in LINEAR for name in model.operands(node)} & operands
        return max(reads, writes), max(size(needed) + writes, reads)
    if kinds <= ROWWISE:
        return max(reads, writes), max(reads + writes, reads)
    if kinds <= PARTS:
        return max(reads, writes), max(reads, writes)
    if tail & {name for node in nodes for name in model.results(node)}:
        return reads, 2 * reads
    if kinds == {"Gather"}:
        return writes, writes
    if kinds <= PRODUCT and all(model.weights(node) for node in nodes):
        return reads + writes, reads + writes
    return reads + writes, 2 * reads + writes


def lifetimes(model, nodes):
    """Of each parameter that is trained: numbers of its first and last node."""
    uses = {}
    for number, node in enumerate(nodes):
        for name in model.weights(node):
            first, _ = uses.get(name, (number, number))
            uses[name] = (first, number)
    return uses


def examine(model, moments, clip):
    """All figures, as a dictionary that --json prints."""
    nodes = [node for node in model.nodes if node.op_type not in ALIAS and model.results(node)]
    tail = find_tail(model, nodes)
    passing = find_scores(model, nodes) | tail | find_chained(model, nodes)
    uses = lifetimes(model, nodes)
    parameters = sum(model.parameters.values())
    everything = sum(model.parameters[name] for name in uses)
    alive = [everything if clip else sum(model.parameters[name] for name, (first, last) in uses.items()
                                         if first <= number <= last) for number in range(len(nodes))]
    largest, moment = (0, ""), (0, "")
    for kernel in join(model, nodes, passing):
        forward, backward = working_sets(model, [nodes[number] for number in kernel], passing, tail)
        name = nodes[kernel[0]].name
        gradients = max(alive[number] for number in kernel)
        largest = max(largest, (forward, f"forward of {name}"), (backward, f"backward of {name}"))
        moment = max(moment, (forward, f"forward of {name}"), (gradients + backward, f"backward of {name}"))
    for name, (first, _) in uses.items():
        moment = max(moment, (alive[first] + moments * model.parameters[name], f"update of {name}"))
    window = max(uses, key=model.parameters.get)
    figures = {"parameters": parameters, "gradients": max(alive), "optimizer": moments * model.parameters[window],
               "working_set": largest[0]}
    return figures | {"sum": sum(figures.values()), "at_one_moment": parameters + moment[0], "moment": moment[1],
                      "largest_kernel": largest[1], "window": window}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--dim", action="append", default=[], metavar="NAME=N")
    parser.add_argument("--loss", help="the output that leads the backward pass (default: loss, else the first)")
    parser.add_argument("--moments", type=int, default=2, help="tensors of optimizer state for each parameter (AdamW: 2)")
    parser.add_argument("--clip", action="store_true", help="gradients are clipped by their norm")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    dims = {name: int(size) for name, _, size in (dim.partition("=") for dim in arguments.dim)}
    found = examine(Model(arguments.model, dims, arguments.loss), arguments.moments, arguments.clip)
    if arguments.json:
        print(json.dumps(found))
        return
    notes = {"optimizer": found["window"], "working_set": found["largest_kernel"], "at_one_moment": found["moment"]}
    for figure in ("parameters", "gradients", "optimizer", "working_set", "sum", "at_one_moment"):
        print(f"{figure.replace('_', ' '):14} {found[figure]:>14,} bytes  {found[figure] / 2**20:9.1f} MiB  "
              f"{notes.get(figure, '')}".rstrip())


if __name__ == "__main__":
    main()
