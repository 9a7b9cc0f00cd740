"""What becomes of a compiled program when its far memory meets misfortune, and of the model that was saved before.

    far_memory_faults.py GPT2_MAKER SCRATCH_FOLDER CASE... [--faults LIBRARY]

Each case is a function below. LIBRARY makes calls of a process fail (test/runtime/FaultInjection.cpp).
"""

import argparse
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import time

import numpy as np
from safetensors.numpy import save_file

STORAGE, STOPPED = 8, 75
STEPS, BATCH, SEQUENCE, VOCABULARY = 3, 8, 128, 4096

parser = argparse.ArgumentParser()
parser.add_argument("maker")
parser.add_argument("scratch", type=pathlib.Path)
parser.add_argument("cases", nargs="+")
parser.add_argument("--faults")
arguments = parser.parse_args()
scratch = arguments.scratch
program, out, far = scratch / "program", scratch / "out", scratch / "far"
model = out / "model.safetensors"


def expect(condition, message):
    if not condition:
        sys.exit(message)


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    expect(done.returncode == 0, f"{' '.join(map(str, command))}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def training(steps=STEPS, folder=out, offload=far):
    log = scratch / "log.jsonl"
    log.unlink(missing_ok=True)
    return [program, "--data", scratch / "batches.safetensors", "--max-steps", str(steps), "--output-dir", folder,
            "--offload-dir", offload, "--log", log]


def train(expected, *command, faults={}, before=None):
    """Runs a program that is to end with exit code `expected`; returns what it wrote to stderr."""
    environment = os.environ | ({"LD_PRELOAD": arguments.faults} | faults if faults else {})
    done = subprocess.run(command, capture_output=True, text=True, env=environment, preexec_fn=before)
    expect(done.returncode == expected, f"{faults}: expected exit code {expected}, got {done.returncode}\n{done.stderr}")
    return done.stderr


def expect_error(text, message, note):
    expect(f"error: {message}" in text and f"note: {note}" in text, f"expected '{message}' and '{note}', got\n{text}")


def expect_no_step(text):
    expect("step 1/" not in text, f"expected no step, got\n{text}")


def expect_intact(saved, folder=out):
    """The model of before, and nothing that somebody forgot."""
    found = sorted(path.name for path in folder.iterdir())
    expect(found == ["model.safetensors"], f"left behind: {found}")
    expect((folder / "model.safetensors").read_bytes() == saved, "the model that was saved is not what it was")
    expect(not any(far.iterdir()), f"left in far memory: {list(far.iterdir())}")


def begin(steps, **options):
    """Starts a long run and returns it when so many steps are done."""
    command = training(steps=1_000_000, **options)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    log, deadline = scratch / "log.jsonl", time.monotonic() + 120
    while not log.exists() or log.read_text().count("\n") < steps:
        expect(process.poll() is None, f"ended before step {steps}: exit code {process.returncode}")
        expect(time.monotonic() < deadline, f"no step {steps} in two minutes")
        time.sleep(0.005)
    return process


def open_files(process):
    """What the names of a process's open files were, or are."""
    for link in pathlib.Path(f"/proc/{process.pid}/fd").iterdir():
        try:
            yield os.readlink(link)
        except OSError:  # closed meanwhile
            pass


def killed(saved):
    """Without warning, at eight moments of a step."""
    for number in range(8):
        process = begin(steps=1 + number % 2)
        time.sleep(0.013 * number)
        expect(not any(far.iterdir()), "far memory has a name")
        expect(any(name.endswith("(deleted)") for name in open_files(process)), "expected an open file without a name")
        process.kill()
        process.wait()
        expect_intact(saved)
    train(0, *training())
    expect_intact(saved)


def file_limit(saved):
    """Room for the model, but not for far memory."""
    limit = far_bytes - 4096
    expect(limit > len(saved), "expected far memory to be larger than the model")
    text = train(STORAGE, *training(), before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    expect_error(text, f"{far}: cannot reserve {far_bytes} bytes for far memory: File too large", "--offload-dir DIR")
    expect_no_step(text)
    expect_intact(saved)


def broken(saved):
    """The disk does not read what was written."""
    text = train(STORAGE, *training(), faults={"NEAP_FAR_FAULT": "read"})
    expect(f"error: {far}: cannot read " in text and "Input/output error" in text, text)
    expect_intact(saved)


def slow(saved):
    """Each transfer takes 20 ms longer: the same bits, and a word about it."""
    text = train(0, *training(), faults={"NEAP_FAR_DELAY": "20"})
    expect(f"note: a step waits for far memory in {far} for " in text, f"expected a note, got\n{text}")
    expect_intact(saved)


def mount(folder, size):
    folder.mkdir(exist_ok=True)
    run("mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder)


def full_disk(saved):
    """Too small for far memory."""
    disk = scratch / "small"
    mount(disk, far_bytes // 2)
    text = train(STORAGE, *training(offload=disk))
    expect_error(text, f"{disk}: cannot reserve {far_bytes} bytes for far memory: No space left on device", "--offload-dir DIR")
    expect_no_step(text)
    expect(not any(disk.iterdir()), f"left behind: {list(disk.iterdir())}")
    expect_intact(saved)


def full_output_disk(saved):
    """Room for the old model and for far memory, but then not for the new model."""
    disk = scratch / "output"
    mount(disk, 2 * len(saved) + far_bytes - len(saved) // 2)
    (disk / "model.safetensors").write_bytes(saved)
    text = train(STORAGE, *training(folder=disk, offload=disk))
    expect(f"error: {disk}/model.safetensors" in text and "No space left on device" in text, text)
    expect_no_step(text)
    expect_intact(saved, disk)


def filled_meanwhile(saved):
    """The disk has room for the new model when the run begins, and none when it ends. Copies go on: their room is reserved."""
    disk = scratch / "shared"
    mount(disk, 2 * len(saved) + far_bytes + (1 << 20))
    (disk / "model.safetensors").write_bytes(saved)
    process = begin(steps=1, folder=disk, offload=disk)
    with open(disk / "others", "wb") as others:
        try:
            while True:
                others.write(bytes(1 << 16))
                others.flush()
        except OSError:
            pass
    process.send_signal(signal.SIGTERM)
    _, text = process.communicate(timeout=120)
    expect(process.returncode == STORAGE, f"expected exit code {STORAGE}, got {process.returncode}\n{text}")
    expect(f"error: {disk}/model.safetensors" in text and "No space left on device" in text, text)
    (disk / "others").unlink()
    expect_intact(saved, disk)


scratch.mkdir(parents=True)
far.mkdir()
run(sys.executable, arguments.maker, "--layers", 2, "--width", 256, "--heads", 4, "--vocabulary", VOCABULARY, "--batch", BATCH,
    "--sequence", SEQUENCE, scratch / "model.onnx")
tokens = np.random.default_rng(0).integers(0, VOCABULARY, (STEPS, BATCH, SEQUENCE))
save_file({"input_ids": tokens, "labels": tokens}, scratch / "batches.safetensors")
run("neap", "compile", scratch / "model.onnx", "--loss", "cross-entropy", "--shift-labels", "--optimizer", "adamw",
    "--learning-rate", "1e-3", "--memory", "minimum", "-o", program)
far_bytes = json.loads(run("neap", "inspect", program, "--json"))["far_bytes"]
expect(far_bytes > 0, "expected a program with far memory")
train(0, *training())
for case in arguments.cases:
    globals()[case](model.read_bytes())
    print(f"{case}: as expected")
