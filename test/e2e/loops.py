"""What the programs of loops.mlir and loops-far.mlir compute, in numpy. All numbers are small integers: there is no rounding.

    loops.py data FOLDER          writes nested-batches.safetensors and far-batches.safetensors
    loops.py check PROGRAM LOG MODEL [GRADIENTS]    compares a run of the program `nested` or `far`; prints one line
"""

import json
import sys

import numpy as np
from safetensors.numpy import load_file, save_file

STEPS = 3
SHAPES = {"nested": (4, 6, 8), "far": (4, 1024)}


def batches(program):
    shape = SHAPES[program]
    return np.random.default_rng(1).integers(-4, 5, (STEPS, *shape)).astype(np.float32)


def nested(batches):
    kept, total = np.zeros((6, 4, 8), np.float32), np.zeros(8, np.float32)
    for x in batches:
        prefix = np.cumsum(x.reshape(24, 8), 0, dtype=np.float32).reshape(4, 6, 8)
        kept = 2 * kept + prefix.transpose(1, 0, 2)
        gradient = prefix[-1, -1]
        total = total + gradient
        yield gradient.sum(), kept[-1, -1, -1], {"kept": kept, "sum": total}, {"sum": gradient}


def far(batches):
    state, total = np.zeros((4, 1024), np.float32), np.zeros(1024, np.float32)
    for x in batches:
        loss = total.sum()
        state = state + x
        total = total + 3 * state.sum(0)
        yield loss, total.sum(), {"w": state, "sum": total}, {"w": state}


def expect(name, got, wanted):
    if not np.array_equal(got, wanted):
        sys.exit(f"{name}: expected {wanted}, got {got}")


def check(program, log, model, gradients=None):
    expected = list({"nested": nested, "far": far}[program](batches(program)))
    lines = [entry for line in open(log) if "loss" in (entry := json.loads(line))]
    expect("losses", [line["loss"] for line in lines], [loss for loss, *_ in expected])
    expect("norms", [line["grad_norm"] for line in lines], [norm for _, norm, *_ in expected])
    for name, value in expected[-1][2].items():
        expect(name, load_file(model)[name], value)
    if gradients:
        for name, value in expected[0][3].items():
            expect(f"gradient of {name}", load_file(gradients)[name], value)
    print(f"{program}: {STEPS} steps as numpy has them")


if sys.argv[1] == "data":
    for name in SHAPES:
        save_file({"x": batches(name)}, f"{sys.argv[2]}/{name}-batches.safetensors")
else:
    check(*sys.argv[2:])
