#!/usr/bin/env bash
# Installs what is missing, builds the release preset and runs every test. The last line is `N passed, N failed`.
#
#   test/run.sh            everything but the slow tests
#   test/run.sh --long     those too, and the tests of runtime and simulator under ASan and UBSan
#   JOBS=4 test/run.sh     as many jobs as that (default: the cores of this process)
#
# What the suites print goes to build/test-logs/.
set -uo pipefail
cd "$(dirname "$0")/.."

long=0
for argument in "$@"; do
  case $argument in
    --long) long=1 ;;
    *) echo "usage: test/run.sh [--long]" >&2; exit 2 ;;
  esac
done

readonly build=build/release logs=build/test-logs venv=build/venv jobs=${JOBS:-$(nproc)}
readonly python_packages=(numpy safetensors onnx==1.23.2)
passed=0
failed=0

finish() {
  echo "$passed passed, $failed failed"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
  exit
}

# prepare NAME COMMAND...: a step that everything after it needs; shows the end of what it printed if it fails.
prepare() {
  local name=$1 start=$SECONDS
  shift
  if ! "$@" >"$logs/$name.log" 2>&1 </dev/null; then
    echo "$name: failed; the end of $logs/$name.log:"
    grep -E 'error:|FAILED:' "$logs/$name.log" | head -20
    tail -40 "$logs/$name.log"
    failed=1
    finish
  fi
  echo "$name: $((SECONDS - start)) s"
}

make_venv() {
  "$venv/bin/python" -c 'import numpy, onnx, safetensors' 2>/dev/null && return
  python3 -m venv "$venv" && "$venv/bin/python" -m pip install -q "${python_packages[@]}"
}

# report NAME SECONDS PASSED FAILED: one suite's line, and the sums.
report() {
  printf '%-28s %5d passed %4d failed %5d s\n' "$1" "$3" "$4" "$2"
  passed=$((passed + $3))
  failed=$((failed + $4))
}

# run_gtest PROGRAM [NAME]: one program of googletest. One that crashes counts as a failure on top of those it had.
run_gtest() {
  local name=${2:-$(basename "$1")} start=$SECONDS ok bad status
  timeout 1200 "$1" --gtest_color=no >"$logs/$name.log" 2>&1 </dev/null
  status=$?
  ok=$(grep -c '^\[       OK \]' "$logs/$name.log")
  bad=$(grep -c '^\[  FAILED  \] .* (.* ms)$' "$logs/$name.log")
  [ $status != 0 ] && [ "$bad" = 0 ] && bad=1
  [ $((ok + bad)) = 0 ] && bad=1
  report "$name" $((SECONDS - start)) "$ok" "$bad"
  if [ "$bad" != 0 ]; then
    echo "  exit status $status; see $logs/$name.log"
    grep -B 30 '^\[  FAILED  \] .* (.* ms)$' "$logs/$name.log" | head -100
  fi
}

# All tests that lit finds; one line for each folder of the suite.
run_lit() {
  local suite seconds ok bad limit=2400 start=$SECONDS
  [ $long = 1 ] && limit=9000
  local lit=(/usr/lib/llvm-22/bin/lit)
  [ -w /dev/shm ] || lit=(python3 test/lit_in_threads.py /usr/lib/llvm-22/utils/lit)
  rm -f "$logs/lit.json"
  timeout $limit "${lit[@]}" -v -j "$jobs" --param "long=$long" --output "$logs/lit.json" "$build/test" \
    >"$logs/lit.log" 2>&1 </dev/null
  if [ ! -s "$logs/lit.json" ]; then
    tail -40 "$logs/lit.log"
    report lit $((SECONDS - start)) 0 1
    return
  fi
  # By way of a file: a root without /proc has no <(...), and no line read must not mean no failure.
  "$venv/bin/python" test/summarize_lit.py "$logs/lit.json" >"$logs/lit.txt"
  [ -s "$logs/lit.txt" ] || report lit $((SECONDS - start)) 0 1
  while read -r suite seconds ok bad; do
    report "$suite" "$seconds" "$ok" "$bad"
  done <"$logs/lit.txt"
  "$venv/bin/python" test/summarize_lit.py --failures "$logs/lit.json"
}

mkdir -p "$logs"
prepare setup bash tools/setup.sh
prepare venv make_venv
prepare configure cmake --preset release
prepare build ninja -C "$build" -j "$jobs"
for program in "$build"/bin/*[-_]test; do
  run_gtest "$program"
done
run_lit
if [ $long = 1 ]; then
  prepare configure-asan cmake --preset asan
  prepare build-asan ninja -C build/asan -j "$jobs" neap_runtime_test neap_sim_test neap_device_library_test
  run_gtest build/asan/bin/neap_runtime_test asan-runtime-test
  run_gtest build/asan/bin/neap_sim_test asan-sim-test
  run_gtest build/asan/bin/neap_device_library_test asan-device-library-test
fi
echo "in $SECONDS s"
finish
