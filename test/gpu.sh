#!/usr/bin/env bash
# Tries a card: numerics against the CPU, memory against the plan, speed, and NVIDIA's sanitizer, in less than five
# minutes. Writes a report in Markdown. docs/new-card.md says what to do with it.
#
#   test/gpu.sh [--report FILE]    builds what is missing first; report: build/gpu/report.md
#   test/gpu.sh --simulate         the same on the simulated device, small: tests this script
#   test/gpu.sh --prepare FOLDER   on a machine without a card: compiles all that is needed into FOLDER
#   test/gpu.sh --prepared FOLDER  on the machine with the card, which then needs neither toolchain nor network
#   test/gpu.sh --help             the other options
#
# Exit code: 0 all is well, 1 something is not, 2 usage, 77 there is no card here.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

readonly no_card=77
needs_card=1 build=1
neap=$root/build/release/bin/neap python=$root/build/venv/bin/python
rest=()
while [ $# -gt 0 ]; do
  case $1 in
    --simulate | --prepare) needs_card=0; rest+=("$1") ;;
    --prepared) build=0; rest+=("$1") ;;
    --help) needs_card=0; build=0; rest+=("$1") ;;
    --neap) neap=${2:?--neap: expected a program}; build=0; shift ;;
    --python) python=${2:?--python: expected a program}; shift ;;
    *) rest+=("$1") ;;
  esac
  shift
done

has_card() { nvidia-smi -L 2>/dev/null | grep -q '^GPU '; }

build_compiler() { cd "$root" && bash tools/setup.sh && cmake --preset release && ninja -C build/release neap; }

if [ $needs_card = 1 ] && ! has_card; then
  echo "error: no GPU: nvidia-smi finds none" >&2
  echo "note: --simulate tries the simulated device" >&2
  exit $no_card
fi

if [ $build = 1 ]; then
  log=$root/build/gpu/build.log
  mkdir -p "$root/build/gpu"
  if ! (build_compiler) >"$log" 2>&1 </dev/null; then
    tail -20 "$log"
    echo "error: the build failed; see $log" >&2
    exit 1
  fi
fi
has_packages() { "$1" -c 'import numpy, safetensors' 2>/dev/null; }

if ! has_packages "$python" && has_packages python3; then
  python=python3
elif ! has_packages "$python"; then
  python=$root/build/venv/bin/python
  python3 -m venv "$root/build/venv"
  "$python" -m pip install -q numpy safetensors onnx==1.23.2
fi
exec "$python" "$root/test/gpu/check_card.py" --neap "$neap" ${rest[@]+"${rest[@]}"}
