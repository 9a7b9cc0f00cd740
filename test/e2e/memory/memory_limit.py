"""Trains a GPT-2 of 21 million parameters where the system gives it what was planned and a constant, without swap, and requires
the weights of a run without limits. Under a limit that is well below the plan, the same run is killed.

    memory_limit.py GPT2_MAKER SCRATCH_FOLDER
"""

import json
import pathlib
import subprocess
import sys

import numpy as np
from safetensors.numpy import save_file

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import memory_cgroup
from promise import RESIDENT_BESIDE_PLAN

maker, scratch = sys.argv[1], pathlib.Path(sys.argv[2])
STEPS, BATCH, SEQUENCE, VOCABULARY = 3, 2, 128, 16384


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def make_model():
    run(sys.executable, maker, "--layers", 4, "--width", 512, "--heads", 8, "--vocabulary", VOCABULARY, "--batch", BATCH,
        "--sequence", SEQUENCE, scratch / "model.onnx")
    tokens = np.random.default_rng(0).integers(0, VOCABULARY, (STEPS, BATCH, SEQUENCE))
    save_file({"input_ids": tokens, "labels": tokens}, scratch / "batches.safetensors")


def compile_model(name, *options):
    """Returns the planned bytes."""
    run("neap", "compile", scratch / "model.onnx", "--loss", "cross-entropy", "--shift-labels", "--optimizer", "adamw",
        "--learning-rate", "1e-3", *options, "-o", scratch / name)
    return json.loads(run("neap", "inspect", scratch / name, "--json"))["planned_bytes"]


def training(name):
    return [scratch / name, "--data", scratch / "batches.safetensors", "--max-steps", str(STEPS), "--output-dir",
            scratch / f"out-{name}"]


def weights(name):
    return (scratch / f"out-{name}/model.safetensors").read_bytes()


def check(name, planned):
    limit = planned + RESIDENT_BESIDE_PLAN
    done, killed = memory_cgroup.run(training(name), limit)
    if killed or done.returncode:
        sys.exit(f"{name}: {planned} bytes planned, with {limit} bytes exit code {done.returncode}\n{done.stderr}")
    if weights(name) != weights("unlimited"):
        sys.exit(f"{name}: weights differ")
    less = planned * 7 // 8
    done, killed = memory_cgroup.run(training(name), less)
    if not killed:
        sys.exit(f"{name}: {planned} bytes planned, but {less} bytes do: exit code {done.returncode}\n{done.stderr}")
    print(f"{name}: {planned} bytes planned; runs with {limit} bytes, is killed with {less}")


scratch.mkdir(parents=True)
make_model()
unlimited = compile_model("unlimited")
run(*training("unlimited"))
check("unlimited", unlimited)
check("minimum", compile_model("minimum", "--memory", "minimum"))
check("nothing-moved", compile_model("nothing-moved", "--memory", "minimum", "--offload", "never"))
