#!/usr/bin/env python3
"""Run a page of docs/ as a reader would, and check what it shows.

    run-tour.py PAGE.md FOLDER      # with neap on PATH; FOLDER is made anew

Fenced blocks, in order:
  ```sh               is executed by bash in FOLDER, where the checkout's examples, test, ... are links
  ```text             stands for the output of the block before: its lines occur there, in this order
  ```mlir FILE        is an excerpt: its lines occur in FILE, in this order
  any other           is not looked at
`...` stands for anything within a line, or for lines left out. Locations, SSA names and the amount of white space do not count.
"""

import pathlib
import re
import shutil
import subprocess
import sys

CHECKOUT = pathlib.Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def normalise(line):
    line = re.sub(r"\s*\bloc\((?:[^()]|\([^()]*\))*\)", "", line)
    line = re.sub(r"[%^]\w+(?:[:#]\d+)?", "%", line)
    return " ".join(line.split())


def matches(pattern, line):
    return re.search(".*".join(re.escape(part) for part in pattern.split("...")), line) is not None


def missing_line(excerpt, text):
    """The first line of the excerpt that does not occur after the one before it."""
    lines = iter(map(normalise, text.splitlines()))
    for shown in excerpt.splitlines():
        pattern = normalise(shown)
        if pattern.strip(". ") and not any(matches(pattern, line) for line in lines):
            return shown
    return None


def prepare(folder):
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "build").mkdir(parents=True)
    for name in ("examples", "test", "docs", "passes", "dialects"):
        (folder / name).symlink_to(CHECKOUT / name)


def main():
    page, folder = map(pathlib.Path, sys.argv[1:])
    prepare(folder)
    output, counts = "", {"sh": 0, "text": 0, "mlir": 0}
    text = page.read_text()
    for block in FENCE.finditer(text):
        kind, argument, body = block[1], block[2].strip(), block[3]
        if kind not in counts:
            continue
        counts[kind] += 1
        place = f"{page}:{text.count(chr(10), 0, block.start()) + 1}"
        if kind == "sh":
            run = subprocess.run(["bash", "-euo", "pipefail", "-c", body], cwd=folder, text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            output = run.stdout
            if run.returncode:
                sys.exit(f"{place}: exit status {run.returncode}\n{output}")
            continue
        shown = missing_line(body, output if kind == "text" else (folder / argument).read_text())
        if shown is not None:
            sys.exit(f"{place}: expected in {argument or 'the output'}: {shown}\n{output if kind == 'text' else ''}")
    print(", ".join(f"{count} {kind}" for kind, count in counts.items()))


if __name__ == "__main__":
    main()
