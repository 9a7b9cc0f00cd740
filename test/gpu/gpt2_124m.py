"""GPT-2 124M in fp32 with 8 x 512 tokens: Neap at several budgets, and PyTorch beside it if there is one with CUDA.

Everyone starts from the same weights and sees the same tokens. One run of each: a first impression; ratios of several
rounds are test/bench/train's work.
"""

import json
import pathlib
import re
import shutil
import statistics
import subprocess
import sys

import numpy as np
from card import ROOT, Failed, losses, read_summary, rows_as_table
from safetensors.numpy import save_file

sys.path.insert(0, str(ROOT / "test/bench/train"))
import driver

BATCH, SEQUENCE, VOCABULARY = 8, 512, 50257
WARMUP, STEPS = 3, 10
# Name to what the compiler is told; a share is one of the bytes of `unlimited`.
GENERATED, STAY, SMALLEST = ["--matrix-products", "generated"], ["--offload", "never"], ["--memory", "minimum"]
POINTS = {"unlimited": [], "unlimited-tf32": ["--allow-tf32"], "50": ["--memory", 0.5], "60-never": ["--memory", 0.6, *STAY],
          "minimum": SMALLEST, "minimum-never": SMALLEST + STAY, "unlimited-generated": GENERATED,
          "33-generated": ["--memory", 0.33, *GENERATED], "minimum-generated": SMALLEST + GENERATED}
PEERS = ["torch-eager-fused", "torch-checkpoint", "torch-compile"]
# As test/bench/memory: orders of summation differ.
FIRST_LOSS = 1e-4


def model_file(card):
    """The graph, with zeros for weights; only where there is something to compile."""
    path = card.scratch / "run/gpt2-124m.onnx"
    if not path.exists() and not card.arguments.prepared:
        card.call(sys.executable, ROOT / "tools/roofline/gpt2.py", "--batch", BATCH, "--sequence", SEQUENCE, path)
    return path


def program(card, point):
    options = [int(part * card.planned_bytes(program(card, "unlimited"))) if isinstance(part, float) else part
               for part in POINTS[point]]
    made = card.make(f"gpt2-124m-{point}", "cuda", model_file(card), "--loss", "cross-entropy", "--labels", "labels",
                     "--optimizer", "adamw", "--learning-rate", "3e-4", *options)
    pathlib.Path(f"{made}.safetensors").unlink(missing_ok=True)  # zeros, 500 MB of them
    return made


def prepare(card):
    if card.arguments.simulate:
        return
    for point in POINTS:
        card.planned_bytes(program(card, point))


def write_weights(card, path):
    """Normal numbers for matrices and ones around which norms scale, under the names of the program."""
    manifest = json.loads(card.ask_neap("gpt2-124m-unlimited.json", "inspect", program(card, "unlimited"), "--json"))
    numbers = np.random.default_rng(0)
    weights = {}
    for parameter in manifest["parameters"]:
        name, shape = parameter["name"], parameter["shape"]
        is_scale = re.search(r"ln_\w+\.weight$", name)
        weights[name] = (bool(is_scale) + numbers.normal(0, 0.02, shape)).astype(np.float32)
    save_file(weights, path)


def run_neap(card, point, job):
    """Seconds of a step, bytes of the device, bytes planned and of far memory, losses."""
    out = card.run_folder(f"gpt2-124m-{point}")
    out.mkdir()
    text = card.call(program(card, point), "--data", f"{job['folder']}/data.safetensors", "--weights", job["weights"],
                     "--max-steps", job["total"], "--log", out / "log.jsonl", "--output-dir", out)
    shutil.copy(out / "log.jsonl", card.scratch / f"gpt2-124m-{point}.jsonl")
    (out / "model.safetensors").unlink()
    card.summaries[f"GPT-2 124M, {point}"] = summary = read_summary(text)
    seconds = [json.loads(line)["seconds"] for line in (out / "log.jsonl").read_text().splitlines()]
    return {"seconds": seconds, "peak": summary["device in use bytes"], "planned": summary["planned bytes"],
            "far": summary.get("far bytes", 0), "losses": losses(out)}


def find_torch():
    """A Python whose PyTorch sees a card, and its version; or None."""
    ask = "import torch, transformers; assert torch.cuda.is_available(); print(torch.__version__)"
    for python in (str(ROOT / "build/bench/torch/bin/python"), "python3"):
        try:
            found = subprocess.run([python, "-c", ask], capture_output=True, text=True)
        except OSError:
            continue
        if found.returncode == 0:
            return python, found.stdout.strip()
    return None


def run_peer(card, python, name, job):
    settings = pathlib.Path(job["folder"]) / f"{name}.json"
    settings.write_text(json.dumps(job | {"variant": name}))
    text = card.call(python, driver.HERE / "peer_torch.py", settings, timeout=200)
    return json.loads(text.rpartition("RESULT ")[2].splitlines()[0])


def make_job(card):
    folder = card.run_folder("gpt2-124m")
    folder.mkdir()
    driver.write_data(folder / "data.safetensors", WARMUP + STEPS, BATCH, SEQUENCE, VOCABULARY)
    write_weights(card, folder / "weights.safetensors")
    return {"folder": str(folder), "weights": str(folder / "weights.safetensors"), "threads": 4, "learning_rate": 3e-4,
            "weight_decay": 0.01, "total": WARMUP + STEPS, "warmup": WARMUP, "device": "cuda",
            "config": {"n_positions": SEQUENCE}}


def row(name, result):
    megabytes = lambda field: f"{result[field] / 2**20:,.0f}" if field in result else ""
    return [name, f"{1e3 * statistics.median(result['seconds'][WARMUP:]):.1f}", megabytes("peak"), megabytes("planned"),
            megabytes("far"), f"{result['losses'][0]:.5f}", f"{result['losses'][-1]:.5f}"]


def check(card):
    if card.arguments.simulate:
        return "skipped: too large for the simulated device\n", None
    job = make_job(card)
    torch = find_torch()
    runs = {f"Neap, {point}": lambda point=point: run_neap(card, point, job) for point in POINTS}
    if torch:
        runs |= {name: lambda name=name: run_peer(card, torch[0], name, job) for name in PEERS}
    rows, failures, first = [], [], []
    for name, run in runs.items():
        try:
            result = run()
            first.append(result["losses"][0])
            rows.append(row(name, result))
        except (Failed, subprocess.TimeoutExpired) as error:
            rows.append([name, "**FAILED**"] + [""] * 5)
            failures.append(f"{name}: {error}")
    if first and max(first) - min(first) > FIRST_LOSS:
        failures.append("the first losses differ, so the work is not the same")
    text = f"PyTorch {torch[1]}.\n\n" if torch else "There is no PyTorch with CUDA and transformers to compare with.\n\n"
    heading = ["", "ms per step", "device MiB", "planned MiB", "pinned MiB of the host", "first loss", "last loss"]
    return text + rows_as_table(heading, rows), failures
