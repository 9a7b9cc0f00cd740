"""Tries a card, and writes a report in Markdown; run by test/gpu.sh, which see.

Sections: the machine; numerics (golden runs on the card against PyTorch's figures and against the CPU target); memory
(what the device gave out against the plan); speed (a step against its roofline, and against PyTorch if build/bench/torch
has one with CUDA); NVIDIA's compute-sanitizer on a small model, if it is installed.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time

import numpy as np
from safetensors.numpy import load_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
ADAMW = "--optimizer adamw --learning-rate 1e-3 --beta2 0.95 --weight-decay 0.1".split()
OPTIMIZERS = {"adamw": ADAMW, "sgd": "--optimizer sgd --learning-rate 0.05 --momentum 0.9".split(),
              "adamw_clip": [*ADAMW, "--clip-grad-norm", "0.5"]}
# Golden models, and which of the optimizers they are trained with.
MODELS = {"mlp": OPTIMIZERS, "gpt2-static": OPTIMIZERS, "gpt2-dynamo": OPTIMIZERS, "gpt2-loss-in-graph": ["adamw"],
          "gpt2-tracing-train": ["adamw"], "bert-mlm-dynamo": ["adamw"], "esm2-dynamo": ["adamw"], "llama-dynamo": ["adamw"]}
# What the driver may take beside the arena: code, the graph, its own pages. The context is not in the figure.
DRIVER_BYTES = 256 << 20
# The simulated device takes a fraction of a second a step for a small model, and minutes for a large one.
SIMULATED_MODELS = ["mlp"]
SANITIZERS = ["memcheck", "racecheck", "initcheck", "synccheck"]
# nvidia-smi's name of a card to the device model that it is priced with.
DEVICE_MODELS = [("H200", "h200"), ("H100", "h100"), ("A100.*80", "a100-80"), ("A100", "a100-40"), ("4090", "rtx4090"),
                 (r"\bL4\b", "l4")]
TIMED_STEPS = 30


class Failed(Exception):
    """A command that should have worked did not."""


class Card:
    """Runs neap, its programs and the judge; knows where things are."""

    def __init__(self, arguments):
        self.arguments = arguments
        self.device = ["--device", "sim"] if arguments.simulate else []
        self.scratch = arguments.scratch
        self.summaries = {}  # of runs on the card, by name
        shutil.rmtree(self.scratch / "run", ignore_errors=True)
        (self.scratch / "run").mkdir(parents=True)

    def call(self, *command, timeout=300):
        command = [str(part) for part in command]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=timeout)
        if done.returncode != 0 or "simulated device:" in done.stderr:
            raise Failed(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr[-2000:]}{done.stdout[-2000:]}")
        return done.stdout

    def folder(self, name):
        return self.arguments.models_folder / name

    def compile(self, model, optimizer, target):
        """The program for a golden model: for `cpu`, or for `cuda`."""
        meta = json.loads((self.folder(model) / "meta.json").read_text())
        dims = [part for name, size in meta["dims"].items() for part in ("--dim", f"{name}={size}")]
        loss = meta["loss"]
        options = ["--loss-output", loss["output"]] if loss["where"] == "graph" else ["--loss", loss["kind"]]
        shift = ["--shift-labels"] if loss.get("shift") and loss["where"] != "graph" else []
        program = self.scratch / "run" / f"{model}-{optimizer}-{target}"
        arch = ["--arch", self.arguments.arch] if target == "cuda" and self.arguments.arch else []
        self.call(self.arguments.neap, "compile", self.folder(model) / "model.onnx", *dims, *options, *shift,
                  *OPTIMIZERS[optimizer], "--target", target, *arch, "--quiet", "-o", program)
        return program

    def train(self, model, program, out, steps, *more):
        """Runs a program; returns what it printed. Log, gradients and weights are in `out`."""
        out.mkdir(parents=True, exist_ok=True)
        return self.call(program, "--data", self.folder(model) / "batches.safetensors", "--max-steps", steps, "--log",
                         out / "log.jsonl", "--output-dir", out, *more)


def losses(folder):
    return [json.loads(line)["loss"] for line in (folder / "log.jsonl").read_text().splitlines()]


def same_bits(one, other):
    return (losses(one) == losses(other) and all((one / name).read_bytes() == (other / name).read_bytes()
                                                 for name in ("gradients.safetensors", "model.safetensors")))


def worst_difference(one, other):
    """Of the weights: the largest norm of a difference over the norm of the tensor."""
    a, b = load_file(one / "model.safetensors"), load_file(other / "model.safetensors")
    norm = lambda x: float(np.linalg.norm(x.astype(np.float64)))
    return max(norm(a[name].astype(np.float64) - b[name]) / (norm(a[name]) or 1) for name in a)


def judge(card, model, optimizer, out):
    """check.py's verdict on a golden run: losses, gradients, and weights where there are golden ones."""
    parameters = ["--params", out / "model.safetensors"] if optimizer == "adamw" else []
    card.call(sys.executable, ROOT / "test/models/check.py", card.folder(model), out / "log.jsonl", "--optimizer",
              optimizer, "--grads", out / "gradients.safetensors", *parameters)


def compare_numerics(card, model, optimizer):
    """One golden run: a row of the table. Raises Failed."""
    outs = {}
    for target in ("cpu", "cuda"):
        program = card.compile(model, optimizer, target)
        outs[target] = card.scratch / "run" / f"{model}-{optimizer}-{target}-out"
        device = card.device if target == "cuda" else []
        gradients = ["--dump-gradients", outs[target] / "gradients.safetensors"]
        text = card.train(model, program, outs[target], 20, *gradients, *device)
    card.summaries[f"{model}, {optimizer}"] = read_summary(text)
    judge(card, model, optimizer, outs["cuda"])
    cpu, cuda = outs.values()
    against_cpu = "same bits" if same_bits(cpu, cuda) else f"weights differ by {worst_difference(cpu, cuda):.1e}"
    return [model, optimizer, "within PyTorch's tolerance", against_cpu]


def check_numerics(card):
    rows, failures = [], []
    for model in card.arguments.models:
        for optimizer in MODELS[model]:
            try:
                rows.append(compare_numerics(card, model, optimizer))
            except (Failed, subprocess.TimeoutExpired) as error:
                rows.append([model, optimizer, "**FAILED**", ""])
                failures.append(f"{model}, {optimizer}: {error}")
    return rows_as_table(["model", "optimizer", "losses, gradients, weights", "against the CPU"], rows), failures


def read_summary(text):
    """What a program prints at its end, by name."""
    summary = {name: float(value) for name, value in re.findall(r"^([a-z ]+): ([0-9.e+-]+)", text, re.MULTILINE)}
    summary["device in use bytes"] = summary.pop("device bytes in use")
    return summary


def check_memory(card):
    """Every run so far: planned is what was allocated, and the driver took little beside it."""
    rows, failures = [], []
    for name, summary in card.summaries.items():
        planned, arena, used = (summary[f"{what} bytes"] for what in ("planned", "arena", "device in use"))
        rows.append([name, f"{planned:,.0f}", f"{arena:,.0f}", f"{used:,.0f}"])
        if arena > planned:
            failures.append(f"{name}: the program allocates {arena - planned:,.0f} bytes more than was planned")
        if used > planned + DRIVER_BYTES:
            failures.append(f"{name}: the device gave out {used - planned:,.0f} bytes more than was planned")
    if not rows:
        failures.append("no run was there to measure")
    text = ("The device has so much less than with the context alone; allowed are the plan and "
            f"{DRIVER_BYTES:,} bytes for code and graph.\n\n")
    return text + rows_as_table(["run", "planned", "allocated", "less on the device"], rows), failures


def find_device_model(name):
    return next((model for pattern, model in DEVICE_MODELS if re.search(pattern, name)), None)


def check_speed(card):
    """The example's GPT-2 with a step large enough for a card, against the roofline of its own kernels."""
    program = card.scratch / "run/speed"
    batch, sequence = (1, 16) if card.arguments.simulate else (32, 128)
    arch = ["--arch", card.arguments.arch] if card.arguments.arch else []
    card.call(card.arguments.neap, "compile", ROOT / "examples/gpt2/model.onnx", "--dim", f"batch={batch}", "--dim",
              f"sequence={sequence}", "--loss", "cross-entropy", "--shift-labels", *ADAMW, "--target", "cuda", *arch,
              "--quiet", "-o", program)
    tokens = np.random.default_rng(0).integers(0, 256, 1 << 16, dtype=np.uint16)
    tokens.tofile(card.scratch / "run/tokens.bin")
    steps = 2 if card.arguments.simulate else TIMED_STEPS
    rows = []
    for name, more in [("as a graph", []), ("kernel by kernel", ["--no-graph"])]:
        text = card.call(program, "--data", card.scratch / "run/tokens.bin", "--dtype", "uint16", "--max-steps", steps,
                         "--output-dir", card.scratch / "run/speed-out", *card.device, *more)
        card.summaries[f"examples/gpt2, {name}"] = summary = read_summary(text)
        rows.append([name, f"{1e3 * summary['time per step']:.2f}"])
    model = find_device_model(card.name)
    if model:
        report = json.loads(card.call(card.arguments.neap, "roofline", program, "--device-model", model, "--json"))
        rows.append([f"roofline, expected ({model})", f"{1e3 * report['step']['expected_seconds']:.2f}"])
    return rows_as_table([f"GPT-2 of examples/gpt2, batch {batch} x {sequence}, fp32", "ms per step"], rows), []


def check_torch(card):
    """GPT-2 124M in fp32 against PyTorch; a section of its own, as it needs PyTorch and a minute."""
    python = ROOT / "build/bench/torch/bin/python"
    if card.arguments.simulate or not python.exists():
        return "skipped: needs a card and build/bench/torch (test/bench/train/setup.sh)\n", None
    found = subprocess.run([python, "-c", "import torch; print(torch.__version__); assert torch.cuda.is_available()"],
                           capture_output=True, text=True)
    if found.returncode != 0:
        return "skipped: the PyTorch of build/bench/torch finds no CUDA\n", None
    text = card.call(sys.executable, ROOT / "test/bench/train/train_bench.py", "--neap", card.arguments.neap, "--target",
                     "cuda", "--peers", "neap", "torch-eager-fused", "torch-compile", "--rounds", "1", "--wait", "0",
                     "--folder", card.scratch / "bench", timeout=200)
    table = text[text.index("|"):] if "|" in text else text
    return f"PyTorch {found.stdout.strip()}; one round, so a first impression and no figure to quote.\n\n{table}", []


def check_sanitizer(card):
    if card.arguments.simulate:
        return "skipped: the simulated device checks every access itself\n", None
    sanitizer = shutil.which("compute-sanitizer")
    if not sanitizer:
        return "skipped: compute-sanitizer is not installed\n", None
    program, rows, failures = card.scratch / "run/mlp-adamw-cuda", [], []
    if not program.exists():
        card.compile("mlp", "adamw", "cuda")
    for tool in SANITIZERS:
        try:
            card.call(sanitizer, "--tool", tool, "--error-exitcode", "99", program, "--data",
                      card.folder("mlp") / "batches.safetensors", "--max-steps", "2", "--no-graph", "--output-dir",
                      card.scratch / "run" / tool)
            rows.append([tool, "no errors"])
        except (Failed, subprocess.TimeoutExpired) as error:
            rows.append([tool, "**FAILED**"])
            failures.append(str(error))
    return rows_as_table(["tool", "mlp, 2 steps, --no-graph"], rows), failures


def rows_as_table(heading, rows):
    lines = ["| " + " | ".join(heading) + " |", "|---" * len(heading) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def ask(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def describe_machine(card):
    """Also fills card.name."""
    query = "name,driver_version,memory.total,compute_cap,clocks.max.sm,power.limit"
    found = "" if card.arguments.simulate else ask(["nvidia-smi", f"--query-gpu={query}", "--format=csv,noheader", "--id=0"])
    values = found.split(", ") if found else ["simulated device"] + ["-"] * 5
    card.name = values[0]
    keys = ["device", "driver", "memory", "compute capability", "clock", "power limit"]
    rows = [[key, value] for key, value in zip(keys, values)]
    rows.append(["ptxas", ask(["ptxas", "--version"]).rpartition("release ")[2].split(",")[0] or "-"])
    rows.append(["commit", ask(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]) or "-"])
    return rows_as_table(["", ""], rows), []


SECTIONS = [("Machine", describe_machine), ("Numerics", check_numerics), ("Speed", check_speed), ("Memory", check_memory),
            ("Against PyTorch", check_torch), ("Sanitizer", check_sanitizer)]


def run_sections(card):
    """Yields title, state, text and seconds of each section. A section that raises has failed, and the others go on."""
    for title, section in SECTIONS:
        start = time.monotonic()
        try:
            text, failures = section(card)
        except (Failed, subprocess.TimeoutExpired, OSError, KeyError, ValueError) as error:
            text, failures = "", [f"{type(error).__name__}: {error}"]
        if failures:
            text += "\n" + "".join(f"```text\n{failure}\n```\n" for failure in failures)
        state = "skipped" if failures is None else "FAILED" if failures else "ok"
        print(f"{title}: {state}, {time.monotonic() - start:.0f} s", flush=True)
        yield title, state, text, time.monotonic() - start


def parse_arguments():
    parser = argparse.ArgumentParser(prog="test/gpu.sh", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--neap", type=pathlib.Path, required=True, help="the compiler (default: builds one)")
    parser.add_argument("--python", help="Python with numpy and safetensors (default: build/venv)")
    parser.add_argument("--simulate", action="store_true", help="on the simulated device")
    parser.add_argument("--models", nargs="+", choices=MODELS, help="golden models (default: all; mlp with --simulate)")
    parser.add_argument("--models-folder", type=pathlib.Path, default=ROOT / "test/models")
    parser.add_argument("--arch", help="as for neap compile")
    parser.add_argument("--scratch", type=pathlib.Path, default=ROOT / "build/gpu")
    parser.add_argument("--report", type=pathlib.Path, help="default: report.md in --scratch")
    arguments = parser.parse_args()
    arguments.models = arguments.models or (SIMULATED_MODELS if arguments.simulate else list(MODELS))
    arguments.report = arguments.report or arguments.scratch / "report.md"
    return arguments


def main():
    arguments = parse_arguments()
    sections = list(run_sections(Card(arguments)))
    summary = rows_as_table(["section", "state", "s"],
                            [[title, state, f"{spent:.0f}"] for title, state, _, spent in sections])
    text = "\n".join(f"## {title}\n\n{text}" for title, _, text, _ in sections)
    arguments.report.write_text(f"# Report of test/gpu.sh\n\n{summary}\n{text}")
    print(f"report: {arguments.report}")
    return 1 if any(state == "FAILED" for _, state, _, _ in sections) else 0


if __name__ == "__main__":
    sys.exit(main())
