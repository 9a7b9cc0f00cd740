"""What the tests of this folder do with programs: compile, train, and see what they need."""

import json
import re
import subprocess
import sys


def run(*command, expect=0):
    """Runs a command to its end; anything but the expected exit code ends the test, and so do complaints of the simulated device."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != expect or "simulated device:" in done.stderr:
        sys.exit(f"{' '.join(map(str, command))}: expected exit code {expect}, got {done.returncode}\n{done.stderr}")
    return done


def planned_bytes(program):
    return json.loads(run("neap", "inspect", program, "--json").stdout)["planned_bytes"]


class Outcome:
    """What a run leaves: losses and norms of all steps, the weights, and the most bytes that were resident."""

    def __init__(self, program, data, steps, *arguments):
        out = program.with_name(f"out-{program.name}")
        done = run(program, "--data", data, "--max-steps", steps, "--log", out / "log.jsonl", "--output-dir", out, *arguments)
        lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
        self.log = [(line["loss"], line["grad_norm"]) for line in lines]
        self.weights = (out / "model.safetensors").read_bytes()
        self.resident = int(re.search(r"peak resident bytes: (\d+)", done.stdout + done.stderr).group(1))

    def require_bits_of(self, other, name):
        if self.log != other.log:
            sys.exit(f"{name}: losses differ\n{other.log}\n{self.log}")
        if self.weights != other.weights:
            sys.exit(f"{name}: weights differ")
