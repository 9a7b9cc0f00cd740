"""Plans a model for many budgets and requires that more memory never makes a slower plan, and that every plan keeps to its budget.

    monotone.py MODEL BUDGETS COMPILE_OPTION...

Budgets lie evenly between the smallest and none; the bound of each is at or below its plan."""

import json
import subprocess
import sys

model, count, options = sys.argv[1], int(sys.argv[2]), sys.argv[3:]


def plan(budget):
    done = subprocess.run(["neap", "plan", model, *options, "--quiet", "--json", "-", "--memory", str(budget)],
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"--memory {budget}: {done.stderr}")
    return json.loads(done.stdout)


least = plan("minimum")
low, high = least["minimum_bytes"], least["unplanned_bytes"]
before = float("inf")
for i in range(count):
    budget = low + (high - low) * i // (count - 1)
    found = plan(budget)
    if found["planned_bytes"] > budget or found["minimum_bytes"] != low:
        sys.exit(f"{found['planned_bytes']} bytes planned for {budget}; at least {found['minimum_bytes']}, before {low}")
    if found["seconds"] > before:
        sys.exit(f"{budget} bytes: {found['seconds']} s, with less memory {before} s")
    if found["gap_seconds"] < 0:
        sys.exit(f"{budget} bytes: faster than the bound")
    before = found["seconds"]
print(f"{count} budgets from {low} to {high} bytes")
