"""Requires planned bytes, arena bytes and the sum of the parts to be one number, and no time of a CPU for a card: planned_bytes.py
PROGRAM SUMMARY"""

import json
import pathlib
import re
import subprocess
import sys

manifest = json.loads(subprocess.run(["neap", "inspect", sys.argv[1], "--json"], capture_output=True, check=True).stdout)
summary = dict(re.findall(r"^(.* bytes): (\d+)$", pathlib.Path(sys.argv[2]).read_text(), re.MULTILINE))
planned, arena = (int(summary[name + " bytes"]) for name in ("planned", "arena"))
assert planned == arena == manifest["planned_bytes"] == sum(manifest["parts"].values()), (summary, manifest["parts"])
assert "expected" not in manifest, manifest["expected"]
