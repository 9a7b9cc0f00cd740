"""Trains a model on the CPU and on the simulated CUDA device and requires the same bits: losses, first gradients, weights.

    against_cpu.py MODEL_FOLDER SCRATCH_FOLDER STEPS SEEDS COMPILE_OPTION...

Matrix products run on generated kernels and through the library, which the simulated device computes in the same order. SEEDS are
the orders in which the device does its work: `0`, or `0,1,2`. With 20 steps of a golden run, judge the log with check.py: what it says
holds for both devices then.
"""

import json
import pathlib
import subprocess
import sys

model, scratch, steps, seeds = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4].split(",")
options = sys.argv[5:]


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0 or "simulated device:" in done.stderr:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stderr}")


def train(program, out, *more):
    """What a run leaves: its log without times, its gradients and its weights."""
    run(program, "--data", model / "batches.safetensors", "--max-steps", steps, "--log", out / "log.jsonl", "--output-dir",
        out, "--dump-gradients", out / "gradients.safetensors", *more)
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    numbers = [(line["step"], line["loss"], line["grad_norm"], line["learning_rate"]) for line in lines]
    return numbers, (out / "gradients.safetensors").read_bytes(), (out / "model.safetensors").read_bytes()


scratch.mkdir(parents=True, exist_ok=True)
programs = {"cpu": ["--target", "cpu"]}
for products in ("library", "generated"):
    programs[products] = ["--target", "cuda", "--matrix-products", products]
for program, target in programs.items():
    run("neap", "compile", model / "model.onnx", *options, *target, "-o", scratch / program)
expected = train(scratch / "cpu", scratch / "out-cpu")
runs = [("library", f"order {seed}", ["--sim-seed", seed]) for seed in seeds]
runs += [("library", "no graph", ["--no-graph"]), ("generated", "generated", [])]
for program, name, more in runs:
    got = train(scratch / program, scratch / f"out-{name.replace(' ', '-')}", "--device", "sim", *more)
    for what, wanted, found in zip(("log", "gradients", "weights"), expected, got):
        if wanted != found:
            sys.exit(f"{model.name}, {name}: {what} differ\n{wanted if what == 'log' else ''}\n{found if what == 'log' else ''}")
