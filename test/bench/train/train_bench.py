#!/usr/bin/env python3
"""Trains GPT-2 124M with Neap and its peers, side by side, and prints step times and peak memory.

    bash test/bench/train/setup.sh                        # once: Python environments of the peers
    python3 test/bench/train/train_bench.py [--rounds 7]  # needs about 4 GB of disk and 8 GB of memory

Everyone trains from the same weights on the same tokens: fp32, AdamW, the same number of threads. In every round each
peer runs once, as a process of its own, so that slow minutes of the machine hit all of them. A round counts by its
median step, a ratio by the median over rounds; with 7 rounds, smallest and largest ratio bracket it with 98 %.
Memory is what the process has resident at most, on a card what the driver (Neap) or PyTorch's allocator has reserved.
"""

import argparse
import json
import pathlib
import shutil
import statistics
import sys
import time

import driver

PEERS = ["neap", "torch-eager-fused", "torch-eager-foreach", "torch-compile", driver.ORT]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    driver.add_options(parser, batch=4, sequence=256)
    parser.add_argument("--model", type=pathlib.Path, help="GPT-2 124M with its loss (default: export one)")
    parser.add_argument("--target", choices=["cpu", "cuda"], default="cpu", help="of Neap and PyTorch")
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=PEERS)
    parser.add_argument("--folder", type=pathlib.Path, default=driver.ROOT / "build/bench/run",
                        help="scratch, emptied first")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--warmup", type=int, default=2, help="steps that do not count")
    parser.add_argument("--steps", type=int, default=3, help="steps that do")
    parser.add_argument("--json", type=pathlib.Path, help="write all results there")
    return parser.parse_args()


def prepare(arguments):
    """Writes model, program, data and artifacts; returns the job that is the same for all."""
    folder = arguments.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model = arguments.model.resolve() if arguments.model else folder / "model.onnx"
    if not arguments.model:
        driver.export_model(arguments, model)
    job = driver.make_job(arguments, folder, model, arguments.target)
    driver.write_data(folder / "data.safetensors", job["total"], arguments.batch, arguments.sequence, 50257)
    start = time.perf_counter()
    driver.call([arguments.neap, "compile", *driver.model_options(arguments, job), "-o", folder / "neap"])
    print(f"neap compile: {time.perf_counter() - start:.1f} s", flush=True)
    if driver.ORT in arguments.peers:
        driver.write_artifacts(arguments, job)
    return job


def run_once(arguments, name, job):
    if name == "neap":
        return driver.run_neap(pathlib.Path(job["folder"]) / "neap", job)
    return driver.run_peer(arguments, name, job)


def run_rounds(arguments, job):
    """All results, a list of rounds, each {name: result}. Prints each as it comes."""
    rounds = []
    for number in range(arguments.rounds):
        results = {}
        for name in arguments.peers:
            result = driver.measure(lambda: run_once(arguments, name, job), arguments.wait)
            result["step"] = statistics.median(result["seconds"][arguments.warmup:])
            result["cpu"] = statistics.median(result["cpu_seconds"][arguments.warmup:])
            results[name] = result
            print(f"round {number + 1}  {name:20} {result['step']:7.3f} s/step  {result['cpu']:6.2f} CPU s  "
                  f"{result['peak'] / 1e9:5.2f} GB  first loss {result['losses'][0]:.5f}  "
                  f"others used {result['others']:.2f} CPUs  load {result['load']:.1f}", flush=True)
        rounds.append(results)
    return rounds


def print_table(names, rounds):
    step, cpu, peak = ({name: statistics.median(results[name][figure] for results in rounds) for name in names}
                       for figure in ("step", "cpu", "peak"))
    best = min((name for name in names if name != "neap"), key=step.get, default="neap")
    eager = min((name for name in names if "eager" in name), key=step.get, default=best)
    print(f"\nBest peer: {best}. Memory is compared with {eager}.\n")
    columns = ["", "step, s", "of the best peer's (min-max)", "CPU s per step", "peak memory, GB", "of eager's",
               "first loss", "last loss"]
    print("| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|")
    for name in names:
        ratios = [results[name]["step"] / results[best]["step"] for results in rounds]
        losses = rounds[0][name]["losses"]
        cells = [name, f"{step[name]:.2f}", f"{statistics.median(ratios):.3f} ({min(ratios):.3f}-{max(ratios):.3f})",
                 f"{cpu[name]:.2f}", f"{peak[name] / 1e9:.2f}", f"{peak[name] / peak[eager]:.2f}", f"{losses[0]:.5f}",
                 f"{losses[-1]:.5f}"]
        print("| " + " | ".join(cells) + " |")
    first = [results[name]["losses"][0] for results in rounds for name in names]
    if max(first) - min(first) > 1e-4:
        sys.exit("error: first losses differ by more than 1e-4, so the work is not the same")


def main():
    arguments = parse_arguments()
    arguments.peers = [name for name in PEERS if name in arguments.peers]
    try:
        rounds = run_rounds(arguments, prepare(arguments))
    except driver.CommandFailed as error:
        sys.exit(str(error))
    if arguments.json:
        arguments.json.write_text(json.dumps(rounds, indent=1))
    print_table(arguments.peers, rounds)


if __name__ == "__main__":
    main()
