"""Trains a model whose activations wait in bf16, and requires what --lossy-stash promises.

    lossy_stash.py MODEL_FOLDER SCRATCH_FOLDER STEPS BATCH_PARTS COMPILE_OPTION...

- The forward pass is untouched: the first loss is that of the exact program, bit for bit.
- Gradients are near: of every parameter, and all together, within a part in 64 (2 to the -6) of the exact program's. A number of
  8 bits is off by a part in 512 at most; a gradient passes some ten roundings, whose errors are independent: a part in 160.
- Losses stay near: within a part in 256, bf16's unit, at every step.
- A plan changes nothing: losses, norms and weights are the same for all budgets, with parts of the batch, and on the simulated
  device.
- It pays: without a limit fewer bytes are planned than for the exact program.
"""

import pathlib
import sys

import numpy as np
from safetensors.numpy import load_file

from programs import Outcome, planned_bytes, run

model, scratch, steps, parts = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4]
options = sys.argv[5:]
GRADIENT_TOLERANCE, LOSS_TOLERANCE = 2.0**-6, 2.0**-8
# Of all gradients' norm: below, a gradient is what is left of numbers that cancel, such as that of a bias before a softmax.
SMALLEST_NORM = 1e-3


def check(name, *arguments, expected=None, device=()):
    program = scratch / name
    run("neap", "compile", model / "model.onnx", *options, *arguments, "-o", program)
    outcome = Outcome(program, model / "batches.safetensors", steps, *device, "--dump-gradients", scratch / f"{name}.gradients")
    if expected:
        outcome.require_bits_of(expected, name)
    return outcome, planned_bytes(program)


def distance(of, to):
    return np.sqrt(sum(np.sum((of[name].astype(np.float64) - to[name]) ** 2) for name in to))


def norm(of):
    return np.sqrt(sum(np.sum(value.astype(np.float64) ** 2) for value in of.values()))


def require_near_gradients():
    exact, stashed = load_file(scratch / "exact.gradients"), load_file(scratch / "unlimited.gradients")
    whole = norm(exact)
    worst = 0
    for names in [list(exact), *([name] for name in exact)]:
        a, b = ({name: tensors[name] for name in names} for tensors in (exact, stashed))
        error = distance(b, a) / max(norm(a), SMALLEST_NORM * whole)
        worst = max(worst, error)
        if error > GRADIENT_TOLERANCE:
            sys.exit(f"gradient of {names[0]}: {error:.2e} away")
    if worst == 0:
        sys.exit("expected gradients that differ")
    return worst


scratch.mkdir(parents=True, exist_ok=True)
exact, exact_bytes = check("exact")
_, exact_minimum = check("exact-minimum", "--memory", "minimum", expected=exact)
stashed, bytes_ = check("unlimited", "--lossy-stash")
if stashed.log[0][0] != exact.log[0][0]:
    sys.exit(f"the first loss is {stashed.log[0][0]}, the exact program's {exact.log[0][0]}")
worst = require_near_gradients()
away = max(abs(ours[0] - theirs[0]) / abs(theirs[0]) for ours, theirs in zip(stashed.log, exact.log))
if away > LOSS_TOLERANCE:
    sys.exit(f"losses are {away:.2e} away from the exact program's")
_, minimum = check("minimum", "--lossy-stash", "--memory", "minimum", expected=stashed)
check("kept", "--lossy-stash", "--memory", "minimum", "--offload", "never", "--tile", "never", expected=stashed)
for percent in (75, 50):
    if (budget := minimum + (bytes_ - minimum) * percent // 100) < bytes_:
        _, planned = check(f"{percent}", "--lossy-stash", "--memory", budget, expected=stashed)
        if planned > budget:
            sys.exit(f"{planned} bytes planned for {budget}")
if parts != "1":
    check("parts", "--lossy-stash", "--micro-batches", parts, expected=stashed)
check("cuda", "--lossy-stash", "--target", "cuda", "--ptxas", "none", expected=stashed, device=["--device", "sim"])
check("cuda-minimum", "--lossy-stash", "--target", "cuda", "--ptxas", "none", "--memory", "minimum", expected=stashed,
      device=["--device", "sim"])
if bytes_ >= exact_bytes:
    sys.exit(f"{bytes_} bytes of {exact_bytes}: expected fewer")
print(f"{model.name}: {bytes_} bytes of {exact_bytes}, at least {minimum} of {exact_minimum}; "
      f"gradients {worst:.1e} away, losses {away:.1e}")
