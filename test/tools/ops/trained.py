"""Compares what `neap ops` would train with what every model of test/models says: 23 exports, both exporters."""

import json
import pathlib
import subprocess
import sys


def check(folder: pathlib.Path) -> list[str]:
    meta = json.loads((folder / "meta.json").read_text())
    done = subprocess.run(["neap", "ops", str(folder / "model.onnx"), "--json"], capture_output=True, text=True)
    if done.returncode not in (0, 4):
        return [f"{folder.name}: exit {done.returncode}: {done.stderr}"]
    report = json.loads(done.stdout)
    trained = {entry["name"] for entry in report["initializers"] if entry["trained"]}
    counts: dict[str, int] = {}
    for kind in report["operators"]:
        name = ".".join(filter(None, [kind["domain"], kind["name"]]))
        counts[name] = counts.get(name, 0) + kind["count"]
    problems = [f"{folder.name}: not trained: {name}" for name in sorted(set(meta["trainable"]) - trained)]
    problems += [f"{folder.name}: trained: {name}" for name in sorted(trained - set(meta["trainable"]))]
    if counts != meta["graph"]["ops"]:
        problems.append(f"{folder.name}: counted {counts}")
    untied = [warning.split("'")[1] for warning in report["warnings"] if "holds the same numbers" in warning]
    if untied != list(meta.get("untied_by_export", {})):
        problems.append(f"{folder.name}: untied {untied}")
    return problems


folders = sorted(path.parent for path in pathlib.Path(sys.argv[1]).glob("*/meta.json"))
problems = [problem for folder in folders for problem in check(folder)]
print("\n".join(problems))
print(f"{len(folders)} models, {len(problems)} differences")
