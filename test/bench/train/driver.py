"""What the training benchmarks share: the model and its data, one process for each run, and a machine that is quiet."""

import json
import os
import pathlib
import random
import struct
import subprocess
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
TORCH = ["torch-eager-fused", "torch-eager-foreach", "torch-checkpoint", "torch-compile", "torch-compile-0.5",
         "torch-compile-0.1"]
ORT = "onnxruntime"


class CommandFailed(Exception):
    """Says what was run, how it ended, and the end of what it printed."""

    def __init__(self, command, code, output):
        super().__init__(f"{' '.join(map(str, command))}\n{output[-4000:]}\nexit code {code}")
        self.code = code


def add_options(parser, batch, sequence):
    """What every training benchmark takes; `batch` and `sequence` are defaults."""
    parser.add_argument("--neap", type=pathlib.Path, default=ROOT / "build/release/bin/neap")
    parser.add_argument("--environments", type=pathlib.Path, default=ROOT / "build/bench", help="made by setup.sh")
    parser.add_argument("--batch", type=int, default=batch)
    parser.add_argument("--sequence", type=int, default=sequence)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--wait", type=float, default=300, help="seconds to wait for a quiet machine before a run")


def call(command, **options):
    """Runs a command and returns what it printed. Throws CommandFailed."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", **options)
    if done.returncode != 0:
        raise CommandFailed(command, done.returncode, done.stdout)
    return done.stdout


def write_data(path, steps, batch, sequence, vocabulary):
    """Tokens spread as words are in text (Zipf), as safetensors. The label of a position is the next token; the last has
    none (-100)."""
    source = random.Random(0)
    words = source.sample(range(vocabulary), vocabulary)
    weights = [1 / (rank + 2.7) for rank in range(vocabulary)]
    tokens = source.choices(words, weights, k=steps * batch * sequence)
    labels = tokens[1:] + [-100]
    labels[sequence - 1::sequence] = [-100] * (steps * batch)
    payload = b"".join(struct.pack(f"<{len(numbers)}q", *numbers) for numbers in (tokens, labels))
    half = len(payload) // 2
    tensor = {"dtype": "I64", "shape": [steps, batch, sequence]}
    header = json.dumps({"input_ids": {**tensor, "data_offsets": [0, half]},
                         "labels": {**tensor, "data_offsets": [half, 2 * half]}}).encode()
    header += b" " * (-len(header) % 8)
    path.write_bytes(struct.pack("<Q", len(header)) + header + payload)


def make_job(arguments, folder, model, device="cpu", config={}):
    """What a peer is told, as a dictionary: `total` steps, of which the first `warmup` do not count, on the data of `folder`,
    from `weights`; `config` of the model as gpt2.py takes it."""
    return {"folder": str(folder), "model": str(model), "threads": arguments.threads, "learning_rate": 3e-4,
            "weight_decay": 0.01, "total": arguments.warmup + arguments.steps, "warmup": arguments.warmup,
            "device": device, "config": config, "weights": str(folder / "neap.safetensors")}


def export_model(arguments, path, config={}):
    """Writes the model with its loss."""
    (path.parent / "config.json").write_text(json.dumps(config))
    call([arguments.environments / "torch/bin/python", HERE / "gpt2.py", path, path.parent / "config.json"])


def model_options(arguments, job):
    """Which step it is, in neap's words."""
    return [job["model"], "--dim", f"batch={arguments.batch}", "--dim", f"sequence={arguments.sequence}", "--loss-output",
            "loss", "--optimizer", "adamw", "--learning-rate", job["learning_rate"], "--weight-decay",
            job["weight_decay"], "--target", job["device"]]


def write_artifacts(arguments, job):
    """Writes what ONNX Runtime trains from."""
    call(python_command(arguments, ORT, job | {"prepare": True}))


def python_command(arguments, name, job):
    environment, script = ("ort", "peer_ort.py") if name == ORT else ("torch", "peer_torch.py")
    path = pathlib.Path(job["folder"]) / f"{name}.json"
    path.write_text(json.dumps(job | {"variant": name}))
    return [arguments.environments / environment / "bin/python", HERE / script, path]


def run_peer(arguments, name, job):
    """One process: {name, seconds and CPU seconds per step, losses, peaks as peer.run explains}. Throws CommandFailed."""
    variables = os.environ | {"OMP_NUM_THREADS": str(job["threads"]), "MKL_NUM_THREADS": str(job["threads"])}
    output = call(python_command(arguments, name, job), env=variables)
    return json.loads(output.rpartition("RESULT ")[2].splitlines()[0])


def used_seconds(pid):
    """CPU seconds of a process so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run_neap(program, job):
    """As run_peer, with `planned` bytes. The log has no CPU time, so it is read whenever a line comes."""
    folder = pathlib.Path(job["folder"])
    log = folder / "log.jsonl"
    log.write_text("")
    command = [program, "--data", folder / "data.safetensors", "--weights", job["weights"], "--max-steps",
               str(job["total"]), "--threads", str(job["threads"]), "--log", log, "--output-dir", folder / "out"]
    marks = [0.0]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        while process.poll() is None:
            marks.extend([used_seconds(process.pid)] * (log.read_text().count("\n") - len(marks) + 1))
            time.sleep(0.02)
        output = process.stdout.read()
    if process.returncode != 0:
        raise CommandFailed(command, process.returncode, output)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    figure = lambda text: int(output.rpartition(text)[2].split()[0])
    peak = figure("device bytes in use: " if job["device"] == "cuda" else "peak resident bytes: ")
    return {"name": program.name, "seconds": [line["seconds"] for line in lines],
            "losses": [line["loss"] for line in lines],
            "cpu_seconds": [end - start for start, end in zip(marks, marks[1:])], "peak": peak, "later_peak": peak,
            "planned": figure("planned bytes: ")}


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
    while time.monotonic() < deadline:
        start, own = busy_seconds(), own_seconds()
        time.sleep(3)
        if (busy_seconds() - start - (own_seconds() - own)) / 3 < 0.15:
            return


def measure(run, wait):
    """The result of run(), on a quiet machine if one is to be had within `wait` seconds; with `wall`, the seconds it took,
    `others`, the CPUs that others used meanwhile, and the `load` of the machine."""
    wait_for_quiet(wait)
    start, busy, own = time.monotonic(), busy_seconds(), own_seconds()
    result = run()
    result["wall"] = time.monotonic() - start
    others = busy_seconds() - busy - (own_seconds() - own)
    return result | {"others": max(0.0, others / result["wall"]), "load": os.getloadavg()[0]}
