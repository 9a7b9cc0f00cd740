"""Runs commands that must be refused and checks how: refusals.py compile|train MODELS_DIR SCRATCH_DIR

Each case is a function whose docstring is `EXIT_CODE regular expression of the first line after "error: "`, and which returns
the command. A refusal is one `error:` line (and notes), the documented exit code, soon, and no file left behind."""

import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import time

import numpy as np
import onnx
from onnx import TensorProto, helper
from safetensors.numpy import load_file, save_file

suite, models, scratch = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
CASES = {"compile": [], "train": []}
# Two seconds are the promise; a busy machine needs more.
PATIENCE = 10
GPT2 = models / "gpt2-dynamo" / "model.onnx"
MLP = models / "mlp" / "model.onnx"
GPT2_DIMS = ["--dim", "batch=4", "--dim", "sequence=64"]
GPT2_LOSS = ["--loss", "cross-entropy", "--shift-labels"]
ADAMW = ["--optimizer", "adamw", "--learning-rate", "1e-3"]


def compile_case(function):
    CASES["compile"].append(function)
    return function


def train_case(function):
    CASES["train"].append(function)
    return function


def compile_model(model, *options, output="program"):
    return ["neap", "compile", model, *options, "-o", output]


def compile_gpt2(*options):
    return compile_model(GPT2, *GPT2_DIMS, *GPT2_LOSS, *ADAMW, *options)


def compile_mlp(*options, **more):
    return compile_model(MLP, "--dim", "batch=16", "--loss", "mse", *ADAMW, *options, **more)


def write(folder, name, data):
    (folder / name).write_bytes(data)
    return name


# Models.


@compile_case
def no_such_file(folder):
    """3 cannot open 'none.onnx': No such file or directory"""
    return compile_model("none.onnx", "--loss", "mse", *ADAMW)


@compile_case
def empty_file(folder):
    """3 model.onnx: expected an ONNX model, got an empty file"""
    return compile_model(write(folder, "model.onnx", b""), "--loss", "mse", *ADAMW)


@compile_case
def text_file(folder):
    """3 model.onnx: expected an ONNX model, got a file that is no protobuf message"""
    return compile_model(write(folder, "model.onnx", b"This is no model.\n" * 9), "--loss", "mse", *ADAMW)


@compile_case
def truncated_file(folder):
    """3 model.onnx: expected an ONNX model, got a file that is no protobuf message, is cut off"""
    data = GPT2.read_bytes()
    return compile_model(write(folder, "model.onnx", data[: len(data) // 2]), *GPT2_DIMS, *GPT2_LOSS, *ADAMW)


def small_model(folder, op_type, domain="", **attributes):
    value = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, (2, 2))
    weight = helper.make_tensor("w", TensorProto.FLOAT, (2, 2), [1.0, 2.0, 3.0, 4.0])
    nodes = [helper.make_node("MatMul", ["x", "w"], ["h"], name="product"),
             helper.make_node(op_type, ["h"], ["y"], name="culprit", domain=domain, **attributes)]
    graph = helper.make_graph(nodes, "g", [value("x")], [value("y")], [weight])
    imports = [helper.make_opsetid("", 20)] + ([helper.make_opsetid(domain, 1)] if domain else [])
    onnx.save(helper.make_model(graph, opset_imports=imports, ir_version=10), folder / "model.onnx")
    return "model.onnx"


@compile_case
def operator_not_supported(folder):
    """4 model.onnx: node 'culprit' \\(Hardmax, opset 20\\): """
    return compile_model(small_model(folder, "Hardmax"), "--loss", "mse", *ADAMW)


@compile_case
def operator_of_another_domain(folder):
    """4 model.onnx: node 'culprit' \\(Whatever, opset 1\\): expected an op that can be converted, got 'com.example::Whatever'"""
    return compile_model(small_model(folder, "Whatever", "com.example"), "--loss", "mse", *ADAMW)


# Dimensions, names, patterns.


@compile_case
def missing_dimension(folder):
    """2 .*model.onnx: .*'?sequence'?"""
    return compile_model(GPT2, "--dim", "batch=4", *GPT2_LOSS, *ADAMW)


@compile_case
def misspelt_dimension(folder):
    """2 .*model.onnx: expected the name of a dimension of an input, got 'sequense'
    note: the nearest is 'sequence'"""
    return compile_model(GPT2, "--dim", "batch=4", "--dim", "sequense=64", *GPT2_LOSS, *ADAMW)


@compile_case
def dimension_of_zero(folder):
    """2 .*batch"""
    return compile_model(GPT2, "--dim", "batch=0", "--dim", "sequence=64", *GPT2_LOSS, *ADAMW)


@compile_case
def dimension_without_a_number(folder):
    """2 .*batch"""
    return compile_model(GPT2, "--dim", "batch", "--dim", "sequence=64", *GPT2_LOSS, *ADAMW)


@compile_case
def pattern_without_a_match(folder):
    """2 .*model.onnx: .*'?nothing\\*'?"""
    return compile_gpt2("--freeze", "nothing*")


@compile_case
def everything_frozen(folder):
    """2 .*model.onnx: expected something to train, got no trained initializer"""
    return compile_gpt2("--freeze", "*")


@compile_case
def no_such_output(folder):
    """2 .*model.onnx: .*'logit'"""
    return compile_gpt2("--output", "logit")


@compile_case
def no_decay_without_a_match(folder):
    """2 .*nothing\\*"""
    return compile_gpt2("--no-decay", "nothing*")


# The command line.


@compile_case
def no_optimizer(folder):
    """2 expected --optimizer adamw or sgd"""
    return compile_model(MLP, "--dim", "batch=16", "--loss", "mse")


@compile_case
def no_loss(folder):
    """2 expected --loss-output NAME, or --loss cross-entropy or mse"""
    return compile_model(MLP, "--dim", "batch=16", *ADAMW)


@compile_case
def no_output_name(folder):
    """2 expected -o NAME"""
    return ["neap", "compile", MLP, "--dim", "batch=16", "--loss", "mse", *ADAMW]


@compile_case
def unknown_optimizer(folder):
    """2 for the --optimizer option: Cannot find option named 'lion'"""
    return compile_model(MLP, "--dim", "batch=16", "--loss", "mse", "--optimizer", "lion")


@compile_case
def misspelt_flag(folder):
    """2 Unknown command line argument '--optimiser'"""
    return compile_model(MLP, "--dim", "batch=16", "--loss", "mse", "--optimiser", "adamw")


@compile_case
def learning_rate_that_is_no_number(folder):
    """2 --learning-rate: expected a number of at least 0, got nan"""
    return compile_mlp("--learning-rate", "nan")


@compile_case
def negative_learning_rate(folder):
    """2 --learning-rate: expected a number of at least 0, got -1"""
    return compile_mlp("--learning-rate", "-1")


@compile_case
def beta_of_one(folder):
    """2 --beta1: expected a number of at least 0 and below 1, got 1"""
    return compile_mlp("--beta1", "1")


@compile_case
def momentum_with_adamw(folder):
    """2 --momentum: it goes with --optimizer sgd"""
    return compile_mlp("--momentum", "0.9")


@compile_case
def beta_with_sgd(folder):
    """2 --beta1: it goes with --optimizer adamw"""
    return compile_model(MLP, "--dim", "batch=16", "--loss", "mse", "--optimizer", "sgd", "--beta1", "0.8")


@compile_case
def labels_of_a_loss_in_the_graph(folder):
    """2 --labels: it goes with --loss, not with --loss-output"""
    return compile_model(GPT2, *GPT2_DIMS, "--loss-output", "logits", "--labels", "target", *ADAMW)


@compile_case
def shifted_labels_of_a_loss_in_the_graph(folder):
    """2 --shift-labels: it goes with --loss cross-entropy"""
    return compile_model(GPT2, *GPT2_DIMS, "--loss-output", "logits", "--shift-labels", *ADAMW)


@compile_case
def output_with_a_loss_in_the_graph(folder):
    """2 --output: it goes with --loss, not with --loss-output"""
    return compile_model(GPT2, *GPT2_DIMS, "--loss-output", "logits", "--output", "logits", *ADAMW)


@compile_case
def shifted_labels_of_mse(folder):
    """2 --shift-labels: it goes with --loss cross-entropy"""
    return compile_mlp("--shift-labels")


@compile_case
def two_losses(folder):
    """2 expected --loss or --loss-output, got both"""
    return compile_mlp("--loss-output", "y")


@compile_case
def negative_threads(folder):
    """2 --max-threads: expected a whole number of at least 1, got -1"""
    return compile_mlp("--max-threads", "-1")


@compile_case
def unknown_processor(folder):
    """2 .*'?x86-64-v9'?"""
    return compile_mlp("--cpu", "x86-64-v9")


# Where the output goes.


def external_model(folder, name):
    """The MLP with its weights in a file of this name."""
    onnx.save(onnx.load(MLP), folder / "model.onnx", save_as_external_data=True, location=name, size_threshold=0)


def compile_here(*options, output):
    return compile_model("model.onnx", "--dim", "batch=16", "--loss", "mse", *ADAMW, *options, output=output)


@compile_case
def program_over_the_model(folder):
    """2 expected -o to be another file than MODEL, got './model.onnx' for both"""
    shutil.copy(MLP, folder / "model.onnx")
    return compile_here(output="./model.onnx")


@compile_case
def weights_over_the_external_data(folder):
    """2 expected the weights of -o to be another file than the external data of the model, got 'net.safetensors' for both"""
    external_model(folder, "net.safetensors")
    return compile_here(output="net")


@compile_case
def temporary_file_over_the_external_data(folder):
    """2 expected a temporary file of -o to be another file than the external data of the model, got 'net.part' for both"""
    external_model(folder, "net.part")
    return compile_here(output="net")


@compile_case
def program_over_the_model_through_a_link(folder):
    """2 expected -o to be another file than MODEL, got 'link' for both"""
    shutil.copy(MLP, folder / "model.onnx")
    (folder / "link").symlink_to("model.onnx")
    return compile_here(output="link")


@compile_case
def program_over_the_list(folder):
    """2 expected -o to be another file than --train-list, got 'list' for both"""
    shutil.copy(MLP, folder / "model.onnx")
    (folder / "list").write_text("hidden.weight\n")
    return compile_here("--train-list", "list", output="list")


@compile_case
def output_in_no_folder(folder):
    """13 .*none/program"""
    return compile_mlp(output="none/program")


@compile_case
def output_is_a_pipe(folder):
    """13 cannot write program: it is not a regular file"""
    os.mkfifo(folder / "program")
    return compile_mlp()


@compile_case
def output_is_a_folder(folder):
    """13 .*program"""
    (folder / "program").mkdir()
    return compile_mlp()


@compile_case
def weights_are_a_folder(folder):
    """13 .*program.safetensors"""
    (folder / "program.safetensors").mkdir()
    return compile_mlp()


def file_limit(size):
    """Files may grow to `size` bytes, as on a disk that is almost full."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@compile_case
def disk_full_while_writing_weights(folder):
    """13 .*program.safetensors"""
    return compile_gpt2()


disk_full_while_writing_weights.before = lambda: file_limit(100_000)


@compile_case
def disk_full_while_writing_the_object(folder):
    """13 cannot write program.part.o: File too large"""
    return compile_mlp()


# More than the weights, less than the code.
disk_full_while_writing_the_object.before = lambda: file_limit(2000)


@compile_case
def object_is_a_folder(folder):
    """13 cannot write program.part.o: Is a directory"""
    (folder / "program.part.o").mkdir()
    return compile_mlp()


@compile_case
def disk_full_while_linking(folder):
    """13 linking failed: .*error: .*
    note: a full disk does this to the linker"""
    return compile_mlp()


disk_full_while_linking.before = lambda: file_limit(60_000)


# Training. The programs are made once.


def train(program, data, *options):
    return [scratch / program, "--data", data, "--max-steps", "3", "--log", "log.jsonl", "--output-dir", "out", *options]


def gpt2_batches(folder, **changes):
    batches = load_file(models / "gpt2-dynamo" / "batches.safetensors")
    for name, change in changes.items():
        batches[name] = change(batches[name])
    save_file(batches, folder / "batches.safetensors")
    return "batches.safetensors"


def with_value(index, value):
    def change(array):
        array = array.copy()
        array[index] = value
        return array
    return change


@train_case
def token_beyond_the_vocabulary(folder):
    """7 data of step 2: 'input_ids' at \\[3, 63\\] is 256, allowed is from 0 to 255; saved out/model.safetensors after step 1$"""
    return train("gpt2", gpt2_batches(folder, input_ids=with_value((1, 3, 63), 256)))


@train_case
def negative_token(folder):
    """7 data of step 1: 'input_ids' at \\[0, 0\\] is -1, allowed is from 0 to 255"""
    return train("gpt2", gpt2_batches(folder, input_ids=with_value((0, 0, 0), -1)))


@train_case
def label_out_of_range(folder):
    """7 data of step 1: 'labels' at \\[1, 2\\] is 300, allowed is from 0 to 255, or -100 to ignore"""
    return train("gpt2", gpt2_batches(folder, labels=with_value((0, 1, 2), 300)))


def save_positions_model(path):
    """The mean of rows ids + 2 of a table with eight rows, as position embeddings of OPT and RoBERTa are read."""
    two = helper.make_tensor("two", TensorProto.INT64, (), [2])
    table = helper.make_tensor("table", TensorProto.FLOAT, (8, 4), [0.1 * i for i in range(32)])
    nodes = [helper.make_node("Add", ["ids", "two"], ["positions"]),
             helper.make_node("Gather", ["table", "positions"], ["rows"], name="embed_positions"),
             helper.make_node("ReduceMean", ["rows"], ["loss"], keepdims=0)]
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, (2, 3))
    loss = helper.make_tensor_value_info("loss", TensorProto.FLOAT, ())
    graph = helper.make_graph(nodes, "g", [ids], [loss], [two, table])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10), path)


def position_batches(folder, value):
    ids = np.zeros((3, 2, 3), np.int64)
    ids[1, 0, 2] = value
    save_file({"ids": ids}, folder / "ids.safetensors")
    return "ids.safetensors"


@train_case
def computed_index_beyond_the_table(folder):
    """7 step 2: the highest index of node 'embed_positions' is 8, allowed is from 0 to 7; nothing was saved
    note: the model computes these indices from its inputs: the data of this step do not fit it"""
    return train("positions", position_batches(folder, 6))


@train_case
def computed_index_far_below_the_table(folder):
    """7 step 2: the lowest index of node 'embed_positions' is -1, allowed is from 0 to 7; nothing was saved"""
    return train("positions", position_batches(folder, -11))


@train_case
def data_of_another_type(folder):
    """7 batches.safetensors: tensor 'input_ids' is float32 \\[20, 4, 64\\], expected int64 \\[steps, 4, 64\\]"""
    return train("gpt2", gpt2_batches(folder, input_ids=lambda array: array.astype(np.float32)))


@train_case
def data_of_another_shape(folder):
    """7 batches.safetensors: tensor 'labels' is int64 \\[20, 4, 63\\], expected int64 \\[steps, 4, 64\\]"""
    return train("gpt2", gpt2_batches(folder, labels=lambda array: np.ascontiguousarray(array[:, :, :63])))


@train_case
def data_of_another_model(folder):
    """7 .*batches.safetensors: no tensor 'input_ids'"""
    return train("gpt2", models / "mlp" / "batches.safetensors")


@train_case
def tokens_for_a_model_that_reads_none(folder):
    """7 tokens.bin: """
    return train("mlp", write(folder, "tokens.bin", bytes(4096)), "--dtype", "uint16")


@train_case
def no_learning_rate(folder):
    """2 --learning-rate is required"""
    return train("no-rate", models / "mlp" / "batches.safetensors")


@train_case
def too_many_threads(folder):
    """2 --threads: this binary's memory is planned for at most 2 threads, got 3"""
    return train("mlp", models / "mlp" / "batches.safetensors", "--threads", "3")


@train_case
def clipping_that_was_not_compiled(folder):
    """2 --clip-grad-norm: this program was compiled without it"""
    return train("mlp", models / "mlp" / "batches.safetensors", "--clip-grad-norm", "0.5")


@train_case
def momentum_that_was_not_compiled(folder):
    """2 --momentum: this program was compiled without it"""
    return train("sgd", models / "mlp" / "batches.safetensors", "--momentum", "0.9")


@train_case
def loss_that_is_not_finite(folder):
    """9 the loss of step 1 is nan; nothing was saved"""
    return train("mlp", models / "mlp" / "batches.safetensors", "--weights", bad_weights(folder))


def bad_weights(folder):
    weights = load_file(scratch / "mlp.safetensors")
    name = sorted(weights)[0]
    weights[name] = weights[name].copy()
    weights[name].flat[0] = np.nan
    save_file(weights, folder / "bad.safetensors")
    return "bad.safetensors"


@train_case
def loss_that_overflows_later(folder):
    """9 the loss of step 2 is (inf|nan); nothing was saved"""
    return train("mlp", models / "mlp" / "batches.safetensors", "--learning-rate", "1e30")


@train_case
def weights_of_another_model(folder):
    """8 .*gpt2.safetensors: """
    return train("mlp", models / "mlp" / "batches.safetensors", "--weights", scratch / "gpt2.safetensors")


def make_programs():
    save_positions_model(scratch / "positions.onnx")
    for name, command in [("gpt2", compile_gpt2()), ("mlp", compile_mlp("--max-threads", "2")),
                          ("no-rate", compile_model(MLP, "--dim", "batch=16", "--loss", "mse", "--optimizer", "adamw")),
                          ("positions", compile_model(scratch / "positions.onnx", "--loss-output", "loss", *ADAMW)),
                          ("sgd", compile_model(MLP, "--dim", "batch=16", "--loss", "mse", "--optimizer", "sgd",
                                                "--learning-rate", "0.05"))]:
        subprocess.run([*command[:-1], scratch / name], check=True, capture_output=True)


def tree(folder):
    return {path.relative_to(folder) for path in folder.rglob("*")}


def check(case):
    folder = scratch / "cases" / case.__name__
    folder.mkdir(parents=True)
    code, pattern = case.__doc__.split(" ", 1)
    message, *notes = [line.strip() for line in pattern.split("\n")]
    command = case(folder)
    before, start = tree(folder), time.monotonic()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=60,
                          stdin=subprocess.DEVNULL, preexec_fn=getattr(case, "before", None))
    seconds = time.monotonic() - start
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    if done.returncode != int(code):
        yield f"exit code {done.returncode}, expected {code}"
    if len(errors) != 1 or not re.match(message, errors[0].removeprefix("error: ")):
        yield f"expected one error '{message}'"
    if "Stack dump" in done.stderr:
        yield "a stack dump"
    for note in notes:
        if note not in done.stderr.splitlines():
            yield f"expected '{note}'"
    # A run that began leaves its log of whole lines, and the model if it says so.
    expected = {pathlib.Path("log.jsonl"), pathlib.Path("out")} if suite == "train" else set()
    if "; saved out/model.safetensors after step " in "".join(errors):
        expected.add(pathlib.Path("out/model.safetensors"))
    left = tree(folder) - before - expected
    if left:
        yield f"left behind: {', '.join(sorted(map(str, left)))}"
    if gone := before - tree(folder):
        yield f"gone: {', '.join(sorted(map(str, gone)))}"
    if seconds > PATIENCE:
        yield f"took {seconds:.1f} s"
    if (folder / "log.jsonl").exists():
        for line in (folder / "log.jsonl").read_text().splitlines():
            json.loads(line)


shutil.rmtree(scratch, ignore_errors=True)
scratch.mkdir(parents=True)
if suite == "train":
    make_programs()
found = 0
for case in CASES[suite]:
    for problem in check(case):
        found += 1
        print(f"{case.__name__}: {problem}")
print(f"{len(CASES[suite])} refusals, {found} problems")
