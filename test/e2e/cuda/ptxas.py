"""ptxas.py PTXAS MODELS SCRATCH: NVIDIA's assembler takes every kernel of every test model, for each of three architectures.

Each distinct kernel is assembled once. A warning is a failure, and so are spilled registers, but for the kernels of SPILLS. Prints
a line for each architecture.
"""

import hashlib
import pathlib
import re
import subprocess
import sys

ptxas, models, scratch = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
ARCHITECTURES = ["sm_80", "sm_90", "sm_100"]
# Model and kernel of those that may spill.
SPILLS = set()
LANGUAGE = "--dim batch=4 --dim sequence=64 --loss cross-entropy"
PROGRAMS = {
    "mlp": "--dim batch=16 --loss mse",
    "gpt2-static": "--loss cross-entropy --shift-labels",
    "gpt2-dynamo": f"{LANGUAGE} --shift-labels",
    "gpt2-tracing-eval": f"{LANGUAGE} --shift-labels",
    "gpt2-tracing-train": f"{LANGUAGE} --shift-labels",
    "gpt2-loss-in-graph": "--dim batch=4 --dim sequence=64 --loss-output loss",
    "bert-mlm-dynamo": "--dim batch=4 --dim sequence=48 --loss cross-entropy",
    "esm2-dynamo": "--dim batch=4 --dim sequence=48 --loss cross-entropy",
    "llama-dynamo": LANGUAGE,
}
OPTIMIZERS = {"adamw": "--optimizer adamw --clip-grad-norm 1", "sgd": "--optimizer sgd --momentum 0.9"}
# Models whose kernels for the second optimizer are looked at too.
WITH_SGD = ["mlp", "gpt2-static"]


def read_ptx(program):
    """The constant neap_ptx of a training program."""
    symbols = subprocess.run(["llvm-readelf", "--symbols", "--sections", "--wide", program], capture_output=True, text=True,
                             check=True).stdout
    address, size, section = re.search(r": ([0-9a-f]+) +(\d+) +OBJECT +\w+ +\w+ +(\d+) +neap_ptx$", symbols, re.M).groups()
    begin, offset = re.search(rf"\[ *{section}\] \S+ +\S+ +([0-9a-f]+) +([0-9a-f]+)", symbols).groups()
    start = int(offset, 16) + int(address, 16) - int(begin, 16)
    return program.read_bytes()[start:start + int(size)].rstrip(b"\0").decode()


def split(ptx):
    """A module's directives, and its kernels by name."""
    header, *kernels = re.split(r"(?=^\.visible \.entry )", ptx, flags=re.M)
    lines = [line for line in header.splitlines() if line.startswith(".")]
    return "\n".join(lines) + "\n", {re.match(r"\.visible \.entry (\w+)", kernel)[1]: kernel for kernel in kernels}


def collect(architecture, names):
    """One module with each distinct kernel of these models under a name of its own, and whose it is first."""
    module, owners = "", {}
    for model in names:
        for optimizer, more in OPTIMIZERS.items():
            if optimizer == "sgd" and model not in WITH_SGD:
                continue
            program = scratch / f"{model}-{optimizer}-{architecture}"
            subprocess.run(["neap", "compile", models / model / "model.onnx", *PROGRAMS[model].split(), *more.split(), "--target",
                            "cuda", "--arch", architecture, "--ptxas", "none", "--quiet", "-o", program], check=True)
            header, kernels = split(read_ptx(program))
            module = module or header
            if module[:len(header)] != header:
                sys.exit(f"{model}: its directives are not those of the models before it:\n{header}")
            for name, text in kernels.items():
                anonymous = re.sub(rf"\b{name}(?=\b|_)", "KERNEL", text)
                key = "k" + hashlib.sha256(anonymous.encode()).hexdigest()[:16]
                if key not in owners:
                    owners[key] = (model, name)
                    module += anonymous.replace("KERNEL", key)
    return module, owners


def judge(architecture, module, owners):
    path = scratch / f"{architecture}.ptx"
    path.write_text(module)
    done = subprocess.run([ptxas, f"-arch={architecture}", "-v", "-o", scratch / "kernels.cubin", path], capture_output=True, text=True)
    report = done.stdout + done.stderr
    wrong = [line for line in report.splitlines() if not line.startswith(("ptxas info", "    "))]
    spilling = set()
    for kernel, spilled in re.findall(r"Compiling entry function '(\w+)'(?:.|\n)*?(\d+ bytes spill stores, \d+ bytes spill loads)", report):
        if spilled != "0 bytes spill stores, 0 bytes spill loads":
            spilling.add(owners[kernel])
    seen = len(re.findall("Compiling entry function", report))
    print(f"{architecture}: {seen} kernels, {len(spilling)} of them spill")
    if done.returncode or wrong or spilling - SPILLS or seen != len(owners):
        sys.exit("\n".join([f"{architecture}: exit code {done.returncode}, {seen} of {len(owners)} kernels", *wrong,
                            *(f"spills: {kernel} of {model}" for model, kernel in sorted(spilling - SPILLS))]))


scratch.mkdir(parents=True, exist_ok=True)
module, owners = collect("sm_80", PROGRAMS)
# A program for sm_80 runs on later devices: their drivers assemble the same text.
for architecture in ARCHITECTURES:
    judge(architecture, module, owners)
# What LLVM writes for a later architecture is another text.
for architecture in ARCHITECTURES[1:]:
    judge(architecture, *collect(architecture, ["gpt2-static"]))
