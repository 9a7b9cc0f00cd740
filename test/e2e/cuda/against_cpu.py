"""Trains a model on the CPU and on the simulated CUDA device and requires the same bits: losses, first gradients, weights.

    against_cpu.py MODEL_FOLDER SCRATCH_FOLDER STEPS SEEDS COMPILE_OPTION...

SEEDS are the orders in which the device does its work: `0`, or `1-20`. With 20 steps of a golden run, judge the log with
check.py: what it says holds for both devices then.

Matrix products go through the library, which the simulated device computes in the order of the generated kernels. Where
one order is asked for, those run as well.

Gradients are shown between launches, so that a step which shows them is no graph. The first order and the run without a graph
show them, the others do not: there the first step is a graph too.
"""

import json
import pathlib
import subprocess
import sys

model, scratch, steps = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
first_seed, _, last_seed = sys.argv[4].partition("-")
options = sys.argv[5:]


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0 or "simulated device:" in done.stderr:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stderr}")


def train(program, out, *more, shows_gradients=True):
    """What a run leaves: its log without times, its weights, and its gradients if it shows them."""
    gradients = out / "gradients.safetensors"
    shown = ["--dump-gradients", gradients] if shows_gradients else []
    run(program, "--data", model / "batches.safetensors", "--max-steps", steps, "--log", out / "log.jsonl", "--output-dir",
        out, *shown, *more)
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    numbers = [(line["step"], line["loss"], line["grad_norm"], line["learning_rate"]) for line in lines]
    files = [("weights", out / "model.safetensors")] + [("gradients", gradients)] * shows_gradients
    return {"log": numbers} | {what: path.read_bytes() for what, path in files}


scratch.mkdir(parents=True, exist_ok=True)
orders = range(int(first_seed), int(last_seed or first_seed) + 1)
# A simulated device has no use for machine code, and assembling takes as long as all else.
cuda = ["--target", "cuda", "--ptxas", "none", "--matrix-products"]
programs = {"cpu": ["--target", "cpu"], "library": [*cuda, "library"]}
runs = [("library", f"order {seed}", ["--sim-seed", seed], seed == orders[0]) for seed in orders]
runs.append(("library", "no graph", ["--no-graph"], True))
if len(orders) == 1:
    programs["generated"] = [*cuda, "generated"]
    runs.append(("generated", "generated", [], False))
for program, target in programs.items():
    run("neap", "compile", model / "model.onnx", *options, *target, "-o", scratch / program)
expected = train(scratch / "cpu", scratch / "out-cpu")
for program, name, more, shows in runs:
    got = train(scratch / program, scratch / f"out-{name.replace(' ', '-')}", "--device", "sim", *more, shows_gradients=shows)
    for what, found in got.items():
        if expected[what] != found:
            texts = f"\n{expected[what]}\n{found}" if what == "log" else ""
            sys.exit(f"{model.name}, {name}: {what} differ{texts}")
