"""Writes docs/roofline.md: what a step of GPT-2 would take on a card, by class of kernels, and what levers would bring.

    build/venv/bin/python tools/roofline/page.py           # seconds; needs a built neap and the package onnx, no card
    build/venv/bin/python tools/roofline/page.py --check   # only the small model: does the page say what neap says?

No figure of the page is measured. It prices the bytes and operations that the compiler counts, kernel by kernel, with
the rates of data sheets (`neap roofline --list-devices`).
"""

import argparse
import json
import pathlib
import subprocess
import sys
from dataclasses import dataclass

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import gpt2

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/roofline.md"
COMMAND = "build/venv/bin/python tools/roofline/page.py"
DEVICES = ["h100", "h200"]
PRECISIONS = {"fp32": "as built", "tf32": "products on tensor cores, planned", "bf16": "planned"}
# What of a peak good kernels reach; neap roofline's own defaults.
COMPUTE, MEMORY = 0.8, 0.9
# Launching a kernel from the host instead of from a graph: an estimate.
HOST_LAUNCH = 5e-6


@dataclass
class Model:
    name: str
    layers: int
    width: int
    heads: int
    batch: int
    sequence: int = 1024
    vocabulary: int = 50257
    output: pathlib.Path = None
    parameters: int = 0
    comparison: str = ""

    @property
    def tokens(self):
        return self.batch * self.sequence

    @property
    def flops_per_token(self):
        """6 N + 6 L C T, causal; what everybody's MFU counts."""
        return 6 * self.parameters + 6 * self.layers * self.width * self.sequence


MODELS = [Model("124M", 12, 768, 12, batch=16, comparison="For comparison: llm.c reports 468,000 tokens/s on an H100, bf16."),
          Model("1558M", 48, 1600, 25, batch=4, comparison="For comparison: llm.c reports 46,800 tokens/s on an H100, bf16.")]
SMALL = Model("small", 2, 64, 4, batch=2, sequence=32, vocabulary=256)


class Runner:
    """Exports, compiles to the stage schedule, and asks neap."""

    def __init__(self, neap, scratch):
        self.neap, self.scratch = neap, scratch
        scratch.mkdir(parents=True, exist_ok=True)

    def call(self, *command):
        done = subprocess.run([str(part) for part in (self.neap, *command)], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stderr}")
        return done.stdout

    def schedule(self, model):
        """IR with kernels and launches; no weights are needed for that, nor code for any device."""
        model.output = self.scratch / f"gpt2-{model.name}.onnx"
        model.parameters = gpt2.write(model)
        path = model.output.with_suffix(".mlir")
        self.call("compile", model.output, "--loss", "cross-entropy", "--shift-labels", "--optimizer", "adamw",
                  "--learning-rate", "3e-4", "--quiet", "--target", "cuda", "--compile-to", "schedule", "-o", path)
        return path

    def roofline(self, path, device, precision):
        return json.loads(self.call("roofline", path, "--device-model", device, "--precision", precision, "--json"))


def table(heading, rows):
    lines = ["| " + " | ".join(heading) + " |", "|---" * len(heading) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def peak(report):
    device = report["device"]
    return device[{"fp32": "fp32_flops", "tf32": "tf32_flops", "bf16": "half_flops"}[report["precision"]]]


def mfu(model, report, seconds):
    return model.flops_per_token * model.tokens / seconds / peak(report)


def seconds(report, *classes):
    return sum(report["classes"][name]["expected_seconds"] for name in classes if name in report["classes"])


def summarize(model, reports):
    rows = []
    for device in DEVICES:
        for precision, note in PRECISIONS.items():
            report = reports[device, precision]
            step, memory = report["step"], report["device"]["memory_bytes"]
            fits = "yes" if report["planned_bytes"] <= memory else "no"
            rows.append([report["device"]["product"], f"{precision}, {note}",
                         f"{report['planned_bytes'] / 2**30:.1f} ({fits})" if precision == "fp32" else "",
                         f"{step['bound_seconds'] * 1e3:.1f}", f"{step['expected_seconds'] * 1e3:.1f}",
                         f"{report['bound_items_per_second']:,.0f}", f"{report['expected_items_per_second']:,.0f}",
                         f"{100 * mfu(model, report, step['expected_seconds']):.1f} %"])
    return table(["device", "precision", "GiB planned (fits)", "ms, bound", "ms, expected", "tokens/s, bound",
                  "tokens/s, expected", "MFU, expected"], rows)


def by_class(reports, device):
    fp32 = reports[device, "fp32"]
    rows = []
    for name, cost in sorted(fp32["classes"].items(), key=lambda entry: -entry[1]["expected_seconds"]):
        times = [1e3 * reports[device, precision]["classes"][name]["expected_seconds"] for precision in PRECISIONS]
        by_memory = cost["expected_memory_seconds"] / cost["expected_seconds"]
        rows.append([name, f"{cost['launches']:,}", f"{cost['flops'] / 1e9:,.1f}", f"{cost['bytes'] / 1e9:,.2f}",
                     *(f"{time:.2f}" for time in times), f"{100 * by_memory:.0f} %"])
    step = fp32["step"]
    times = [1e3 * reports[device, precision]["step"]["expected_seconds"] for precision in PRECISIONS]
    rows.append(["**step**", f"{step['launches']:,}", f"{step['flops'] / 1e9:,.1f}", f"{step['bytes'] / 1e9:,.2f}",
                 *(f"**{time:.2f}**" for time in times), ""])
    return table(["class", "launches", "GFLOP", "GB, fp32", "ms, fp32", "ms, tf32", "ms, bf16", "waits for memory, fp32"],
                 rows)


def flash_attention_seconds(model, report):
    """Forward 2 products, backward 5, half of each masked; Q, K, V, O and their gradients once."""
    flops = 7 * model.batch * model.sequence ** 2 * model.width * model.layers
    bytes_ = 12 * model.tokens * model.width * model.layers * (2 if report["precision"] == "bf16" else 4)
    device = report["device"]
    launches = 3 * model.layers * device["launch_seconds"]
    return max(flops / (peak(report) * COMPUTE), bytes_ / (device["memory_bandwidth"] * MEMORY)) + launches


def optimizer_floor_seconds(model, report):
    """Gradient, parameter and two moments read, three of them written; with bf16 a copy of the parameter too."""
    bytes_ = (28 + (2 if report["precision"] == "bf16" else 0)) * model.parameters
    return bytes_ / (report["device"]["memory_bandwidth"] * MEMORY)


def levers(model, reports, device):
    """From what is built to what is planned: (lever, state, seconds of a step with it, the report it is priced with)."""
    fp32, tf32, bf16 = (reports[device, precision] for precision in PRECISIONS)
    time = bf16["step"]["expected_seconds"]
    yield "as built: fp32", "done", fp32["step"]["expected_seconds"], fp32
    yield "products on tensor cores (cuBLASLt, TF32)", "planned", tf32["step"]["expected_seconds"], tf32
    yield "bf16 products and activations", "planned", time, bf16
    if "softmax" in bf16["classes"]:
        time += min(0, flash_attention_seconds(model, bf16) - seconds(bf16, "attention", "softmax"))
        yield "attention in blocks, no T x T matrix in memory", "planned", time, bf16
    else:
        yield "attention in blocks, no T x T matrix in memory", "done", time, bf16
    time -= seconds(bf16, "loss")
    yield "head and loss in chunks, no logits in memory", "planned", time, bf16
    time += min(0, optimizer_floor_seconds(model, bf16) - seconds(bf16, "optimizer"))
    yield "AdamW and the gradient norm in one pass", "planned", time, bf16


def waterfall(model, reports, device):
    rows, before = [], None
    for lever, state, time, report in levers(model, reports, device):
        gain = "" if before is None else f"{1e3 * (before - time):.2f}"
        rows.append([lever, state, gain, f"{1e3 * time:.2f}", f"{model.tokens / time:,.0f}",
                     f"{100 * mfu(model, report, time):.1f} %"])
        before = time
    return table(["lever", "state", "gain, ms", "step, ms", "tokens/s", "MFU"], rows)


def graph_gain(reports, device):
    step = reports[device, "fp32"]
    return step["step"]["launches"] * (HOST_LAUNCH - step["device"]["launch_seconds"]) * 1e3


def describe(model, reports):
    yield f"## GPT-2 {model.name}\n"
    yield (f"{model.layers} layers, width {model.width}, {model.heads} heads, {model.parameters:,} parameters; batch "
           f"{model.batch} x {model.sequence} tokens, AdamW, no dropout. {model.flops_per_token / 1e6:,.0f} MFLOP per token "
           f"(6 N + 6 L C T). {model.comparison}\n")
    yield summarize(model, reports)
    for device in DEVICES:
        product = reports[device, "fp32"]["device"]["product"]
        yield f"### Where the time goes on an {product}\n"
        yield by_class(reports, device)
        yield f"### What the levers bring on an {product}\n"
        yield waterfall(model, reports, device)
        yield (f"Done, and in these figures: one CUDA graph a step (about {graph_gain(reports, device):.1f} ms against "
               "launches from the\nhost), norms and residuals in one kernel each, epilogues in the products, nothing computed "
               "twice, embedding gradients\nwithout atomics.\n\nWithout a figure: the best algorithm of the library for each "
               "shape, and a padded vocabulary (50,257 is no multiple of 8,\nso the head's products read rows that are not "
               "aligned). Both decide whether products reach 80 %.\n")


HEAD = f"""# Roofline

Made by `{COMMAND}`; do not edit it.
With `--check` the command compares the small model at the end with what neap says
today, and a test does that.

**No figure here is measured.** The compiler counts bytes and operations of every kernel that it generates (`neap
inspect --kernels`); a kernel takes the longer of its operations and its bytes at the rates of the card's data sheet,
plus 2 us between dependent kernels of a graph. *Bound* takes the data sheet's peaks: nothing is faster. *Expected*
takes 80 % of the arithmetic and 90 % of the bandwidth, as good kernels reached them on an H200. A kernel that is not as
good (the generated fp32 products, say, or sums along columns with too few threads) is slower than expected here, and
that difference is what to look for with a profiler on the card ([new-card.md](new-card.md)).

- **fp32** is the program as it is built. **tf32** is the same program with its products on tensor cores. **bf16** is
  planned: half the bytes outside the optimizer, which keeps fp32 gradients, moments and master weights.
- **MFU** divides 6 N + 6 L C T operations per token by the time and the peak of that precision's products. Scores that
  the causal mask throws away are no useful work, though they are computed as long as attention is written out.
- Classes come from what the ops in a group were made of: *attention* is products of two activations, *pointwise* is
  everything else that moves elements, sums along columns included. A group with a part in several goes to the first of
  attention, products, loss, softmax, norms, optimizer, embedding.
- Launches run one after the other; kernels that could overlap in the graph do not here.
- Models have their shapes and no weights ([tools/roofline/gpt2.py](../tools/roofline/gpt2.py)), and the graph PyTorch's
  exporter writes.
"""


def describe_small(runner):
    path = runner.schedule(SMALL)
    yield "## A small model, to check this page by\n"
    yield (f"{SMALL.layers} layers, width {SMALL.width}, {SMALL.heads} heads, batch {SMALL.batch} x {SMALL.sequence} "
           "tokens, on an H100; times are bounds.\n")
    reports = [runner.roofline(path, "h100", precision) for precision in PRECISIONS]
    rows = []
    for name, cost in [*sorted(reports[0]["classes"].items()), ("step", reports[0]["step"])]:
        costs = [report["classes"].get(name, report["step"]) for report in reports]
        rows.append([name, f"{cost['launches']}", f"{cost['flops']:,}", f"{cost['bytes']:,}",
                     *(f"{1e6 * cost['bound_seconds']:.2f}" for cost in costs)])
    yield table(["class", "launches", "FLOP", "bytes, fp32", "us, fp32", "us, tf32", "us, bf16"], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--neap", type=pathlib.Path, default=ROOT / "build/release/bin/neap")
    parser.add_argument("--scratch", type=pathlib.Path, default=ROOT / "build/roofline", help="models and IR")
    parser.add_argument("--page", type=pathlib.Path, default=PAGE)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    runner = Runner(arguments.neap, arguments.scratch)
    small = "\n".join(describe_small(runner))
    if arguments.check:
        if not arguments.page.read_text().endswith(small):
            sys.exit(f"{arguments.page}: the small model differs; run {COMMAND}\nexpected at the end:\n{small}")
        return
    parts = [HEAD]
    for model in MODELS:
        path = runner.schedule(model)
        parts += describe(model, {(device, precision): runner.roofline(path, device, precision)
                                  for device in DEVICES for precision in PRECISIONS})
    arguments.page.write_text("\n".join(parts) + "\n" + small)


if __name__ == "__main__":
    main()
