"""Trains a model with some of its values in tiles, and requires that nothing changes but memory.

    tiles.py MODEL_FOLDER SCRATCH_FOLDER STEPS ROUNDS,... COMPILE_OPTION...

Marks one matrix product after the other in the IR behind the memory stage, lets neap-tile make a loop around its result, and compiles
what comes out. Losses, norms and weights are those of the program without loops, on the CPU and on the simulated CUDA device.
At least one region must have been found for each number of rounds.
"""

import json
import pathlib
import re
import subprocess
import sys

model, scratch, steps = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
rounds, options = [int(count) for count in sys.argv[4].split(",")], sys.argv[5:]
PRODUCT = re.compile(r"(= neap\.matmul [^:]*[^:\s]) :")


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0 or "simulated device:" in done.stderr:
        sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stderr}")
    return done


def train(ir, device):
    program = ir.with_suffix("")
    target = ["--target", "cuda"] if device else []
    run("neap", "compile", ir, "--compile-from", "memory", *target, "-o", program)
    out = program.with_name(program.name + "-out")
    run(program, "--data", model / "batches.safetensors", "--max-steps", steps, "--log", out / "log.jsonl",
        "--output-dir", out, *device)
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    planned = json.loads(run("neap", "inspect", program, "--json").stdout)["planned_bytes"]
    return [(line["loss"], line["grad_norm"]) for line in lines], (out / "model.safetensors").read_bytes(), planned


def tile(ir, product, count):
    """IR with a loop of `count` rounds around the result of a product; nothing where there is no region."""
    found = list(PRODUCT.finditer(ir))[product]
    marked = scratch / "marked.mlir"
    marked.write_text(f"{ir[:found.end(1)]} {{neap.tiles = {count} : i64}}{ir[found.end(1):]}")
    tiled = run("neap-opt", marked, "--mlir-print-debuginfo",
                "--pass-pipeline=builtin.module(neap.step(neap-tile))").stdout
    return tiled if "neap.tile_loop" in tiled else None


def check(target, device):
    whole = scratch / f"whole{len(target)}.mlir"
    run("neap", "compile", model / "model.onnx", *options, *target, "--compile-to", "memory", "-o", whole)
    ir = whole.read_text()
    expected = train(whole, device)
    loops = {count: 0 for count in rounds}
    for count in rounds:
        for product in range(len(PRODUCT.findall(ir))):
            text = tile(ir, product, count)
            if not text:
                continue
            loops[count] += 1
            path = scratch / f"tiled{len(target)}-{product}-{count}.mlir"
            path.write_text(text)
            found = train(path, device)
            if found[0] != expected[0]:
                sys.exit(f"{path.name}: losses differ\n{expected[0]}\n{found[0]}")
            if found[1] != expected[1]:
                sys.exit(f"{path.name}: weights differ")
            print(f"{path.stem}: {found[2]} bytes, {expected[2]} without the loop")
    if not all(loops.values()):
        sys.exit(f"expected regions for every number of rounds, got {loops}")


scratch.mkdir(parents=True, exist_ok=True)
check([], [])
check(["--target", "cuda"], ["--device", "sim"])
