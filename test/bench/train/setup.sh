#!/bin/bash
# Makes the Python environments of the training and memory benchmarks from PyPI: build/bench/torch and build/bench/ort.
# Two, because onnxruntime-training 1.19.2 wants an older numpy, onnx and protobuf (and Python 3.8 to 3.11).
#
#   bash test/bench/train/setup.sh [python3.11]
set -euo pipefail
python=${1:-python3}
root=$(cd "$(dirname "$0")/../../.." && pwd)

environment() { # name, packages
  "$python" -m venv "$root/build/bench/$1"
  "$root/build/bench/$1/bin/pip" install --quiet --disable-pip-version-check "${@:2}"
}

environment torch torch==2.15.0 transformers==5.23.0 onnx==1.23.2 onnxscript==0.7.2 safetensors==0.8.0 numpy==2.4.6 \
  setuptools==84.2.1
environment ort onnxruntime-training==1.19.2 onnx==1.16.2 protobuf==4.25.9 numpy==1.26.4 safetensors==0.8.0 \
  setuptools==65.5.0
"$root/build/bench/torch/bin/python" -c 'import torch; print("torch", torch.__version__)'
"$root/build/bench/ort/bin/python" -c 'import onnxruntime; print("onnxruntime-training", onnxruntime.__version__)'
command -v g++ >/dev/null || echo "note: torch.compile needs g++"
