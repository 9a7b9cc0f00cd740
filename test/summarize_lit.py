"""Sums up what lit wrote with --output: a line `SUITE SECONDS PASSED FAILED` for each folder, or with --failures the failures."""

import collections
import json
import pathlib
import sys

GOOD, SKIPPED = {"PASS", "FLAKYPASS"}, {"UNSUPPORTED", "EXCLUDED", "SKIPPED"}


def suite(name):
    """`neap :: passes/grad/x.mlir` belongs to lit/passes."""
    return "lit/" + name.split(" :: ")[1].split("/")[0]


tests = json.loads(pathlib.Path(sys.argv[-1]).read_text())["tests"]
if "--failures" in sys.argv:
    for test in tests:
        if test["code"] in SKIPPED:
            print(f"  not run: {test['name']}")
        elif test["code"] not in GOOD:
            print(f"  {test['code']}: {test['name']}\n{test['output'][-6000:]}")
else:
    counts = collections.defaultdict(lambda: [0.0, 0, 0])
    for test in tests:
        row = counts[suite(test["name"])]
        row[0] += test["elapsed"] or 0
        if test["code"] not in SKIPPED:
            row[1 if test["code"] in GOOD else 2] += 1
    for name, (seconds, passed, failed) in sorted(counts.items()):
        print(name, round(seconds), passed, failed)
