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
import os
import pathlib
import random
import shutil
import statistics
import struct
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
TORCH = ["torch-eager-fused", "torch-eager-foreach", "torch-compile"]
PEERS = ["neap", *TORCH, "onnxruntime"]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=pathlib.Path, help="GPT-2 124M with its loss (default: export one)")
    parser.add_argument("--neap", type=pathlib.Path, default=ROOT / "build/release/bin/neap")
    parser.add_argument("--target", choices=["cpu", "cuda"], default="cpu", help="of Neap and PyTorch")
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=PEERS)
    parser.add_argument("--environments", type=pathlib.Path, default=ROOT / "build/bench", help="made by setup.sh")
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "build/bench/run", help="scratch, emptied first")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--warmup", type=int, default=2, help="steps that do not count")
    parser.add_argument("--steps", type=int, default=3, help="steps that do")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--sequence", type=int, default=256)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--wait", type=float, default=300, help="seconds to wait for a quiet machine before a run")
    parser.add_argument("--json", type=pathlib.Path, help="write all results there")
    return parser.parse_args()


def write_data(path, steps, batch, sequence, vocabulary=50257):
    """Tokens spread as words are in text (Zipf), as safetensors; labels are the tokens, the graph shifts them."""
    source = random.Random(0)
    words = source.sample(range(vocabulary), vocabulary)
    weights = [1 / (rank + 2.7) for rank in range(vocabulary)]
    tokens = source.choices(words, weights, k=steps * batch * sequence)
    payload = struct.pack(f"<{len(tokens)}q", *tokens)
    tensor = {"dtype": "I64", "shape": [steps, batch, sequence]}
    header = json.dumps({"input_ids": {**tensor, "data_offsets": [0, len(payload)]},
                         "labels": {**tensor, "data_offsets": [len(payload), 2 * len(payload)]}}).encode()
    header += b" " * (-len(header) % 8)
    path.write_bytes(struct.pack("<Q", len(header)) + header + payload + payload)


def call(command, **options):
    """Runs a command, its output kept from the terminal unless it fails; returns what it printed."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout[-4000:]}\nexit code {done.returncode}")
    return done.stdout


def prepare(arguments):
    """Writes model, program, data and artifacts; returns the job that is the same for all."""
    folder = arguments.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    python = arguments.environments / "torch/bin/python"
    model = arguments.model.resolve() if arguments.model else folder / "model.onnx"
    if not arguments.model:
        call([python, HERE / "gpt2.py", model])
    job = {"folder": str(folder), "model": str(model), "threads": arguments.threads, "learning_rate": 3e-4,
           "weight_decay": 0.01, "total": arguments.warmup + arguments.steps, "device": arguments.target}
    write_data(folder / "data.safetensors", job["total"], arguments.batch, arguments.sequence)
    start = time.perf_counter()
    call([arguments.neap, "compile", model, "--dim", f"batch={arguments.batch}", "--dim",
          f"sequence={arguments.sequence}", "--loss-output", "loss", "--optimizer", "adamw", "--learning-rate",
          job["learning_rate"], "--weight-decay", job["weight_decay"], "--target", arguments.target, "-o", folder / "neap"])
    print(f"neap compile: {time.perf_counter() - start:.1f} s", flush=True)
    if "onnxruntime" in arguments.peers:
        call(python_command(arguments, "onnxruntime", job | {"prepare": True}))
    return job


def python_command(arguments, name, job):
    environment, script = ("ort", "peer_ort.py") if name == "onnxruntime" else ("torch", "peer_torch.py")
    path = arguments.folder / f"{name}.json"
    path.write_text(json.dumps(job | {"variant": name}))
    return [arguments.environments / environment / "bin/python", HERE / script, path]


def run_peer(arguments, name, job):
    """One process: {name, seconds and CPU seconds per step, losses, peak resident bytes}."""
    variables = os.environ | {"OMP_NUM_THREADS": str(job["threads"]), "MKL_NUM_THREADS": str(job["threads"])}
    if name != "neap":
        output = call(python_command(arguments, name, job), env=variables)
        return json.loads(output.rpartition("RESULT ")[2].splitlines()[0])
    return run_neap(arguments.folder.resolve(), job)


def run_neap(folder, job):
    """As run_peer. The log has no CPU time, so it is read whenever a line comes."""
    log = folder / "log.jsonl"
    log.write_text("")
    command = [folder / "neap", "--data", folder / "data.safetensors", "--max-steps", str(job["total"]), "--threads",
               str(job["threads"]), "--log", log, "--output-dir", folder / "out"]
    marks = [0.0]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        while process.poll() is None:
            fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
            used = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            marks.extend([used] * (log.read_text().count("\n") - len(marks) + 1))
            time.sleep(0.02)
        output = process.stdout.read()
    if process.returncode != 0:
        sys.exit(f"neap: exit code {process.returncode}\n{output[-4000:]}")
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    memory = "device bytes in use: " if job["device"] == "cuda" else "peak resident bytes: "
    return {"name": "neap", "seconds": [line["seconds"] for line in lines], "losses": [line["loss"] for line in lines],
            "cpu_seconds": [end - start for start, end in zip(marks, marks[1:])],
            "peak": int(output.rpartition(memory)[2].split()[0])}


def busy_seconds():
    """CPU seconds that all processes of the machine have used so far."""
    fields = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    return sum(map(int, fields[:3] + fields[5:])) / os.sysconf("SC_CLK_TCK")  # without idle and waiting for a disk


def own_seconds():
    times = os.times()
    return sum(times[:4])


def wait_for_quiet(limit):
    """Returns when others use less than 0.15 of a CPU for three seconds, or the limit has passed."""
    deadline = time.monotonic() + limit
    while True:
        start, own = busy_seconds(), own_seconds()
        time.sleep(3)
        if (busy_seconds() - start - (own_seconds() - own)) / 3 < 0.15 or time.monotonic() >= deadline:
            return


def run_rounds(arguments, job):
    """All results, a list of rounds, each {name: result}. Prints each as it comes."""
    rounds = []
    for number in range(arguments.rounds):
        results = {}
        for name in arguments.peers:
            wait_for_quiet(arguments.wait)
            start, busy, own = time.monotonic(), busy_seconds(), own_seconds()
            result = run_peer(arguments, name, job)
            others = busy_seconds() - busy - (own_seconds() - own)
            result["step"] = statistics.median(result["seconds"][arguments.warmup:])
            result["cpu"] = statistics.median(result["cpu_seconds"][arguments.warmup:])
            result["others"] = max(0.0, others / (time.monotonic() - start))
            result["load"] = os.getloadavg()[0]
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
    job = prepare(arguments)
    rounds = run_rounds(arguments, job)
    if arguments.json:
        arguments.json.write_text(json.dumps(rounds, indent=1))
    print_table(arguments.peers, rounds)


if __name__ == "__main__":
    main()
