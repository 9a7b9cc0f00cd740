#!/usr/bin/env python3
"""Memory against time: GPT-2 trained by Neap at several budgets and by its peers, side by side.

    bash test/bench/train/setup.sh                          # once: Python environments of the peers
    python3 test/bench/memory/memory_bench.py               # GPT-2 124M, 8 x 512 tokens: hours, 13 GB of memory
    python3 test/bench/memory/memory_bench.py --layers 2 --width 128 --heads 4 --vocabulary 5000 --batch 2 \\
        --sequence 128 --rounds 2 --wait 0 --folder build/bench/memory-small       # a minute or two

Everyone trains from the same weights on the same tokens: fp32, AdamW, the same number of threads. In every round each
point runs once, as a process of its own; a round counts by its median step, the first one left out. Memory is what the
process has resident at most (VmHWM). Losses must agree, or the program fails.

What has been measured is kept in FOLDER/results.json after every run: started again with the same options, the program
goes on where it was; with more --rounds it adds to them. A Neap whose programs have changed is measured anew.
FOLDER/memory.md and FOLDER/memory.svg are the table and the plot.

Budgets of Neap: `unlimited`, `minimum`, or a share of what `unlimited` plans; with `:never`, nothing is moved to far memory.
"""

import argparse
import hashlib
import json
import os
import pathlib
import platform
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "train"))
import driver
import memory_plot
import memory_report

HERE = pathlib.Path(__file__).resolve().parent
# Runs are only comparable where these are the same.
SCRIPTS = [driver.HERE / name for name in ("setup.sh", "gpt2.py", "peer.py", "peer_torch.py", "peer_ort.py")]
PEERS = [name for name in driver.TORCH if name != "torch-eager-foreach"] + [driver.ORT]
BUDGETS = ["unlimited", "0.8", "0.6", "0.5", "0.4", "0.33", "minimum", "minimum:never"]
INFEASIBLE = 5


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    driver.add_options(parser, batch=8, sequence=512)
    for name, size in {"layers": 12, "width": 768, "heads": 12, "vocabulary": 50257}.items():
        parser.add_argument(f"--{name}", type=int, default=size)
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS)
    parser.add_argument("--budgets", nargs="*", default=BUDGETS, metavar="BUDGET")
    parser.add_argument("--folder", type=pathlib.Path, default=driver.ROOT / "build/bench/memory")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=2, help="steps that count")
    arguments = parser.parse_args()
    arguments.warmup = 1
    if arguments.steps < 1:
        parser.error("--steps: expected at least 1")
    return arguments


class Results:
    """results.json: `settings`, what figures depend on; `runs`, one for each round and point; and `missing`, the reason why a
    point cannot be measured."""

    def __init__(self, path, settings):
        self.path, self.settings, self.runs, self.missing = path, settings, [], {}
        if path.exists():
            kept = json.loads(path.read_text())
            if kept["settings"] != settings:
                sys.exit(f"error: {path} is of other settings: {kept['settings']}, got {settings}\n"
                         "note: --folder names a folder for these")
            self.runs = kept["runs"]

    def save(self):
        part = self.path.with_suffix(".part")
        kept = {"settings": self.settings, "missing": self.missing, "runs": self.runs}
        part.write_text(json.dumps(kept, indent=1))
        part.rename(self.path)

    def add(self, round_number, point, result):
        self.runs.append({"round": round_number, "point": point, **result})
        self.save()

    def has(self, round_number, point):
        return any(run["round"] == round_number and run["point"] == point for run in self.runs)

    def drop_others(self, point, program):
        """Forgets runs of a point that were of another program."""
        kept = [run for run in self.runs if run["point"] != point or run["program"] == program]
        if len(kept) < len(self.runs):
            print(f"{point}: Neap has changed, {len(self.runs) - len(kept)} runs are measured anew")
        self.runs = kept

    def wall(self, point):
        """Seconds that a run of this point has taken, or None."""
        return next((run["wall"] for run in reversed(self.runs) if run["point"] == point), None)


def find_settings(arguments):
    names = ("layers", "width", "heads", "vocabulary", "batch", "sequence", "threads", "steps")
    cpu = next((line.partition(":")[2].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
               platform.processor())
    scripts = hashlib.sha256(b"".join(path.read_bytes() for path in SCRIPTS)).hexdigest()[:16]
    return {name: getattr(arguments, name) for name in names} | {"cpu": cpu, "cpus": os.cpu_count(), "peers": scripts}


def describe(settings):
    return ("GPT-2 of {layers} layers of {width}, {heads} heads, vocabulary {vocabulary}, batch {batch} of {sequence} tokens; "
            "{threads} threads on {cpus} CPUs ({cpu}).").format(**settings)


def prepare(arguments, settings):
    """Writes model and data unless they are there; returns the job that is the same for all."""
    folder = arguments.folder.resolve()
    config = {"n_layer": settings["layers"], "n_embd": settings["width"], "n_head": settings["heads"],
              "vocab_size": settings["vocabulary"]}
    config["n_positions"] = max(1024, settings["sequence"])
    job = driver.make_job(arguments, folder, folder / "model.onnx", config=config)
    data = folder / "data.safetensors"
    if not data.exists():  # written last, so it says that the model is whole
        driver.export_model(arguments, folder / "model.onnx", config)
        driver.write_data(folder / "data.part", job["total"], arguments.batch, arguments.sequence, arguments.vocabulary)
        (folder / "data.part").rename(data)
    return job


def compile_neap(arguments, job, program, options):
    """Returns the planned bytes and seconds of compilation."""
    start = time.perf_counter()
    driver.call([arguments.neap, "compile", *driver.model_options(arguments, job), *options, "-o", program])
    seconds = time.perf_counter() - start
    manifest = json.loads(driver.call([arguments.neap, "inspect", program, "--json"]))
    return manifest["planned_bytes"], seconds


def budget_options(budget, unlimited):
    """What neap compile is told for `budget`."""
    bound, _, offload = budget.partition(":")
    options = ["--offload", offload] if offload else []
    if bound == "unlimited":
        return options
    return options + ["--memory", bound if bound == "minimum" else int(float(bound) * unlimited)]


def make_programs(arguments, job, results):
    """Compiles for each budget; returns {point: program}. Budgets that give the program of another are left out."""
    programs, seen = {}, {}
    unlimited = None
    for budget in ["unlimited"] + [budget for budget in arguments.budgets if budget != "unlimited"]:
        point = f"neap-{budget.replace(':', '-')}"
        program = pathlib.Path(job["folder"]) / point
        try:
            planned, seconds = compile_neap(arguments, job, program, budget_options(budget, unlimited))
        except driver.CommandFailed as error:
            if error.code != INFEASIBLE:
                raise
            print(f"{point}: no plan is so small")
            results.missing[point] = "no plan is so small"
            continue
        unlimited = unlimited or planned
        keep_weights(program, job)
        digest = hashlib.sha256(program.read_bytes()).hexdigest()
        print(f"{point}: {planned / 2**20:.0f} MiB planned, compiled in {seconds:.1f} s"
              + (f", the program of {seen[planned]}" if planned in seen else ""), flush=True)
        results.drop_others(point, digest)
        if planned not in seen:
            programs[point] = program, digest
            seen[planned] = point
    return programs


def keep_weights(program, job):
    """Every program comes with the same weights. One file of them is enough."""
    pathlib.Path(f"{program}.safetensors").replace(job["weights"])


def find_peers(arguments, job, results):
    """The peers that can run here; why others cannot goes to the results."""
    usable = []
    for name in arguments.peers:
        environment = arguments.environments / ("ort" if name == driver.ORT else "torch")
        if not (environment / "bin/python").exists():
            results.missing[name] = f"{environment} is missing (test/bench/train/setup.sh)"
            continue
        try:
            if name == driver.ORT and not (pathlib.Path(job["folder"]) / "ort").exists():
                driver.write_artifacts(arguments, job)
            usable.append(name)
        except driver.CommandFailed as error:
            results.missing[name] = f"its artifacts cannot be made: {str(error).splitlines()[-2]}"
    for name in usable:
        results.missing.pop(name, None)
    return usable


def run_rounds(arguments, job, results, points):
    """Measures what is missing. `points` are {name: function that runs it once}."""
    todo = [(number, point) for number in range(1, arguments.rounds + 1) for point in points
            if not results.has(number, point)]
    for place, (number, point) in enumerate(todo):
        if point in results.missing:
            continue
        rest = [results.wall(later) for _, later in todo[place:] if later not in results.missing]
        left = f"about {sum(rest) / 60:.0f} min left" if None not in rest else f"{len(rest)} runs left"
        print(f"round {number}  {point:20} {left:>20} ... ", end="", flush=True)
        try:
            result = driver.measure(points[point], arguments.wait)
        except driver.CommandFailed as error:
            results.missing[point] = f"exit code {error.code}"
            print(f"failed\n{error}", flush=True)
            continue
        results.add(number, point, result)
        print(f"{memory_report.median_step(result):7.2f} s/step  {result['peak'] / 2**20:7,.0f} MiB  loss "
              f"{result['losses'][0]:.5f} to {result['losses'][-1]:.5f}  others used {result['others']:.2f} CPUs", flush=True)


def make_points(arguments, job, results):
    def neap_run(program, digest):
        return lambda: driver.run_neap(program, job) | {"program": digest}

    def peer_run(name):
        return lambda: driver.run_peer(arguments, name, job)

    points = {point: neap_run(*made) for point, made in make_programs(arguments, job, results).items()}
    return points | {name: peer_run(name) for name in find_peers(arguments, job, results)}


def find_least(arguments, job):
    """What least_memory.py makes of the model."""
    return json.loads(driver.call([arguments.environments / "torch/bin/python", HERE / "least_memory.py", job["model"],
                                   "--dim", f"batch={arguments.batch}", "--dim", f"sequence={arguments.sequence}",
                                   "--json"]))


def main():
    arguments = parse_arguments()
    folder = arguments.folder
    folder.mkdir(parents=True, exist_ok=True)
    settings = find_settings(arguments)
    results = Results(folder / "results.json", settings)
    try:
        job = prepare(arguments, settings)
        points = make_points(arguments, job, results)
        least = find_least(arguments, job)
    except driver.CommandFailed as error:
        sys.exit(str(error))
    run_rounds(arguments, job, results, points)
    results.save()
    report = memory_report.Report(results.runs, results.missing, list(points), least)
    (folder / "memory.svg").write_text(memory_plot.draw(report.points(), report.labels()))
    text = f"{describe(settings)}\n\n{report.text()}"
    (folder / "memory.md").write_text(text)
    print(text)
    if report.disagreements():
        sys.exit("error: losses differ, so the work is not the same")


if __name__ == "__main__":
    main()
