"""Trains a model in parts of its batch, and requires that nothing changes but memory.

    micro_batches.py MODEL_FOLDER SCRATCH_FOLDER STEPS PARTS,... COMPILE_OPTION...

Losses, norms and weights are those of the whole batch at once, on the CPU and on the simulated CUDA device; every program needs less
than the one before.
"""

import pathlib
import sys

from programs import Outcome, planned_bytes, run

model, scratch, steps = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
parts, options = sys.argv[4].split(","), sys.argv[5:]


def check(target, device):
    whole, needed = None, None
    for count in ["1", *parts]:
        program = scratch / f"{target[-1] if target else 'cpu'}-{count}"
        run("neap", "compile", model / "model.onnx", *options, *target, "--micro-batches", count, "-o", program)
        outcome = Outcome(program, model / "batches.safetensors", steps, *device)
        whole = whole or outcome
        outcome.require_bits_of(whole, program.name)
        if needed and planned_bytes(program) >= needed:
            sys.exit(f"{program.name}: {planned_bytes(program)} bytes, no less than {needed}")
        needed = planned_bytes(program)
        print(f"{program.name}: {needed} bytes")


scratch.mkdir(parents=True, exist_ok=True)
check([], [])
check(["--target", "cuda"], ["--device", "sim"])
