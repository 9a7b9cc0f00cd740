// A module becomes an object, for the processor that is asked for, and stays what it is.
// RUN: neap-opt %s --neap-write-object='cpu=x86-64-v3 output=%t.o' | FileCheck %s
// RUN: llvm-nm %t.o | FileCheck %s --check-prefix=SYMBOLS --implicit-check-not=' {{U|T}} '
// RUN: llvm-objdump -d --no-show-raw-insn %t.o | FileCheck %s --check-prefix=AVX2 --implicit-check-not=zmm --implicit-check-not=vfmadd

// The features can be told apart from the processor.
// RUN: neap-opt %s --neap-write-object='cpu=x86-64-v3 features=+avx2,+fma,+avx512f output=%t.features.o' -o /dev/null
// RUN: llvm-objdump -d --no-show-raw-insn %t.features.o | FileCheck %s --check-prefix=AVX512

// Without a name nothing is written; native is the default.
// RUN: rm -rf %t && mkdir %t && cd %t && neap-opt %s --neap-write-object -o /dev/null && ls -A %t | count 0

// CHECK-LABEL: llvm.func @multiply_add
// SYMBOLS-DAG: T multiply_add
// SYMBOLS-DAG: U neap_launch
// AVX2: vmulps {{.*}}%ymm
// AVX2: vaddps {{.*}}%ymm
// AVX512: vmulps {{.*}}%zmm
// AVX512: vaddps {{.*}}%zmm
llvm.func @neap_launch()
llvm.func @multiply_add(%x: vector<16xf32>, %y: vector<16xf32>) -> vector<16xf32> {
  llvm.call @neap_launch() : () -> ()
  %0 = llvm.fmul %x, %y : vector<16xf32>
  %1 = llvm.fadd %0, %y : vector<16xf32>
  llvm.return %1 : vector<16xf32>
}
