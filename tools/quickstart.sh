#!/usr/bin/env bash
# From a fresh checkout on Debian 12 to a model in training: installs packages, builds `neap`, compiles examples/gpt2, trains it.
#   tools/quickstart.sh [TEXT...]      # trains on these files, or on the Jargon File, which is 1.4 MB of English
# Does nothing twice: what is installed, built and fetched stays. JOBS=N limits the build.
set -euo pipefail
texts=()
for text in "$@"; do texts+=("$(realpath -e "$text")"); done
cd "$(dirname "$0")/.."

readonly build=build/release run=build/quickstart steps=${STEPS:-300}

say() { printf '\n== %s\n' "$*"; }
show() { printf '$ %s\n' "$*"; "$@"; }

# A Debian package with a text in the public domain. It is unpacked, not installed: as a dictionary it would bring a server.
fetch_text() {
  local package=dict-jargon folder=$run/text
  if [ ! -e $folder/usr/share/dictd/jargon.dict.dz ]; then
    mkdir -p $folder
    (cd $folder && apt-get download -qq -o APT::Sandbox::User=root $package)
    dpkg-deb -x $folder/$package*.deb $folder
  fi
  texts=($folder/usr/share/dictd/jargon.dict.dz)
}

say "1 of 4: packages"
tools/setup.sh

say "2 of 4: build the compiler, and the runtime that training programs are linked with"
[ -e $build/build.ninja ] || cmake --preset release >/dev/null
ninja -C $build ${JOBS:+-j $JOBS} neap
export PATH=$PWD/$build/bin:$PATH

say "3 of 4: compile a GPT-2 that PyTorch exported"
mkdir -p $run
show neap compile examples/gpt2/model.onnx --dim batch=8 --dim sequence=128 --loss cross-entropy --shift-labels \
  --optimizer adamw --learning-rate 2e-3 --clip-grad-norm 1 -o $run/gpt2-train

say "4 of 4: train it for $steps steps"
[ ${#texts[@]} -gt 0 ] || fetch_text
show python3 examples/gpt2/make-tokens.py "${texts[@]}" $run/train.bin
show $run/gpt2-train --data $run/train.bin --shuffle --max-steps "$steps" --schedule cosine --warmup-steps 20 \
  --log $run/log.jsonl --output-dir $run

cat <<END

Done.
  $run/gpt2-train           the training program; it needs libc and nothing else
  $run/model.safetensors    the trained weights
  $run/log.jsonl            loss, gradient norm and time of every step

Next:
  $run/gpt2-train --help
  $build/bin/neap inspect $run/gpt2-train
  $build/bin/neap export-weights $run/model.safetensors --model examples/gpt2/model.onnx -o $run/trained.onnx
  $build/bin/neap ops YOUR-MODEL.onnx
README.md says how to export a model of yours, docs/tour.md how the compiler works.
END
