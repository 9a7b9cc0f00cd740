"""Checks `neap inspect --json` against meta.json and the summary of a run: inspect_program.py MODEL_DIR MANIFEST SUMMARY"""

import json
import pathlib
import re
import sys

# What a process takes besides its plan: code, libraries, stacks.
REST = 32 << 20

meta = json.loads((pathlib.Path(sys.argv[1]) / "meta.json").read_text())
manifest = json.loads(pathlib.Path(sys.argv[2]).read_text())
summary = dict(re.findall(r"^(.* bytes): (\d+)$", pathlib.Path(sys.argv[3]).read_text(), re.MULTILINE))
planned, arena, peak = (int(summary[name + " bytes"]) for name in ("planned", "arena", "peak resident"))

assert planned == arena == manifest["planned_bytes"], (planned, arena, manifest["planned_bytes"])
assert planned == sum(manifest["parts"].values()), manifest["parts"]
assert planned <= peak <= planned + REST, (planned, peak)
parameters = {parameter["name"]: parameter for parameter in manifest["parameters"]}
assert set(parameters) == set(meta["trainable"]), set(parameters) ^ set(meta["trainable"])
for name, parameter in parameters.items():
    assert parameter["trained"] == ("wpe" not in name), parameter
    assert parameter["torch"] == meta["parameters"][name]["torch"], parameter
assert manifest["kernels"] and all(kernel["launches"] >= 1 for kernel in manifest["kernels"])
assert "--freeze" in manifest["options"], manifest["options"]
assert manifest["compiler"].startswith("neap "), manifest["compiler"]
