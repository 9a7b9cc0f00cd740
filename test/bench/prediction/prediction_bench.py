#!/usr/bin/env python3
"""How well the compiler knows how long a step takes: GPT-2s of some sizes, each at some budgets, predicted and measured.

    build/release/bin/neap calibrate --offload-dir build/bench -o build/bench/machine.json
    build/venv/bin/python test/bench/prediction/prediction_bench.py --machine-profile build/bench/machine.json

Needs the packages onnx and numpy, 3 GB of memory and 4 GB of disk. Weights are random: zeros would become numbers that
are slow to compute with. In every round each program runs once, as a process of its own, so that slow minutes of the machine
hit all of them. A program counts by the fastest round's median step: whoever else uses the machine only adds. The
first step, which touches all memory for the first time, never counts.
"""

import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys

import numpy as np
import onnx

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
# layers, width, heads, vocabulary, batch, sequence
MODELS = {
    "small": (4, 256, 4, 4096, 4, 128),
    "medium": (6, 384, 6, 8192, 4, 256),
    "large": (12, 768, 12, 50257, 1, 256),
    "large-batch": (12, 768, 12, 50257, 4, 128),
}
# Shares of the way from the smallest budget to the bytes of everything kept; with moves to far memory, and without.
BUDGETS = {"none": None, "60 %": 0.6, "30 %": 0.3, "minimum": 0.0}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--neap", type=pathlib.Path, default=ROOT / "build/release/bin/neap")
    parser.add_argument("--machine-profile", default="none", help="a file of `neap calibrate`; none: built-in rates")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--offload", choices=["auto", "never", "both"], default="never", help="may plans move values")
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "build/bench/prediction", help="scratch")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=4, help="of a run, beside the first")
    parser.add_argument("--run-with", default="", help="a command before every program, as `chrt -f 1`")
    parser.add_argument("--json", type=pathlib.Path, help="write all results there")
    return parser.parse_args()


def call(command):
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout[-4000:]}\nexit code {done.returncode}")
    return done.stdout


def write_model(path, sizes):
    """A GPT-2 with random weights."""
    names = ("layers", "width", "heads", "vocabulary", "batch", "sequence")
    options = [part for name, size in zip(names, sizes) for part in (f"--{name}", size)]
    call([sys.executable, ROOT / "tools/roofline/gpt2.py", *options, path])
    random = np.random.default_rng(0)
    for tensor in onnx.load(path, load_external_data=False).graph.initializer:
        place = {entry.key: entry.value for entry in tensor.external_data}
        if place:
            values = 0.02 * random.standard_normal(int(place["length"]) // 4) + (".ln_" in tensor.name and
                                                                                tensor.name.endswith("weight"))
            with open(path.with_name(place["location"]), "r+b") as file:
                file.seek(int(place["offset"]))
                file.write(values.astype(np.float32).tobytes())


def write_tokens(path, vocabulary):
    np.random.default_rng(1).integers(0, vocabulary, 1 << 18).astype(np.uint16).tofile(path)


def compile_options(arguments, model, offload):
    return [model, "--loss", "cross-entropy", "--shift-labels", "--optimizer", "adamw", "--learning-rate", "1e-4",
            "--machine-profile", arguments.machine_profile, "--offload", offload]


def prepare(arguments):
    """Compiles everything; returns {name, program, data, expected seconds}."""
    arguments.folder.mkdir(parents=True, exist_ok=True)
    programs = []
    for name in arguments.models:
        model, data = arguments.folder / f"{name}.onnx", arguments.folder / f"{name}.bin"
        write_model(model, MODELS[name])
        write_tokens(data, MODELS[name][3])
        for offload in ["never", "auto"] if arguments.offload == "both" else [arguments.offload]:
            options = compile_options(arguments, model, offload)
            plan = json.loads(call([arguments.neap, "plan", *options, "--quiet", "--json", "-"]))
            least, most = plan["minimum_bytes"], plan["unplanned_bytes"]
            for label, share in BUDGETS.items():
                if share is None and offload == "auto" and arguments.offload == "both":
                    continue  # nothing moves, so it is what `never` has measured
                program = arguments.folder / f"{name}-{offload}-{label.replace(' %', '')}"
                budget = [] if share is None else ["--memory", math.ceil(least + share * (most - least))]
                call([arguments.neap, "compile", *options, *budget, "-o", program])
                manifest = json.loads(call([program, "--info"]))
                programs.append({"model": name, "budget": label, "offload": offload, "program": program, "data": data,
                                 "planned": manifest["planned_bytes"], "expected": manifest["expected"]["seconds"],
                                 "threads": manifest["expected"]["threads"], "medians": []})
    return programs


def run(arguments, entry):
    log = arguments.folder / "log.jsonl"
    command = [*arguments.run_with.split(), entry["program"], "--data", entry["data"], "--dtype", "uint16", "--max-steps",
               arguments.steps + 1, "--threads", entry["threads"], "--log", log, "--output-dir", arguments.folder / "out"]
    call(command)
    seconds = [json.loads(line)["seconds"] for line in log.read_text().splitlines()][1:]
    entry["medians"].append(statistics.median(seconds))


def report(programs):
    print(f"{'model':12} {'budget':8} {'offload':8} {'planned MiB':>11} {'expected s':>10} {'measured s':>10} {'error':>8} "
          f"{'added: expected':>15} {'measured':>8}")
    errors, whole = [], {}
    for entry in programs:
        measured = min(entry["medians"])
        if entry["budget"] == "none":
            whole[entry["model"]] = (entry["expected"], measured)
        error = entry["expected"] / measured - 1
        errors.append(error)
        added = [f"{100 * (now / before - 1):+.1f} %" for now, before in zip((entry["expected"], measured), whole[entry["model"]])]
        print(f"{entry['model']:12} {entry['budget']:8} {entry['offload']:8} {entry['planned'] / 2**20:11.0f} "
              f"{entry['expected']:10.4f} {measured:10.4f} {100 * error:+7.1f} % {added[0]:>15} {added[1]:>8}")
    ratios = [abs(math.log1p(error)) for error in errors]
    print(f"error: median {100 * statistics.median(map(abs, errors)):.1f} %, geometric mean "
          f"{100 * math.expm1(statistics.mean(ratios)):.1f} %, largest {100 * max(map(abs, errors)):.1f} %; "
          f"within 10 %: {sum(abs(error) <= 0.1 for error in errors)} of {len(errors)}")


def main():
    arguments = parse_arguments()
    arguments.folder = arguments.folder.resolve()
    programs = prepare(arguments)
    for number in range(arguments.rounds):
        for entry in programs:
            run(arguments, entry)
        print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr, flush=True)
    report(programs)
    if arguments.json:
        arguments.json.write_text(json.dumps([entry | {"program": entry["program"].name, "data": entry["data"].name}
                                              for entry in programs], indent=1))


if __name__ == "__main__":
    main()
