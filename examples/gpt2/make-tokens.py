#!/usr/bin/env python3
"""Turn text into a token file: one byte, one token of 16 bits. Gzipped files are unpacked.

    make-tokens.py TEXT... OUTPUT.bin

The file starts with llm.c's header (1,024 bytes: magic 20240520, version 1, number of tokens), which training programs recognise.
"""

import array
import gzip
import sys


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def little_endian(code, values):
    numbers = array.array(code)
    numbers.extend(values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def main():
    if len(sys.argv) < 3 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    *texts, output = sys.argv[1:]
    tokens = b"".join(read(path) for path in texts)
    header = [20240520, 1, len(tokens)] + [0] * 253
    with open(output, "wb") as file:
        file.write(little_endian("i", header))
        file.write(little_endian("H", tokens))
    print(f"{output}: {len(tokens):,} tokens")


if __name__ == "__main__":
    main()
