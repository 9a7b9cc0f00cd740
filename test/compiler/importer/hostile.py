"""Makes model files that are wrong in one way each, imports them with `neap ops`, and compares the messages.

Every case is a function that returns a model (or bytes); its docstring is the message that is expected, as a regular
expression, after the path. All must end in two seconds with exit code 3, or 0 and 4 where the docstring begins with `ok`.

Compile cases are sound for the importer and asked to be compiled; their docstrings begin with the exit code. They get little
memory: sizes come from a few bytes of the model, so what they ask for must be refused and not tried."""

import os
import pathlib
import re
import resource
import subprocess
import sys
import time

import onnx
from onnx import TensorProto, helper

CASES = []
COMPILE_CASES = []
# Address space of a compilation, in bytes; a refusal needs far less.
MEMORY = 4 << 30


def case(function):
    CASES.append(function)
    return function


def compile_case(function):
    COMPILE_CASES.append(function)
    return function


def value(name, shape=(2,), kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def model(nodes=None, initializers=(), opset=20, inputs=None, functions=(), imports=(), **graph):
    nodes = [helper.make_node("Relu", ["x"], ["y"], name="relu")] if nodes is None else nodes
    built = helper.make_graph(nodes, "g", [value("x")] if inputs is None else inputs, [value("y")], list(initializers), **graph)
    result = helper.make_model(built, functions=list(functions), ir_version=10,
                               opset_imports=[helper.make_opsetid("", opset), *(helper.make_opsetid(d, 1) for d in imports)])
    return result


def weight(name="w", dims=(2,), raw=b"\0" * 8, kind=TensorProto.FLOAT, **fields):
    tensor = TensorProto(name=name, data_type=kind, dims=dims, **fields)
    if raw is not None:
        tensor.raw_data = raw
    return tensor


def external(location, offset="0", length="8"):
    tensor = weight(raw=None, data_location=TensorProto.EXTERNAL)
    for key, text in [("location", location), ("offset", offset), ("length", length)]:
        if text is not None:
            tensor.external_data.add(key=key, value=text)
    return model(initializers=[tensor])


@case
def sound(folder):
    """ok"""
    return model(initializers=[weight()])


@case
def empty_file(folder):
    """expected an ONNX model, got an empty file"""
    return b""


@case
def no_protobuf(folder):
    """expected an ONNX model, got a file that is no protobuf message, is cut off, or is nested too deeply"""
    return b"\xff" * 100


@case
def deep_nesting(folder):
    """expected an ONNX model, got a file that is no protobuf message, is cut off, or is nested too deeply"""
    graph = b""
    for _ in range(10_000):
        for field in (6, 5, 1):  # attribute.g, node.attribute, graph.node
            graph = field_bytes(field, graph)
    return model().SerializeToString() + field_bytes(7, graph)


def field_bytes(number, payload):
    """A length-delimited field on the wire."""
    length, rest = b"", len(payload)
    while rest > 127:
        length, rest = length + bytes([rest & 127 | 128]), rest >> 7
    return bytes([number << 3 | 2]) + length + bytes([rest]) + payload


@case
def no_ir_version(folder):
    """expected an ONNX model, got a file without ir_version"""
    result = model()
    result.ClearField("ir_version")
    return result


@case
def old_ir_version(folder):
    """expected ir_version 3 or later, got 1"""
    result = model()
    result.ir_version = 1
    return result


@case
def no_graph(folder):
    """expected an ONNX model, got a file without graph"""
    result = model()
    result.ClearField("graph")
    return result


@case
def no_opset_import(folder):
    """expected an ONNX model, got a file without opset_import"""
    result = model()
    result.ClearField("opset_import")
    return result


@case
def no_outputs(folder):
    """expected a graph with outputs, got none"""
    result = model()
    result.graph.ClearField("output")
    return result


@case
def opset_0(folder):
    """expected an opset from 11 to 25, got 0"""
    return model(opset=0)


@case
def opset_6(folder):
    """expected an opset from 11 to 25, got 6"""
    return model(opset=6)


@case
def opset_99(folder):
    """expected an opset from 11 to 25, got 99\nnote: export the model again with opset_version=20"""
    return model(opset=99)


@case
def two_opsets(folder):
    """expected one version of the operator domain '', got 20 and 21"""
    result = model()
    result.opset_import.add(domain="ai.onnx", version=21)
    return result


@case
def unknown_domain(folder):
    """node 'n' \\(Magic\\): expected an opset_import for the domain 'made.up', got none"""
    return model([helper.make_node("Magic", ["x"], ["y"], name="n", domain="made.up")])


@case
def undefined_name(folder):
    """node 'n' \\(Relu, opset 20\\): expected input 'z' to be defined before the node, got a name that is defined nowhere"""
    return model([helper.make_node("Relu", ["z"], ["y"], name="n")])


@case
def own_output(folder):
    """node 'n' \\(Relu, opset 20\\): expected input 'y' to be defined before the node, got a node that needs its own output"""
    return model([helper.make_node("Relu", ["y"], ["y"], name="n")])


@case
def cycle(folder):
    """node 'a' \\(Relu, opset 20\\): expected input 'y' .*, got a name that only the later node 'b' \\(Relu\\) defines: .*"""
    return model([helper.make_node("Relu", ["y"], ["z"], name="a"), helper.make_node("Relu", ["z"], ["y"], name="b")])


@case
def undefined_output(folder):
    """expected output 'y' to be computed by a node, got a name that is defined nowhere"""
    return model([helper.make_node("Relu", ["x"], ["z"], name="n")])


@case
def duplicate_value(folder):
    """expected every value to have a name of its own, got 'y' twice"""
    return model([helper.make_node("Relu", ["x"], ["y"]), helper.make_node("Relu", ["x"], ["y"])])


@case
def duplicate_initializer(folder):
    """expected every value to have a name of its own, got 'w' twice"""
    return model(initializers=[weight(), weight()])


@case
def nameless_initializer(folder):
    """expected every initializer to have a name, got an empty one"""
    return model(initializers=[weight("")])


@case
def nameless_operator(folder):
    """node 'n': expected an operator, got an empty op_type"""
    return model([onnx.NodeProto(name="n", input=["x"], output=["y"])])


@case
def bad_utf8(folder):
    """expected names in UTF-8, got '.*'"""
    return model(initializers=[weight("wXXXw")]).SerializeToString().replace(b"wXXXw", b"w\xff\xfe\xffw")


@case
def attribute_of_another_type(folder):
    """node 'n' \\(Relu, opset 20\\): attribute 'axis': expected a value of its type INT, got another field"""
    node = helper.make_node("Relu", ["x"], ["y"], name="n")
    node.attribute.add(name="axis", type=onnx.AttributeProto.INT, f=1.5)
    return model([node])


@case
def attribute_without_type(folder):
    """node 'n' .*: attribute 'axis': expected a number, a string, a dense tensor, a graph or a list of them, got UNDEFINED"""
    node = helper.make_node("Relu", ["x"], ["y"], name="n")
    node.attribute.add(name="axis", i=1)
    return model([node])


@case
def attribute_without_name(folder):
    """node 'n' .*: expected every attribute to have a name, got an empty one"""
    node = helper.make_node("Relu", ["x"], ["y"], name="n")
    node.attribute.add(type=onnx.AttributeProto.INT, i=1)
    return model([node])


@case
def attribute_twice(folder):
    """node 'n' .*: attribute 'axis': expected it once, got it twice"""
    node = helper.make_node("Relu", ["x"], ["y"], name="n", axis=1)
    node.attribute.add().CopyFrom(node.attribute[0])
    return model([node])


@case
def attribute_without_graph(folder):
    """node 'n' .*: attribute 'then_branch': expected a graph, got none"""
    node = helper.make_node("If", ["x"], ["y"], name="n")
    node.attribute.add(name="then_branch", type=onnx.AttributeProto.GRAPH)
    return model([node])


@case
def reference_outside_of_function(folder):
    """node 'n' .*: attribute 'axis': expected a value, got a reference to 'a' outside of a function"""
    node = helper.make_node("Relu", ["x"], ["y"], name="n")
    node.attribute.add(name="axis", type=onnx.AttributeProto.INT, ref_attr_name="a")
    return model([node])


@case
def external_attribute(folder):
    """node 'n' .*: attribute 'value': expected the tensor of an attribute in the model file, got external data"""
    tensor = weight(raw=None, data_location=TensorProto.EXTERNAL)
    return model([helper.make_node("Constant", [], ["y"], name="n", value=tensor)])


@case
def negative_size(folder):
    """initializer 'w': expected sizes of at least 0, got -1"""
    return model(initializers=[weight(dims=[-1])])


@case
def overflowing_size(folder):
    """initializer 'w': expected a tensor of at most 2\\^45 elements and 64 dimensions, got one of 4294967296x4294967296"""
    return model(initializers=[weight(dims=[2**32, 2**32])])


@case
def huge_size(folder):
    """initializer 'w': expected 4398046511104 bytes of raw_data for .*, got 8"""
    return model(initializers=[weight(dims=[2**40])])


@case
def short_raw_data(folder):
    """initializer 'w': expected 8 bytes of raw_data for 'tensor<2xf32>', got 7"""
    return model(initializers=[weight(raw=b"1234567")])


@case
def string_tensor(folder):
    """initializer 'w': expected elements that can be computed with, got string"""
    return model(initializers=[helper.make_tensor("w", TensorProto.STRING, [1], [b"text"])])


@case
def sparse_initializer(folder):
    """expected dense initializers, got the sparse one 'w'"""
    sparse = helper.make_sparse_tensor(weight(dims=[2]), helper.make_tensor("i", TensorProto.INT64, [2], [0, 1]), [4])
    return model(sparse_initializer=[sparse])


@case
def quantised(folder):
    """expected an unquantised model, got a quantization annotation for 'x'"""
    result = model()
    result.graph.quantization_annotation.add(tensor_name="x")
    return result


@case
def sequence_input(folder):
    """input 'x': expected a tensor, got another type"""
    return model(inputs=[helper.make_tensor_sequence_value_info("x", TensorProto.FLOAT, [2])])


@case
def string_input(folder):
    """input 'x': expected elements that can be computed with, got string"""
    return model(inputs=[value("x", kind=TensorProto.STRING)])


@case
def shapeless_input(folder):
    """input 'x': expected a shape, got none"""
    return model(inputs=[value("x", shape=None)])


@case
def negative_input(folder):
    """input 'x': expected sizes of at least 0, got -2"""
    return model(inputs=[value("x", shape=[-2])])


@case
def duplicate_function(folder):
    """expected every local function to have a name of its own, got 'f::F' twice"""
    return model(functions=[function("F"), function("F")], imports=["f"])


@case
def function_without_output(folder):
    """function 'f::F': expected output 'b' to be computed by a node, got a name that is defined nowhere"""
    return model(functions=[function("F", nodes=[])], imports=["f"])


def function(name, calls=(), nodes=None):
    """b = calls[-1](...calls[0](a)), or Relu(a)."""
    steps = calls or ["Relu"]
    if nodes is None:
        nodes = [helper.make_node(step, [f"v{i}" if i else "a"], ["b" if i + 1 == len(steps) else f"v{i + 1}"], name=f"{name}{i}",
                                  domain="f" if calls else "") for i, step in enumerate(steps)]
    return helper.make_function("f", name, ["a"], ["b"], nodes, [helper.make_opsetid("", 20), helper.make_opsetid("f", 1)])


@case
def recursion(folder):
    """node '[AB]0' \\([AB], opset 1\\): expected functions that do not call themselves, got 'f::[AB]', .*"""
    return model([helper.make_node("A", ["x"], ["y"], domain="f")], functions=[function("A", ["B"]), function("B", ["A"])], imports=["f"])


@case
def doubling_functions(folder):
    """expected at most 250000 nodes after inlining local functions, got 1073741824 or more"""
    functions = [function("F0")] + [function(f"F{i + 1}", [f"F{i}"] * 2) for i in range(30)]
    return model([helper.make_node("F30", ["x"], ["y"], domain="f")], functions=functions, imports=["f"])


@case
def deep_functions(folder):
    """node 'F[0-9]+' \\(F[0-9]+, opset 1\\): expected calls of local functions at most 1000 deep, got deeper ones"""
    functions = [function("F0")] + [function(f"F{i + 1}", [f"F{i}"]) for i in range(20_000)]
    return model([helper.make_node("F20000", ["x"], ["y"], domain="f")], functions=functions, imports=["f"])


@case
def external_absolute(folder):
    """initializer 'w': expected a file in the model's folder, got the absolute path '/etc/passwd'"""
    return external("/etc/passwd")


@case
def external_parent(folder):
    """initializer 'w': expected a file in the model's folder, got 'a/../../b', which leaves it"""
    return external("a/../../b")


@case
def external_missing(folder):
    """initializer 'w': cannot open 'missing': No such file or directory"""
    return external("missing")


@case
def external_symlink(folder):
    """initializer 'w': expected a file in the model's folder, got 'link', which is a symbolic link; --trust-external-links follows it"""
    (folder / "link").symlink_to("/etc/passwd")
    return external("link")


@case
def external_hard_link(folder):
    """initializer 'w': expected a file of the model's own, got 'hard', which is a hard link; --trust-external-links accepts it"""
    (folder / "original").write_bytes(bytes(8))
    os.link(folder / "original", folder / "hard")
    return external("hard")


@case
def external_fifo(folder):
    """initializer 'w': expected a regular file, got 'fifo', which is none"""
    os.mkfifo(folder / "fifo")
    return external("fifo")


@case
def external_sound(folder):
    """ok"""
    (folder / "sound.data").write_bytes(bytes(16))
    return external("sound.data", offset="8")


@case
def external_past_the_end(folder):
    """initializer 'w': expected 8 bytes at 9 of 'short.data', got a file of 16 bytes"""
    (folder / "short.data").write_bytes(bytes(16))
    return external("short.data", offset="9")


@case
def external_negative_offset(folder):
    """initializer 'w': expected a byte offset into external data, got '-1'"""
    return external("short.data", offset="-1")


@case
def external_huge_offset(folder):
    """initializer 'w': expected a byte offset into external data, got '9223372036854775808'"""
    return external("short.data", offset=str(2**63))


@case
def external_length_of_no_number(folder):
    """initializer 'w': expected a length of external data in bytes, got 'all'"""
    return external("short.data", length="all")


@case
def external_wrong_length(folder):
    """initializer 'w': expected 8 bytes of external data for 'tensor<2xf32>', got 12"""
    return external("short.data", length="12")


@case
def external_without_location(folder):
    """initializer 'w': expected external data to name a file, got no 'location'"""
    return external(None)


def integers(name, *values):
    return helper.make_node("Constant", [], [name], value=helper.make_tensor(name, TensorProto.INT64, [len(values)], values))


def scalars(**values):
    """Scalar constants by name; their type follows from their Python type."""
    kinds = {int: TensorProto.INT64, float: TensorProto.FLOAT}
    return [helper.make_node("Constant", [], [name], value=helper.make_tensor(name, kinds[type(value)], [], [value]))
            for name, value in values.items()]


def sized(*nodes, **parts):
    """y = x * w + the largest element of h, which the nodes compute; so all of them are needed and w is trained."""
    floats = helper.make_tensor("w", TensorProto.FLOAT, [2], [1.0, 2.0])
    ends = [helper.make_node("ReduceMax", ["h"], ["s"], keepdims=0), helper.make_node("Mul", ["x", "w"], ["m"], name="m"),
            helper.make_node("Add", ["m", "s"], ["y"])]
    return model([*nodes, *ends], initializers=[floats], **parts)


def culprit(kind, inputs, output="h", **attributes):
    return helper.make_node(kind, inputs, [output], name="culprit", **attributes)


WRAPPED = 2**62 + 1  # times 4 it is 4, modulo 2^64
TOO_LARGE = r"expected a tensor of at most 2\^45 elements and 64 dimensions, got one of "


def node_error(kind, message, code=4):
    """Completes a docstring: the message of the node that is to blame."""
    def apply(function):
        function.__doc__ = f"{code} node 'culprit' \\({kind}, opset 20\\): {message}"
        return function
    return apply


@compile_case
@node_error("Reshape", TOO_LARGE + f"{WRAPPED}x4")
def reshape_of_a_constant_that_wraps(folder):
    table = helper.make_node("Constant", [], ["c"], value=helper.make_tensor("c", TensorProto.FLOAT, [4], [1.0, 2.0, 3.0, 4.0]))
    return sized(table, integers("shape", WRAPPED, 4), culprit("Reshape", ["c", "shape"], "r"),
                 helper.make_node("Transpose", ["r"], ["h"]))


@compile_case
@node_error("Reshape", TOO_LARGE + f"{2**62 + 1}x4x1")
def reshape_of_a_value_that_wraps(folder):
    return sized(helper.make_node("Concat", ["x", "x"], ["xx"], axis=0), integers("shape", WRAPPED, 4, -1),
                 culprit("Reshape", ["xx", "shape"]))


@compile_case
@node_error("Reshape", "expected a shape of 2 elements, got 0x-1", 3)
def reshape_to_nothing_and_the_rest(folder):
    return sized(integers("shape", 0, -1), culprit("Reshape", ["x", "shape"], allowzero=1))


@compile_case
@node_error("Expand", TOO_LARGE + f"{2**62}x1")
def expand(folder):
    return sized(integers("shape", 2**62, 1), culprit("Expand", ["x", "shape"]))


@compile_case
@node_error("Expand", "expected sizes of at least 0, got -4", 3)
def expand_below_zero(folder):
    return sized(integers("shape", -4, 1), culprit("Expand", ["x", "shape"]))


@compile_case
@node_error("Tile", TOO_LARGE + f"{2**63 - 1}x2")
def tile(folder):
    return sized(integers("repeats", 2**63 - 1), culprit("Tile", ["x", "repeats"]))


@compile_case
@node_error("Concat", TOO_LARGE + f"{2**45 + 2**44}")
def concat(folder):
    large = integers("shape", 2**44), helper.make_node("Expand", ["one", "shape"], ["e"])
    return sized(*scalars(one=1.0), *large, culprit("Concat", ["e"] * 10, axis=0))


@compile_case
@node_error("ConstantOfShape", TOO_LARGE + f"{2**32}x{2**32}")
def constant_of_shape(folder):
    return sized(integers("shape", 2**32, 2**32), culprit("ConstantOfShape", ["shape"]))


@compile_case
@node_error("ConstantOfShape", TOO_LARGE + "1000 dimensions")
def constant_of_rank_1000(folder):
    return sized(integers("shape", *[1] * 1000), culprit("ConstantOfShape", ["shape"]))


@compile_case
@node_error("Range", r"expected a range of at most 16777216 elements, got 1.000000e\+15")
def range_without_end(folder):
    return sized(*scalars(a=0.0, b=1e15, c=1.0), culprit("Range", ["a", "b", "c"]))


@compile_case
@node_error("Range", "expected a range of at most 16777216 elements, got nan")
def range_of_no_number(folder):
    return sized(*scalars(a=0.0, b=float("nan"), c=1.0), culprit("Range", ["a", "b", "c"]))


@compile_case
@node_error("Mul", TOO_LARGE + f"{2**30}x{2**30}")
def stretched_both_ways(folder):
    nodes = [integers("column", 2**30, 1), integers("row", 1, 2**30), helper.make_node("Expand", ["one", "column"], ["c"]),
             helper.make_node("Expand", ["one", "row"], ["r"])]
    return sized(*scalars(one=1.0), *nodes, culprit("Mul", ["c", "r"]))


@compile_case
@node_error("MatMul", TOO_LARGE + f"{2**30}x{2**30}")
def outer_product(folder):
    nodes = [integers("column", 2**30, 1), integers("row", 1, 2**30), helper.make_node("Expand", ["one", "column"], ["c"]),
             helper.make_node("Expand", ["one", "row"], ["r"])]
    return sized(*scalars(one=1.0), *nodes, culprit("MatMul", ["c", "r"]))


@compile_case
@node_error("Gather", TOO_LARGE + f"{2**30}x{2**20}")
def gather(folder):
    nodes = [integers("many", 2**30), integers("table", 1, 2**20), helper.make_node("Expand", ["zero", "many"], ["i"]),
             helper.make_node("Expand", ["one", "table"], ["t"])]
    return sized(*scalars(one=1.0, zero=0), *nodes, culprit("Gather", ["t", "i"]))


@compile_case
@node_error("Split", "expected 2 parts that add up to 2, got .*", 3)
def split_that_wraps(folder):
    return sized(integers("sizes", 2**63 - 1, -(2**63) + 3), helper.make_node("Split", ["x", "sizes"], ["h", "rest"], name="culprit"))


@compile_case
@node_error("Split", "expected as many parts as the node has outputs, 1, got 4611686018427387904", 3)
def split_into_many(folder):
    return sized(culprit("Split", ["x"], num_outputs=2**62))


@compile_case
@node_error("Unsqueeze", TOO_LARGE + "100001 dimensions")
def unsqueeze_many(folder):
    return sized(integers("axes", *range(100_000)), culprit("Unsqueeze", ["x", "axes"]))


@compile_case
@node_error("Range", "expected a limit that is known at compile time, .*")
def repeated_constant_as_a_number(folder):
    nodes = [integers("shape", 2**44), helper.make_node("Expand", ["b", "shape"], ["many"])]
    return sized(*scalars(a=0.0, b=1.0, c=1.0), *nodes, culprit("Range", ["a", "many", "c"]))


@compile_case
def slice_with_a_step_that_is_never_taken(folder):
    """0 """
    nodes = [integers("start", 1), integers("end", -(2**63)), integers("axis", 0), integers("step", -(2**63) + 1)]
    return sized(*nodes, culprit("Slice", ["x", "start", "end", "axis", "step"]))


def chain(kind, length, operands):
    """h is x after `length` nodes, each of `operands` of the one before."""
    nodes = [helper.make_node(kind, operands(f"v{i}" if i else "x"), [f"v{i + 1}"]) for i in range(length)]
    return sized(*nodes, helper.make_node("Identity", [f"v{length}"], ["h"]))


@compile_case
def long_sum(folder):
    """0 """
    return chain("Add", 5000, lambda value: [value, "x"])


@compile_case
def long_doubling(folder):
    """0 """
    return chain("Add", 60, lambda value: [value, value])


@compile_case
def input_of_many_elements(folder):
    """2 input 'x': expected a tensor of at most 2\\^45 elements and 64 dimensions, got a larger one"""
    return sized(helper.make_node("Identity", ["x"], ["h"]), inputs=[value("x", shape=[2**40, 2**10, 2])])


def run(path):
    start = time.monotonic()
    done = subprocess.run(["neap", "ops", str(path)], capture_output=True, text=True)
    return done.returncode, done.stderr, time.monotonic() - start


def run_compiler(path):
    command = ["neap", "compile", str(path), "--loss", "mse", "--optimizer", "sgd", "--quiet", "-o", str(path.parent / "program")]
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True,
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)))
    return done.returncode, done.stderr, time.monotonic() - start


def check(make, folder):
    folder.mkdir(parents=True)
    made = make(folder)
    path = folder / "model.onnx"
    path.write_bytes(made if isinstance(made, bytes) else made.SerializeToString())
    code, errors, seconds = run(path)
    expected = make.__doc__
    if expected == "ok":
        return None if code in (0, 4) and not errors else f"exit {code}: {errors}"
    pattern = f"error: {re.escape(str(path))}: ({expected})\\n.*"
    if code != 3 or not re.fullmatch(pattern, errors, re.DOTALL):
        return f"exit {code}: {errors}"
    return None if seconds < 2 else f"took {seconds:.1f} seconds"


def check_compilation(make, folder):
    folder.mkdir(parents=True)
    path = folder / "model.onnx"
    path.write_bytes(make(folder).SerializeToString())
    code, errors, seconds = run_compiler(path)
    expected, pattern = make.__doc__.split(" ", 1)
    message = f"error: {re.escape(str(path))}: {pattern}\\n.*" if pattern else ""
    if code != int(expected) or not re.fullmatch(message, errors, re.DOTALL):
        return f"exit {code}: {errors}"
    return None if seconds < 2 or not pattern else f"took {seconds:.1f} seconds"


def check_prefixes(folder):
    """No prefix of a sound model crashes the importer."""
    folder.mkdir(parents=True)
    whole = model(initializers=[weight()]).SerializeToString()
    for length in range(len(whole)):
        (folder / "model.onnx").write_bytes(whole[:length])
        code, errors, _ = run(folder / "model.onnx")
        if code not in (0, 3, 4) or (code == 3) != errors.startswith("error: "):
            return f"prefix of {length} bytes: exit {code}: {errors}"
    return None


root = pathlib.Path(sys.argv[1])
problems = [(make.__name__, problem) for make in CASES if (problem := check(make, root / make.__name__))]
problems += [(make.__name__, problem) for make in COMPILE_CASES if (problem := check_compilation(make, root / make.__name__))]
if problem := check_prefixes(root / "prefixes"):
    problems.append(("prefixes", problem))
for name, problem in problems:
    print(f"{name}: {problem}")
print(f"{len(CASES) + len(COMPILE_CASES)} files, {len(problems)} problems")
