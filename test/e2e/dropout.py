"""dropout.py FOLDER: the logs of runs of one model with dropout. still.jsonl and still-5.jsonl differ in the seed; they were trained
with a learning rate of 0 on the same batch again and again, so that nothing but the masks differs from step to step. short.jsonl has
still.jsonl's first steps alone. Prints one line."""

import json
import pathlib
import sys


def losses(name):
    return [json.loads(line)["loss"] for line in (pathlib.Path(sys.argv[1]) / name).read_text().splitlines()]


still, other, short = losses("still.jsonl"), losses("still-5.jsonl"), losses("short.jsonl")
print(f"{len(set(still))} losses in {len(still)} steps, {len(set(still + other))} with another seed,",
      "the same" if still[:len(short)] == short else "others", "in a shorter run")
