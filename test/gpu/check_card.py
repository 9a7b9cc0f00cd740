"""Tries a card, and writes a report in Markdown; run by test/gpu.sh, which see.

Sections: the machine; numerics (golden runs on the card against PyTorch's figures and against the CPU target); plans
(budgets and far memory change no bit); speed (a step against its roofline); memory (what the device gave out against the
plan); GPT-2 124M at several budgets, against PyTorch if there is one with CUDA; NVIDIA's compute-sanitizer on a small
model, if it is installed.
"""

import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time

import numpy as np
from card import ADAMW, OPTIMIZERS, ROOT, Card, Failed, read_summary, rows_as_table, same_bits
from safetensors.numpy import load_file

import gpt2_124m

# Golden models, and which of the optimizers they are trained with.
MODELS = {"mlp": OPTIMIZERS, "gpt2-static": OPTIMIZERS, "gpt2-dynamo": OPTIMIZERS, "gpt2-loss-in-graph": ["adamw"],
          "gpt2-tracing-train": ["adamw"], "bert-mlm-dynamo": ["adamw"], "esm2-dynamo": ["adamw"], "llama-dynamo": ["adamw"]}
# What the driver may take beside the arena: code, the graph, its own pages. The context is not in the figure.
DRIVER_BYTES = 256 << 20
# The simulated device takes a fraction of a second a step for a small model, and minutes for a large one.
SIMULATED_MODELS = ["mlp"]
# Memory plans: of which models, what they are told beside their budget, and the budgets; `half` is half way from the smallest
# to no limit. The workspace is small, as it would be most of what models of this size need.
PLANNED_MODELS = ["gpt2-static", "gpt2-dropout", "llama-dynamo"]
PLANS = {"": ["--library-workspace", "1MiB"], "-generated": ["--matrix-products", "generated"],
         "-parts": ["--matrix-products", "generated", "--micro-batches", "2"]}
BUDGETS = ["unlimited", "half", "minimum"]
SANITIZERS = ["memcheck", "racecheck", "initcheck", "synccheck"]
# nvidia-smi's name of a card to the device model that it is priced with.
DEVICE_MODELS = [("H200", "h200"), ("H100", "h100"), ("A100.*80", "a100-80"), ("A100", "a100-40"), ("4090", "rtx4090"),
                 (r"\bL4\b", "l4")]
TIMED_STEPS = 30


def worst_difference(one, other):
    """Of the weights: the largest norm of a difference over the norm of the tensor."""
    a, b = load_file(one / "model.safetensors"), load_file(other / "model.safetensors")
    norm = lambda x: float(np.linalg.norm(x.astype(np.float64)))
    return max(norm(a[name].astype(np.float64) - b[name]) / (norm(a[name]) or 1) for name in a)


def judge(card, model, optimizer, out):
    """check.py's verdict on a golden run: losses, gradients, and weights where there are golden ones."""
    parameters = ["--params", out / "model.safetensors"] if optimizer == "adamw" else []
    card.call(sys.executable, ROOT / "test/models/check.py", card.folder(model), out / "log.jsonl", "--optimizer",
              optimizer, "--grads", out / "gradients.safetensors", *parameters)


def compare_numerics(card, model, optimizer):
    """One golden run: a row of the table. Raises Failed."""
    outs = {}
    for target in ("cpu", "cuda"):
        program = card.golden(model, optimizer, target)
        outs[target] = card.run_folder(f"{model}-{optimizer}-{target}")
        device = card.device if target == "cuda" else []
        gradients = ["--dump-gradients", outs[target] / "gradients.safetensors"]
        text = card.train(model, program, outs[target], 20, *gradients, *device)
    card.summaries[f"{model}, {optimizer}"] = read_summary(text)
    judge(card, model, optimizer, outs["cuda"])
    cpu, cuda = outs.values()
    same = same_bits(cpu, cuda, ["gradients.safetensors", "model.safetensors"])
    against_cpu = "same bits" if same else f"weights differ by {worst_difference(cpu, cuda):.1e}"
    return [model, optimizer, "within PyTorch's tolerance", against_cpu]


def prepare_numerics(card):
    for model in card.arguments.models:
        for optimizer in MODELS[model]:
            for target in ("cpu", "cuda"):
                card.golden(model, optimizer, target)


def check_numerics(card):
    rows, failures = [], []
    for model in card.arguments.models:
        for optimizer in MODELS[model]:
            try:
                rows.append(compare_numerics(card, model, optimizer))
            except (Failed, subprocess.TimeoutExpired) as error:
                rows.append([model, optimizer, "**FAILED**", ""])
                failures.append(f"{model}, {optimizer}: {error}")
    return rows_as_table(["model", "optimizer", "losses, gradients, weights", "against the CPU"], rows), failures


def plan_program(card, model, plan, budget):
    """The program of a golden model with this budget, and the budget in bytes; without one, what is planned."""
    bounded = ["--memory", "minimum"] if budget == "minimum" else []
    if budget == "half":
        least, most = (plan_program(card, model, plan, end)[1] for end in ("minimum", "unlimited"))
        bounded = ["--memory", (least + most) // 2]
    program = card.golden(model, "adamw_clip", "cuda", f"{plan}-{budget}", *PLANS[plan], *bounded)
    return program, bounded[1] if budget == "half" else card.planned_bytes(program)


def compare_plans(card, model, plan):
    """Rows of the table: one model without a budget and with all of them. Raises Failed."""
    rows, expected = [], None
    for budget in BUDGETS:
        program, bytes_allowed = plan_program(card, model, plan, budget)
        for way, more in [("", []), (", no graph", ["--no-graph"])]:
            name = f"{model}{plan}, {budget}{way}"
            out = card.run_folder(name.replace(", ", "-").replace(" ", "-"))
            summary = card.summaries[name] = read_summary(card.train(model, program, out, 10, *card.device, *more))
            expected = expected or out
            if not same_bits(expected, out):
                raise Failed(f"{name}: other bits than without a budget")
            if summary["arena bytes"] > bytes_allowed:
                raise Failed(f"{name}: {summary['arena bytes']:,.0f} bytes allocated, {bytes_allowed:,} allowed")
        rows.append([model, " ".join(map(str, PLANS[plan])), budget, f"{summary['planned bytes']:,.0f}",
                     f"{summary.get('far bytes', 0):,.0f}"])
    return rows


def planned_models(card):
    return SIMULATED_MODELS if card.arguments.simulate else PLANNED_MODELS


def check_plans(card):
    rows, failures = [], []
    for model in planned_models(card):
        for plan in PLANS:
            try:
                rows += compare_plans(card, model, plan)
            except (Failed, subprocess.TimeoutExpired) as error:
                rows.append([model, plan, "**FAILED**", "", ""])
                failures.append(f"{model}, {plan}: {error}")
    text = "As a graph and kernel by kernel: losses and weights are those without a budget, bit for bit.\n\n"
    return text + rows_as_table(["model", "options", "budget", "planned bytes", "bytes of pinned memory"], rows), failures


def prepare_plans(card):
    for model in planned_models(card):
        for plan in PLANS:
            for budget in BUDGETS:
                plan_program(card, model, plan, budget)


def check_memory(card):
    """Every run so far: planned is what was allocated, and the driver took little beside it."""
    rows, failures = [], []
    for name, summary in card.summaries.items():
        planned, arena, used = (summary[f"{what} bytes"] for what in ("planned", "arena", "device in use"))
        rows.append([name, f"{planned:,.0f}", f"{arena:,.0f}", f"{used:,.0f}"])
        if arena > planned:
            failures.append(f"{name}: the program allocates {arena - planned:,.0f} bytes more than was planned")
        if used > planned + DRIVER_BYTES:
            failures.append(f"{name}: the device gave out {used - planned:,.0f} bytes more than was planned")
    if not rows:
        failures.append("no run was there to measure")
    text = ("The device has so much less than with the context alone; allowed are the plan and "
            f"{DRIVER_BYTES:,} bytes for code and graph.\n\n")
    return text + rows_as_table(["run", "planned", "allocated", "less on the device"], rows), failures


def find_device_model(name):
    return next((model for pattern, model in DEVICE_MODELS if re.search(pattern, name)), None)


def speed_size(card):
    return (1, 16) if card.arguments.simulate else (32, 128)


def speed_program(card):
    """The example's GPT-2 with a step large enough for a card."""
    batch, sequence = speed_size(card)
    return card.make("speed", "cuda", ROOT / "examples/gpt2/model.onnx", "--dim", f"batch={batch}", "--dim",
                     f"sequence={sequence}", "--loss", "cross-entropy", "--shift-labels", *ADAMW)


def roofline(card, program, model):
    """Seconds of a step as `neap roofline` expects them."""
    report = json.loads(card.ask_neap(f"{program.name}-{model}.json", "roofline", program, "--device-model", model, "--json"))
    return report["step"]["expected_seconds"]


def check_speed(card):
    program = speed_program(card)
    tokens = np.random.default_rng(0).integers(0, 256, 1 << 16, dtype=np.uint16)
    tokens.tofile(card.run_folder("tokens.bin"))
    steps = 2 if card.arguments.simulate else TIMED_STEPS
    rows = []
    for name, more in [("as a graph", []), ("kernel by kernel", ["--no-graph"])]:
        text = card.call(program, "--data", card.run_folder("tokens.bin"), "--dtype", "uint16", "--max-steps", steps,
                         "--output-dir", card.run_folder("speed-out"), *card.device, *more)
        card.summaries[f"examples/gpt2, {name}"] = summary = read_summary(text)
        rows.append([name, f"{1e3 * summary['time per step']:.2f}"])
    model = find_device_model(card.name)
    if model:
        rows.append([f"roofline, expected ({model})", f"{1e3 * roofline(card, program, model):.2f}"])
    batch, sequence = speed_size(card)
    return rows_as_table([f"GPT-2 of examples/gpt2, batch {batch} x {sequence}, fp32", "ms per step"], rows), []


def prepare_speed(card):
    program = speed_program(card)
    for _, model in DEVICE_MODELS:
        roofline(card, program, model)


def check_sanitizer(card):
    if card.arguments.simulate:
        return "skipped: the simulated device checks every access itself\n", None
    sanitizer = shutil.which("compute-sanitizer")
    if not sanitizer:
        return "skipped: compute-sanitizer is not installed\n", None
    program, rows, failures = card.golden("mlp", "adamw", "cuda"), [], []
    for tool in SANITIZERS:
        try:
            card.call(sanitizer, "--tool", tool, "--error-exitcode", "99", program, "--data",
                      card.folder("mlp") / "batches.safetensors", "--max-steps", "2", "--no-graph", "--output-dir",
                      card.run_folder(tool))
            rows.append([tool, "no errors"])
        except (Failed, subprocess.TimeoutExpired) as error:
            rows.append([tool, "**FAILED**"])
            failures.append(str(error))
    return rows_as_table(["tool", "mlp, 2 steps, --no-graph"], rows), failures


def prepare_sanitizer(card):
    card.golden("mlp", "adamw", "cuda")


def list_notes(card):
    """What the programs remarked on the way, such as that a library is missing."""
    rows = [[note, str(count)] for note, count in sorted(card.notes.items())]
    return rows_as_table(["note", "runs"], rows) if rows else "none\n", []


def ask(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def describe_machine(card):
    """Also fills card.name."""
    query = "name,driver_version,memory.total,compute_cap,clocks.max.sm,power.limit"
    found = "" if card.arguments.simulate else ask(["nvidia-smi", f"--query-gpu={query}", "--format=csv,noheader", "--id=0"])
    values = found.split(", ") if found else ["simulated device"] + ["-"] * 5
    card.name = values[0]
    keys = ["device", "driver", "memory", "compute capability", "clock", "power limit"]
    rows = [[key, value] for key, value in zip(keys, values)]
    rows.append(["ptxas", ask(["ptxas", "--version"]).rpartition("release ")[2].split(",")[0] or "-"])
    rows.append(["commit", ask(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]) or "-"])
    return rows_as_table(["", ""], rows), []


# What is checked, and what it needs of the compiler.
SECTIONS = [("Machine", describe_machine, None), ("Numerics", check_numerics, prepare_numerics),
            ("Plans", check_plans, prepare_plans), ("Speed", check_speed, prepare_speed), ("Memory", check_memory, None),
            ("GPT-2 124M", gpt2_124m.check, gpt2_124m.prepare), ("Sanitizer", check_sanitizer, prepare_sanitizer),
            ("Notes", list_notes, None)]


def prepare_sections(card):
    for title, _, prepare in SECTIONS:
        if prepare:
            print(f"{title}: compiling", flush=True)
            prepare(card)


def run_sections(card):
    """Yields title, state, text and seconds of each section. A section that raises has failed, and the others go on."""
    for title, section, _ in SECTIONS:
        start = time.monotonic()
        try:
            text, failures = section(card)
        except (Failed, subprocess.TimeoutExpired, OSError, KeyError, ValueError) as error:
            text, failures = "", [f"{type(error).__name__}: {error}"]
        if failures:
            text += "\n" + "".join(f"```text\n{failure}\n```\n" for failure in failures)
        state = "skipped" if failures is None else "FAILED" if failures else "ok"
        print(f"{title}: {state}, {time.monotonic() - start:.0f} s", flush=True)
        yield title, state, text, time.monotonic() - start


def parse_arguments():
    parser = argparse.ArgumentParser(prog="test/gpu.sh", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--neap", type=pathlib.Path, help="the compiler (default: builds one)")
    parser.add_argument("--python", help="Python with numpy and safetensors (default: build/venv)")
    parser.add_argument("--simulate", action="store_true", help="on the simulated device")
    parser.add_argument("--prepare", type=pathlib.Path, metavar="FOLDER",
                        help="compile everything into a new FOLDER, for a machine with a card but without a compiler")
    parser.add_argument("--prepared", type=pathlib.Path, metavar="FOLDER", help="use what --prepare made; needs no compiler")
    parser.add_argument("--models", nargs="+", choices=MODELS, help="golden models (default: all; mlp with --simulate)")
    parser.add_argument("--models-folder", type=pathlib.Path, default=ROOT / "test/models")
    parser.add_argument("--arch", help="as for neap compile")
    parser.add_argument("--scratch", type=pathlib.Path, default=ROOT / "build/gpu")
    parser.add_argument("--report", type=pathlib.Path, help="default: report.md in --scratch")
    arguments = parser.parse_args()
    arguments.models = arguments.models or (SIMULATED_MODELS if arguments.simulate else list(MODELS))
    arguments.report = arguments.report or arguments.scratch / "report.md"
    return arguments


def main():
    arguments = parse_arguments()
    try:
        card = Card(arguments)
        if arguments.prepare:
            prepare_sections(card)
            return 0
    except Failed as error:
        sys.exit(f"error: {error}")
    sections = list(run_sections(card))
    summary = rows_as_table(["section", "state", "s"],
                            [[title, state, f"{spent:.0f}"] for title, state, _, spent in sections])
    text = "\n".join(f"## {title}\n\n{text}" for title, _, text, _ in sections)
    arguments.report.write_text(f"# Report of test/gpu.sh\n\n{summary}\n{text}")
    print(f"report: {arguments.report}")
    return 1 if any(state == "FAILED" for _, state, _, _ in sections) else 0


if __name__ == "__main__":
    sys.exit(main())
