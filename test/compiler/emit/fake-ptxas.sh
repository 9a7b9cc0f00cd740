#!/bin/sh
# Stands in for ptxas: writes its options as machine code, and reports of one kernel. Called as `ptxas -arch=A -v -o OUT IN`.
printf 'MACHINE CODE %s %s' "$1" "$2" >"$4"
cat >&2 <<REPORT
ptxas info    : 0 bytes gmem
ptxas info    : Compiling entry function 'gemm_0' for 'sm_90'
ptxas info    : Function properties for gemm_0
    16 bytes stack frame, 24 bytes spill stores, 8 bytes spill loads
ptxas info    : Used 40 registers, used 1 barriers, 16 bytes cumulative stack size, 8192 bytes smem
ptxas info    : Compile time = 11.562 ms
REPORT
