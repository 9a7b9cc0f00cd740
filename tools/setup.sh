#!/usr/bin/env bash
# Installs what the build needs: Debian packages, and onnx.proto from the pinned `onnx` package. Does nothing twice.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly onnx_version=1.23.2
readonly packages=(
  cmake ninja-build ccache git python3 python3-pip python3-venv unzip
  clang-22 lld-22 llvm-22-dev llvm-22-tools libmlir-22-dev mlir-22-tools libclang-rt-22-dev
  protobuf-compiler libprotobuf-dev libcli11-dev nlohmann-json3-dev libgtest-dev librapidcheck-dev
  coinor-libcbc-dev coinor-libclp-dev
  zlib1g-dev libzstd-dev
)

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

if [ ! -e build/onnx-schema/onnx.proto ]; then
  echo "fetching onnx.proto of onnx $onnx_version"
  download=$(mktemp -d)
  trap 'rm -rf "$download"' EXIT
  python3 -m pip download -q --no-deps --only-binary=:all: -d "$download" "onnx==$onnx_version"
  mkdir -p build/onnx-schema
  unzip -q -j -o "$download"/onnx-*.whl onnx/onnx.proto -d build/onnx-schema
fi
