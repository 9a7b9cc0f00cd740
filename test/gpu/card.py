"""What the checks of a card share: programs that are compiled once, here or on another machine, and how they are run."""

import json
import pathlib
import re
import shutil
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
ADAMW = "--optimizer adamw --learning-rate 1e-3 --beta2 0.95 --weight-decay 0.1".split()
OPTIMIZERS = {"adamw": ADAMW, "sgd": "--optimizer sgd --learning-rate 0.05 --momentum 0.9".split(),
              "adamw_clip": [*ADAMW, "--clip-grad-norm", "0.5"]}

# Models that are trained on another one's batches.
BATCHES_OF = {"gpt2-dropout": "gpt2-dynamo"}


class Failed(Exception):
    """A command that should have worked did not."""


class Card:
    """Runs neap, its programs and the judge; knows where things are.

    Programs are made under `programs`, each when it is first asked for. Without a compiler they must all be there: see
    --prepare and --prepared.
    """

    def __init__(self, arguments):
        self.arguments = arguments
        self.device = ["--device", "sim"] if arguments.simulate else []
        self.scratch = arguments.scratch
        self.programs = arguments.prepared or arguments.prepare or self.scratch / "programs"
        self.summaries = {}  # of runs on the card, by name
        self.notes = {}  # what programs remarked, and how many of them
        self.empty(self.scratch / "run")
        if arguments.prepare:  # a folder of the user's, where nothing may be lost
            if self.programs.exists() and any(self.programs.iterdir()):
                raise Failed(f"--prepare {self.programs}: expected a new or an empty folder")
            self.programs.mkdir(parents=True, exist_ok=True)
        elif not arguments.prepared:
            self.empty(self.programs)

    @staticmethod
    def empty(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)

    def call(self, *command, timeout=300):
        command = [str(part) for part in command]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=timeout)
        if done.returncode != 0 or "simulated device:" in done.stderr:
            raise Failed(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr[-2000:]}{done.stdout[-2000:]}")
        for note in set(re.findall(r"^note: (.*)", done.stderr, re.MULTILINE)):
            self.notes[note] = self.notes.get(note, 0) + 1
        return done.stdout

    def ask_neap(self, file_name, *arguments):
        """What the compiler says to this, kept under that name."""
        path = self.programs / file_name
        if not path.exists():
            self.require_compiler(file_name)
            path.write_text(self.call(self.arguments.neap, *arguments))
        return path.read_text()

    def make(self, name, target, model, *options):
        """A program, compiled unless it is there already."""
        program = self.programs / name
        if not program.exists():
            self.require_compiler(name)
            arch = ["--arch", self.arguments.arch] if target == "cuda" and self.arguments.arch else []
            self.call(self.arguments.neap, "compile", model, *options, "--target", target, *arch, "--quiet", "-o", program)
        return program

    def require_compiler(self, name):
        if self.arguments.prepared:
            raise Failed(f"{self.programs / name} is missing: it was not prepared")

    def planned_bytes(self, program):
        return json.loads(self.ask_neap(f"{program.name}.json", "inspect", program, "--json"))["planned_bytes"]

    def folder(self, name):
        return self.arguments.models_folder / name

    def golden(self, model, optimizer, target, suffix="", *more):
        """The program for a golden model: for `cpu`, or for `cuda`; with `more` options under a name of its own."""
        meta = json.loads((self.folder(model) / "meta.json").read_text())
        dims = [part for name, size in meta["dims"].items() for part in ("--dim", f"{name}={size}")]
        loss = meta["loss"]
        options = ["--loss-output", loss["output"]] if loss["where"] == "graph" else ["--loss", loss["kind"]]
        cpu = ["--cpu", "x86-64-v3"] if target == "cpu" else []  # the machine with the card may be another
        shift = ["--shift-labels"] if loss.get("shift") and loss["where"] != "graph" else []
        return self.make(f"{model}-{optimizer}-{target}{suffix}", target, self.folder(model) / "model.onnx", *dims,
                         *options, *shift, *cpu, *OPTIMIZERS[optimizer], *more)

    def train(self, model, program, out, steps, *more):
        """Runs a program; returns what it printed. Log, gradients and weights are in `out`."""
        out.mkdir(parents=True, exist_ok=True)
        data = self.folder(BATCHES_OF.get(model, model)) / "batches.safetensors"
        return self.call(program, "--data", data, "--max-steps", steps, "--log",
                         out / "log.jsonl", "--output-dir", out, *more)

    def run_folder(self, name):
        return self.scratch / "run" / name


def losses(folder):
    return [json.loads(line)["loss"] for line in (folder / "log.jsonl").read_text().splitlines()]


def same_bits(one, other, names=("model.safetensors",)):
    """Whether two runs have the same losses, and the same bytes in these files."""
    return (losses(one) == losses(other)
            and all((one / name).read_bytes() == (other / name).read_bytes() for name in names))


def read_summary(text):
    """What a program prints at its end, by name."""
    summary = {name: float(value) for name, value in re.findall(r"^([a-z ]+): ([0-9.e+-]+)", text, re.MULTILINE)}
    summary["device in use bytes"] = summary.pop("device bytes in use")
    return summary


def rows_as_table(heading, rows):
    lines = ["| " + " | ".join(heading) + " |", "|---" * len(heading) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"
