"""Goes on from the IR of every stage and compares the runs: resume.py FOLDER DATA

FOLDER has ir/N-STAGE.mlir, the log direct.jsonl of the directly compiled program, and its model.safetensors."""

import pathlib
import subprocess
import sys

import same_log

folder, data = pathlib.Path(sys.argv[1]), sys.argv[2]
expected, model = same_log.read(folder / "direct.jsonl"), (folder / "model.safetensors").read_bytes()
stages = [path for path in sorted((folder / "ir").iterdir()) if path.stem.split("-")[1] not in ("lower", "emit")]
differences = 0
for path in stages:
    stage = path.stem.split("-")[1]
    out = folder / stage
    out.mkdir()
    subprocess.run(["neap", "compile", path, "--compile-from", stage, "-o", out / "program"], check=True)
    subprocess.run([out / "program", "--data", data, "--max-steps", "10", "--log", out / "log.jsonl", "--output-dir", out],
                   check=True, capture_output=True)
    if same_log.read(out / "log.jsonl") != expected or (out / "model.safetensors").read_bytes() != model:
        differences += 1
        print(f"{stage}: another run")
print(f"{len(stages)} stages, {differences} differences")
