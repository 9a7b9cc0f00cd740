"""Compares logs of training runs, times aside: same_log.py FIRST OTHER..."""

import json
import pathlib
import sys

TIMES = ("seconds", "expected_seconds", "items_per_second")


def read(path):
    """The lines without the fields that tell times; numbers as they are written."""
    lines = pathlib.Path(path).read_text().splitlines()
    records = [json.loads(line, parse_float=str) for line in lines]
    return [{key: value for key, value in record.items() if key not in TIMES} for record in records]


def main(first, *others):
    expected = read(first)
    if not expected:
        sys.exit(f"{first}: no steps")
    for other in others:
        for left, right in zip(expected, read(other), strict=True):
            if left != right:
                sys.exit(f"{first}: {left}\n{other}: {right}")


if __name__ == "__main__":
    main(*sys.argv[1:])
