# How lit runs the tests of this tree: IR tests with FileCheck, and models that Python makes on the way.
import os
import shutil
import subprocess
import sys

import lit.formats

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "support"))
import memory_cgroup

config.name = "neap"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["models", "runtime"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.neap_build_dir, "test")
config.environment["PATH"] = os.pathsep.join([config.neap_bin_dir, config.llvm_tools_dir, os.environ["PATH"]])
# No profile of this machine, which whoever runs the tests may have measured, gets into what they compile.
config.environment["XDG_CONFIG_HOME"] = os.path.join(config.test_exec_root, "no-config")
config.substitutions += [
    ("%python", config.neap_test_python),
    ("%bin", config.neap_bin_dir),
    ("%llvm", os.path.dirname(config.llvm_tools_dir)),
    ("%plugins", os.path.join(config.neap_build_dir, "lib")),
    ("%models", os.path.join(config.test_source_root, "models")),
    ("%faults", os.path.join(config.neap_build_dir, "lib", "libneap_fault_injection.so")),
    ("%check", config.neap_test_python + " " + os.path.join(config.test_source_root, "models", "check.py")),
    # The optimizers of the golden runs; see models/README.md.
    ("%{adamw}", "--optimizer adamw --learning-rate 1e-3 --beta2 0.95 --weight-decay 0.1"),
    ("%{sgd}", "--optimizer sgd --learning-rate 0.05 --momentum 0.9"),
    ("%{adamw_clip}", "--optimizer adamw --learning-rate 1e-3 --beta2 0.95 --weight-decay 0.1 --clip-grad-norm 0.5"),
]
if os.access(config.neap_test_python, os.X_OK):
    config.available_features.add("onnx")
if shutil.which("nvidia-smi"):
    config.available_features.add("gpu")
# A process can be given so much memory and no more.
if memory_cgroup.find():
    config.available_features.add("memory-cgroup")
# A process can have disks of its own, which are gone with it.
for own_mounts in (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"]):
    small_disk = [*own_mounts, "mount", "-t", "tmpfs", "none", "/mnt"]
    if shutil.which("unshare") and subprocess.run(small_disk, capture_output=True).returncode == 0:
        config.available_features.add("own-mounts")
        config.substitutions.append(("%{own_mounts}", " ".join(own_mounts)))
        break
# Where NVIDIA's assembler is installed, it must take what the compiler writes. Tests without it are unsupported.
config.substitutions.append(("%ptxas", config.neap_ptxas))
if os.access(config.neap_ptxas, os.X_OK):
    config.available_features.add("ptxas")
# `test/run.sh --long` turns on what is slow.
if lit_config.params.get("long") == "1":
    config.available_features.add("long")
