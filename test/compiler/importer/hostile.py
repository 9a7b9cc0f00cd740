"""Makes model files that are wrong in one way each, imports them with `neap ops`, and compares the messages.

Every case is a function that returns a model (or bytes); its docstring is the message that is expected, as a regular
expression, after the path. All must end in two seconds with exit code 3, or 0 and 4 where the docstring begins with `ok`."""

import os
import pathlib
import re
import subprocess
import sys
import time

import onnx
from onnx import TensorProto, helper

CASES = []


def case(function):
    CASES.append(function)
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
    """initializer 'w': expected a tensor of less than 2\\^63 bits, got one of 4294967296x4294967296 elements"""
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


def run(path):
    start = time.monotonic()
    done = subprocess.run(["neap", "ops", str(path)], capture_output=True, text=True)
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
if problem := check_prefixes(root / "prefixes"):
    problems.append(("prefixes", problem))
for name, problem in problems:
    print(f"{name}: {problem}")
print(f"{len(CASES)} files, {len(problems)} problems")
