"""Trains a model with some of its values in tiles, and requires that nothing changes but memory.

    tiles.py MODEL_FOLDER SCRATCH_FOLDER STEPS ROUNDS,... COMPILE_OPTION...

Marks one matrix product after the other in the IR behind the memory stage, lets neap-tile make a loop around its result, and compiles
what comes out. Losses, norms and weights are those of the program without loops, on the CPU and on the simulated CUDA device.
At least one region must have been found for each number of rounds.
"""

import pathlib
import re
import sys

from programs import Outcome, planned_bytes, run

model, scratch, steps = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
rounds, options = [int(count) for count in sys.argv[4].split(",")], sys.argv[5:]
PRODUCT = re.compile(r"(= neap\.matmul [^:]*[^:\s]) :")


def train(ir, target, device):
    program = ir.with_suffix("")
    run("neap", "compile", ir, "--compile-from", "memory", *target, "-o", program)
    return Outcome(program, model / "batches.safetensors", steps, *device), planned_bytes(program)


def tile(ir, product, count):
    """IR with a loop of `count` rounds around the result of a product; nothing where there is no region."""
    found = list(PRODUCT.finditer(ir))[product]
    marked = scratch / "marked.mlir"
    marked.write_text(f"{ir[:found.end(1)]} {{neap.tiles = {count} : i64}}{ir[found.end(1):]}")
    tiled = run("neap-opt", marked, "--mlir-print-debuginfo",
                "--pass-pipeline=builtin.module(neap.step(neap-tile))").stdout
    return tiled if "neap.tile_loop" in tiled else None


def check(target, device):
    whole = scratch / f"{'cuda' if target else 'cpu'}.mlir"
    run("neap", "compile", model / "model.onnx", *options, *target, "--compile-to", "memory", "-o", whole)
    ir = whole.read_text()
    expected, needed = train(whole, target, device)
    for count in rounds:
        seen = set()
        for product in range(len(PRODUCT.findall(ir))):
            text = tile(ir, product, count)
            if not text or text in seen: # products of one region make the same loop
                continue
            seen.add(text)
            path = scratch / f"{whole.stem}-{product}-{count}.mlir"
            path.write_text(text)
            outcome, planned = train(path, target, device)
            outcome.require_bits_of(expected, path.stem)
            print(f"{path.stem}: {planned} bytes, {needed} without the loop")
        if not seen:
            sys.exit(f"expected a region that can be made in {count} tiles")


scratch.mkdir(parents=True, exist_ok=True)
check([], [])
check(["--target", "cuda"], ["--device", "sim"])
