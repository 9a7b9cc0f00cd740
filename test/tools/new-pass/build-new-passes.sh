#!/usr/bin/env bash
# build-new-passes.sh FOLDER LIT: makes a pass in every stage of a copy of the checkout, builds neap-opt, runs their tests.
set -euo pipefail
readonly checkout=$(realpath "$(dirname "$0")/../../..") copy=$1 lit=$2

rm -rf "$copy"
mkdir -p "$copy"
tar -C "$checkout" --exclude=./build --exclude=./.git --exclude=./test/models -cf - . | tar -C "$copy" -xf -
cd "$copy"

tests=()
for table in passes/*/*.td; do
  stage=$(basename "$(dirname "$table")")
  name=Elide${stage^}Nothing
  [ -e "passes/$stage/elide-$stage-nothing" ] && continue # a stage with two tables
  tools/new-pass "$stage" "$name" "Leave the $stage stage as it is" >/dev/null
  tests+=("build/release/test/passes/$stage/elide-$stage-nothing.mlir")
done

cmake --preset release -DNEAP_ONNX_PROTO="$checkout/build/onnx-schema/onnx.proto" >cmake.log || { cat cmake.log; exit 1; }
ninja -C build/release neap-opt >ninja.log || { tail -40 ninja.log; exit 1; }
"$lit" "${tests[@]}"
echo "stages: ${#tests[@]}"
