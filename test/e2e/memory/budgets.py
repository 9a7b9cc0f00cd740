"""Compiles a model for budgets from no limit down to one byte too few, trains it, and requires that a plan changes nothing but memory.

    budgets.py MODEL_FOLDER SCRATCH_FOLDER STEPS COMPILE_OPTION...

For the CPU and for the simulated CUDA device: the smallest budget and 100, 75, 50 and 35 % of what is needed with everything kept.
What fits stays within its budget and gives the bits of the unlimited program; what does not is refused with exit code 5 and
the smallest budget, which works; one byte less does not. On the CPU, resident memory stays within the plan and a constant for code and
libraries.
"""

import pathlib
import sys

from programs import Outcome, planned_bytes, run

from promise import RESIDENT_BESIDE_PLAN

model, scratch, steps = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
options = sys.argv[4:]
INFEASIBLE = 5


def check(target, name, arguments, device, expected):
    """Compiles and trains within a budget; returns what was planned, and the outcome."""
    program = scratch / f"{target[-1]}-{name}"
    run("neap", "compile", model / "model.onnx", *options, *target, *arguments, "-o", program)
    planned = planned_bytes(program)
    outcome = Outcome(program, model / "batches.safetensors", steps, *device)
    if expected:
        outcome.require_bits_of(expected, program.name)
    if not device and outcome.resident > planned + RESIDENT_BESIDE_PLAN:
        sys.exit(f"{program.name}: {outcome.resident} bytes resident, {planned} planned")
    return planned, outcome


scratch.mkdir(parents=True, exist_ok=True)
expected = None
for target, device in [(["--target", "cpu"], []), (["--ptxas", "none", "--target", "cuda"], ["--device", "sim"])]:
    unlimited, expected = check(target, "unlimited", [], device, expected)
    minimum, _ = check(target, "minimum", ["--memory", "minimum"], device, expected)
    print(f"{model.name}, {target[-1]}: {unlimited} bytes without a limit, {minimum} at least")
    if minimum > unlimited:
        sys.exit("the smallest plan is larger than none at all")
    for percent in (100, 75, 50, 35):
        budget = unlimited * percent // 100
        if budget >= minimum:
            planned, _ = check(target, percent, ["--memory", budget], device, expected)
            if planned > budget:
                sys.exit(f"{planned} bytes planned for a budget of {budget}")
    too_little = scratch / "too-little"
    for budget in {minimum - 1, unlimited * 35 // 100}:
        if budget < minimum:
            refused = run("neap", "compile", model / "model.onnx", *options, *target, "--memory", budget, "-o", too_little,
                          expect=INFEASIBLE)
            if f"({minimum} bytes)" not in refused.stderr or "alive at its peak" not in refused.stderr:
                sys.exit(f"expected the smallest budget, {minimum}, got\n{refused.stderr}")
            if list(scratch.glob("too-little*")):
                sys.exit("a refused compilation left files behind")
